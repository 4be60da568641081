/* test_store_idempotency.c - the first answer to a request that comes again. */
#include "store_fixture.h"

#include "storage/store_idempotency.h"

static const unsigned char hash_a[32] = "a", hash_b[32] = "b";

static int find(struct store *s, int64_t user, const char *key, const char *route, const void *hash)
{
    json_t *answer = NULL;
    int found = store_idempotency_find(s->db, &(struct idempotency){ user, key, route, hash }, &answer);

    CHECK_INT(found > 0, answer != NULL);
    if (answer != NULL)
        CHECK_STR(text_at(answer, "say"), "hello");
    json_decref(answer);
    return found;
}

static int add(struct store *s, int64_t user, const char *key)
{
    return JOB(s, store_idempotency_add(s->db, &(struct idempotency){ user, key, "/things", hash_a },
                                        "{\"say\":\"hello\"}"));
}

TEST(store_idempotency, a_key_belongs_to_one_request_of_one_user)
{
    struct store s;
    struct store_user one, other;

    store_open(&s);
    one = store_patient(&s, "one");
    other = store_patient(&s, "other");
    CHECK_INT(find(&s, one.id, "key-0001", "/things", hash_a), 0);
    CHECK_INT(add(&s, one.id, "key-0001"), 0);
    CHECK_INT(find(&s, one.id, "key-0001", "/things", hash_a), 1);
    CHECK_INT(find(&s, one.id, "key-0001", "/things", hash_b), -EALREADY);
    CHECK_INT(find(&s, one.id, "key-0001", "/others", hash_a), -EALREADY);
    CHECK_INT(find(&s, one.id, "key-0002", "/things", hash_a), 0);
    CHECK_INT(find(&s, other.id, "key-0001", "/things", hash_b), 0);
    store_close(&s);
}

TEST(store_idempotency, what_is_no_key_is_refused)
{
    static const char *const bad[] = { "", "short-1", "with space", "umlaut-\xc3\xbc",
        "12345678901234567890123456789012345678901234567890123456789012345" };
    struct store s;

    store_open(&s);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(find(&s, 1, bad[i], "/things", hash_a), -EINVAL);
    store_close(&s);
}

TEST(store_idempotency, a_key_is_kept_for_a_day)
{
    struct store s;
    struct store_user one;

    store_open(&s);
    one = store_patient(&s, "one");
    CHECK_INT(add(&s, one.id, "key-0001"), 0);
    s.now += STORE_KEY_LIFE_S - 1;
    CHECK_INT(find(&s, one.id, "key-0001", "/things", hash_a), 1);
    CHECK_INT(JOB(&s, store_idempotency_purge(s.db)), 0);
    s.now++;
    CHECK_INT(find(&s, one.id, "key-0001", "/things", hash_b), 0);      /* and may be used again      */
    CHECK_INT(add(&s, one.id, "key-0001"), 0);
    CHECK_INT(JOB(&s, store_idempotency_purge(s.db)), 0);
    s.now += STORE_KEY_LIFE_S;
    CHECK_INT(JOB(&s, store_idempotency_purge(s.db)), 1);
    store_close(&s);
}

TEST(store_idempotency, an_answer_opens_for_its_own_key_only)
{
    struct store s;
    struct store_user one;
    json_t *answer = NULL;

    store_open(&s);
    one = store_patient(&s, "one");
    CHECK_INT(add(&s, one.id, "key-0001"), 0);
    CHECK_INT(store_number(&s, "SELECT instr(body_enc, 'hello') FROM idempotency", NO_ARGS), 0);
    CHECK_INT(JOB(&s, db_run(s.db, "UPDATE idempotency SET key = 'key-0002'", NO_ARGS)), 1);
    CHECK_INT(store_idempotency_find(s.db, &(struct idempotency){ one.id, "key-0002", "/things", hash_a },
                                     &answer),
              -EBADMSG);
    store_close(&s);
}
