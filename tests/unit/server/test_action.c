/* test_action.c - the way of an action: admission, steps, and what is left when one of them fails. */
#include "api_house.h"

#define CONSULT "/api/v1/consultations/%s%s"

/* --- actions of our own -------------------------------------------------------------------------------- */

struct probe {                                  /* the functions below count where they ran          */
    struct house *house;
    int on_writer, on_reader, elsewhere;
    int err;                                    /* what the last of them gives                       */
};
static struct probe probe;

static void count(const struct db *db)
{
    probe.on_writer += db == probe.house->writer;
    probe.on_reader += db == probe.house->reader;
    probe.elsewhere += db == NULL;
}

static int look(struct action *a, struct db *db)
{
    count(db);
    return action_answer(a, json_object());
}

/* Writes, publishes, and then gives the error. */
static int write_and_say(struct action *a, struct db *db)
{
    json_t *body = json_object();
    int err;

    count(db);
    err = store_audit_add(
        db, &(struct audit_new){ .user = action_user(a), .action = "probe", .object = "x" });
    if (err == 0)
        err = action_publish(a, TO_CONSULT, action_consult_id(a), "consult:changed", body);
    json_decref(body);
    return err ? err : probe.err;
}

static int refuse(struct action *a, struct db *db)
{
    action_refuse(a, -EACCES);
    return write_and_say(a, db);
}

static int look_and_fail(struct action *a, struct db *db)
{
    (void)a;
    count(db);
    return -EPERM;
}

/* Runs an action of the doctor about the consult to its end. */
static void run(struct house *h, enum may may, unsigned flags, action_fn *fn, const struct step *steps)
{
    struct action *a = action_new(h->d.api, "probe", may, flags);
    char input[64];

    probe.house = h;
    a->live = a->logged_in = true;              /* its socket has left: nobody waits for the answer  */
    snprintf(a->who.user, sizeof a->who.user, "%s", h->d.doctor.session.user.public_id);
    snprintf(a->who.session, sizeof a->who.session, "%s", h->d.doctor.session.public_id);
    snprintf(input, sizeof input, "{\"consult\":\"%s\"}", h->d.consult);
    a->input_text = strdup(input);
    a->input_size = strlen(input);
    action_start(a, fn, steps);
    for (int i = 0; i < GIVE_UP_MS && !api_is_idle(h->d.api); i++)
        world_turn(&h->d.w, 1);
    CHECK(api_is_idle(h->d.api));
}

/* The patient, in the consult's room. */
static struct live *listener(struct house *h)
{
    struct live *l = live_open(h, &h->d.patient);

    LIVE_OK(l, 1, "consult:join", "{\"consult\":\"%s\"}", h->d.consult);
    live_forget(l);
    probe = (struct probe){ .house = h };
    return l;
}

static void leave(struct house *h, struct live *l)
{
    live_free(l);
    house_close(h);
}

TEST(action, the_first_view_moves_to_the_writer_once_and_the_next_stay_on_the_reader)
{
    struct house h;

    house_open(&h);
    probe = (struct probe){ .house = &h };
    run(&h, MAY_PARTICIPANT, READ | VIEW, look, NULL);
    CHECK_INT(probe.on_writer, 1);              /* and the function itself ran but once              */
    CHECK_INT(probe.on_reader, 0);
    CHECK_INT(audit_count(&h.d, "consult.view"), 1);
    run(&h, MAY_PARTICIPANT, READ | VIEW, look, NULL);
    CHECK_INT(probe.on_writer, 1);
    CHECK_INT(probe.on_reader, 1);
    CHECK_INT(audit_count(&h.d, "consult.view"), 1);
    house_close(&h);
}

TEST(action, a_read_stays_on_the_reader_and_a_write_on_the_writer)
{
    struct house h;

    house_open(&h);
    probe = (struct probe){ .house = &h };
    run(&h, MAY_PARTICIPANT, READ, look, NULL);
    CHECK_INT(probe.on_reader, 1);
    run(&h, MAY_PARTICIPANT, 0, look, NULL);
    CHECK_INT(probe.on_writer, 1);
    CHECK_INT(probe.elsewhere, 0);
    CHECK_INT(audit_count(&h.d, "consult.view"), 0);
    house_close(&h);
}

TEST(action, what_it_publishes_is_heard_after_the_commit)
{
    struct house h;
    struct live *l;

    house_open(&h);
    l = listener(&h);
    run(&h, MAY_PARTICIPANT, 0, write_and_say, NULL);
    check_has(live_all(l, 2), "42[\"consult:changed\",{}]\n");
    CHECK_INT(audit_count(&h.d, "probe"), 1);
    leave(&h, l);
}

TEST(action, a_step_that_fails_leaves_nothing_behind)
{
    struct house h;
    struct live *l;

    house_open(&h);
    l = listener(&h);
    probe.err = -EPERM;
    run(&h, MAY_PARTICIPANT, 0, write_and_say, NULL);
    CHECK_INT(probe.on_writer, 1);
    check_has_not(live_all(l, 2), "consult:changed");
    CHECK_INT(audit_count(&h.d, "probe"), 0);
    leave(&h, l);
}

TEST(action, what_a_step_committed_is_said_though_the_next_fails)
{
    static const struct step steps[] = { { ON_WRITER, write_and_say }, { IN_POOL, look_and_fail },
                                         { ON_WRITER, write_and_say }, { 0 } };
    struct house h;
    struct live *l;

    house_open(&h);
    l = listener(&h);
    run(&h, MAY_PARTICIPANT, 0, NULL, steps);
    CHECK_INT(probe.on_writer, 1);
    CHECK_INT(probe.elsewhere, 1);
    check_has(live_all(l, 2), "42[\"consult:changed\",{}]\n");
    CHECK_INT(audit_count(&h.d, "probe"), 1);
    leave(&h, l);
}

TEST(action, a_refusal_keeps_the_work_and_its_effects)
{
    struct house h;
    struct live *l;

    house_open(&h);
    l = listener(&h);
    run(&h, MAY_PARTICIPANT, 0, refuse, NULL);
    check_has(live_all(l, 2), "42[\"consult:changed\",{}]\n");
    CHECK_INT(audit_count(&h.d, "probe"), 1);
    leave(&h, l);
}

TEST(action, each_step_runs_in_its_place)
{
    static const struct step steps[] = { { ON_LOOP, look }, { ON_READER, look }, { IN_POOL, look },
                                         { ON_WRITER, look }, { ON_LOOP, look }, { 0 } };
    struct house h;

    house_open(&h);
    probe = (struct probe){ .house = &h };
    run(&h, MAY_PARTICIPANT, 0, NULL, steps);
    CHECK_INT(probe.on_reader, 1);
    CHECK_INT(probe.on_writer, 1);
    CHECK_INT(probe.elsewhere, 3);
    house_close(&h);
}

TEST(action, a_row_without_permission_runs_for_nobody)
{
    struct house h;

    house_open(&h);
    probe = (struct probe){ .house = &h };
    run(&h, MAY_NOBODY, 0, look, NULL);
    CHECK_INT(probe.on_writer + probe.on_reader + probe.elsewhere, 0);
    house_close(&h);
}

/* --- admission, by REST -------------------------------------------------------------------------------- */

static struct reply *about(struct house *h, const struct person *who, const char *method, const char *what,
                           const char *body)
{
    char path[128];

    snprintf(path, sizeof path, CONSULT, h->d.consult, what);
    return http_ask_as(h, who, method, path, body);
}

TEST(action, who_takes_no_part_does_not_learn_that_there_is_a_consult)
{
    struct house h;
    struct reply *none, *others;

    house_open(&h);
    others = about(&h, &h.d.stranger, "GET", "", "");
    none = http_ask_as(&h, &h.d.stranger, "GET", "/api/v1/consultations/con_nowhere", "");
    CHECK_INT(others->status, 404);
    CHECK_STR(text_at(others->body, "code"), text_at(none->body, "code"));
    CHECK_STR(text_at(others->body, "detail"), text_at(none->body, "detail"));
    reply_free(none);
    reply_free(others);
    check_problem(about(&h, &h.d.stranger, "POST", "/accept", ""), 404, "not-found");
    check_problem(about(&h, &h.d.stranger, "GET", "/messages", ""), 404, "not-found");
    CHECK_INT(audit_count(&h.d, "consult.view"), 0);
    house_close(&h);
}

TEST(action, who_takes_part_may_not_do_all)
{
    struct house h;

    house_open(&h);
    check_problem(about(&h, &h.d.patient, "POST", "/accept", ""), 403, "forbidden");
    check_problem(about(&h, &h.d.patient, "POST", "/finish", ""), 403, "forbidden");
    check_problem(http_ask_as(&h, &h.d.doctor, "POST", "/api/v1/consultations", "{}"), 403, "forbidden");
    house_close(&h);
}

TEST(action, admission_asks_the_database_each_time)
{
    struct house h;
    struct live *l;
    struct reply *r;

    house_open(&h);
    l = live_open(&h, &h.d.patient);
    LIVE_OK(l, 1, "consult:join", "{\"consult\":\"%s\"}", h.d.consult);
    r = about(&h, &h.d.patient, "GET", "", "");
    CHECK_INT(r->status, 200);
    reply_free(r);
    CHECK(JOB(&h.d.s, db_run(h.d.s.db, "UPDATE participant SET removed_utc = 1 WHERE user_id = $1",
                             ARGS(INT(h.d.patient.session.user.id)))) == 1);
    check_problem(about(&h, &h.d.patient, "GET", "", ""), 404, "not-found");
    live_emit(l, 2, "message:read", "{\"consult\":\"%s\",\"seq\":1}", h.d.consult);
    check_has(live_acked(l, 2), "432[{\"ok\":false,\"error\":{\"code\":\"not-found\"");
    CHECK(JOB(&h.d.s, store_session_revoke_user(h.d.s.db, h.d.patient.session.user.id)) == 1);
    check_problem(http_ask_as(&h, &h.d.patient, "GET", "/api/v1/me", ""), 401, "unauthorized");
    live_emit(l, 3, "message:read", "{\"consult\":\"%s\",\"seq\":1}", h.d.consult);
    check_has(live_acked(l, 3), "433[{\"ok\":false,\"error\":{\"code\":\"unauthorized\"");
    leave(&h, l);
}

TEST(action, a_token_names_the_sessions_own_user)
{
    struct house h;
    struct person mixed;

    house_open(&h);
    mixed = h.d.patient;
    mixed.session.user = h.d.doctor.session.user;
    check_problem(http_ask_as(&h, &mixed, "GET", "/api/v1/me", ""), 401, "unauthorized");
    house_close(&h);
}

/* --- input --------------------------------------------------------------------------------------------- */

TEST(action, input_that_can_be_read_in_two_ways_is_refused)
{
    static const char *const bad[] = {
        "{\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\",\"text\":\"b\"}",
        "{\"consult\":\"con_other\",\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\"}",
        "[{\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\"}]", "null", "{\"clientId\"",
        "{\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\\u0000b\"}",
        "{\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"\xff\"}",
        "{\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\"} {}",
    };
    struct house h;

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        check_problem(about(&h, &h.d.patient, "POST", "/messages", bad[i]), 400, "bad-request");
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM message", NO_ARGS), 2);
    house_close(&h);
}

TEST(action, an_event_about_a_consult_names_it)
{
    static const char *const bad[] = {
        "{}", "{\"consult\":\"\"}", "{\"consult\":7}", "{\"consult\":null}", "null", "1",
        "{\"consult\":\"con_345678901234567890123456789012345678901234567890123456789012345678\"}",
    };
    struct house h;
    struct live *l;

    house_open(&h);
    l = live_open(&h, &h.d.patient);
    for (int i = 0; i < (int)COUNT_OF(bad); i++) {
        char refusal[64];

        snprintf(refusal, sizeof refusal, "43%d[{\"ok\":false,\"error\":{\"code\":\"bad-request\"", i);
        live_emit(l, i, "consult:leave", "%s", bad[i]);
        check_has(live_acked(l, i), refusal);
    }
    leave(&h, l);
}

TEST(action, a_consult_is_unknown_to_doors_that_have_none)
{
    struct house h;

    house_open(&h);
    check_problem(http_ask_as(&h, &h.d.patient, "GET", "/api/v1/me?consult=con_a", ""), 400, "bad-request");
    check_problem(http_ask_as(&h, &h.d.patient, "GET", "/api/v1/doctors?consult=con_a", ""), 400,
                  "bad-request");
    house_close(&h);
}

/* --- the end ------------------------------------------------------------------------------------------- */

TEST(action, while_draining_everything_is_busy)
{
    struct house h;
    struct live *l;
    struct reply *r;

    house_open(&h);
    l = live_open(&h, &h.d.patient);
    api_drain(h.d.api);
    r = http_ask_as(&h, &h.d.patient, "GET", "/api/v1/me", "");
    check_has(r->head, "Retry-After: 5\r\n");
    check_problem(r, 503, "busy");
    live_emit(l, 1, "consult:leave", "{\"consult\":\"%s\"}", h.d.consult);
    check_has(live_acked(l, 1), "431[{\"ok\":false,\"error\":{\"code\":\"busy\"");
    CHECK(api_is_idle(h.d.api));
    leave(&h, l);
}

TEST(action, without_storage_everything_is_busy)
{
    struct house h;

    house_open(&h);
    worker_stop(h.worker);
    check_problem(http_ask_as(&h, &h.d.patient, "GET", "/api/v1/me", ""), 503, "busy");
    check_problem(about(&h, &h.d.doctor, "POST", "/accept", ""), 503, "busy");
    house_close(&h);
}
