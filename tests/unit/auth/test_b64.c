#include "b64.h"

#include <errno.h>

#include "test.h"

/* RFC 4648, 10, without the padding. */
static const struct { const char *plain, *coded; } pairs[] = {
    { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg" },
    { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff\xfe", "-__-" },
};

TEST(b64, has_the_vectors_of_the_rfc_both_ways)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t size = strlen(pairs[i].plain), back;
        char text[16], plain[16];

        b64_encode(B64_URL, pairs[i].plain, size, text);
        CHECK_STR(text, pairs[i].coded);
        CHECK_INT(b64_encoded_size(size), strlen(text));
        CHECK_INT(b64_decode(B64_URL, text, strlen(text), plain, sizeof plain, &back), 0);
        CHECK_INT(back, size);
        CHECK_MEM(plain, pairs[i].plain, size);
    }
}

TEST(b64, returns_bytes_of_every_value_and_length)
{
    unsigned char bytes[256], back[256];
    char text[345];
    size_t size;

    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 7 + 3);
    for (int alphabet = B64_URL; alphabet <= B64_STANDARD; alphabet++) {
        for (size_t length = 0; length <= sizeof bytes; length++) {
            b64_encode((enum b64)alphabet, bytes, length, text);
            CHECK_INT(b64_decode((enum b64)alphabet, text, strlen(text), back, length, &size), 0);
            CHECK_INT(size, length);
            CHECK_MEM(back, bytes, length);
        }
    }
}

TEST(b64, refuses_all_that_is_not_the_one_text_of_a_value)
{
    static const struct { enum b64 alphabet; const char *text; } bad[] = {
        { B64_URL, "A" }, { B64_URL, "AAAAA" }, { B64_URL, "Zg==" }, { B64_URL, "Zg=" }, { B64_URL, "Zm8=" },
        { B64_URL, "Zh" }, { B64_URL, "Zm9" }, { B64_URL, "+__-" }, { B64_URL, "-_/-" }, { B64_URL, "Zm 8" },
        { B64_URL, "Zm8\n" }, { B64_URL, "\nZm8" }, { B64_URL, "Zm9\xff" }, { B64_URL, "=" },
        { B64_STANDARD, "-__-" }, { B64_STANDARD, "Zg==" }, { B64_STANDARD, "Z." },
    };
    unsigned char to[16];
    size_t size = 99;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_INT(b64_decode(bad[i].alphabet, bad[i].text, strlen(bad[i].text), to, sizeof to, &size),
                  -EINVAL);
    CHECK_INT(b64_decode(B64_URL, "AA\0A", 4, to, sizeof to, &size), -EINVAL);
    CHECK_INT(size, 99);
}

TEST(b64, takes_as_much_as_there_is_room_for)
{
    unsigned char to[4] = { 0, 0, 0, 0xaa };
    size_t size;

    CHECK_INT(b64_decode(B64_URL, "Zm9v", 4, to, 3, &size), 0);
    CHECK_INT(b64_decode(B64_URL, "Zm9vYg", 6, to, 3, &size), -EMSGSIZE);
    CHECK_INT(b64_decode(B64_URL, "Zm9v", 4, to, 2, &size), -EMSGSIZE);
    CHECK_INT(to[3], 0xaa);
}
