/* Consults: started once, seen by those who take part, moved along the edges, marked forward only. */
#include "store_fixture.h"

struct clinic { struct store s; struct store_user anna, ben, lee, kim; };

static void clinic_open(struct clinic *c)
{
    int64_t north;

    store_open(&c->s);
    north = store_clinic(&c->s, "North");
    c->lee = store_doctor(&c->s, north, "lee");
    c->kim = store_doctor(&c->s, north, "kim");
    c->anna = store_patient(&c->s, "anna");
    c->ben = store_patient(&c->s, "ben");
}

static int start(struct clinic *c, const struct consult_new *new, json_t **ret_consult, json_t **ret_message)
{
    return JOB(&c->s, store_consult_start(c->s.db, new, ret_consult, ret_message));
}

static int refused(struct clinic *c, struct consult_new new)
{
    json_t *consult = NULL, *message = NULL;
    int err = start(c, &new, &consult, &message);

    CHECK(consult == NULL);
    CHECK(message == NULL);
    return err;
}

static int64_t consults(struct clinic *c)
{
    return store_number(&c->s, "SELECT count(*) FROM consultation", NO_ARGS);
}

TEST(store_consult, starts_with_both_participants_and_the_first_message)
{
    struct clinic c;
    json_t *consult, *message, *people;

    clinic_open(&c);
    CHECK_INT(start(&c, &(struct consult_new){ .user = c.anna.id, .doctor = c.lee.public_id, .text = "hello",
                                               .client_id = "client-1" }, &consult, &message), 1);
    check_keys(consult, "id clinic kind state doctor patient openedAt lastSeq");
    check_keys(json_at(consult, "clinic"), "id name");
    check_keys(json_at(consult, "doctor"), "id name role");
    check_keys(json_at(consult, "patient"), "id name");
    CHECK_MEM(text_at(consult, "id"), "con_", 4);
    CHECK_STR(text_at(consult, "state"), "open");
    CHECK_STR(text_at(consult, "kind"), "text");
    CHECK_STR(text_at(consult, "doctor.id"), c.lee.public_id);
    CHECK_MEM(text_at(consult, "patient.id"), "pat_", 4);
    CHECK_STR(text_at(consult, "patient.name"), "anna");
    CHECK_STR(text_at(consult, "openedAt"), "2025-11-24T16:00:00Z");
    CHECK_INT(int_at(consult, "lastSeq"), 1);
    CHECK_STR(text_at(message, "consult"), text_at(consult, "id"));
    CHECK_STR(text_at(message, "text"), "hello");
    CHECK_STR(text_at(message, "clientId"), "client-1");
    CHECK_INT(int_at(message, "seq"), 1);

    CHECK_INT(store_consult_participants(c.s.db, 1, &people), 0);
    CHECK_INT(json_array_size(people), 2);
    check_keys(json_at(people, "0"), "id name role lastReadSeq lastDeliveredSeq");
    for (size_t i = 0; i < 2; i++) {
        json_t *person = json_array_get(people, i);
        bool patient = strcmp(text_at(person, "role"), "patient") == 0;

        CHECK_STR(text_at(person, "id"), patient ? c.anna.public_id : c.lee.public_id);
        CHECK_INT(int_at(person, "lastReadSeq"), patient);
    }
    json_decref(people);
    json_decref(consult);
    json_decref(message);
    store_close(&c.s);
}

TEST(store_consult, a_retry_gives_the_first_answer_and_another_doctor_is_refused)
{
    struct clinic c;
    struct consult_new new = { .text = "hello", .client_id = "client-1" };
    json_t *consult, *message, *again, *message_again;

    clinic_open(&c);
    new.user = c.anna.id;
    new.doctor = c.lee.public_id;
    CHECK_INT(start(&c, &new, &consult, &message), 1);
    c.s.now += 100;
    CHECK_INT(start(&c, &new, &again, &message_again), 0);
    CHECK(json_equal(consult, again));
    CHECK(json_equal(message, message_again));
    CHECK_INT(consults(&c), 1);
    json_decref(again);
    json_decref(message_again);

    new.doctor = c.kim.public_id;
    CHECK_INT(refused(&c, new), -EALREADY);
    new.doctor = "usr_nobody";
    CHECK_INT(refused(&c, new), -EALREADY);
    CHECK_INT(consults(&c), 1);

    new.user = c.ben.id;                        /* the same client_id of another user is his own      */
    new.doctor = c.lee.public_id;
    CHECK_INT(start(&c, &new, &again, &message_again), 1);
    CHECK(strcmp(text_at(consult, "id"), text_at(again, "id")) != 0);
    json_decref(again);
    json_decref(message_again);
    json_decref(consult);
    json_decref(message);
    store_close(&c.s);
}

/* What was begun stays answerable, whatever became of it since. */
TEST(store_consult, a_retry_is_answered_after_the_close_too)
{
    struct clinic c;
    const char *const states[] = { "active", "awaiting_signature", "closed" };
    json_t *consult, *message;
    int64_t id;

    clinic_open(&c);
    id = store_start(&c.s, c.anna.id, c.lee.public_id, "client-1");
    for (size_t i = 0; i < COUNT_OF(states); i++)
        CHECK_INT(store_move(&c.s, id, states[i]), 1);
    CHECK_INT(JOB(&c.s, store_user_disable(c.s.db, c.lee.id, true)), 0);
    CHECK_INT(start(&c, &(struct consult_new){ .user = c.anna.id, .doctor = c.lee.public_id, .text = "hello",
                                               .client_id = "client-1" }, &consult, &message), 0);
    CHECK_STR(text_at(consult, "state"), "closed");
    CHECK_INT(int_at(message, "seq"), 1);
    json_decref(consult);
    json_decref(message);
    store_close(&c.s);
}

TEST(store_consult, what_cannot_be_started_leaves_nothing)
{
    struct clinic c;

    clinic_open(&c);
    const char *lee = c.lee.public_id, *kim = c.kim.public_id;
    CHECK_INT(JOB(&c.s, store_user_disable(c.s.db, c.kim.id, true)), 0);
    const struct { struct consult_new new; int want; } cases[] = {
        { { .user = c.anna.id, .doctor = "usr_nobody", .text = "x", .client_id = "client-1" },      -ENOENT },
        { { .user = c.anna.id, .doctor = "",           .text = "x", .client_id = "client-1" },      -ENOENT },
        { { .user = c.anna.id, .doctor = kim,          .text = "x", .client_id = "client-1" },      -ENOENT },
        { { .user = c.anna.id, .doctor = c.ben.public_id, .text = "x", .client_id = "client-1" },   -ENOENT },
        { { .user = c.lee.id,  .doctor = lee,          .text = "x", .client_id = "client-1" },      -EPERM },
        { { .user = 999,       .doctor = lee,          .text = "x", .client_id = "client-1" },      -EPERM },
        { { .user = c.anna.id, .doctor = lee,          .text = "",  .client_id = "client-1" },      -EINVAL },
        { { .user = c.anna.id, .doctor = lee,          .text = "x", .client_id = "client" },        -EINVAL },
        { { .user = c.anna.id, .doctor = lee,          .text = "x", .client_id = "client 1" },      -EINVAL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(refused(&c, cases[i].new), cases[i].want);
    CHECK_INT(consults(&c), 0);
    CHECK_INT(store_number(&c.s, "SELECT count(*) FROM participant", NO_ARGS), 0);

    CHECK_INT(db_run(c.s.db, "UPDATE users SET role = 'guest' WHERE id = $1", ARGS(INT(c.ben.id))), 1);
    CHECK_INT(refused(&c, (struct consult_new){ .user = c.ben.id, .doctor = lee, .text = "x",
                                                .client_id = "client-1" }), -EPERM);
    CHECK_INT(db_run(c.s.db, "UPDATE clinic SET disabled_utc = 1", NO_ARGS), 1);
    CHECK_INT(refused(&c, (struct consult_new){ .user = c.anna.id, .doctor = lee, .text = "x",
                                                .client_id = "client-1" }), -ENOENT);
    store_close(&c.s);
}

static const char *public_id(struct clinic *c, int64_t consult)
{
    static char id[DB_ID_SIZE];
    json_t *json;

    CHECK_INT(store_consult_get(c->s.db, consult, &json), 0);
    snprintf(id, sizeof id, "%s", text_at(json, "id"));
    json_decref(json);
    return id;
}

TEST(store_consult, access_tells_participants_apart_and_a_foreign_one_looks_like_none)
{
    struct clinic c;
    struct consult_access access;
    const char *con;
    int64_t id;

    clinic_open(&c);
    id = store_start(&c.s, c.anna.id, c.lee.public_id, "client-1");
    con = public_id(&c, id);
    CHECK_INT(store_consult_access(c.s.db, con, c.anna.id, &access), 0);
    CHECK_INT(access.consult, id);
    CHECK_INT(access.user, c.anna.id);
    CHECK_STR(access.role, "patient");
    CHECK_STR(access.state, "open");
    CHECK(!access.treats);
    CHECK_INT(store_consult_access(c.s.db, con, c.lee.id, &access), 0);
    CHECK_STR(access.role, "doctor");
    CHECK(access.treats);

    access = (struct consult_access){ .consult = -7 };
    CHECK_INT(store_consult_access(c.s.db, con, c.ben.id, &access), -ENOENT);           /* another patient */
    CHECK_INT(store_consult_access(c.s.db, con, c.kim.id, &access), -ENOENT);           /* same clinic     */
    CHECK_INT(store_consult_access(c.s.db, "con_nothing", c.anna.id, &access), -ENOENT);
    CHECK_INT(store_consult_access(c.s.db, "", c.anna.id, &access), -ENOENT);
    CHECK_INT(access.consult, -7);

    CHECK_INT(db_run(c.s.db, "UPDATE participant SET removed_utc = 1 WHERE user_id = $1",
                     ARGS(INT(c.lee.id))), 1);
    CHECK_INT(store_consult_access(c.s.db, con, c.lee.id, &access), -ENOENT);           /* no longer       */
    CHECK_INT(store_consult_access(c.s.db, con, c.anna.id, &access), 0);
    store_close(&c.s);
}

TEST(store_consult, moves_along_the_edges_only)
{
    static const struct { const char *state; int want; } cases[] = {
        { "open", 0 }, { "closed", DB_BAD_TRANSITION }, { "paused", DB_BAD_TRANSITION },
        { "nonsense", DB_BAD_TRANSITION }, { "", DB_BAD_TRANSITION }, { "active", 1 }, { "active", 0 },
        { "open", DB_BAD_TRANSITION }, { "closed", DB_BAD_TRANSITION }, { "paused", 1 }, { "closed",
        DB_BAD_TRANSITION }, { "active", 1 }, { "awaiting_signature", 1 }, { "active", DB_BAD_TRANSITION },
        { "closed", 1 }, { "closed", 0 }, { "active", DB_BAD_TRANSITION }, { "open", DB_BAD_TRANSITION },
    };
    struct clinic c;
    int64_t id, moves = 0;

    clinic_open(&c);
    id = store_start(&c.s, c.anna.id, c.lee.public_id, "client-1");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(store_move(&c.s, id, cases[i].state), cases[i].want);
        moves += cases[i].want == 1;
        CHECK_INT(store_number(&c.s, "SELECT version FROM consultation", NO_ARGS), moves);
    }
    CHECK_INT(store_move(&c.s, 999, "active"), -ENOENT);

    CHECK_INT(db_script(c.s.db, "INSERT INTO consultation(public_id, clinic_id, doctor_id, patient_id, kind, "
                        "state, started_by, client_id, opened_utc, last_utc) SELECT 'con_x', clinic_id, "
                        "doctor_id, patient_id, kind, 'active', started_by, 'another1', 1, 1 "
                        "FROM consultation"),
              DB_BAD_TRANSITION);               /* nor is one born in the middle                      */
    store_close(&c.s);
}

TEST(store_consult, a_move_is_told_with_its_time_and_keeps_the_others)
{
    struct clinic c;
    json_t *consult;
    int64_t id;

    clinic_open(&c);
    id = store_start(&c.s, c.anna.id, c.lee.public_id, "client-1");
    c.s.now += 10;
    CHECK_INT(JOB(&c.s, store_consult_move(c.s.db, id, "active", &consult)), 1);
    check_keys(consult, "id clinic kind state doctor patient openedAt lastSeq");
    CHECK_STR(text_at(consult, "openedAt"), "2025-11-24T16:00:00Z");
    json_decref(consult);
    c.s.now += 10;
    CHECK_INT(store_move(&c.s, id, "awaiting_signature"), 1);
    CHECK_INT(JOB(&c.s, store_consult_move(c.s.db, id, "closed", &consult)), 1);
    CHECK_STR(text_at(consult, "state"), "closed");
    CHECK_STR(text_at(consult, "closedAt"), "2025-11-24T16:00:20Z");
    json_decref(consult);
    c.s.now += 10;
    CHECK_INT(JOB(&c.s, store_consult_move(c.s.db, id, "closed", &consult)), 0);
    CHECK_STR(text_at(consult, "closedAt"), "2025-11-24T16:00:20Z");
    json_decref(consult);
    store_close(&c.s);
}

static int mark(struct clinic *c, int64_t consult, int64_t user, enum consult_mark mark, int64_t seq)
{
    return JOB(&c->s, store_consult_mark(c->s.db, consult, user, mark, seq));
}

static int64_t marks(struct clinic *c, int64_t user)       /* read * 100 + delivered */
{
    return store_number(&c->s, "SELECT last_read_seq * 100 + last_delivered_seq FROM participant "
                        "WHERE user_id = $1", ARGS(INT(user)));
}

TEST(store_consult, marks_only_grow_and_stay_within_what_was_said)
{
    struct clinic c;
    int64_t id;
    char client_id[16];

    clinic_open(&c);
    id = store_start(&c.s, c.anna.id, c.lee.public_id, "client-1");
    for (int i = 2; i <= 9; i++) {
        snprintf(client_id, sizeof client_id, "client-%d", i);
        CHECK_INT(store_say(&c.s, id, c.anna.id, client_id, "x"), 1);
    }
    const struct { enum consult_mark mark; int64_t seq; int want; int64_t marks; } cases[] = {
        { CONSULT_DELIVERED, 3, 1, 3 },    { CONSULT_DELIVERED, 3, 0, 3 },   { CONSULT_DELIVERED, 2, 0, 3 },
        { CONSULT_READ, 2, 1, 203 },       { CONSULT_READ, 2, 0, 203 },      { CONSULT_READ, 1, 0, 203 },
        { CONSULT_READ, 5, 1, 505 },       { CONSULT_DELIVERED, 5, 0, 505 }, { CONSULT_DELIVERED, 8, 1, 508 },
        { CONSULT_READ, 0, -EINVAL, 508 }, { CONSULT_READ, -1, -EINVAL, 508 },
        { CONSULT_READ, 10, -EINVAL, 508 }, { CONSULT_DELIVERED, 10, -EINVAL, 508 },
        { CONSULT_READ, INT64_MAX, -EINVAL, 508 }, { CONSULT_READ, 9, 1, 909 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(mark(&c, id, c.lee.id, cases[i].mark, cases[i].seq), cases[i].want);
        CHECK_INT(marks(&c, c.lee.id), cases[i].marks);
    }
    CHECK_INT(mark(&c, id, c.ben.id, CONSULT_READ, 1), -ENOENT);
    CHECK_INT(mark(&c, 999, c.lee.id, CONSULT_READ, 1), -ENOENT);
    CHECK_INT(db_script(c.s.db, "UPDATE participant SET last_read_seq = 1"), DB_APPEND_ONLY);
    CHECK_INT(db_script(c.s.db, "UPDATE participant SET last_delivered_seq = 8"), DB_APPEND_ONLY);

    CHECK_INT(db_run(c.s.db, "UPDATE participant SET removed_utc = 1 WHERE user_id = $1",
                     ARGS(INT(c.anna.id))), 1);
    CHECK_INT(mark(&c, id, c.anna.id, CONSULT_READ, 9), -ENOENT);
    store_close(&c.s);
}

TEST(store_consult, unread_is_told_for_each_participant)
{
    struct clinic c;
    json_t *unread;
    int64_t id;

    clinic_open(&c);
    id = store_start(&c.s, c.anna.id, c.lee.public_id, "client-1");
    CHECK_INT(store_say(&c.s, id, c.anna.id, "client-2", "x"), 1);
    CHECK_INT(store_say(&c.s, id, c.anna.id, "client-3", "x"), 1);
    CHECK_INT(mark(&c, id, c.lee.id, CONSULT_READ, 1), 1);
    CHECK_INT(store_consult_unread(c.s.db, id, &unread), 0);
    CHECK_INT(json_array_size(unread), 2);
    for (size_t i = 0; i < 2; i++) {
        json_t *item = json_array_get(unread, i);
        bool doctor = strcmp(text_at(item, "user"), c.lee.public_id) == 0;

        check_keys(item, "user consult lastSeq unread");
        CHECK(doctor || strcmp(text_at(item, "user"), c.anna.public_id) == 0);
        CHECK_STR(text_at(item, "consult"), public_id(&c, id));
        CHECK_INT(int_at(item, "lastSeq"), 3);
        CHECK_INT(int_at(item, "unread"), doctor ? 2 : 0);
    }
    json_decref(unread);

    CHECK_INT(db_run(c.s.db, "UPDATE participant SET removed_utc = 1 WHERE user_id = $1",
                     ARGS(INT(c.lee.id))), 1);
    CHECK_INT(store_consult_unread(c.s.db, id, &unread), 0);
    CHECK_INT(json_array_size(unread), 1);      /* who left hears nothing                             */
    json_decref(unread);
    CHECK_INT(store_consult_participants(c.s.db, id, &unread), 0);
    CHECK_INT(json_array_size(unread), 1);
    json_decref(unread);
    store_close(&c.s);
}
