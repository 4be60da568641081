/* test_store_icd.c - a code is found by what a doctor types of it; versions stand beside each other. */
#include "store_fixture.h"

#include "storage/store_icd.h"

static int64_t version_add(struct store *s, const char *name)
{
    static const struct icd_new codes[] = {
        { "J06.9", "急性上呼吸道感染", "Acute upper respiratory infection", "ji xing shang hu xi dao gan ran" },
        { "J20.9", "急性支气管炎", "Acute bronchitis", "ji xing zhi qi guan yan" },
        { "N39.0", "尿路感染", "Urinary tract infection", "niao lu gan ran" },
        { "B08.4", "手足口病", "Hand, foot and mouth disease", "" },
    };
    int64_t version = 0;

    CHECK_INT(JOB(s, store_icd_version_add(s->db, name, &version)), 0);
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        CHECK_INT(JOB(s, store_icd_add(s->db, version, &codes[i])), 0);
    return version;
}

/* The codes that are found, in their order. */
static const char *found(struct store *s, const char *text, int limit)
{
    static char codes[256];
    json_t *all = NULL, *one;
    size_t at = 0, i;

    codes[0] = '\0';
    CHECK_INT(store_icd_search(s->db, text, limit, &all), 0);
    json_array_foreach(all, i, one)
        at += (size_t)snprintf(codes + at, sizeof codes - at, "%s%s", at ? " " : "", text_at(one, "code"));
    json_decref(all);
    return codes;
}

TEST(store_icd, a_code_is_found_by_what_is_typed_of_it)
{
    static const struct { const char *text, *codes; } cases[] = {
        { "J06", "J06.9" }, { "j2", "J20.9" }, { "J", "J20.9 J06.9" }, { "06.9", "" },
        { "急", "J20.9 J06.9" }, { "支气管", "J20.9" }, { "感染", "N39.0 J06.9" }, { "染", "N39.0 J06.9" },
        { "jixing", "J20.9 J06.9" }, { "ji xing zhi", "J20.9" }, { "jxz", "J20.9" }, { "zqgy", "J20.9" },
        { "ganran", "N39.0 J06.9" }, { "gr", "N39.0 J06.9" }, { "acute", "J20.9 J06.9" },
        { "INFECTION", "N39.0 J06.9" }, { "upper resp", "J06.9" }, { "foot", "B08.4" }, { " nl", "N39.0" },
        { "ract", "" }, { "%", "" }, { "_", "" }, { "xyz", "" },
    };
    struct store s;
    json_t *none = NULL;
    char longest[STORE_ICD_WORD_MAX + 2];

    store_open(&s);
    CHECK_STR(found(&s, "J", 0), "");           /* nothing was imported yet                           */
    (void)version_add(&s, "one");
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (strcmp(found(&s, cases[i].text, 0), cases[i].codes) != 0)
            fail_msg("%s: %s, not %s", cases[i].text, found(&s, cases[i].text, 0), cases[i].codes);
    CHECK_STR(found(&s, "急", 1), "J20.9");
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    CHECK_INT(store_icd_search(s.db, longest, 0, &none), -EINVAL);
    CHECK_INT(store_icd_search(s.db, "  ", 0, &none), -EINVAL);
    store_close(&s);
}

TEST(store_icd, the_newest_version_is_offered_and_an_older_code_is_still_known)
{
    const struct icd_new only = { "J07", "新", "New", "xin" };
    struct store s;
    json_t *code = NULL;
    int64_t version = 0;

    store_open(&s);
    (void)version_add(&s, "one");
    CHECK_INT(JOB(&s, store_icd_version_add(s.db, "one", &version)), -EEXIST);
    CHECK_INT(JOB(&s, store_icd_version_add(s.db, "two", &version)), 0);
    CHECK_INT(JOB(&s, store_icd_add(s.db, version, &only)), 0);
    CHECK_INT(JOB(&s, store_icd_add(s.db, version, &only)), -EEXIST);
    CHECK_STR(found(&s, "j0", 0), "J07");
    CHECK_INT(store_icd_find(s.db, "ICD-10", "J06.9", &code), 0);
    CHECK_STR(text_at(code, "version"), "one");
    CHECK_STR(text_at(code, "label.en"), "Acute upper respiratory infection");
    json_decref(code);
    CHECK_INT(store_icd_find(s.db, "ICD-10", "J08", &code), -ENOENT);
    CHECK_INT(store_icd_find(s.db, "ICD-11", "J06.9", &code), -ENOENT);
    store_close(&s);
}
