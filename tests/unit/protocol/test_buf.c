#include "buf.h"

#include <errno.h>

#include "test.h"

TEST(buf, grows_to_its_limit_and_not_past_it)
{
    struct buf b;

    buf_init(&b, 100);
    for (int i = 0; i < 100; i++)
        CHECK_INT(buf_add_byte(&b, (unsigned char)i), 0);
    CHECK_INT(buf_add_byte(&b, 1), -EMSGSIZE);
    CHECK_INT(b.size, 100);
    CHECK(b.capacity <= 100);
    for (int i = 0; i < 100; i++)
        CHECK_INT(b.at[i], i);
    buf_finish(&b);
}

TEST(buf, adds_all_or_nothing)
{
    struct buf b;

    buf_init(&b, 5);
    CHECK_INT(buf_add_text(&b, "abc"), 0);
    CHECK_INT(buf_add_text(&b, "def"), -EMSGSIZE);
    CHECK_INT(b.size, 3);
    CHECK_INT(buf_add_text(&b, "de"), 0);
    CHECK_MEM(b.at, "abcde", 5);
    buf_finish(&b);
}

TEST(buf, costs_nothing_until_used)
{
    struct buf b;

    buf_init(&b, 5);
    CHECK_INT(buf_add(&b, NULL, 0), 0);
    CHECK(b.at == NULL);
    CHECK_INT(buf_bytes(&b).size, 0);
    buf_finish(&b);
}

TEST(buf, with_limit_zero_takes_nothing)
{
    struct buf b;

    buf_init(&b, 0);
    CHECK_INT(buf_add_byte(&b, 1), -EMSGSIZE);
    buf_finish(&b);
}

TEST(buf, prints_numbers_and_texts)
{
    struct buf b;

    buf_init(&b, BUF_NO_LIMIT);
    CHECK_INT(buf_add_number(&b, INT64_MIN), 0);
    CHECK_INT(buf_printf(&b, "|%s|%d", "x", 42), 0);
    CHECK_INT(b.size, 25);
    CHECK_MEM(b.at, "-9223372036854775808|x|42", 25);
    buf_finish(&b);
}

TEST(buf, that_cannot_hold_a_print_is_unchanged)
{
    struct buf b;

    buf_init(&b, 4);
    CHECK_INT(buf_add_text(&b, "a"), 0);
    CHECK_INT(buf_printf(&b, "%d", 12345), -EMSGSIZE);
    CHECK_INT(b.size, 1);
    buf_finish(&b);
}

TEST(buf, drops_from_the_front_and_the_end)
{
    struct buf b;

    buf_init(&b, 10);
    CHECK_INT(buf_add_text(&b, "abcdef"), 0);
    buf_shift(&b, 2);
    buf_cut(&b, 3);
    CHECK_INT(b.size, 3);
    CHECK_MEM(b.at, "cde", 3);
    buf_shift(&b, 3);
    CHECK_INT(b.size, 0);
    buf_finish(&b);
}

TEST(buf, can_be_filled_in_place)
{
    struct buf b;
    unsigned char *at;

    buf_init(&b, 8);
    CHECK_INT(buf_reserve(&b, 8, &at), 0);
    memcpy(at, "12345", 5);
    buf_grow(&b, 5);
    CHECK_INT(buf_reserve(&b, 4, &at), -EMSGSIZE);
    CHECK_MEM(b.at, "12345", 5);
    buf_finish(&b);
    CHECK_INT(b.size_max, 8);
}
