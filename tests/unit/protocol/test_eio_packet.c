/* test_eio_packet.c - the codec of packets and payloads. */
#include <errno.h>
#include <stdlib.h>

#include "buf.h"
#include "eio_packet.h"
#include "test.h"

static struct ws_bytes bytes_of(const char *text)
{
    return (struct ws_bytes){ text, strlen(text) };
}

TEST(eio_packet, decodes_each_type)
{
    static const struct { const char *text; int type; const char *data; } cases[] = {
        { "0{}", EIO_OPENING, "{}" }, { "1", EIO_CLOSE, "" },       { "2", EIO_PING, "" },
        { "2probe", EIO_PING, "probe" }, { "3", EIO_PONG, "" },     { "4", EIO_MESSAGE, "" },
        { "4hello", EIO_MESSAGE, "hello" }, { "5", EIO_UPGRADE, "" }, { "6", EIO_NOOP, "" },
        { "bAQI=", EIO_MESSAGE, "\x01\x02" }, { "b", EIO_MESSAGE, "" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eio_packet packet;
        char *text = strdup(cases[i].text);

        CHECK(text != NULL);
        CHECK_INT(eio_packet_decode(text, strlen(text), &packet), 0);
        CHECK_INT(packet.type, cases[i].type);
        CHECK_INT(packet.kind, *cases[i].text == 'b' ? WS_BINARY : WS_TEXT);
        CHECK_INT(packet.data.size, strlen(cases[i].data));
        CHECK_MEM(packet.data.at, cases[i].data, packet.data.size);
        free(text);
    }
}

TEST(eio_packet, refuses_what_is_none)
{
    static const char *const cases[] = { "", "7", "9", "abc", "x", "/", " 4", "b=", "bA", "bAQ", "bAQI",
                                         "b!!!!", "-1", "\x1e" };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct eio_packet packet;
        char *text = strdup(cases[i]);

        CHECK(text != NULL);
        CHECK_INT(eio_packet_decode(text, strlen(text), &packet), -EPROTO);
        free(text);
    }
}

TEST(eio_packet, splits_a_payload)
{
    static const struct { const char *payload; size_t count; const char *packets[4]; } cases[] = {
        { "", 1, { "" } },
        { "4a", 1, { "4a" } },
        { "4a\x1e" "4b", 2, { "4a", "4b" } },
        { "6\x1e", 2, { "6", "" } },
        { "\x1e", 2, { "", "" } },
        { "\x1e\x1e" "1", 3, { "", "", "1" } },
        { "bAQID\x1e" "4\xe2\x82\xac\x1e" "2", 3, { "bAQID", "4\xe2\x82\xac", "2" } },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ws_bytes payload = bytes_of(cases[i].payload), packet;
        size_t offset = 0, count = 0;

        CHECK_INT(eio_payload_count(payload), cases[i].count);
        for (; eio_payload_next(payload, &offset, &packet); count++) {
            CHECK(count < cases[i].count);
            CHECK_INT(packet.size, strlen(cases[i].packets[count]));
            CHECK_MEM(packet.at, cases[i].packets[count], packet.size);
        }
        CHECK_INT(count, cases[i].count);
    }
}

TEST(eio_packet, takes_a_body_that_never_came_for_one_empty_packet)
{
    const struct ws_bytes nothing = { NULL, 0 };
    struct ws_bytes packet;
    size_t offset = 0;

    CHECK_INT(eio_payload_count(nothing), 1);
    CHECK(eio_payload_next(nothing, &offset, &packet));
    CHECK_INT(packet.size, 0);
    CHECK(!eio_payload_next(nothing, &offset, &packet));
}

TEST(eio_packet, makes_a_payload_up_to_its_limit)
{
    struct buf payload;

    buf_init(&payload, 12);
    CHECK_INT(eio_payload_add(&payload, WS_TEXT, WS_LITERAL("4a")), 0);
    CHECK_INT(eio_payload_add(&payload, WS_BINARY, WS_LITERAL("\x01\x02\x03")), 0);
    CHECK_INT(eio_payload_add(&payload, WS_BINARY, WS_LITERAL("\x01\x02\x03")), -EMSGSIZE);
    CHECK_INT(payload.size, 8);
    CHECK_MEM(payload.at, "4a\x1e" "bAQID", 8);
    CHECK_INT(eio_payload_size(WS_BINARY, 4), 9);
    CHECK_INT(eio_payload_size(WS_TEXT, 4), 4);
    buf_finish(&payload);
}
