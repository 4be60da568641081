#include "ws_message.h"

#include "test.h"
#include "ws_frame.h"

TEST(ws_message, is_one_frame_of_all_its_parts)
{
    struct ws_bytes parts[] = { WS_LITERAL("4"), { NULL, 0 }, WS_LITERAL("2[\"x\"]") };
    struct ws_message *m = ws_message_new(WS_TEXT, parts, 3);

    CHECK(m != NULL);
    CHECK_INT(ws_message_bytes(m).size, 9);
    CHECK_MEM(ws_message_bytes(m).at, "\x81\x07" "42[\"x\"]", 9);
    CHECK_INT(ws_message_payload(m).size, 7);
    CHECK_MEM(ws_message_payload(m).at, "42[\"x\"]", 7);
    CHECK_INT(ws_message_type(m), WS_TEXT);
    ws_message_drop(m);
}

TEST(ws_message, may_be_empty)
{
    struct ws_message *m = ws_message_new(WS_BINARY, NULL, 0);

    CHECK(m != NULL);
    CHECK_MEM(ws_message_bytes(m).at, "\x82\0", 2);
    CHECK_INT(ws_message_payload(m).size, 0);
    ws_message_drop(m);
}

TEST(ws_message, lives_until_the_last_drop)
{
    struct ws_bytes part = WS_LITERAL("shared");
    struct ws_message *m = ws_message_new(WS_TEXT, &part, 1);

    CHECK(ws_message_keep(m) == m);
    ws_message_drop(m);
    CHECK_MEM(ws_message_payload(m).at, "shared", 6);       /* a sanitizer would object otherwise   */
    ws_message_drop(m);
    ws_message_drop(NULL);
}

TEST(ws_message, that_no_memory_could_hold_is_not_made)
{
    struct ws_bytes parts[] = { { "", SIZE_MAX / 2 }, { "", SIZE_MAX / 2 } };

    CHECK(ws_message_new(WS_TEXT, parts, 2) == NULL);
    CHECK(ws_message_raw(parts, 2) == NULL);
}

TEST(ws_message, can_be_bytes_that_are_no_frame)
{
    struct ws_bytes part = WS_LITERAL("HTTP/1.1 101\r\n\r\n");
    struct ws_message *m = ws_message_raw(&part, 1);

    CHECK_INT(ws_message_bytes(m).size, part.size);
    CHECK_MEM(ws_message_bytes(m).at, part.at, part.size);
    ws_message_drop(m);
}
