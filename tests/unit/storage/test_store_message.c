/* What is said: numbered without gaps, once, within limits, and sealed. */
#include "store_fixture.h"

struct talk { struct store s; struct store_user anna, lee; int64_t consult; };

static void talk_open(struct talk *t, bool file)
{
    if (file)
        store_open_file(&t->s);
    else
        store_open(&t->s);
    t->lee = store_doctor(&t->s, store_clinic(&t->s, "North"), "lee");
    t->anna = store_patient(&t->s, "anna");
    t->consult = store_start(&t->s, t->anna.id, t->lee.public_id, "first-message");
}

static int add(struct talk *t, int64_t user, const struct message_new *new, json_t **ret_message)
{
    return JOB(&t->s, store_message_add(t->s.db, t->consult, user, new, ret_message));
}

/* The seqs are 1, 2, 3 … and last_seq is the last. */
static void check_gapless(struct talk *t, int64_t want)
{
    CHECK_INT(store_number(&t->s, "SELECT last_seq FROM consultation WHERE id = $1", ARGS(INT(t->consult))),
              want);
    CHECK_INT(store_number(&t->s, "SELECT count(*) FROM message WHERE consultation_id = $1 AND seq <= $2",
                           ARGS(INT(t->consult), INT(want))), want);
    CHECK_INT(store_number(&t->s, "SELECT count(*) FROM message", NO_ARGS), want);
}

TEST(store_message, is_numbered_and_has_these_members)
{
    struct talk t;
    json_t *first, *message;

    talk_open(&t, false);
    t.s.now += 60;
    CHECK_INT(add(&t, t.lee.id, &(struct message_new){ .client_id = "client-1", .text = "how are you?" },
                  &first), 1);
    check_keys(first, "id consult seq sender clientId kind sentAt text");
    check_keys(json_at(first, "sender"), "id name role");
    CHECK_MEM(text_at(first, "id"), "msg_", 4);
    CHECK_MEM(text_at(first, "consult"), "con_", 4);
    CHECK_INT(int_at(first, "seq"), 2);
    CHECK_STR(text_at(first, "sender.id"), t.lee.public_id);
    CHECK_STR(text_at(first, "sender.role"), "doctor");
    CHECK_STR(text_at(first, "clientId"), "client-1");
    CHECK_STR(text_at(first, "kind"), "text");
    CHECK_STR(text_at(first, "text"), "how are you?");
    CHECK_STR(text_at(first, "sentAt"), "2025-11-24T16:01:00Z");

    CHECK_INT(add(&t, t.anna.id, &(struct message_new){ .client_id = "client-1", .text = "fine",
                                                        .reply_to = text_at(first, "id") }, &message), 1);
    CHECK_INT(int_at(message, "seq"), 3);       /* a client_id is its sender's alone                  */
    CHECK_STR(text_at(message, "replyTo"), text_at(first, "id"));
    json_decref(message);
    json_decref(first);
    store_close(&t.s);
}

TEST(store_message, a_retry_gives_the_first_answer_byte_for_byte)
{
    struct message_new new = { .client_id = "client-1", .text = "once" };
    struct talk t;
    json_t *first, *again;

    talk_open(&t, false);
    CHECK_INT(add(&t, t.anna.id, &new, &first), 1);
    t.s.now += 3600;
    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-2", "between"), 1);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(add(&t, t.anna.id, &new, &again), 0);
        CHECK(json_equal(first, again));
        json_decref(again);
        new.text = "another text does not matter";
    }
    check_gapless(&t, 3);
    json_decref(first);
    store_close(&t.s);
}

TEST(store_message, a_closed_consult_takes_retries_but_nothing_new)
{
    const struct message_new new = { .client_id = "client-1", .text = "before" };
    struct talk t;
    json_t *first, *again = NULL;

    talk_open(&t, false);
    CHECK_INT(add(&t, t.anna.id, &new, &first), 1);
    CHECK_INT(store_move(&t.s, t.consult, "active"), 1);
    CHECK_INT(store_move(&t.s, t.consult, "awaiting_signature"), 1);
    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-2", "after"), -ESHUTDOWN);
    CHECK_INT(store_move(&t.s, t.consult, "closed"), 1);
    CHECK_INT(add(&t, t.anna.id, &new, &again), 0);
    CHECK(json_equal(first, again));
    json_decref(again);
    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-2", "after"), -ESHUTDOWN);
    CHECK_INT(store_say(&t.s, t.consult, t.lee.id, "client-1", "after"), -ESHUTDOWN);
    check_gapless(&t, 2);

    t.consult += 99;
    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-3", "nowhere"), -ENOENT);
    json_decref(first);
    store_close(&t.s);
}

/* `count` times `unit`. */
static char *repeated(const char *unit, size_t count)
{
    size_t size = strlen(unit);
    char *text = malloc(size * count + 1);

    CHECK(text != NULL);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * size, unit, size + 1);
    text[size * count] = '\0';
    return text;
}

TEST(store_message, text_is_limited_in_characters_not_bytes)
{
    static const struct { const char *unit; size_t count; int want; } cases[] = {
        { "a", 0, -EINVAL }, { "a", 1, 1 }, { "a", 4000, 1 }, { "a", 4001, -EMSGSIZE }, { "é", 4000, 1 },
        { "é", 4001, -EMSGSIZE }, { "长", 4000, 1 }, { "长", 4001, -EMSGSIZE }, { "\U0001F600", 4000, 1 },
        { "\U0001F600", 4001, -EMSGSIZE }, { "a", 16001, -EMSGSIZE }, { "a", 1000000, -EMSGSIZE },
    };
    char client_id[16];
    struct talk t;
    int stored = 1;

    talk_open(&t, false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *text = repeated(cases[i].unit, cases[i].count);
        json_t *message = NULL;

        snprintf(client_id, sizeof client_id, "client-%zu", i);
        CHECK_INT(add(&t, t.anna.id, &(struct message_new){ .client_id = client_id, .text = text }, &message),
                  cases[i].want);
        CHECK((message != NULL) == (cases[i].want == 1));
        if (message)
            CHECK_STR(text_at(message, "text"), text);          /* as it came, whole                  */
        stored += cases[i].want == 1;
        json_decref(message);
        free(text);
    }
    check_gapless(&t, stored);
    store_close(&t.s);
}

TEST(store_message, client_ids_are_8_to_64_of_their_alphabet)
{
    static const char id_65[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-_";
    const struct { const char *client_id; int want; } cases[] = {
        { "", -EINVAL }, { "1234567", -EINVAL }, { "12345678", 1 }, { id_65 + 1, 1 }, { id_65, -EINVAL },
        { "1234 678", -EINVAL }, { "1234.678", -EINVAL }, { "长长长长", -EINVAL }, { "12345678\n", -EINVAL },
        { "________", 1 }, { "--------", 1 },
    };
    struct talk t;
    int stored = 1;

    CHECK_INT(strlen(id_65), 65);
    talk_open(&t, false);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CHECK_INT(store_say(&t.s, t.consult, t.anna.id, cases[i].client_id, "x"), cases[i].want);
        stored += cases[i].want == 1;
    }
    check_gapless(&t, stored);
    store_close(&t.s);
}

TEST(store_message, answers_only_to_what_stands_in_its_own_consult)
{
    struct talk t;
    int64_t other;
    json_t *foreign, *message = NULL;

    talk_open(&t, false);
    other = store_start(&t.s, t.anna.id, t.lee.public_id, "other-consult");
    CHECK_INT(store_message_last(t.s.db, other, &foreign), 0);
    const char *const cases[] = { text_at(foreign, "id"), "msg_nothing", "", text_at(foreign, "consult") };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(add(&t, t.anna.id, &(struct message_new){ .client_id = "client-1", .text = "x",
                                                            .reply_to = cases[i] }, &message), -EINVAL);
    CHECK(message == NULL);
    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-1", "x"), 1);
    CHECK_INT(store_number(&t.s, "SELECT last_seq FROM consultation WHERE id = $1", ARGS(INT(t.consult))), 2);
    json_decref(foreign);
    store_close(&t.s);
}

/* Errors an asker can make do not move last_seq, even when the action around them commits. */
TEST(store_message, a_refusal_leaves_no_gap_when_the_transaction_goes_on)
{
    struct talk t;
    json_t *message = NULL;

    talk_open(&t, false);
    store_job_begin(&t.s);
    CHECK_INT(store_message_add(t.s.db, t.consult, t.anna.id, &(struct message_new){ .client_id = "client-1",
                                .text = "x", .reply_to = "msg_nothing" }, &message), -EINVAL);
    CHECK_INT(store_message_add(t.s.db, t.consult, t.anna.id, &(struct message_new){ .client_id = "client-1",
                                .text = "" }, &message), -EINVAL);
    CHECK_INT(store_job_end(&t.s, 0), 0);
    check_gapless(&t, 1);
    store_close(&t.s);
}

TEST(store_message, the_sender_has_read_what_he_answers_and_the_other_has_not)
{
    static const char *const sql = "SELECT last_read_seq * 100 + last_delivered_seq FROM participant "
                                   "WHERE consultation_id = $1 AND user_id = $2";
    struct talk t;

    talk_open(&t, false);
    CHECK_INT(store_number(&t.s, sql, ARGS(INT(t.consult), INT(t.anna.id))), 101);
    CHECK_INT(store_number(&t.s, sql, ARGS(INT(t.consult), INT(t.lee.id))), 0);
    CHECK_INT(store_say(&t.s, t.consult, t.lee.id, "client-1", "x"), 1);
    CHECK_INT(store_number(&t.s, sql, ARGS(INT(t.consult), INT(t.lee.id))), 202);
    CHECK_INT(store_number(&t.s, sql, ARGS(INT(t.consult), INT(t.anna.id))), 101);

    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-1", "x"), 1);       /* 3 */
    CHECK_INT(store_say(&t.s, t.consult, t.lee.id, "client-1", "x"), 0);        /* a retry reads nothing */
    CHECK_INT(store_number(&t.s, sql, ARGS(INT(t.consult), INT(t.lee.id))), 202);
    store_close(&t.s);
}

static bool file_has(const struct talk *t, const char *end, const char *words)
{
    static char bytes[4 << 20];
    char path[80];
    FILE *file;
    size_t size;

    snprintf(path, sizeof path, "%s%s", t->s.path, end);
    file = fopen(path, "r");
    CHECK(file != NULL);
    size = fread(bytes, 1, sizeof bytes, file);
    CHECK(size < sizeof bytes);
    CHECK_INT(fclose(file), 0);
    return memmem(bytes, size, words, strlen(words)) != NULL;
}

TEST(store_message, cannot_be_read_on_the_disk)
{
    static const char secret[] = "It has hurt on the left side since Tuesday";
    struct talk t;
    json_t *last;

    talk_open(&t, true);
    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-1", secret), 1);
    CHECK(file_has(&t, "-wal", "client-1"));    /* the search finds what is plain                     */
    CHECK(!file_has(&t, "-wal", "left side"));
    CHECK_INT(db_checkpoint(t.s.db, false), 0);
    CHECK(file_has(&t, "", "client-1"));
    CHECK(!file_has(&t, "", "left side"));
    CHECK_INT(store_message_last(t.s.db, t.consult, &last), 0);
    CHECK_STR(text_at(last, "text"), secret);
    json_decref(last);
    store_close(&t.s);
}

/* Whoever can write the file cannot put one patient's words in another's mouth. */
TEST(store_message, a_body_moved_altered_or_cut_does_not_open)
{
    static const char *const cases[] = {
        "UPDATE message SET body_enc = (SELECT body_enc FROM message WHERE seq = 1) WHERE seq = 2",
        "UPDATE message SET body_enc = substr(body_enc, 1, length(body_enc) - 1) WHERE seq = 2",
        "UPDATE message SET body_enc = zeroblob(length(body_enc)) WHERE seq = 2",
        ("UPDATE message SET body_enc = CAST(substr(body_enc, 1, length(body_enc) - 1) || "
         "CASE substr(body_enc, -1) WHEN x'00' THEN x'01' ELSE x'00' END AS BLOB) WHERE seq = 2"),
        "UPDATE message SET body_enc = x'' WHERE seq = 2",
        "UPDATE message SET body_enc = NULL WHERE seq = 2",
        "UPDATE message SET body_enc = x'01' WHERE seq = 2",
        "UPDATE message SET public_id = 'msg_another' WHERE seq = 2",
    };
    struct talk t;
    json_t *json = NULL;

    talk_open(&t, false);
    CHECK_INT(store_say(&t.s, t.consult, t.anna.id, "client-1", "hello"), 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        store_job_begin(&t.s);
        CHECK_INT(db_script(t.s.db, cases[i]), 0);
        CHECK_INT(store_message_last(t.s.db, t.consult, &json), -EBADMSG);
        CHECK_INT(store_message_list(t.s.db, t.consult, &(struct message_list){ .after = -1 }, &json),
                  -EBADMSG);
        CHECK(json == NULL);
        store_job_end(&t.s, -1);
    }
    CHECK_INT(store_message_last(t.s.db, t.consult, &json), 0);
    json_decref(json);
    store_close(&t.s);
}

TEST(store_message, a_system_message_is_stored_like_a_text_under_its_kind)
{
    struct talk t;
    json_t *message;

    talk_open(&t, false);
    CHECK_INT(add(&t, t.lee.id, &(struct message_new){ .client_id = "client-1", .text = "accepted",
                                                       .kind = "system" }, &message), 1);
    CHECK_STR(text_at(message, "kind"), "system");
    CHECK_STR(text_at(message, "text"), "accepted");
    json_decref(message);
    message = NULL;
    CHECK_INT(add(&t, t.lee.id, &(struct message_new){ .client_id = "client-2", .text = "x",
                                                       .kind = "nonsense" }, &message), -EINVAL);
    CHECK(message == NULL);
    CHECK_INT(db_run(t.s.db, "UPDATE message SET body_enc = NULL WHERE kind = 'system'", NO_ARGS), 1);
    CHECK_INT(store_message_last(t.s.db, t.consult, &message), -EBADMSG);
    store_close(&t.s);
}

TEST(store_message, a_card_comes_out_as_what_it_is_and_is_said_after_the_end)
{
    struct talk t;
    json_t *message;

    talk_open(&t, false);
    CHECK(db_run(t.s.db, "UPDATE consultation SET state = 'active'", NO_ARGS) >= 0);
    CHECK(db_run(t.s.db, "UPDATE consultation SET state = 'awaiting_signature'", NO_ARGS) >= 0);
    CHECK(db_run(t.s.db, "UPDATE consultation SET state = 'closed', closed_utc = 1", NO_ARGS) >= 0);
    CHECK_INT(add(&t, t.lee.id, &(struct message_new){ .client_id = "client-1", .kind = "card",
                                                       .text = "{\"type\":\"refer\"}" }, &message), 1);
    check_keys(message, "id consult seq sender clientId kind sentAt card");
    CHECK_STR(text_at(json_object_get(message, "card"), "type"), "refer");
    json_decref(message);
    CHECK_INT(add(&t, t.lee.id, &(struct message_new){ .client_id = "client-2", .text = "first, plain words",
                                                       .kind = "card" }, &message), 1);
    CHECK_STR(text_at(message, "text"), "first, plain words");
    json_decref(message);
    CHECK_INT(add(&t, t.lee.id, &(struct message_new){ .client_id = "client-3", .text = "late" }, &message),
              -ESHUTDOWN);
    store_close(&t.s);
}

TEST(store_message, a_recalled_one_shows_that_and_no_text)
{
    struct talk t;
    json_t *last;

    talk_open(&t, false);
    CHECK_INT(db_run(t.s.db, "UPDATE message SET recalled_utc = $1", ARGS(INT(STORE_NOW + 5))), 1);
    CHECK_INT(store_message_last(t.s.db, t.consult, &last), 0);
    check_keys(last, "id consult seq sender clientId kind sentAt recalledAt");
    CHECK_STR(text_at(last, "recalledAt"), "2025-11-24T16:00:05Z");
    json_decref(last);
    CHECK_INT(store_message_last(t.s.db, t.consult + 99, &last), -ENOENT);
    store_close(&t.s);
}

static int recall(struct talk *t, int64_t user, const char *id)
{
    json_t *recalled = NULL;
    int err = JOB(&t->s, store_message_recall(t->s.db, t->consult, user, id, 120, &recalled));

    if (err >= 0) {
        check_keys(recalled, "consult id seq recalledAt");
        json_decref(recalled);
    }
    return err;
}

TEST(store_message, is_taken_back_by_its_sender_in_time)
{
    struct talk t;
    json_t *fresh, *old, *happened;

    talk_open(&t, false);
    CHECK_INT(add(&t, t.anna.id, &(struct message_new){ .client_id = "client-1", .text = "oops" }, &old), 1);
    CHECK_INT(add(&t, t.lee.id, &(struct message_new){ .client_id = "client-2", .kind = "system",
                                                       .text = "consult-accepted" }, &happened), 1);
    t.s.now += 121;
    CHECK_INT(add(&t, t.anna.id, &(struct message_new){ .client_id = "client-3", .text = "oops" }, &fresh),
              1);
    t.s.now += 120;
    CHECK_INT(recall(&t, t.anna.id, text_at(old, "id")), -ETIME);
    CHECK_INT(recall(&t, t.lee.id, text_at(fresh, "id")), -EPERM);
    CHECK_INT(recall(&t, t.lee.id, text_at(happened, "id")), -EPERM);
    CHECK_INT(recall(&t, t.anna.id, "msg_none"), -ENOENT);
    CHECK_INT(recall(&t, t.anna.id, text_at(fresh, "id")), 1);
    t.s.now += 3600;
    CHECK_INT(recall(&t, t.anna.id, text_at(fresh, "id")), 0);
    CHECK_INT(store_number(&t.s, "SELECT count(*) FROM message WHERE recalled_utc IS NOT NULL "
                           "AND body_enc IS NOT NULL", NO_ARGS), 1);     /* the record has it */
    json_decref(fresh);
    json_decref(old);
    json_decref(happened);
    store_close(&t.s);
}
