/* test_store_drug.c - drugs are found as doctors type them. */
#include "store_fixture.h"

#include "storage/store_drug.h"

static int put(struct store *s, const char *code, const char *zh, const char *en, const char *pinyin)
{
    const struct drug_new new = { .code = code, .zh = zh, .en = en, .pinyin = pinyin, .unit = "mg",
                                  .ingredient = "made of it", .form = "tablet", .max_per_day = 1.5,
                                  .classes = "[{\"zh\":\"类\",\"en\":\"class\"}]" };

    return JOB(s, store_drug_put(s->db, &new));
}

/* Codes of what was found, with spaces between. */
static const char *found(struct store *s, const char *text, char at[128])
{
    json_t *drugs = NULL, *drug;
    size_t i, used = 0;

    CHECK_INT(store_drug_search(s->db, text, 0, &drugs), 0);
    at[0] = '\0';
    json_array_foreach(drugs, i, drug)
        used += (size_t)snprintf(at + used, 128 - used, "%s%s", used > 0 ? " " : "", text_at(drug, "code"));
    json_decref(drugs);
    return at;
}

TEST(store_drug, is_found_by_name_pinyin_initials_english_ingredient_and_code)
{
    static const struct { const char *text, *want; } cases[] = {
        { "阿莫", "D1" }, { "西林", "D1" }, { "胶囊", "D2 D1" }, { "amoxilin", "D1" }, { "AMX", "D1" },
        { "Amoxi", "D1" }, { "capsules", "D2 D1" }, { "xi lin", "" }, { "d1", "D1" }, { "it", "D2 D1" },
        { "\xf4\x8f\xbf\xbf", "" }, { "100%", "" }, { "_", "" },
    };
    struct store s;
    char at[128];

    store_open(&s);
    CHECK_INT(put(&s, "D1", "阿莫西林胶囊", "Amoxicillin capsules", "a mo xi lin jiao nang"), 0);
    CHECK_INT(put(&s, "D2", "布洛芬胶囊", "Ibuprofen capsules", "bu luo fen jiao nang"), 0);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (strcmp(found(&s, cases[i].text, at), cases[i].want) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", cases[i].text, at, cases[i].want);
    store_close(&s);
}

TEST(store_drug, of_the_same_code_is_changed_and_its_old_words_are_gone)
{
    struct store s;
    json_t *drug = NULL;
    char at[128];

    store_open(&s);
    CHECK_INT(put(&s, "D1", "旧名", "Old", "jiu ming"), 0);
    CHECK_INT(put(&s, "D1", "新名", "New", ""), 0);
    CHECK_STR(found(&s, "旧", at), "");
    CHECK_STR(found(&s, "新", at), "D1");
    CHECK_INT(store_drug_find(s.db, "D1", &drug), 0);
    CHECK_STR(text_at(drug, "name.en"), "New");
    CHECK_STR(text_at(drug, "classes.0.zh"), "类");
    CHECK(json_is_false(json_at(drug, "isBanned")));
    CHECK(json_real_value(json_at(drug, "maxPerDay")) == 1.5);
    CHECK(json_at(drug, "minAgeYears") == NULL);
    json_decref(drug);
    CHECK_INT(store_drug_find(s.db, "D2", &drug), -ENOENT);
    store_close(&s);
}

TEST(store_drug, what_is_looked_for_is_1_to_128_bytes)
{
    char text[STORE_DRUG_WORD_MAX + 2];
    json_t *drugs = NULL;
    struct store s;

    store_open(&s);
    memset(text, 'x', sizeof text);
    text[STORE_DRUG_WORD_MAX + 1] = '\0';
    CHECK_INT(store_drug_search(s.db, text, 0, &drugs), -EINVAL);
    text[STORE_DRUG_WORD_MAX] = '\0';
    CHECK_INT(store_drug_search(s.db, text, 0, &drugs), 0);
    json_decref(drugs);
    CHECK_INT(store_drug_search(s.db, "", 0, &drugs), -EINVAL);
    store_close(&s);
}
