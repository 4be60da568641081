/* test_store_queue.c - the line in its order, what a doctor is in, and how long his consults take. */
#include "store_fixture.h"

#include "storage/store_queue.h"

struct room { struct store s; struct store_user doctor; };

static void room_open(struct room *r)
{
    store_open(&r->s);
    r->doctor = store_doctor(&r->s, store_clinic(&r->s, "North"), "dr.li");
}

/* A patient of that name asks for a consult; n minutes after the first. */
static int64_t come(struct room *r, const char *name, int n)
{
    struct store_user patient = store_patient(&r->s, name);
    char client_id[32];

    snprintf(client_id, sizeof client_id, "client-%04d", n);
    r->s.now = STORE_NOW + 60 * n;
    return store_start(&r->s, patient.id, r->doctor.public_id, client_id);
}

/* The states of its life, a minute each. */
static void live(struct room *r, int64_t consult, const char *kind, int minutes)
{
    CHECK_INT(JOB(&r->s, db_run(r->s.db, "UPDATE consultation SET kind = $2 WHERE id = $1",
                                ARGS(INT(consult), TEXT(kind)))), 1);
    CHECK_INT(store_move(&r->s, consult, "active"), 1);
    r->s.now += 60 * minutes;
    CHECK_INT(store_move(&r->s, consult, "awaiting_signature"), 1);
}

TEST(store_queue, who_came_first_is_first_and_who_is_in_is_no_longer_in_line)
{
    struct queue_one line[STORE_LINE_MAX], now;
    struct queue_doctor doctor;
    struct room r;
    json_t *doctors = NULL;
    int64_t ids[3];

    room_open(&r);
    CHECK_INT(store_queue_line(r.s.db, r.doctor.id, line), 0);
    for (int i = 0; i < 3; i++)
        ids[i] = come(&r, (const char *[]){ "wang", "zhao", "chen" }[i], i);
    CHECK_INT(JOB(&r.s, db_run(r.s.db, "UPDATE consultation SET line_utc = line_utc + 3600 WHERE id = $1",
                               ARGS(INT(ids[0])))), 1);         /* left, and came back               */
    CHECK_INT(store_queue_line(r.s.db, r.doctor.id, line), 3);
    CHECK_INT(line[0].consult, ids[1]);
    CHECK_INT(line[2].consult, ids[0]);
    CHECK(line[0].text);
    CHECK_INT(store_queue_current(r.s.db, r.doctor.id, &now), -ENOENT);
    CHECK_INT(JOB(&r.s, db_run(r.s.db, "UPDATE consultation SET kind = 'video' WHERE id = $1",
                               ARGS(INT(ids[1])))), 1);
    CHECK_INT(store_move(&r.s, ids[1], "active"), 1);
    CHECK_INT(store_queue_current(r.s.db, r.doctor.id, &now), 0);
    CHECK_INT(now.consult, ids[1]);
    CHECK_INT(store_queue_line(r.s.db, r.doctor.id, line), 2);
    CHECK_INT(store_queue_doctor(r.s.db, r.doctor.public_id, &doctor), 0);
    CHECK(doctor.busy);
    CHECK_INT(store_queue_doctor(r.s.db, "usr_nobody", &doctor), -ENOENT);
    CHECK_INT(store_queue_doctors(r.s.db, &doctors), 0);
    CHECK_STR(text_at(doctors, "0.id"), r.doctor.public_id);
    json_decref(doctors);
    store_close(&r.s);
}

TEST(store_queue, a_sample_is_of_the_last_ones_of_its_kind)
{
    static const struct { const char *kind; int minutes; } past[] = {
        { "video", 5 }, { "text", 90 }, { "video", 7 },
    };
    int64_t seconds[STORE_SAMPLE_MAX];
    struct room r;

    room_open(&r);
    for (size_t i = 0; i < COUNT_OF(past); i++) {
        char name[16];

        snprintf(name, sizeof name, "patient%zu", i);
        live(&r, come(&r, name, (int)i * 100), past[i].kind, past[i].minutes);
    }
    CHECK_INT(store_queue_sample(r.s.db, &(struct queue_one){ .service = 0 }, r.doctor.id, seconds), 2);
    CHECK_INT(seconds[0], 7 * 60);              /* the last one first                                 */
    CHECK_INT(seconds[1], 5 * 60);
    CHECK_INT(store_queue_sample(r.s.db, &(struct queue_one){ .text = true }, r.doctor.id, seconds), 1);
    CHECK_INT(seconds[0], 0);                   /* accepted at once                                   */
    store_close(&r.s);
}

TEST(store_queue, the_board_says_who_is_where)
{
    struct room r;
    json_t *board = NULL;
    int64_t first;

    room_open(&r);
    first = come(&r, "wang", 0);
    (void)come(&r, "zhao", 1);
    live(&r, first, "video", 5);
    CHECK_INT(store_queue_board(r.s.db, r.doctor.id, &board), 0);
    CHECK_INT(json_array_size(board), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *item = json_array_get(board, i);

        CHECK_STR(text_at(item, "column"), strcmp(text_at(item, "patient.name"), "wang") == 0 ? "to_sign"
                                                                                              : "waiting");
    }
    json_decref(board);
    store_close(&r.s);
}
