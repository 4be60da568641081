#include "utf8.h"

#include <errno.h>

#include "test.h"

/* 0, -EILSEQ, or 1 for a text that ends inside a character; the same for every split in two. */
static int verdict(const char *text, size_t size, size_t split)
{
    struct utf8 u = { 0 };
    int err = utf8_check(&u, (struct ws_bytes){ text, split });

    if (err == 0)
        err = utf8_check(&u, (struct ws_bytes){ text + split, size - split });
    return err ? err : !utf8_whole(&u);
}

static const struct { const char *text; size_t size; int want; } cases[] = {
#define CASE(text, want) { text, sizeof(text) - 1, want }
    CASE("", 0),
    CASE("plain text, longer than eight bytes", 0),
    CASE("a\0b", 0),
    CASE("\xe5\xa4\xb4\xe7\x96\xbc", 0),                      /* 头疼 */
    CASE("\xf0\x9f\xa9\xba and more than eight bytes", 0),    /* a stethoscope */
    CASE("eight by\xc2\xa9tes", 0),
    CASE("\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 0),
    CASE("\xed\x9f\xbf\xee\x80\x80", 0),                      /* beside the surrogates */
    CASE("\x80", -EILSEQ),
    CASE("\xbf", -EILSEQ),
    CASE("\xc0\xaf", -EILSEQ),                                /* overlong */
    CASE("\xc1\xbf", -EILSEQ),
    CASE("\xe0\x9f\xbf", -EILSEQ),
    CASE("\xf0\x8f\xbf\xbf", -EILSEQ),
    CASE("\xed\xa0\x80", -EILSEQ),                            /* U+D800 */
    CASE("\xed\xbf\xbf", -EILSEQ),
    CASE("\xf4\x90\x80\x80", -EILSEQ),                        /* U+110000 */
    CASE("\xf5\x80\x80\x80", -EILSEQ),
    CASE("\xfe", -EILSEQ),
    CASE("\xff", -EILSEQ),
    CASE("\xc2\x41", -EILSEQ),
    CASE("\xe5\xa4\x41", -EILSEQ),
    CASE("\xc2", 1),
    CASE("\xe5\xa4", 1),
    CASE("\xf0\x9f\xa9", 1),
};

TEST(utf8, takes_what_rfc_3629_takes_in_every_split)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t split = 0; split <= cases[i].size; split++)
            CHECK_INT(verdict(cases[i].text, cases[i].size, split), cases[i].want);
}

/* Decodes as the standard's table 3-7 is read aloud: an independent twin. */
static bool naive(const unsigned char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t more = s[i] < 0x80 ? 0 : s[i] < 0xc0 ? 9 : s[i] < 0xe0 ? 1 : s[i] < 0xf0 ? 2
                    : s[i] < 0xf8 ? 3 : 9;
        uint32_t c = more == 0 ? s[i] : more == 9 ? 0 : s[i] & (0x3fu >> more);
        static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };

        if (more == 9 || i + more >= n)
            return false;
        for (size_t k = 1; k <= more; k++) {
            if ((s[i + k] & 0xc0) != 0x80)
                return false;
            c = c << 6 | (s[i + k] & 0x3f);
        }
        if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
            return false;
        i += more + 1;
    }
    return true;
}

TEST(utf8, agrees_with_a_decoder_on_all_of_three_bytes)
{
    int differ = 0;

    for (uint32_t n = 0; n < 1u << 24; n++) {
        unsigned char s[3] = { (unsigned char)(n >> 16), (unsigned char)(n >> 8), (unsigned char)n };

        differ += (verdict((const char *)s, 3, 1) == 0) != naive(s, 3);
    }
    CHECK_INT(differ, 0);
}

TEST(utf8, agrees_with_a_decoder_on_four_bytes)
{
    int differ = 0;

    for (unsigned first = 0xee; first <= 0xf7; first++)
        for (unsigned second = 0x70; second <= 0xc7; second++)
            for (unsigned last = 0x7f; last <= 0xc1; last += 0x21) {
                unsigned char s[4] = { (unsigned char)first, (unsigned char)second, 0xa0,
                                       (unsigned char)last };

                differ += (verdict((const char *)s, 4, 2) == 0) != naive(s, 4);
            }
    CHECK_INT(differ, 0);
}

TEST(utf8, cut_keeps_characters_whole)
{
    CHECK_INT(utf8_cut("abc", 5), 3);
    CHECK_INT(utf8_cut("abc", 3), 3);
    CHECK_INT(utf8_cut("abc", 2), 2);
    CHECK_INT(utf8_cut("a\xe5\xa4\xb4", 3), 1);
    CHECK_INT(utf8_cut("a\xe5\xa4\xb4", 4), 4);
    CHECK_INT(utf8_cut("a\xe5\xa4\xb4z", 4), 4);
    CHECK_INT(utf8_cut("\xe5\xa4\xb4", 0), 0);
}
