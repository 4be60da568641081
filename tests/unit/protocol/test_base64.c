#include "base64.h"

#include <errno.h>

#include "test.h"

/* RFC 4648, 10. */
static const struct { const char *plain, *coded; } pairs[] = {
    { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
};

TEST(base64, has_the_vectors_of_the_rfc_both_ways)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        size_t size = strlen(pairs[i].plain), coded = strlen(pairs[i].coded), back;
        char text[16], plain[16];

        CHECK_INT(base64_encoded_size(size), coded);
        base64_encode(pairs[i].plain, size, text);
        CHECK_MEM(text, pairs[i].coded, coded);
        CHECK_INT(base64_decode(text, coded, plain, &back), 0);
        CHECK_INT(back, size);
        CHECK_MEM(plain, pairs[i].plain, size);
        CHECK(back <= base64_decoded_max(coded));
    }
}

TEST(base64, returns_every_byte_in_place)
{
    unsigned char all[256], back[344];
    size_t size;

    for (unsigned i = 0; i < 256; i++)
        all[i] = (unsigned char)i;
    base64_encode(all, sizeof all, (char *)back);
    CHECK_INT(base64_decode((char *)back, sizeof back, back, &size), 0);
    CHECK_INT(size, 256);
    CHECK_MEM(back, all, 256);
}

TEST(base64, refuses_all_that_is_not_canonical)
{
    static const char *const bad[] = {
        "A", "AA", "AAA", "AAAAA", "A===", "====", "=AAA", "AA=A", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9",
        "Zm9\n", "Zm-_", "Zm9v====", "AAA\xff", "Zg==\n\n\n\n",
    };
    unsigned char to[16];
    size_t size = 99;

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_INT(base64_decode(bad[i], strlen(bad[i]), to, &size), -EINVAL);
    CHECK_INT(size, 99);
}

TEST(base64, refuses_a_nul_in_the_text)
{
    unsigned char to[16];
    size_t size;

    CHECK_INT(base64_decode("Zm\0v", 4, to, &size), -EINVAL);
}
