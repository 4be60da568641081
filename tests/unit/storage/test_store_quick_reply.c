/* test_store_quick_reply.c - a doctor's list is his own, whole, in his order and within its limits. */
#include "store_fixture.h"

#include "storage/store_quick_reply.h"

static int set(struct store *s, int64_t user, json_t *take)
{
    int err = JOB(s, store_quick_reply_set(s->db, user, take));

    json_decref(take);
    return err;
}

static void check_list(struct store *s, int64_t user, const char *want)
{
    json_t *items = NULL;
    char *text;

    CHECK_INT(store_quick_reply_list(s->db, user, &items), 0);
    text = json_dumps(items, JSON_COMPACT);
    CHECK_STR(text, want);
    free(text);
    json_decref(items);
}

TEST(store_quick_reply, is_replaced_whole_or_not_at_all)
{
    struct store_user lee, wang;
    struct store s;
    int64_t clinic;

    store_open(&s);
    clinic = store_clinic(&s, "North");
    lee = store_doctor(&s, clinic, "lee");
    wang = store_doctor(&s, clinic, "wang");
    check_list(&s, lee.id, "[]");
    CHECK_INT(set(&s, lee.id, json_pack("[s, s, s]", "b", "a", "b")), 0);
    check_list(&s, lee.id, "[{\"text\":\"b\"},{\"text\":\"a\"},{\"text\":\"b\"}]");
    check_list(&s, wang.id, "[]");
    CHECK_INT(set(&s, lee.id, json_pack("[s, s]", "c", "")), -EINVAL);
    check_list(&s, lee.id, "[{\"text\":\"b\"},{\"text\":\"a\"},{\"text\":\"b\"}]");
    CHECK_INT(set(&s, lee.id, json_array()), 0);
    check_list(&s, lee.id, "[]");
    store_close(&s);
}

/* `count` of them, each of `size` times 好. */
static json_t *many(size_t count, size_t size)
{
    char text[3 * (QUICK_REPLY_MAX + 1) + 1] = "";
    json_t *texts = json_array();

    for (size_t i = 0; i < size; i++)
        memcpy(text + 3 * i, "好", 4);
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(texts, json_string(text));
    return texts;
}

TEST(store_quick_reply, holds_its_limits_on_both_sides)
{
    struct store_user lee;
    struct store s;

    store_open(&s);
    lee = store_doctor(&s, store_clinic(&s, "North"), "lee");
    CHECK_INT(set(&s, lee.id, many(QUICK_REPLIES_MAX, 1)), 0);
    CHECK_INT(set(&s, lee.id, many(QUICK_REPLIES_MAX + 1, 1)), -EMSGSIZE);
    CHECK_INT(set(&s, lee.id, many(1, QUICK_REPLY_MAX)), 0);
    CHECK_INT(set(&s, lee.id, many(1, QUICK_REPLY_MAX + 1)), -EMSGSIZE);
    CHECK_INT(store_number(&s, "SELECT length(text) FROM quick_reply", NO_ARGS), QUICK_REPLY_MAX);
    store_close(&s);
}
