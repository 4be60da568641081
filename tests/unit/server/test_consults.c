/* test_consults.c - a consult's life: who hears what of it, and how often. */
#include "api_fixture.h"

#define START "POST /api/v1/consultations"
#define LIST  "GET /api/v1/consultations"
#define GET   "GET /api/v1/consultations/{consult}"
#define ROOM  "{\"consult\":\"%s\"}"
#define NEW   "{\"doctor\":\"%s\",\"text\":\"%s\",\"clientId\":\"%s\"}"
#define MARK  "{\"consult\":\"%s\",\"seq\":%d}"

static int64_t said_count(struct desk *d, const char *kind)
{
    return store_number(&d->s,
                        "SELECT count(*) FROM message m JOIN consultation c ON c.id = m.consultation_id "
                        "WHERE c.public_id = $1 AND m.kind = $2",
                        ARGS(TEXT(d->consult), TEXT(kind)));
}

TEST(consults, a_start_tells_both_and_counts_for_the_doctor)
{
    struct desk d;
    struct action *a;
    json_t *body;

    desk_open(&d);
    a = ask_with(&d, &d.patient, START, NEW, d.doctor.session.user.public_id, "a cough", "client-0001");
    CHECK_INT(a->job.err, 0);
    check_keys(a->answer, "consult message");
    CHECK_STR(text_at(a->answer, "consult.state"), "open");
    CHECK_STR(text_at(a->answer, "message.text"), "a cough");
    check_has(effects(&d, a), "consult:changed>doctor -self; ");
    check_has(effects(&d, a), "consult:changed>patient -self; ");
    check_has(effects(&d, a), "unread:changed>doctor; ");
    check_has_not(effects(&d, a), "unread:changed>patient");
    check_has_not(effects(&d, a), "stranger");
    body = effect_body(a, 0);
    check_keys(body, "consult");
    CHECK_STR(text_at(body, "consult.id"), text_at(a->answer, "consult.id"));
    json_decref(body);
    CHECK_INT(audit_count(&d, "consult.start"), 1);
    action_drop(a);
    desk_close(&d);
}

TEST(consults, a_start_again_gets_the_first_answer_and_tells_nobody)
{
    struct desk d;
    struct action *first, *again;
    const char *doctor;

    desk_open(&d);
    doctor = d.doctor.session.user.public_id;
    first = ask_with(&d, &d.patient, START, NEW, doctor, "a cough", "client-0001");
    again = ask_with(&d, &d.patient, START, NEW, doctor, "a cough", "client-0001");
    CHECK_INT(again->job.err, 0);
    CHECK_STR(again->answer_text, first->answer_text);
    CHECK_STR(effects(&d, again), "");
    CHECK_INT(audit_count(&d, "consult.start"), 1);
    action_drop(first);
    action_drop(again);
    desk_close(&d);
}

TEST(consults, a_bad_start_starts_nothing)
{
    struct desk d;
    const char *doctor;

    desk_open(&d);
    doctor = d.doctor.session.user.public_id;
    CHECK_INT(ASK_ERR(&d, &d.patient, START, NEW, "usr_nobody", "a", "client-0001"), -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, START, NEW, d.stranger.session.user.public_id, "a", "client-0001"),
              -ENOENT);
    CHECK_INT(ASK_ERR(&d, &d.patient, START, NEW, doctor, "", "client-0001"), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.patient, START, NEW, doctor, "a", "short"), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.patient, START, "{\"doctor\":\"%s\",\"text\":\"a\"}", doctor), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.patient, START, "{\"doctor\":\"%s\",\"text\":\"a\",\"clientId\":\"client-0001\","
                      "\"state\":\"active\"}", doctor), -EINVAL);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM consultation", NO_ARGS), 2);
    desk_close(&d);
}

/* By either door: it is said once, all participants hear of it, and a second time changes nothing. */
static void check_move(struct desk *d, const char *door, const char *state, const char *code)
{
    struct action *first = ask_with(d, &d->doctor, door, ROOM, d->consult), *again;
    int64_t said = said_count(d, "system");
    json_t *body;

    CHECK_INT(first->job.err, 0);
    CHECK_STR(text_at(first->answer, "consult.state"), state);
    check_has(effects(d, first), "message:new>room; unread:changed>patient; ");
    check_has(effects(d, first), "consult:changed>patient -self; ");
    check_has(effects(d, first), "consult:changed>doctor -self; ");
    check_has_not(effects(d, first), "stranger");
    body = effect_body(first, 0);
    CHECK_STR(text_at(body, "kind"), "system");
    CHECK_STR(text_at(body, "text"), code);
    CHECK_INT(int_at(body, "seq"), int_at(first->answer, "consult.lastSeq"));
    json_decref(body);
    body = effect_body(first, 2);
    CHECK(json_equal(json_object_get(body, "consult"), json_object_get(first->answer, "consult")));
    json_decref(body);

    again = ask_with(d, &d->doctor, door, ROOM, d->consult);
    CHECK_INT(again->job.err, 0);
    CHECK(json_equal(again->answer, first->answer));
    CHECK_STR(effects(d, again), "");
    CHECK_INT(said_count(d, "system"), said);
    action_drop(first);
    action_drop(again);
}

TEST(consults, accepted_and_finished_are_said_once_and_all_hear)
{
    struct desk d;

    desk_open(&d);
    check_move(&d, "consult:accept", "active", "consult-accepted");
    CHECK_INT(said_count(&d, "system"), 1);
    check_move(&d, "consult:pause", "paused", "consult-paused");
    check_move(&d, "consult:resume", "active", "consult-resumed");
    check_move(&d, "consult:finish", "awaiting_signature", "consult-finished");
    CHECK_INT(said_count(&d, "system"), 4);
    CHECK_INT(audit_count(&d, "consult.move"), 4);
    desk_close(&d);
}

TEST(consults, rest_moves_it_just_the_same)
{
    struct desk d;

    desk_open(&d);
    check_move(&d, "POST /api/v1/consultations/{consult}/accept", "active", "consult-accepted");
    check_move(&d, "POST /api/v1/consultations/{consult}/pause", "paused", "consult-paused");
    check_move(&d, "POST /api/v1/consultations/{consult}/resume", "active", "consult-resumed");
    check_move(&d, "POST /api/v1/consultations/{consult}/finish", "awaiting_signature", "consult-finished");
    CHECK_INT(audit_count(&d, "consult.move"), 4);
    desk_close(&d);
}

TEST(consults, a_move_that_is_no_edge_is_undone_with_what_was_said)
{
    struct desk d;

    desk_open(&d);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:finish", ROOM, d.consult), DB_BAD_TRANSITION);
    CHECK_INT(said_count(&d, "system"), 0);     /* open is not finished, and nobody says so          */
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", ROOM, d.consult), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:finish", ROOM, d.consult), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", ROOM, d.consult), DB_BAD_TRANSITION);
    CHECK_INT(said_count(&d, "system"), 2);
    CHECK_INT(audit_count(&d, "consult.move"), 2);
    desk_close(&d);
}

/* A consult of a new desk, taken to where it is to be. */
static void desk_open_at(struct desk *d, const char *const *path)
{
    struct consult_access access;

    desk_open(d);
    CHECK_INT(store_consult_access(d->s.db, d->consult, d->doctor.session.user.id, &access), 0);
    for (; *path != NULL; path++)
        CHECK_INT(store_move(&d->s, access.consult, *path), 1);
}

/* Every deed in every state: what it becomes, "": it is no edge. The rest of the table is the clock's. */
TEST(consults, the_doctor_moves_along_the_edges_only)
{
    static const char *const doors[] = { "consult:accept", "consult:pause", "consult:resume",
                                         "consult:finish" };
    static const struct { const char *path[4], *becomes[4]; } cases[] = {
        { { NULL },                       { "active", "", "", "" } },
        { { "active" },                   { "active", "paused", "active", "awaiting_signature" } },
        { { "active", "paused" },         { "", "paused", "active", "awaiting_signature" } },
        { { "active", "awaiting_signature" },           { "", "", "", "awaiting_signature" } },
        { { "active", "awaiting_signature", "closed" }, { "", "", "", "" } },
        { { "abandoned" },                { "", "", "", "" } },
        { { "expired" },                  { "", "", "", "" } },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t deed = 0; deed < COUNT_OF(doors); deed++) {
            const char *becomes = cases[i].becomes[deed];
            struct action *a;
            struct desk d;

            desk_open_at(&d, cases[i].path);
            a = ask_with(&d, &d.doctor, doors[deed], ROOM, d.consult);
            CHECK_INT(a->job.err, *becomes == '\0' ? DB_BAD_TRANSITION : 0);
            if (a->job.err == 0)
                CHECK_STR(text_at(a->answer, "consult.state"), becomes);
            action_drop(a);
            desk_close(&d);
        }
}

TEST(consults, a_list_is_of_ones_own)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = ask(&d, &d.patient, LIST, "{}");
    check_keys(a->answer, "items nextCursor");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 1);
    CHECK_STR(text_at(a->answer, "items.0.id"), d.consult);
    CHECK_STR(text_at(a->answer, "items.0.lastMessage.text"), "hello");
    CHECK_STR(effects(&d, a), "");
    action_drop(a);

    a = ask(&d, &d.doctor, LIST, "{\"state\":\"open\",\"limit\":\"1\"}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 1);
    CHECK(json_is_string(json_at(a->answer, "nextCursor")));
    action_drop(a);
    a = ask(&d, &d.doctor, LIST, "{\"state\":\"closed\"}");
    CHECK_INT(json_array_size(json_at(a->answer, "items")), 0);
    action_drop(a);

    CHECK_INT(ASK_ERR(&d, &d.doctor, LIST, "{\"limit\":\"101\"}"), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, LIST, "{\"cursor\":\"none of ours\"}"), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, LIST, "{\"state\":\"lost\"}"), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, LIST, "{\"patient\":\"x\"}"), -EINVAL);
    desk_close(&d);
}

TEST(consults, one_shows_who_takes_part_and_is_there)
{
    struct desk d;
    struct action *a;
    const char *patient;

    desk_open(&d);
    patient = d.patient.session.user.public_id;
    a = ask_with(&d, &d.doctor, GET, ROOM, d.consult);
    check_keys(a->answer, "consult participants");
    CHECK_STR(text_at(a->answer, "consult.id"), d.consult);
    CHECK_INT(json_array_size(json_at(a->answer, "participants")), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *one = json_array_get(json_at(a->answer, "participants"), i);

        check_keys(one, "id name role lastReadSeq lastDeliveredSeq online");
        CHECK(json_is_false(json_object_get(one, "online")));
        CHECK(strcmp(text_at(one, "id"), patient) == 0 ||
              strcmp(text_at(one, "id"), d.doctor.session.user.public_id) == 0);
    }
    action_drop(a);
    CHECK_INT(ASK_ERR(&d, &d.doctor, GET, "{\"consult\":\"%s\",\"all\":\"1\"}", d.consult), -EINVAL);
    desk_close(&d);
}

TEST(consults, a_join_takes_the_snapshot_and_the_room_in_one)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = ask_with(&d, &d.doctor, "consult:join", ROOM, d.consult);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "join>room; ");
    check_keys(a->answer, "ok consult participants messages more lastSeq now");
    CHECK_STR(text_at(a->answer, "messages.0.text"), "hello");
    CHECK_INT(audit_count(&d, "consult.view"), 1);
    action_drop(a);

    a = ask_with(&d, &d.doctor, "consult:join", "{\"consult\":\"%s\",\"after\":1}", d.consult);
    CHECK_INT(json_array_size(json_at(a->answer, "messages")), 0);
    CHECK_INT(audit_count(&d, "consult.view"), 1); /* a second look within ten minutes          */
    action_drop(a);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:join", "{\"consult\":\"%s\",\"after\":-1}", d.consult),
              -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:join", "{\"consult\":\"%s\",\"x\":1}", d.consult), -EINVAL);
    desk_close(&d);
}

TEST(consults, a_leave_only_leaves)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = ask_with(&d, &d.doctor, "consult:leave", ROOM, d.consult);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "leave>room; ");
    CHECK_STR(a->answer_text, "{\"ok\":true}");
    action_drop(a);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:leave", "{\"consult\":\"%s\",\"x\":1}", d.consult), -EINVAL);
    desk_close(&d);
}

TEST(consults, a_mark_is_published_only_when_it_grew)
{
    struct desk d;
    struct action *a;
    json_t *body;

    desk_open(&d);
    a = ask_with(&d, &d.doctor, "message:delivered", MARK, d.consult, 1);
    CHECK_STR(effects(&d, a), "message:delivered>room -self; ");
    action_drop(a);
    a = ask_with(&d, &d.doctor, "message:read", MARK, d.consult, 1);
    CHECK_INT(a->job.err, 0);
    check_has(effects(&d, a), "message:read>room -self; unread:changed>");
    check_has(effects(&d, a), "unread:changed>doctor; ");       /* his other devices too             */
    body = effect_body(a, 0);
    check_keys(body, "consult user seq");
    CHECK_STR(text_at(body, "user"), d.doctor.session.user.public_id);
    CHECK_INT(int_at(body, "seq"), 1);
    json_decref(body);
    action_drop(a);

    a = ask_with(&d, &d.doctor, "message:read", MARK, d.consult, 1);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(a->answer_text, "{\"ok\":true}");
    CHECK_STR(effects(&d, a), "");
    action_drop(a);
    a = ask_with(&d, &d.doctor, "message:delivered", MARK, d.consult, 1);
    CHECK_STR(effects(&d, a), "");
    action_drop(a);
    desk_close(&d);
}

TEST(consults, a_mark_beyond_the_last_message_is_refused)
{
    struct desk d;

    desk_open(&d);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "message:read", MARK, d.consult, 2), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "message:read", MARK, d.consult, 0), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "message:read", ROOM, d.consult), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "message:delivered", "{\"consult\":\"%s\",\"seq\":1,\"user\":\"x\"}",
                      d.consult),
              -EINVAL);
    desk_close(&d);
}
