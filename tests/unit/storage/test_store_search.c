/* Words are found by those who take part, in nothing but their own consults, and stand nowhere to be read. */
#include "store_fixture.h"

#include <string.h>

#include "storage/store_search.h"
#include "storage/store_token.h"

struct clinic {
    struct store s;
    struct store_user anna, ben, lee;
    int64_t hers, his;                          /* consults with the doctor                           */
};

static void clinic_open(struct clinic *c, bool file)
{
    *c = (struct clinic){ 0 };
    if (file)
        store_open_file(&c->s);
    else
        store_open(&c->s);
    c->lee = store_doctor(&c->s, store_clinic(&c->s, "North"), "lee");
    c->anna = store_patient(&c->s, "anna");
    c->ben = store_patient(&c->s, "ben");
    c->hers = store_start(&c->s, c->anna.id, c->lee.public_id, "start-anna");
    c->s.now += 10;
    c->his = store_start(&c->s, c->ben.id, c->lee.public_id, "start-ben");
}

static json_t *search(struct clinic *c, const struct store_user *who, const char *text)
{
    json_t *page = NULL;

    CHECK_INT(store_search(c->s.db, who->id, &(struct search_query){ .text = text }, &page), 0);
    return page;
}

static size_t hits(struct clinic *c, const struct store_user *who, const char *text)
{
    json_t *page = search(c, who, text);
    size_t count = json_array_size(json_at(page, "items"));

    json_decref(page);
    return count;
}

static void say(struct clinic *c, int64_t consult, const struct store_user *who, const char *text)
{
    static int made;
    char client_id[24];

    snprintf(client_id, sizeof client_id, "client-%d", ++made);
    CHECK_INT(store_say(&c->s, consult, who->id, client_id, text), 1);
}

TEST(store_search, two_characters_are_found_in_chinese_and_in_english)
{
    struct clinic c;
    json_t *page;

    clinic_open(&c, false);
    say(&c, c.hers, &c.anna, "我父亲有高血压，血压量了几次都在 150/95 左右。");
    say(&c, c.hers, &c.lee, "Please take Ａspirin twice a day");
    page = search(&c, &c.anna, "血压");
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    check_keys(json_at(page, "items.0"), "kind consult at with snippet message seq");
    CHECK_STR(text_at(page, "items.0.kind"), "message");
    CHECK_INT(int_at(page, "items.0.seq"), 2);
    CHECK_STR(text_at(page, "items.0.with.id"), c.lee.public_id);
    CHECK_STR(text_at(page, "items.0.snippet.before"), "我父亲有高");
    CHECK_STR(text_at(page, "items.0.snippet.match"), "血压");
    CHECK(json_is_null(json_at(page, "nextCursor")));
    json_decref(page);
    CHECK_INT(hits(&c, &c.anna, "aspirin"), 1);
    CHECK_INT(hits(&c, &c.anna, "ASPIRIN day"), 1);
    CHECK_INT(hits(&c, &c.anna, "twice 血压"), 0);  /* not in the same message                          */
    CHECK_INT(hits(&c, &c.anna, "压血"), 0);
    CHECK_INT(hits(&c, &c.anna, "150/95"), 1);
    CHECK_INT(hits(&c, &c.lee, "高血压"), 1);
    store_close(&c.s);
}

TEST(store_search, no_word_of_two_characters_is_refused)
{
    static const struct { const char *text; int err; } cases[] = {
        { "高", -ENODATA }, { "高 血", -ENODATA }, { "", -ENODATA }, { "。，", -ENODATA }, { "a b c", -ENODATA },
        { "aa b c d e f g h i", -E2BIG },
    };
    struct clinic c;
    json_t *page;

    clinic_open(&c, false);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(store_search(c.s.db, c.anna.id, &(struct search_query){ .text = cases[i].text }, &page),
                  cases[i].err);
    CHECK_INT(store_search(c.s.db, c.anna.id, &(struct search_query){ .text = "aa", .cursor = "x" }, &page),
              -EINVAL);
    store_close(&c.s);
}

TEST(store_search, nobody_finds_what_others_said)
{
    struct clinic c;
    struct store_user eve;

    clinic_open(&c, false);
    eve = store_patient(&c.s, "eve");
    say(&c, c.hers, &c.anna, "canary 金丝雀");
    say(&c, c.his, &c.ben, "canary 金丝雀 of ben");
    CHECK_INT(hits(&c, &c.anna, "canary"), 1);
    CHECK_INT(hits(&c, &c.ben, "金丝雀"), 1);
    CHECK_INT(hits(&c, &c.lee, "canary"), 2);
    CHECK_INT(hits(&c, &eve, "canary"), 0);
    CHECK_INT(db_run(c.s.db, "UPDATE participant SET removed_utc = 1 WHERE consultation_id = $1 "
                     "AND user_id = $2", ARGS(INT(c.hers), INT(c.lee.id))), 1);
    CHECK_INT(hits(&c, &c.lee, "canary"), 1);   /* he takes part no more                              */
    CHECK_INT(hits(&c, &c.anna, "canary"), 1);
    store_close(&c.s);
}

TEST(store_search, what_is_taken_back_is_not_found_and_leaves_no_token)
{
    struct clinic c;
    json_t *page, *recalled = NULL;
    char id[DB_ID_SIZE];
    int64_t before;

    clinic_open(&c, false);
    before = store_number(&c.s, "SELECT count(*) FROM message_token", NO_ARGS);
    say(&c, c.hers, &c.anna, "我的身份证号是保密的");
    page = search(&c, &c.anna, "身份证");
    snprintf(id, sizeof id, "%s", text_at(page, "items.0.message"));
    json_decref(page);
    CHECK_INT(JOB(&c.s, store_message_recall(c.s.db, c.hers, c.anna.id, id, 120, &recalled)), 1);
    json_decref(recalled);
    CHECK_INT(hits(&c, &c.anna, "身份证"), 0);
    CHECK_INT(store_number(&c.s, "SELECT count(*) FROM message_token", NO_ARGS), before);
    store_close(&c.s);
}

TEST(store_search, people_are_found_once_and_by_the_other_side)
{
    struct clinic c;
    json_t *page;

    clinic_open(&c, false);
    c.s.now += 10;
    (void)store_start(&c.s, c.anna.id, c.lee.public_id, "start-again");
    page = search(&c, &c.lee, "ANNA");
    CHECK_INT(json_array_size(json_at(page, "items")), 1);
    CHECK_STR(text_at(page, "items.0.kind"), "person");
    CHECK_STR(text_at(page, "items.0.with.role"), "patient");
    CHECK(strcmp(text_at(page, "items.0.at"), "2025-11-24T16:00:20Z") == 0);
    json_decref(page);
    CHECK_INT(hits(&c, &c.anna, "lee"), 1);
    CHECK_INT(hits(&c, &c.anna, "ben"), 0);
    store_close(&c.s);
}

TEST(store_search, pages_follow_each_other_without_gap_or_repeat)
{
    struct clinic c;
    char cursor[160] = "", seen[64] = "";
    int count = 0;

    clinic_open(&c, false);
    for (int i = 0; i < 12; i++) {
        char text[32];

        snprintf(text, sizeof text, "needle %c%c", 'a' + i, 'a' + i);
        say(&c, i % 2 ? c.hers : c.his, i % 2 ? &c.anna : &c.ben, text);
    }
    for (int page_count = 0; page_count < 20; page_count++) {
        json_t *page, *hit;
        size_t i;

        CHECK_INT(store_search(c.s.db, c.lee.id, &(struct search_query){ .text = "needle", .limit = 5,
                               .cursor = cursor[0] ? cursor : NULL }, &page), 0);
        json_array_foreach(json_at(page, "items"), i, hit) {
            char letter = text_at(hit, "snippet.after")[1];

            CHECK(strchr(seen, letter) == NULL);
            seen[count++] = letter;
        }
        snprintf(cursor, sizeof cursor, "%s", json_is_null(json_at(page, "nextCursor")) ? ""
                 : text_at(page, "nextCursor"));
        json_decref(page);
        if (cursor[0] == '\0')
            break;
    }
    CHECK_INT(count, 12);
    store_close(&c.s);
}

TEST(store_search, what_was_said_before_is_found_after_the_clock_came_by)
{
    struct clinic c;
    int64_t tokens;

    clinic_open(&c, false);
    say(&c, c.hers, &c.anna, "旧的消息 old words");
    tokens = store_number(&c.s, "SELECT count(*) FROM message_token", NO_ARGS);
    CHECK_INT(db_script(c.s.db, "DELETE FROM message_token; UPDATE message_token_backlog SET next_id = "
                        "(SELECT max(id) FROM message)"), 0);
    CHECK_INT(hits(&c, &c.anna, "消息"), 0);
    CHECK_INT(JOB(&c.s, store_token_backlog(c.s.db)), 3);
    CHECK_INT(JOB(&c.s, store_token_backlog(c.s.db)), 0);
    CHECK_INT(hits(&c, &c.anna, "消息"), 1);
    CHECK_INT(store_number(&c.s, "SELECT count(*) FROM message_token", NO_ARGS), tokens);
    store_close(&c.s);
}

/* As `strings` would: the bytes of the files, after all is in the main one. */
static bool files_hold(const struct store *s, const char *word)
{
    char path[96];
    bool found = false;

    for (int i = 0; i < 2; i++) {
        unsigned char *all = calloc(1, 1 << 22);
        FILE *file;
        size_t size;

        snprintf(path, sizeof path, "%s%s", s->path, i ? "-wal" : "");
        file = fopen(path, "rb");
        if (file != NULL) {
            size = fread(all, 1, 1 << 22, file);
            found = found || memmem(all, size, word, strlen(word)) != NULL;
            CHECK_INT(fclose(file), 0);
        }
        free(all);
    }
    return found;
}

TEST(store_search, no_word_stands_in_the_files)
{
    struct clinic c;

    clinic_open(&c, true);
    say(&c, c.hers, &c.anna, "canarybird 金丝雀");
    CHECK_INT(hits(&c, &c.anna, "canarybird"), 1);
    CHECK(files_hold(&c.s, "anna"));            /* that it looks at all                               */
    for (int i = 0; i < 2; i++) {
        CHECK(!files_hold(&c.s, "canarybird"));
        CHECK(!files_hold(&c.s, "金丝雀"));
        CHECK(!files_hold(&c.s, "丝雀"));
        CHECK(!files_hold(&c.s, "canary"));
        CHECK_INT(db_checkpoint(c.s.db, true), 0);
    }
    store_close(&c.s);
}

/* The same word is another number in another consult: who counts numbers learns little of words. */
TEST(store_search, tokens_of_one_consult_are_not_those_of_another)
{
    struct clinic c;

    clinic_open(&c, false);
    say(&c, c.hers, &c.anna, "高血压");
    say(&c, c.his, &c.ben, "高血压");
    CHECK_INT(store_number(&c.s, "SELECT count(*) FROM message_token a JOIN message_token b ON a.token = "
                           "b.token AND a.consultation_id <> b.consultation_id", NO_ARGS), 0);
    store_close(&c.s);
}
