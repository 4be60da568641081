/* test_store_canvas.c - operations of a canvas: once, in one order, sealed, bounded. */
#include "store_fixture.h"

#include "storage/store_canvas.h"

struct easel {
    struct store s;
    struct store_user doctor, patient;
    int64_t consult;
};
static const struct canvas_limits limits = { 100, 100000 };

static void easel_open(struct easel *e)
{
    *e = (struct easel){ 0 };
    store_open(&e->s);
    e->doctor = store_doctor(&e->s, store_clinic(&e->s, "North"), "dr.li");
    e->patient = store_patient(&e->s, "wang");
    e->consult = store_start(&e->s, e->patient.id, e->doctor.public_id, "client-0001");
}

static int add_within(struct easel *e, const struct store_user *who, const char *id, const char *kind,
                      const char *target, const struct canvas_limits *within)
{
    int64_t seq = 0;
    int err = JOB(
        &e->s, store_canvas_add(e->s.db,
                                &(struct canvas_op){ .consult = e->consult,
                                                     .user = who->id,
                                                     .id = id,
                                                     .kind = kind,
                                                     .target = target,
                                                     .payload = target ? NULL : "{\"text\":\"疼痛部位\"}" },
                                within, &seq));

    return err ? err : (int)seq;
}

static int add(struct easel *e, const struct store_user *who, const char *id, const char *kind,
               const char *target)
{
    return add_within(e, who, id, kind, target, &limits);
}

/* The ids from `after` on, as their first letters. */
static const char *list(struct easel *e, int64_t after)
{
    static char have[64];
    json_t *ops = NULL, *op;
    bool more = true;
    size_t i;

    CHECK_INT(store_canvas_list(e->s.db, e->consult, after, 100000, &ops, &more), 0);
    CHECK(!more);
    have[0] = '\0';
    json_array_foreach(ops, i, op)(void)
        snprintf(have + strlen(have), sizeof have - strlen(have), "%c", text_at(op, "id")[0]);
    json_decref(ops);
    return have;
}

TEST(store_canvas, each_op_has_the_next_seq_and_is_known_by_its_id)
{
    struct canvas_state now;
    struct easel e;
    int64_t seq = 0;

    easel_open(&e);
    CHECK_INT(store_canvas_get(e.s.db, e.consult, &now), 0);
    CHECK_INT(now.last_seq, 0);
    CHECK_INT(add(&e, &e.doctor, "aaaaaaaa", "stroke", NULL), 1);
    CHECK_INT(add(&e, &e.patient, "bbbbbbbb", "text", NULL), 2);
    CHECK_INT(store_canvas_find(e.s.db, e.consult, e.patient.id, "bbbbbbbb", &seq), 0);
    CHECK_INT(seq, 2);
    CHECK_INT(store_canvas_find(e.s.db, e.consult, e.doctor.id, "bbbbbbbb", &seq), -EEXIST);
    CHECK_INT(store_canvas_find(e.s.db, e.consult, e.doctor.id, "cccccccc", &seq), -ENOENT);
    CHECK_INT(add(&e, &e.doctor, "bbbbbbbb", "stroke", NULL), -EEXIST);
    CHECK_INT(store_canvas_get(e.s.db, e.consult, &now), 0);
    CHECK_INT(now.last_seq, 2); /* what failed took no seq                            */
    store_close(&e.s);
}

TEST(store_canvas, an_op_comes_back_as_it_was_and_stands_sealed)
{
    json_t *ops = NULL;
    struct easel e;
    bool more;

    easel_open(&e);
    CHECK_INT(add(&e, &e.patient, "aaaaaaaa", "text", NULL), 1);
    CHECK_INT(store_canvas_list(e.s.db, e.consult, 0, 1, &ops, &more), 0);
    check_keys(json_array_get(ops, 0), "seq id by kind text");
    CHECK_STR(text_at(ops, "0.text"), "疼痛部位");
    CHECK_STR(text_at(ops, "0.by"), e.patient.public_id);
    json_decref(ops);
    CHECK_INT(store_number(
                  &e.s, "SELECT count(*) FROM canvas_op WHERE instr(payload_enc, CAST('疼痛' AS BLOB)) > 0",
                  NO_ARGS),
              0);
    /* A payload that is moved to another place does not open. */
    CHECK_INT(add(&e, &e.patient, "bbbbbbbb", "text", NULL), 2);
    CHECK_INT(db_script(e.s.db, "DROP TRIGGER canvas_op_no_upd; UPDATE canvas_op SET payload_enc = "
                                "(SELECT o.payload_enc FROM canvas_op o WHERE o.seq = 2) WHERE seq = 1"),
              0);
    CHECK_INT(store_canvas_list(e.s.db, e.consult, 0, 1, &ops, &more), -EBADMSG);
    store_close(&e.s);
}

TEST(store_canvas, a_target_is_there_and_may_be_meant)
{
    struct easel e;

    easel_open(&e);
    CHECK_INT(add(&e, &e.doctor, "aaaaaaaa", "stroke", NULL), 1);
    CHECK_INT(add(&e, &e.doctor, "bbbbbbbb", "background", NULL), 2);
    CHECK_INT(add(&e, &e.patient, "xxxxxxxx", "erase", "nothing-"), -EINVAL);
    CHECK_INT(add(&e, &e.patient, "xxxxxxxx", "erase", "bbbbbbbb"), -EINVAL);
    CHECK_INT(add(&e, &e.patient, "xxxxxxxx", "undo", "aaaaaaaa"), -EPERM);
    CHECK_INT(add(&e, &e.patient, "cccccccc", "erase", "aaaaaaaa"), 3);
    CHECK_INT(add(&e, &e.patient, "xxxxxxxx", "erase", "cccccccc"), -EINVAL);
    CHECK_INT(add(&e, &e.patient, "dddddddd", "undo", "cccccccc"), 4);
    CHECK_INT(add(&e, &e.patient, "xxxxxxxx", "undo", "dddddddd"), -EINVAL);
    CHECK_INT(add(&e, &e.patient, "eeeeeeee", "undo", "cccccccc"), 5); /* again: nothing happens     */
    store_close(&e.s);
}

TEST(store_canvas, from_the_beginning_what_was_taken_back_is_left_out_and_later_it_is_told)
{
    struct easel e;

    easel_open(&e);
    CHECK_INT(add(&e, &e.doctor, "aaaaaaaa", "stroke", NULL), 1);
    CHECK_INT(add(&e, &e.doctor, "bbbbbbbb", "stroke", NULL), 2);
    CHECK_INT(add(&e, &e.patient, "cccccccc", "erase", "aaaaaaaa"), 3);
    CHECK_INT(add(&e, &e.doctor, "dddddddd", "undo", "bbbbbbbb"), 4);
    CHECK_STR(list(&e, 0), "ac");
    CHECK_STR(list(&e, 2), "cd");
    CHECK_INT(add(&e, &e.patient, "eeeeeeee", "undo", "cccccccc"), 5);
    CHECK_STR(list(&e, 0), "a");
    CHECK_STR(list(&e, 2), "de"); /* whoever has c hears that it is gone                */
    CHECK_STR(list(&e, 5), "");
    store_close(&e.s);
}

TEST(store_canvas, a_page_ends_when_it_is_full)
{
    json_t *ops = NULL;
    struct easel e;
    bool more;

    easel_open(&e);
    for (char id[] = "aaaaaaaa"; id[0] <= 'e'; id[0]++)
        CHECK(add(&e, &e.doctor, id, "stroke", NULL) > 0);
    CHECK_INT(store_canvas_list(e.s.db, e.consult, 0, 1, &ops, &more), 0);
    CHECK_INT(json_array_size(ops), 1);
    CHECK(more);
    json_decref(ops);
    CHECK_INT(store_canvas_list(e.s.db, e.consult, 4, 1, &ops, &more), 0);
    CHECK_INT(json_array_size(ops), 1);
    CHECK(!more);
    json_decref(ops);
    store_close(&e.s);
}

TEST(store_canvas, so_many_and_no_more)
{
    const struct canvas_limits two = { 2, 100000 }, small = { 100, 200 };
    struct easel e;

    easel_open(&e);
    CHECK_INT(add_within(&e, &e.doctor, "aaaaaaaa", "stroke", NULL, &two), 1);
    CHECK_INT(add_within(&e, &e.doctor, "bbbbbbbb", "stroke", NULL, &two), 2);
    CHECK_INT(add_within(&e, &e.doctor, "cccccccc", "stroke", NULL, &two), -ENOBUFS);
    CHECK_INT(add_within(&e, &e.doctor, "cccccccc", "stroke", NULL, &small), -ENOBUFS);
    CHECK_INT(add(&e, &e.doctor, "cccccccc", "stroke", NULL), 3);
    store_close(&e.s);
}

TEST(store_canvas, the_database_itself_keeps_what_was_drawn)
{
    static const struct {
        const char *sql;
        int want;
    } cases[] = {
        { "UPDATE canvas_op SET author_id = author_id + 1", DB_APPEND_ONLY },
        { "UPDATE canvas_op SET payload_enc = x'00'", DB_APPEND_ONLY },
        { "UPDATE canvas_op SET kind = 'arrow'", DB_APPEND_ONLY },
        { "UPDATE canvas_op SET made_utc = 0", DB_APPEND_ONLY },
        { "UPDATE canvas_op SET undone_seq = 1", -EINVAL },
        { "INSERT INTO canvas_op SELECT consultation_id, 3, 'zzzzzzzz', author_id, kind, target, "
          "payload_enc, "
          "made_utc, NULL FROM canvas_op",
          DB_APPEND_ONLY },
    };
    struct easel e;

    easel_open(&e);
    CHECK_INT(add(&e, &e.doctor, "aaaaaaaa", "stroke", NULL), 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(JOB(&e.s, db_run(e.s.db, cases[i].sql, NO_ARGS)), cases[i].want);
    store_close(&e.s);
}

TEST(store_canvas, it_is_locked_and_unlocked_once)
{
    struct canvas_state now;
    struct easel e;

    easel_open(&e);
    CHECK_INT(JOB(&e.s, store_canvas_lock(e.s.db, e.consult, false)), 0);
    CHECK_INT(JOB(&e.s, store_canvas_lock(e.s.db, e.consult, true)), 1);
    CHECK_INT(JOB(&e.s, store_canvas_lock(e.s.db, e.consult, true)), 0);
    CHECK_INT(store_canvas_get(e.s.db, e.consult, &now), 0);
    CHECK(now.locked);
    CHECK_INT(JOB(&e.s, store_canvas_lock(e.s.db, e.consult, false)), 1);
    store_close(&e.s);
}
