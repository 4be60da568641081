#include "ws_frame.h"

#include <errno.h>
#include <stdlib.h>

#include "test.h"

static const struct { uint64_t size; size_t head; } lengths[] = {
    { 0, 2 }, { 1, 2 }, { 125, 2 }, { 126, 4 }, { 127, 4 }, { 65535, 4 }, { 65536, 10 },
    { 1u << 31, 10 }, { INT64_MAX, 10 },
};

TEST(ws_frame, reads_what_it_writes_at_every_length)
{
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        unsigned char head[WS_FRAME_HEAD_MAX];
        struct ws_frame f = { 0 };
        size_t size = ws_frame_write(head, WS_BINARY, WS_RSV1, lengths[i].size);

        CHECK_INT(size, lengths[i].head);
        for (size_t cut = 0; cut < size; cut++)
            CHECK_INT(ws_frame_parse(&f, head, cut), 0);
        CHECK_INT(f.opcode, 0);
        CHECK_INT(ws_frame_parse(&f, head, size), size);
        CHECK_INT(f.size, lengths[i].size);
        CHECK(f.fin && !f.masked);
        CHECK_INT(f.opcode, WS_BINARY);
        CHECK_INT(f.rsv, WS_RSV1);
    }
}

static const struct { const char *head; size_t size; int want; } heads[] = {
#define HEAD(text, want) { text, sizeof(text) - 1, want }
    HEAD("\x81\x85\x37\xfa\x21\x3d", 6),                              /* RFC 6455, 5.7 */
    HEAD("\x81\x85\x37\xfa\x21", 0),
    HEAD("\x01\x03", 2),
    HEAD("\x80\x02", 2),
    HEAD("\x89\x05", 2),
    HEAD("\x82\x7e\x01\x00", 4),
    HEAD("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10),
    HEAD("\x83\x00", -EPROTO), HEAD("\x87\x00", -EPROTO),             /* reserved opcodes */
    HEAD("\x8b\x00", -EPROTO), HEAD("\x8f\x00", -EPROTO),
    HEAD("\x09\x00", -EPROTO), HEAD("\x08\x00", -EPROTO),             /* fragmented control frames */
    HEAD("\x89\x7e", -EPROTO), HEAD("\x88\xfe", -EPROTO),             /* long ones, seen before the length */
    HEAD("\x82\x7e\x00\x7d", -EPROTO),                                /* not the shortest form */
    HEAD("\x82\x7f\x00\x00\x00\x00\x00\x00\xff\xff", -EPROTO),
    HEAD("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", -EPROTO),        /* the 64th bit */
};

TEST(ws_frame, refuses_heads_that_break_section_5_2)
{
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct ws_frame f;

        CHECK_INT(ws_frame_parse(&f, (const unsigned char *)heads[i].head, heads[i].size), heads[i].want);
    }
}

TEST(ws_frame, masks_wide_as_it_would_byte_by_byte)
{
    static const unsigned char mask[4] = { 0x37, 0xfa, 0x21, 0x3d };

    for (size_t size = 0; size < 40; size++)
        for (uint64_t phase = 0; phase < 9; phase++) {
            unsigned char *at = malloc(size + 1);

            CHECK(at != NULL);
            for (size_t i = 0; i < size; i++)
                at[i] = (unsigned char)(i * 7);
            ws_frame_mask(at, size, mask, phase);
            for (size_t i = 0; i < size; i++)
                CHECK_INT(at[i], (unsigned char)(i * 7) ^ mask[(phase + i) % 4]);
            free(at);
        }
}

TEST(ws_frame, knows_the_codes_of_section_7_4)
{
    static const int good[] = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000,
                                3999, 4000, 4999 };
    static const int bad[] = { 0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535 };

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        CHECK(ws_close_code_valid(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!ws_close_code_valid(bad[i]));
}
