/* test_store_outbox.c - what waits is taken, taken again, and given up in the end. */
#include "store_fixture.h"

#include "storage/store_outbox.h"

static void add(struct store *s, const char *key, int64_t due_utc)
{
    const struct outbox_new new = { .topic = "webhook", .key = key, .body = "{}", .due_utc = due_utc };

    CHECK_INT(JOB(s, store_outbox_add(s->db, &new)), 0);
}

/* How many were taken; the first one's row. */
static size_t take(struct store *s, int limit, int64_t *ret_first)
{
    json_t *taken = NULL;
    size_t count;

    CHECK_INT(JOB(s, store_outbox_take(s->db, limit, &taken)), 0);
    count = json_array_size(taken);
    if (count > 0) {
        CHECK_STR(text_at(json_array_get(taken, 0), "topic"), "webhook");
        CHECK_STR(text_at(json_array_get(taken, 0), "body"), "{}");
        *ret_first = int_at(json_array_get(taken, 0), "id");
    }
    json_decref(taken);
    return count;
}

TEST(store_outbox, a_key_is_written_once)
{
    struct store s;
    int64_t first;

    store_open(&s);
    CHECK_INT(store_outbox_next(s.db, &first), -ENOENT);
    add(&s, "one", STORE_NOW);
    add(&s, "one", STORE_NOW + 5);
    CHECK_INT(store_outbox_next(s.db, &first), 0);
    CHECK_INT(first, STORE_NOW);
    CHECK_INT(take(&s, 10, &first), 1);
    store_close(&s);
}

TEST(store_outbox, can_be_dropped_until_somebody_may_have_heard_of_it)
{
    struct store s;
    int64_t first;

    store_open(&s);
    add(&s, "one", STORE_NOW);
    CHECK_INT(JOB(&s, store_outbox_drop(s.db, "webhook", "one")), 0);
    CHECK_INT(take(&s, 10, &first), 0);
    add(&s, "two", STORE_NOW);
    CHECK_INT(take(&s, 10, &first), 1);
    CHECK_INT(JOB(&s, store_outbox_drop(s.db, "webhook", "two")), -EALREADY);
    CHECK_INT(JOB(&s, store_outbox_drop(s.db, "webhook", "none")), -EALREADY);
    store_close(&s);
}

TEST(store_outbox, is_taken_when_it_is_due_and_again_after_the_lease)
{
    struct store s;
    int64_t first;

    store_open(&s);
    add(&s, "one", STORE_NOW + 10);
    CHECK_INT(take(&s, 10, &first), 0);
    s.now += 10;
    CHECK_INT(take(&s, 10, &first), 1);
    CHECK_INT(take(&s, 10, &first), 0);         /* under way                                          */
    s.now += STORE_OUTBOX_LEASE_S;
    CHECK_INT(take(&s, 10, &first), 1);
    CHECK_INT(JOB(&s, store_outbox_recover(s.db)), 0);
    CHECK_INT(take(&s, 10, &first), 1);
    CHECK_INT(JOB(&s, store_outbox_done(s.db, first)), 0);
    CHECK_INT(JOB(&s, store_outbox_recover(s.db)), 0);
    CHECK_INT(take(&s, 10, &first), 0);
    CHECK_INT(store_outbox_next(s.db, &first), -ENOENT);
    store_close(&s);
}

TEST(store_outbox, is_taken_in_portions_the_oldest_first)
{
    struct store s;
    int64_t first = 0, second = 0;

    store_open(&s);
    add(&s, "late", STORE_NOW);
    add(&s, "early", STORE_NOW - 1);
    add(&s, "last", STORE_NOW);
    CHECK_INT(take(&s, 1, &first), 1);
    CHECK_INT(take(&s, 2, &second), 2);
    CHECK_INT(store_number(&s, "SELECT id FROM outbox WHERE key = 'early'", NO_ARGS), first);
    store_close(&s);
}

TEST(store_outbox, waits_twice_as_long_each_time_and_is_given_up_in_the_end)
{
    struct store s;
    int64_t entry = 0, next, wait_s = 2;

    store_open(&s);
    add(&s, "one", STORE_NOW);
    for (int i = 1; i <= STORE_OUTBOX_ATTEMPTS_MAX; i++) {
        CHECK_INT(take(&s, 10, &entry), 1);
        CHECK_INT(JOB(&s, store_outbox_failed(s.db, entry, "status 500")), 0);
        if (i == STORE_OUTBOX_ATTEMPTS_MAX)
            break;
        CHECK_INT(store_outbox_next(s.db, &next), 0);
        CHECK_INT(next - s.now, wait_s);
        s.now = next;
        wait_s = wait_s * 2 > 3600 ? 3600 : wait_s * 2;
    }
    CHECK_INT(store_outbox_next(s.db, &next), -ENOENT);
    CHECK_INT(store_number(&s, "SELECT count(*) FROM outbox WHERE state = 'dead' AND error = 'status 500'",
                           NO_ARGS), 1);
    CHECK_INT(JOB(&s, store_outbox_failed(s.db, entry, "late")), -ENOENT);
    store_close(&s);
}
