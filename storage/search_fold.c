/* search_fold.c - text as it is searched. */
#include "storage/search_fold.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SPACE = ' ', EXPANDS_MAX = 3, PAIR_BITS = 32 };

/* U+0100 to U+017F without their diacritics; '.' has a row below. */
static const char latin_a[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii..jjkkk"
                              "llllllllllnnnnnn.nnoooooo..rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
/* U+00C0 to U+00FF, as above; × and ÷ are spaces. */
static const char latin_1[] = "aaaaaa.ceeeeiiiidnooooo ouuuuy.." "aaaaaa.ceeeeiiiidnooooo ouuuuy.y";
/* U+01CD to U+01DC: the vowels of pinyin that are not above. */
static const char pinyin[] = "aaiioouuuuuuuuuu";

static const struct { uint32_t from; char to[EXPANDS_MAX + 1]; } expands[] = {
    { 0x00b2, "2" }, { 0x00b3, "3" }, { 0x00b9, "1" }, { 0x00c6, "ae" }, { 0x00de, "th" },
    { 0x00df, "ss" }, { 0x00e6, "ae" }, { 0x00fe, "th" }, { 0x0132, "ij" }, { 0x0133, "ij" },
    { 0x0149, "n" }, { 0x0152, "oe" }, { 0x0153, "oe" }, { 0x2103, "c" }, { 0x2109, "f" },
    { 0x3388, "cal" }, { 0x3395, "ul" }, { 0x3396, "ml" }, { 0x338d, "ug" }, { 0x338e, "mg" },
    { 0x338f, "kg" }, { 0x339c, "mm" }, { 0x339d, "cm" }, { 0x339e, "km" }, { 0x33a1, "m2" },
    { 0x33a5, "m3" }, { 0x33c4, "cc" }, { 0xfb00, "ff" }, { 0xfb01, "fi" }, { 0xfb02, "fl" },
};

static_assert(sizeof latin_a == 0x80 + 1 && sizeof latin_1 == 0x40 + 1 && sizeof pinyin == 16 + 1,
              "a letter for each code point");

/* One code point of well-formed UTF-8, else a space and one byte. */
static size_t point_read(const unsigned char *at, size_t size, uint32_t *ret_point)
{
    static const struct { unsigned char mask, is; uint32_t min; } shapes[] = {
        { 0x80, 0x00, 0 }, { 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
    };

    *ret_point = SPACE;
    for (size_t more = 0; more < sizeof shapes / sizeof *shapes; more++) {
        uint32_t point = at[0] & (unsigned char)~shapes[more].mask;

        if ((at[0] & shapes[more].mask) != shapes[more].is || more >= size)
            continue;
        for (size_t i = 1; i <= more; i++) {
            if ((at[i] & 0xc0) != 0x80)
                return 1;
            point = point << 6 | (at[i] & 0x3f);
        }
        if (point < shapes[more].min || point > 0x10ffff)
            return 1;
        *ret_point = point;
        return more + 1;
    }
    return 1;
}

/* General punctuation, CJK punctuation (々 and 〇 are words), private marks of order, and what is below. */
static bool is_space(uint32_t p)
{
    if (p < 0x80)
        return !((p >= 'a' && p <= 'z') || (p >= '0' && p <= '9'));
    return (p >= 0x80 && p < 0xc0 && p != 0xaa && p != 0xb5 && p != 0xba) || (p >= 0x2000 && p < 0x2070)
           || (p >= 0x3000 && p < 0x3040 && p != 0x3005 && p != 0x3007) || (p >= 0xfe10 && p < 0xfe70)
           || p == 0xfeff || (p >= 0xff5f && p < 0xff66) || (p >= 0xffe0 && p <= 0xffff);
}

static uint32_t lower(uint32_t p)
{
    if (p >= 0xff01 && p <= 0xff5e)             /* full-width ASCII                                   */
        p -= 0xfee0;
    if (p >= 'A' && p <= 'Z')
        return p + 32;
    if (p == 0xb5)
        return 0x3bc;                           /* the sign micro is a mu                             */
    if ((p >= 0x391 && p <= 0x3a9 && p != 0x3a2) || (p >= 0x410 && p <= 0x42f))
        return p + 32;
    if (p >= 0x400 && p <= 0x40f)
        return p + 80;
    if (p >= 0xc0 && p <= 0xff && latin_1[p - 0xc0] != '.')
        return (uint32_t)latin_1[p - 0xc0];
    if (p >= 0x100 && p <= 0x17f && latin_a[p - 0x100] != '.')
        return (uint32_t)latin_a[p - 0x100];
    return p >= 0x1cd && p <= 0x1dc ? (uint32_t)pinyin[p - 0x1cd] : p;
}

/* Up to EXPANDS_MAX code points for one; 0: it is not seen by itself. */
static int point_fold(uint32_t p, uint32_t to[EXPANDS_MAX])
{
    if (p >= 0x300 && p < 0x370)
        return 0;                               /* combining                                          */
    for (size_t i = 0; i < sizeof expands / sizeof *expands; i++)
        if (expands[i].from == p) {
            int count = 0;

            for (; expands[i].to[count] != '\0'; count++)
                to[count] = (uint32_t)expands[i].to[count];
            return count;
        }
    to[0] = lower(p);
    if (is_space(to[0]))
        to[0] = SPACE;
    return 1;
}

static void mark_add(struct fold *f, uint32_t point, size_t at)
{
    if (point == SPACE && (f->count == 0 || f->marks[f->count - 1].point == SPACE))
        return;
    f->marks[f->count++] = (struct fold_mark){ point, (uint32_t)at };
}

int fold_make(const char *text, size_t size, struct fold *ret_fold)
{
    /* An expansion is not longer than the bytes it comes from. */
    struct fold f = { 0, calloc(size + 1, sizeof *f.marks) };
    uint32_t point, to[EXPANDS_MAX];
    int count;

    if (f.marks == NULL)
        return -ENOMEM;
    for (size_t at = 0, step; at < size; at += step) {
        step = point_read((const unsigned char *)text + at, size - at, &point);
        count = point_fold(point, to);
        for (int i = 0; i < count; i++)
            mark_add(&f, to[i], at);
    }
    *ret_fold = f;
    return 0;
}

void fold_free(struct fold *f)
{
    free(f->marks);
    *f = (struct fold){ 0 };
}

static int pair_compare(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;

    return (a > b) - (a < b);
}

size_t fold_pairs(const struct fold *f, uint64_t *ret_pairs)
{
    size_t count = 0, kept = 0;

    for (size_t i = 1; i < f->count; i++)
        if (f->marks[i].point != SPACE && f->marks[i - 1].point != SPACE)
            ret_pairs[count++] = (uint64_t)f->marks[i - 1].point << PAIR_BITS | f->marks[i].point;
    if (count == 0)
        return 0;
    qsort(ret_pairs, count, sizeof *ret_pairs, pair_compare);
    for (size_t i = 1; i < count; i++)
        if (ret_pairs[i] != ret_pairs[kept])
            ret_pairs[++kept] = ret_pairs[i];
    return kept + 1;
}

int fold_words(const struct fold *query, struct fold ret_words[FOLD_WORDS_MAX])
{
    int count = 0;

    for (size_t i = 0, from = 0; i <= query->count; i++) {
        if (i < query->count && query->marks[i].point != SPACE)
            continue;
        if (i > from) {
            if (count == FOLD_WORDS_MAX)
                return -E2BIG;
            ret_words[count++] = (struct fold){ i - from, query->marks + from };
        }
        from = i + 1;
    }
    return count;
}

bool fold_find(const struct fold *text, const struct fold *word, size_t *ret_at)
{
    for (size_t at = 0; at + word->count <= text->count; at++) {
        size_t same = 0;

        while (same < word->count && text->marks[at + same].point == word->marks[same].point)
            same++;
        if (same == word->count) {
            *ret_at = at;
            return true;
        }
    }
    return false;
}
