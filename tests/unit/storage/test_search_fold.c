/* What looks the same to a reader is the same to the search. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/search_fold.h"

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

/* The folded text, as UTF-8 of the plane that the tests use. */
static void folded(const char *text, size_t size, char *to, size_t to_size)
{
    struct fold f;
    size_t at = 0;

    CHECK_INT(fold_make(text, size, &f), 0);
    CHECK(f.count <= size + 1);
    for (size_t i = 0; i < f.count; i++) {
        uint32_t p = f.marks[i].point;

        CHECK(at + 4 < to_size);
        if (p < 0x80)
            to[at++] = (char)p;
        else if (p < 0x800)
            at += (size_t)snprintf(to + at, 4, "%c%c", (int)(0xc0 | p >> 6), (int)(0x80 | (p & 0x3f)));
        else
            at += (size_t)snprintf(to + at, 4, "%c%c%c", (int)(0xe0 | p >> 12), (int)(0x80 | (p >> 6 & 0x3f)),
                                   (int)(0x80 | (p & 0x3f)));
    }
    to[at] = '\0';
    fold_free(&f);
}

/* The right side is by Python's unicodedata: NFKC, casefold, and without marks. */
TEST(search_fold, what_looks_the_same_is_the_same)
{
    static const struct { const char *text, *want; } cases[] = {
        { "血压150/95", "血压150 95" }, { "ＡＢＣ１２３", "abc123" }, { "Café", "cafe" }, { "Cafe\u0301", "cafe" },
        { "５㎎，每日２次。", "5mg 每日2次 " }, { "３８．５℃", "38 5c" }, { "10 m²", "10 m2" }, { "ﬁbrosis", "fibrosis" },
        { "Straße", "strasse" }, { "ÆON", "aeon" }, { "łódź", "lodz" }, { "nǚ gāo xuè yā", "nu gao xue ya" },
        { "ΑΒΓ", "αβγ" }, { "МОСКВА Ё", "москва ё" }, { "µg", "μg" }, { "  a \t\n b  ", "a b " },
        { "高血压、糖尿病", "高血压 糖尿病" }, { "时々", "时々" }, { "a_b-c", "a b c" }, { "", "" }, { "。", "" },
        { "\u3000全角\u3000空格", "全角 空格" },
    };
    char got[128];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        folded(cases[i].text, strlen(cases[i].text), got, sizeof got);
        CHECK_STR(got, cases[i].want);
    }
}

TEST(search_fold, what_is_no_utf_8_is_a_space_and_never_more_than_its_bytes)
{
    static const char *const cases[] = { "\x80", "\xc0\xaf", "\xe4\xb8", "\xff\xfe", "\xf4\x90\x80\x80",
                                         "\xf8\x88\x80\x80\x80", "\xed" };
    char got[128], text[16];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        snprintf(text, sizeof text, "ab%scd", cases[i]);
        folded(text, strlen(text), got, sizeof got);
        CHECK(strncmp(got, "ab ", 3) == 0);
        CHECK(strstr(got, "cd") != NULL);
        folded(cases[i], strlen(cases[i]), got, sizeof got);    /* cut at the end                     */
        CHECK(strlen(got) <= 1 || i == 3 || i == 4 || i == 5);
    }
}

static size_t pairs_of(const char *text, uint64_t *pairs)
{
    struct fold f;
    size_t count;

    CHECK_INT(fold_make(text, strlen(text), &f), 0);
    count = fold_pairs(&f, pairs);
    fold_free(&f);
    return count;
}

TEST(search_fold, pairs_are_inside_words_and_each_once)
{
    uint64_t pairs[64];

    CHECK_INT(pairs_of("", pairs), 0);
    CHECK_INT(pairs_of("高", pairs), 0);
    CHECK_INT(pairs_of("高 血 压", pairs), 0);
    CHECK_INT(pairs_of("高血压", pairs), 2);
    CHECK_INT(pairs_of("血压高血压", pairs), 3);   /* 血压 压高 高血                                    */
    CHECK_INT(pairs_of("abab ab", pairs), 2);
    CHECK_INT(pairs_of("AbＡＢ", pairs), 2);
}

TEST(search_fold, words_are_found_wherever_they_stand)
{
    struct fold text, query, words[FOLD_WORDS_MAX];
    size_t at = 99;

    CHECK_INT(fold_make("我父亲有高血压，Tom", 28, &text), 0);
    CHECK_INT(fold_make(" 血压 tom ", 12, &query), 0);
    CHECK_INT(fold_words(&query, words), 2);
    CHECK(fold_find(&text, &words[0], &at));
    CHECK_INT(at, 5);
    CHECK_INT(text.marks[at].at, 15);
    CHECK(fold_find(&text, &words[1], &at));
    fold_free(&query);
    CHECK_INT(fold_make("压血", 6, &query), 0);
    CHECK_INT(fold_words(&query, words), 1);
    CHECK(!fold_find(&text, &words[0], &at));
    fold_free(&query);
    CHECK_INT(fold_make("a b c d e f g h", 15, &query), 0);
    CHECK_INT(fold_words(&query, words), FOLD_WORDS_MAX);
    fold_free(&query);
    CHECK_INT(fold_make("a b c d e f g h i", 17, &query), 0);
    CHECK_INT(fold_words(&query, words), -E2BIG);
    fold_free(&query);
    fold_free(&text);
}
