/* The list of a user's consults: newest activity first, page by page. */
#include "store_fixture.h"

enum { CONSULTS = 45 };

struct clinic { struct store s; struct store_user anna, ben, lee; int64_t consult[CONSULTS]; };

static void clinic_open(struct clinic *c)
{
    store_open(&c->s);
    c->lee = store_doctor(&c->s, store_clinic(&c->s, "North"), "lee");
    c->anna = store_patient(&c->s, "anna");
    c->ben = store_patient(&c->s, "ben");
}

/* Several in each second: the ties are part of the order. */
static void start_many(struct clinic *c)
{
    char client_id[16];

    for (int i = 0; i < CONSULTS; i++) {
        snprintf(client_id, sizeof client_id, "client-%03d", i);
        c->s.now += i % 4 == 0;
        c->consult[i] = store_start(&c->s, c->anna.id, c->lee.public_id, client_id);
    }
}

static json_t *list(struct clinic *c, int64_t user, struct consult_list list)
{
    json_t *page = NULL;

    CHECK_INT(store_consult_list(c->s.db, user, &list, &page), 0);
    check_keys(page, "items nextCursor");
    return page;
}

TEST(store_consult_list, an_item_is_the_consult_with_unread_and_the_last_message)
{
    struct clinic c;
    json_t *page;

    clinic_open(&c);
    page = list(&c, c.anna.id, (struct consult_list){ 0 });
    CHECK_INT(json_array_size(json_at(page, "items")), 0);
    CHECK(json_is_null(json_at(page, "nextCursor")));
    json_decref(page);

    c.consult[0] = store_start(&c.s, c.anna.id, c.lee.public_id, "client-1");
    CHECK_INT(store_say(&c.s, c.consult[0], c.anna.id, "client-2", "are you there?"), 1);
    page = list(&c, c.lee.id, (struct consult_list){ 0 });
    check_keys(json_at(page, "items.0"),
               "id clinic kind state doctor patient openedAt lastSeq unread lastMessage");
    CHECK_INT(int_at(page, "items.0.unread"), 2);
    CHECK_INT(int_at(page, "items.0.lastSeq"), 2);
    CHECK_STR(text_at(page, "items.0.lastMessage.text"), "are you there?");
    json_decref(page);

    page = list(&c, c.anna.id, (struct consult_list){ 0 });
    CHECK_INT(int_at(page, "items.0.unread"), 0);
    json_decref(page);
    page = list(&c, c.ben.id, (struct consult_list){ 0 });
    CHECK_INT(json_array_size(json_at(page, "items")), 0);      /* he takes no part                   */
    json_decref(page);
    store_close(&c.s);
}

TEST(store_consult_list, the_newest_activity_is_first)
{
    struct clinic c;
    json_t *page;
    static const char *const ids[] = { "client-000", "client-001", "client-002" };
    static const size_t want[] = { 1, 2, 0 };

    clinic_open(&c);
    for (int i = 0; i < 3; i++) {
        c.s.now += 10;
        c.consult[i] = store_start(&c.s, c.anna.id, c.lee.public_id, ids[i]);
    }
    c.s.now += 10;
    CHECK_INT(store_move(&c.s, c.consult[1], "active"), 1);     /* a move is activity, too            */
    page = list(&c, c.anna.id, (struct consult_list){ 0 });
    for (size_t i = 0; i < 3; i++)
        CHECK_STR(text_at(json_array_get(json_at(page, "items"), i), "lastMessage.clientId"), ids[want[i]]);
    json_decref(page);

    c.s.now += 10;
    CHECK_INT(store_say(&c.s, c.consult[0], c.lee.id, "client-9", "x"), 1);
    page = list(&c, c.anna.id, (struct consult_list){ .limit = 1 });
    CHECK_STR(text_at(page, "items.0.lastMessage.clientId"), "client-9");
    json_decref(page);

    CHECK_INT(JOB(&c.s, store_consult_mark(c.s.db, c.consult[2], c.lee.id, CONSULT_READ, 1)), 1);
    page = list(&c, c.anna.id, (struct consult_list){ .limit = 1 });
    CHECK_STR(text_at(page, "items.0.lastMessage.clientId"), "client-9");       /* reading is none    */
    json_decref(page);
    store_close(&c.s);
}

/* Walks all pages; counts how often each consult was seen. Calls `between` after the first page. */
static int walk(struct clinic *c, int limit, int seen[CONSULTS], void (*between)(struct clinic *))
{
    char cursor[64] = "";
    int pages = 0;
    bool more;

    memset(seen, 0, CONSULTS * sizeof *seen);
    do {
        const struct consult_list asked = { .limit = limit, .cursor = pages ? cursor : NULL };
        json_t *item, *page = list(c, c->anna.id, asked);
        size_t i;

        json_array_foreach(json_at(page, "items"), i, item)
            seen[strtoul(text_at(item, "lastMessage.clientId") + strlen("client-"), NULL, 10)]++;
        more = json_is_string(json_at(page, "nextCursor"));
        CHECK(!more || json_array_size(json_at(page, "items")) == (size_t)limit);
        snprintf(cursor, sizeof cursor, "%s", more ? text_at(page, "nextCursor") : "");
        json_decref(page);
        if (pages++ == 0 && between)
            between(c);
    } while (more);
    return pages;
}

TEST(store_consult_list, pages_hold_each_consult_once)
{
    int seen[CONSULTS];
    struct clinic c;

    clinic_open(&c);
    start_many(&c);
    for (int limit = 1; limit <= CONSULTS + 1; limit++) {
        CHECK_INT(walk(&c, limit, seen, NULL), (CONSULTS + limit - 1) / limit);
        for (int i = 0; i < CONSULTS; i++)
            CHECK_INT(seen[i], 1);
    }
    store_close(&c.s);
}

/* Of the last ones, which come on late pages, and of the cursor's own. */
static void something_happens(struct clinic *c)
{
    c->s.now += 60;
    CHECK_INT(store_move(&c->s, c->consult[1], "active"), 1);
    CHECK_INT(store_move(&c->s, c->consult[CONSULTS - 1], "active"), 1);
    CHECK_INT(store_move(&c->s, c->consult[CONSULTS - 10], "active"), 1);       /* last of page 1     */
}

TEST(store_consult_list, what_moves_up_while_one_pages_makes_no_double_and_takes_no_other_along)
{
    int seen[CONSULTS];
    struct clinic c;

    clinic_open(&c);
    start_many(&c);
    (void)walk(&c, 10, seen, something_happens);
    for (int i = 0; i < CONSULTS; i++)
        CHECK_INT(seen[i], i == 1 ? 0 : 1);     /* 1 is now at the top, and its move was told live    */
    (void)walk(&c, 10, seen, NULL);
    CHECK_INT(seen[1], 1);
    store_close(&c.s);
}

TEST(store_consult_list, limits_hold_on_both_sides)
{
    static const struct { int limit; size_t want; } cases[] = {
        { 0, 20 }, { -1, 20 }, { 1, 1 }, { CONSULTS, CONSULTS }, { 100, CONSULTS }, { 1000000, CONSULTS },
    };
    struct clinic c;

    clinic_open(&c);
    start_many(&c);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        json_t *page = list(&c, c.anna.id, (struct consult_list){ .limit = cases[i].limit });

        CHECK_INT(json_array_size(json_at(page, "items")), cases[i].want);
        json_decref(page);
    }
    store_close(&c.s);
}

TEST(store_consult_list, a_state_filters_and_no_other_word_does)
{
    static const struct { const char *state; size_t want; } cases[] = {
        { NULL, 3 }, { "open", 1 }, { "active", 1 }, { "closed", 1 }, { "paused", 0 },
        { "awaiting_signature", 0 }, { "expired", 0 }, { "abandoned", 0 },
    };
    static const char *const wrong[] = { "", "OPEN", "transferred", "open' OR '1'='1" };
    struct clinic c;
    json_t *page = NULL;

    clinic_open(&c);
    for (int i = 0; i < 3; i++)
        c.consult[i] = store_start(&c.s, c.anna.id, c.lee.public_id, i == 0 ? "client-1" : i == 1 ? "client-2"
                                   : "client-3");
    CHECK_INT(store_move(&c.s, c.consult[1], "active"), 1);
    CHECK_INT(store_move(&c.s, c.consult[2], "active"), 1);
    CHECK_INT(store_move(&c.s, c.consult[2], "awaiting_signature"), 1);
    CHECK_INT(store_move(&c.s, c.consult[2], "closed"), 1);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        page = list(&c, c.anna.id, (struct consult_list){ .state = cases[i].state });
        CHECK_INT(json_array_size(json_at(page, "items")), cases[i].want);
        if (cases[i].state && cases[i].want > 0)
            CHECK_STR(text_at(page, "items.0.state"), cases[i].state);
        json_decref(page);
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_INT(store_consult_list(c.s.db, c.anna.id, &(struct consult_list){ .state = wrong[i] }, &page),
                  -EINVAL);
    store_close(&c.s);
}

/* A cursor is not a way to ask whether a consult exists. */
TEST(store_consult_list, a_cursor_of_a_foreign_consult_is_as_bad_as_one_of_none)
{
    struct clinic c;
    json_t *page, *untouched = NULL;
    char cursor[64];

    clinic_open(&c);
    for (int i = 0; i < 2; i++)
        (void)store_start(&c.s, c.anna.id, c.lee.public_id, i ? "client-1" : "client-2");
    page = list(&c, c.anna.id, (struct consult_list){ .limit = 1 });
    snprintf(cursor, sizeof cursor, "%s", text_at(page, "nextCursor"));
    json_decref(page);
    page = list(&c, c.anna.id, (struct consult_list){ .cursor = cursor });
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    json_decref(page);

    const char *const wrong[] = { "", ".", "x", "1", "1.", "1.con_nothing", "1764000000.con_nothing",
                                  "99999999999999999999.con_x", strchr(cursor, '.'), strchr(cursor, 'c') };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        CHECK_INT(store_consult_list(c.s.db, c.anna.id, &(struct consult_list){ .cursor = wrong[i] },
                                     &untouched), -EINVAL);
    CHECK_INT(store_consult_list(c.s.db, c.ben.id, &(struct consult_list){ .cursor = cursor }, &untouched),
              -EINVAL);
    CHECK(untouched == NULL);
    store_close(&c.s);
}

TEST(store_consult_list, one_that_was_left_is_gone_but_its_cursor_goes_on)
{
    struct clinic c;
    json_t *page;
    char cursor[64];

    clinic_open(&c);
    start_many(&c);
    page = list(&c, c.anna.id, (struct consult_list){ .limit = 5 });
    snprintf(cursor, sizeof cursor, "%s", text_at(page, "nextCursor"));
    json_decref(page);
    CHECK_INT(db_run(c.s.db, "UPDATE participant SET removed_utc = 1 WHERE consultation_id = $1 "
                     "AND user_id = $2", ARGS(INT(c.consult[CONSULTS - 5]), INT(c.anna.id))), 1);
    page = list(&c, c.anna.id, (struct consult_list){ .limit = 100, .cursor = cursor });
    CHECK_INT(json_array_size(json_at(page, "items")), CONSULTS - 5);
    json_decref(page);
    page = list(&c, c.anna.id, (struct consult_list){ .limit = 100 });
    CHECK_INT(json_array_size(json_at(page, "items")), CONSULTS - 1);
    json_decref(page);
    store_close(&c.s);
}
