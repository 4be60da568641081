/* test_canvas.c - drawing: who may, once, in order; what others hear; what it folds into. */
#include "api_fixture.h"

#include "auth/digest.h"

#define STROKE(id)                                                                                           \
    "{\"id\":\"" id                                                                                          \
    "\",\"kind\":\"stroke\",\"points\":[[1,2,50],[3,4,60]],\"color\":\"red\",\"size\":\"fine\"}"
#define OPS "{\"consult\":\"%s\",\"ops\":[%s]}"

static void canvas_open(struct desk *d)
{
    desk_open(d);
    CHECK_INT(ASK_ERR(d, &d->doctor, "consult:accept", "{\"consult\":\"%s\"}", d->consult), 0);
}

static int draw(struct desk *d, const struct person *who, const char *ops)
{
    return ASK_ERR(d, who, "board:op", OPS, d->consult, ops);
}

TEST(canvas, the_room_hears_what_is_drawn_and_the_drawer_its_seqs)
{
    struct desk d;
    struct action *a;
    json_t *body;

    canvas_open(&d);
    a = ask_with(&d, &d.patient, "board:op", OPS, d.consult, STROKE("stroke-1") "," STROKE("stroke-2"));
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "board:op>room -self; ");
    CHECK_STR(a->answer_text,
              "{\"ok\":true,\"ops\":[{\"id\":\"stroke-1\",\"seq\":1},{\"id\":\"stroke-2\",\"seq\":2}]}");
    body = effect_body(a, 0);
    check_keys(body, "consult by ops");
    CHECK_STR(text_at(body, "by"), d.patient.session.user.public_id);
    check_keys(json_at(body, "ops.1"), "id kind points color size seq");
    CHECK_INT(int_at(body, "ops.1.seq"), 2);
    json_decref(body);
    action_drop(a);
    desk_close(&d);
}

TEST(canvas, a_retry_gets_the_first_answer_even_when_nothing_more_may_be_drawn)
{
    struct desk d;
    struct action *first, *again;

    canvas_open(&d);
    first = ask_with(&d, &d.patient, "board:op", OPS, d.consult, STROKE("stroke-1"));
    CHECK_INT(ASK_ERR(&d, &d.doctor, "board:lock", "{\"consult\":\"%s\",\"on\":true}", d.consult), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:finish", "{\"consult\":\"%s\"}", d.consult), 0);
    again = ask_with(&d, &d.patient, "board:op", OPS, d.consult, STROKE("stroke-1"));
    CHECK_INT(again->job.err, 0);
    CHECK_STR(again->answer_text, first->answer_text);
    CHECK_STR(effects(&d, again), "");
    CHECK_INT(draw(&d, &d.patient, STROKE("stroke-1") "," STROKE("stroke-2")), DB_BAD_TRANSITION);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM canvas_op", NO_ARGS), 1);
    action_drop(first);
    action_drop(again);
    desk_close(&d);
}

TEST(canvas, while_it_is_locked_only_the_doctor_draws)
{
    struct desk d;
    struct action *a;

    canvas_open(&d);
    a = ask_with(&d, &d.doctor, "board:lock", "{\"consult\":\"%s\",\"on\":true}", d.consult);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "board:lock>room -self; ");
    action_drop(a);
    a = ask_with(&d, &d.patient, "board:op", OPS, d.consult, STROKE("stroke-1"));
    CHECK_INT(a->job.err, -EPERM);
    CHECK_STR(text_at(a->explained, "why"), "board-locked");
    action_drop(a);
    CHECK_INT(draw(&d, &d.doctor, STROKE("stroke-1")), 0);
    a = ask_with(&d, &d.doctor, "board:lock", "{\"consult\":\"%s\",\"on\":true}", d.consult);
    CHECK_STR(effects(&d, a), ""); /* it is                                              */
    action_drop(a);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "board:lock", "{\"consult\":\"%s\",\"on\":false}", d.consult), 0);
    CHECK_INT(draw(&d, &d.patient, STROKE("stroke-2")), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "board:lock", "{\"consult\":\"%s\"}", d.consult), -EINVAL);
    desk_close(&d);
}

TEST(canvas, all_ops_of_a_batch_are_taken_or_none)
{
    static const char *const bad[] = {
        "",
        STROKE("stroke-1") ",7",
        STROKE("stroke-1") ",{\"id\":\"erase-01\",\"kind\":\"erase\",\"target\":\"nothing-\"}",
        STROKE("stroke-1") ",{\"id\":\"ground-1\",\"kind\":\"background\",\"image\":\"file\",\"file\":\"fil_"
                           "nothing\"}",
        STROKE("stroke-1") ",{\"id\":\"undo-001\",\"kind\":\"undo\",\"target\":\"undo-001\"}",
    };
    struct desk d;

    canvas_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(draw(&d, &d.patient, bad[i]), -EINVAL);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM canvas_op", NO_ARGS), 0);
    CHECK_INT(draw(&d, &d.patient,
                   STROKE("stroke-1") ",{\"id\":\"erase-01\",\"kind\":\"erase\",\"target\":\"stroke-1\"}"),
              0);
    CHECK_INT(draw(&d, &d.doctor, STROKE("stroke-1")), -EEXIST); /* the id is the patient's    */
    desk_close(&d);
}

/* `count` ops with ids of their own. */
static int draw_many(struct desk *d, char letter, int count)
{
    char ops[8000] = "";
    int used = 0;

    for (int i = 0; i < count; i++)
        used += snprintf(ops + used, sizeof ops - (size_t)used,
                         "%s{\"id\":\"%c-%06d\",\"kind\":\"measure\","
                         "\"from\":[0,0],\"to\":[9,9],\"color\":\"red\"}",
                         i > 0 ? "," : "", letter, i);
    return draw(d, &d->doctor, ops);
}

TEST(canvas, so_many_ops_at_once_so_many_events_a_second_so_much_in_all)
{
    struct desk d;
    struct action *a;
    int err = 0;

    canvas_open(&d);
    CHECK_INT(draw_many(&d, 'a', 64), 0);
    CHECK_INT(draw_many(&d, 'b', 65), -EINVAL);
    d.config.canvas_ops_max = 65;
    CHECK_INT(draw_many(&d, 'c', 1), 0);
    a = ask_with(&d, &d.doctor, "board:op", OPS, d.consult, STROKE("stroke-1"));
    CHECK_INT(a->job.err, -EEXIST);
    CHECK_STR(text_at(a->explained, "why"), "board-full");
    action_drop(a);
    for (int i = 0; i < 16 && err == 0; i++) /* the first twenty of a second, or more of two       */
        err = draw_many(&d, 'a', 1);
    CHECK_INT(err, 0);
    for (int i = 0; i < 1000 && err == 0; i++)
        err = ASK_ERR(&d, &d.doctor, "board:join", "{\"consult\":\"%s\"}", d.consult);
    CHECK_INT(err, -EDQUOT);
    CHECK_INT(ASK_ERR(&d, &d.patient, "board:join", "{\"consult\":\"%s\"}", d.consult), 0);
    desk_close(&d);
}

TEST(canvas, who_comes_later_sees_the_same_and_its_hash)
{
    static const char seen[] = "[{\"by\":\"%s\",\"color\":\"red\",\"id\":\"stroke-2\",\"kind\":\"stroke\","
                               "\"points\":[[1,2,50],[3,4,60]],\"seq\":2,\"size\":\"fine\"}]";
    char canonical[400], hex[65] = "";
    unsigned char digest[DIGEST_SIZE];
    struct desk d;
    struct action *a;

    canvas_open(&d);
    CHECK_INT(draw(&d, &d.patient, STROKE("stroke-1") "," STROKE("stroke-2")), 0);
    CHECK_INT(draw(&d, &d.patient, "{\"id\":\"undo-001\",\"kind\":\"undo\",\"target\":\"stroke-1\"}"), 0);
    a = ask_with(&d, &d.doctor, "board:join", "{\"consult\":\"%s\"}", d.consult);
    CHECK_INT(a->job.err, 0);
    check_keys(a->answer, "ok seq locked ops more hash");
    CHECK_STR(effects(&d, a), "join>room; ");
    CHECK_INT(int_at(a->answer, "seq"), 3);
    CHECK_INT(json_array_size(json_at(a->answer, "ops")), 1);
    snprintf(canonical, sizeof canonical, seen, d.patient.session.user.public_id);
    CHECK_INT(digest_sha256(canonical, strlen(canonical), digest), 0);
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    CHECK_STR(text_at(a->answer, "hash"), hex);
    action_drop(a);
    a = ask_with(&d, &d.doctor, "GET /api/v1/consultations/{consult}/board",
                 "{\"consult\":\"%s\",\"after\":1}", d.consult);
    check_keys(a->answer, "seq locked ops more");
    CHECK_STR(text_at(a->answer, "ops.1.target"), "stroke-1");
    action_drop(a);
    desk_close(&d);
}

/* The doctor's, not sent. */
static void file_add(struct desk *d)
{
    CHECK_INT(
        JOB(&d->s, db_run(d->s.db,
                          "INSERT INTO file(public_id, consultation_id, owner_id, kind, about_enc, size, "
                          "segment, received, state, mime, sha256, active_utc) SELECT 'fil_drawn', id, "
                          "doctor_id, 'image', x'00', 1, 1024, 1, 'ready', 'image/png', x'00', 0 "
                          "FROM consultation WHERE public_id = $1",
                          ARGS(TEXT(d->consult)))),
        1);
}

TEST(canvas, a_picture_of_it_is_a_card_and_stays_with_the_record)
{
    const char *save = "POST /api/v1/consultations/{consult}/board/save";
    struct desk d;
    struct action *a;

    canvas_open(&d);
    file_add(&d);
    CHECK_INT(draw(&d, &d.patient, STROKE("stroke-1")), 0);
    CHECK_INT(
        ASK_ERR(&d, &d.patient, save, "{\"consult\":\"%s\",\"file\":\"fil_drawn\",\"seq\":1}", d.consult),
        -EINVAL);
    CHECK_INT(
        ASK_ERR(&d, &d.doctor, save, "{\"consult\":\"%s\",\"file\":\"fil_drawn\",\"seq\":2}", d.consult),
        -EINVAL);
    a = ask_with(&d, &d.doctor, save, "{\"consult\":\"%s\",\"file\":\"fil_drawn\",\"seq\":1}", d.consult);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "message:new>room; unread:changed>patient; ");
    action_drop(a);
    CHECK_INT(
        ASK_ERR(&d, &d.doctor, save, "{\"consult\":\"%s\",\"file\":\"fil_drawn\",\"seq\":1}", d.consult),
        -EINVAL);
    a = ask_with(&d, &d.patient, "GET /api/v1/consultations/{consult}/board/pictures", "{\"consult\":\"%s\"}",
                 d.consult);
    CHECK_STR(text_at(a->answer, "items.0.file"), "fil_drawn");
    action_drop(a);
    desk_close(&d);
}
