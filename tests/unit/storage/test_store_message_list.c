/* The list of messages: after, before, both, more. */
#include "store_fixture.h"

enum { SAID = 120 };

/* One database for all: nothing here changes it but the last. */
struct talk { struct store s; int64_t consult, other; };

static void talk_open(struct talk *t)
{
    struct store_user anna, lee;
    char client_id[16], text[16];
    json_t *message;

    store_open(&t->s);
    lee = store_doctor(&t->s, store_clinic(&t->s, "North"), "lee");
    anna = store_patient(&t->s, "anna");
    t->consult = store_start(&t->s, anna.id, lee.public_id, "first-message");
    t->other = store_start(&t->s, anna.id, lee.public_id, "other-message");
    store_job_begin(&t->s);
    for (int i = 2; i <= SAID; i++) {
        snprintf(client_id, sizeof client_id, "client-%03d", i);
        snprintf(text, sizeof text, "text %d", i);
        CHECK_INT(store_message_add(t->s.db, t->consult, i % 2 ? anna.id : lee.id, &(struct message_new){
                                    .client_id = client_id, .text = text }, &message), 1);
        json_decref(message);
    }
    store_job_end(&t->s, 0);
}

/* Checks that a page is `first` … `last`, ascending, and what it says of the rest. */
static void check_page(struct talk *t, struct message_list list, int64_t first, int64_t last, bool more)
{
    json_t *page, *item;
    size_t i, want = last < first ? 0 : (size_t)(last - first + 1);

    CHECK_INT(store_message_list(t->s.db, t->consult, &list, &page), 0);
    check_keys(page, "items more lastSeq");
    CHECK_INT(int_at(page, "lastSeq"), SAID);
    CHECK_INT(json_array_size(json_at(page, "items")), want);
    json_array_foreach(json_at(page, "items"), i, item) {
        char text[16];

        CHECK_INT(int_at(item, "seq"), first + (int64_t)i);
        snprintf(text, sizeof text, "text %d", (int)int_at(item, "seq"));
        CHECK_STR(text_at(item, "text"), int_at(item, "seq") == 1 ? "hello" : text);
    }
    CHECK_INT(json_is_true(json_at(page, "more")), more);
    json_decref(page);
}

TEST(store_message_list, tells_every_piece_as_asked)
{
    static const struct { struct message_list list; int64_t first, last; bool more; } cases[] = {
        { { .after = -1 },                                71, 120, true },      /* the newest 50       */
        { { .after = -1, .limit = 100 },                  21, 120, true },
        { { .after = -1, .limit = 1 },                   120, 120, true },
        { { .after = -1, .limit = 101 },                  21, 120, true },      /* 100 at most         */
        { { .after = 0 },                                  1,  50, true },      /* the oldest 50       */
        { { .after = 0, .limit = 2 },                      1,   2, true },
        { { .after = 0, .limit = 100 },                    1, 100, true },
        { { .after = 70 },                                71, 120, false },     /* exactly the rest    */
        { { .after = 69 },                                70, 119, true },
        { { .after = 119 },                              120, 120, false },
        { { .after = 120 },                                1,   0, false },     /* nothing new         */
        { { .after = 99999 },                              1,   0, false },
        { { .after = INT64_MAX },                          1,   0, false },
        { { .after = -1, .before = 21 },                   1,  20, false },
        { { .after = -1, .before = 51 },                   1,  50, false },
        { { .after = -1, .before = 52 },                   2,  51, true },
        { { .after = -1, .before = 1 },                    1,   0, false },
        { { .after = -1, .before = 2 },                    1,   1, false },
        { { .after = -1, .before = 200, .limit = 3 },    118, 120, true },
        { { .after = -1, .before = INT64_MAX, .limit = 2 }, 119, 120, true },
        { { .after = 10, .before = 15 },                  11,  14, false },
        { { .after = 10, .before = 15, .limit = 4 },      11,  14, false },
        { { .after = 10, .before = 15, .limit = 3 },      11,  13, true },
        { { .after = 10, .before = 11 },                   1,   0, false },
        { { .after = 15, .before = 10 },                   1,   0, false },
        { { .after = 0, .before = 2, .limit = -3 },        1,   1, false },
    };
    struct talk t;

    talk_open(&t);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        check_page(&t, cases[i].list, cases[i].first, cases[i].last, cases[i].more);
    store_close(&t.s);
}

TEST(store_message_list, what_cannot_be_meant_is_refused)
{
    static const struct message_list cases[] = {
        { .after = -2 }, { .after = INT64_MIN }, { .after = -1, .before = -1 },
        { .after = 0, .before = INT64_MIN },
    };
    struct talk t;
    json_t *page = NULL;

    talk_open(&t);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(store_message_list(t.s.db, t.consult, &cases[i], &page), -EINVAL);
    CHECK_INT(store_message_list(t.s.db, 999, &(struct message_list){ .after = -1 }, &page), -ENOENT);
    CHECK_INT(store_message_list(t.s.db, 999, &(struct message_list){ .after = 0 }, &page), -ENOENT);
    CHECK(page == NULL);
    store_close(&t.s);
}

/* Forward from the beginning and backward from the end: each message once, whatever the page. */
TEST(store_message_list, pages_join_without_loss_or_double)
{
    static const int limits[] = { 1, 7, 40, 60, 100 };
    struct talk t;

    talk_open(&t);
    for (size_t i = 0; i < COUNT_OF(limits); i++) {
        int64_t limit = limits[i], at;

        for (at = 0; at < SAID; at += limit)
            check_page(&t, (struct message_list){ .after = at, .limit = (int)limit }, at + 1,
                       at + limit < SAID ? at + limit : SAID, at + limit < SAID);
        for (at = SAID + 1; at > 1; at -= limit)
            check_page(&t, (struct message_list){ .after = -1, .before = at, .limit = (int)limit },
                       at - limit > 1 ? at - limit : 1, at - 1, at - limit > 1);
    }
    store_close(&t.s);
}

TEST(store_message_list, holds_nothing_of_another_consult)
{
    struct talk t;
    json_t *page;

    talk_open(&t);
    CHECK_INT(store_message_list(t.s.db, t.other, &(struct message_list){ .after = -1 }, &page), 0);
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    CHECK_STR(text_at(page, "items.0.clientId"), "other-message");
    CHECK_INT(int_at(page, "lastSeq"), 1);
    json_decref(page);
    store_close(&t.s);
}
