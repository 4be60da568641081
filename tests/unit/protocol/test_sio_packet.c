/* test_sio_packet.c - the codec of packets, and the wait for attachments. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "sio_packet.h"
#include "test.h"

static const struct sio_limits limits = { .binary_max = 10, .depth_max = 100, .args_max = 100,
                                         .size_max = 1000 };

static struct ws_bytes bytes_of(const char *text)
{
    return (struct ws_bytes){ text, strlen(text) };
}

static void check_slice(struct ws_bytes got, const char *want)
{
    CHECK_INT(got.size, strlen(want));
    if (got.size > 0)
        CHECK_MEM(got.at, want, got.size);
}

TEST(sio_packet, decodes_the_parts_it_has)
{
    static const struct {
        const char *text; int type; const char *namespace; int64_t id; const char *name, *args;
        int attachments;
    } cases[] = {
        { "0", SIO_CONNECT, "/", -1, "", "", 0 },
        { "0{\"token\":\"x\"}", SIO_CONNECT, "/", -1, "", "{\"token\":\"x\"}", 0 },
        { "0/admin", SIO_CONNECT, "/admin", -1, "", "", 0 },
        { "0/admin,", SIO_CONNECT, "/admin", -1, "", "", 0 },
        { "0/admin,{}", SIO_CONNECT, "/admin", -1, "", "{}", 0 },
        { "1", SIO_DISCONNECT, "/", -1, "", "", 0 },
        { "1/admin,", SIO_DISCONNECT, "/admin", -1, "", "", 0 },
        { "2[\"a\"]", SIO_EVENT, "/", -1, "\"a\"", "", 0 },
        { "2[\"a\",1,[2]]", SIO_EVENT, "/", -1, "\"a\"", "1,[2]", 0 },
        { "20[\"a\"]", SIO_EVENT, "/", 0, "\"a\"", "", 0 },
        { "2/x,007[\"a\"]", SIO_EVENT, "/x", 7, "\"a\"", "", 0 },
        { "29007199254740991[5]", SIO_EVENT, "/", SIO_ID_MAX, "5", "", 0 },
        { "312[]", SIO_ACK, "/", 12, "", "", 0 },
        { "3[1]", SIO_ACK, "/", -1, "", "1", 0 },
        { "3/x,0[null,2]", SIO_ACK, "/x", 0, "", "null,2", 0 },
        { "51-[\"f\",{\"_placeholder\":true,\"num\":0}]", SIO_EVENT, "/", -1, "\"f\"",
          "{\"_placeholder\":true,\"num\":0}", 1 },
        { "510-/x,3[\"f\"]", SIO_EVENT, "/x", 3, "\"f\"", "", 10 },
        { "61-/x,5[{\"_placeholder\":true,\"num\":0}]", SIO_ACK, "/x", 5, "",
          "{\"_placeholder\":true,\"num\":0}", 1 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sio_packet packet;
        int attachments;

        CHECK_INT(sio_packet_decode(bytes_of(cases[i].text), &limits, &packet, &attachments), 0);
        CHECK_INT(packet.type, cases[i].type);
        CHECK_INT(packet.id, cases[i].id);
        CHECK_INT(attachments, cases[i].attachments);
        check_slice(packet.namespace, cases[i].namespace);
        check_slice(packet.name, cases[i].name);
        check_slice(packet.args.text, cases[i].args);
    }
}

TEST(sio_packet, refuses_the_rest)
{
    static const struct { const char *text; int result; } cases[] = {
        { "", -EPROTO },           { "7", -EPROTO },            { "a", -EPROTO },
        { "-1", -EPROTO },         { "2", -EPROTO },            { "2{}", -EPROTO },
        { "2[]", -EPROTO },        { "2[null]", -EPROTO },      { "2[{}]", -EPROTO },
        { "2[[\"a\"]]", -EPROTO }, { "2[true]", -EPROTO },      { "2 [\"a\"]", -EPROTO },
        { "2[\"a\"] ", -EPROTO },  { "2[\"a\"]x", -EPROTO },    { "2-1[\"a\"]", -EPROTO },
        { "2x[\"a\"]", -EPROTO },  { "20[\"a\"", -EPROTO },     { "2[\"disconnect\"]", -EPROTO },
        { "3", -EPROTO },          { "31", -EPROTO },           { "3{}", -EPROTO },
        { "1[]", -EPROTO },        { "1{}", -EPROTO },          { "4", -EPROTO },
        { "4{\"message\":\"x\"}", -EPROTO }, { "0[1]", -EPROTO }, { "0null", -EPROTO },
        { "0\"x\"", -EPROTO },     { "0{", -EPROTO },           { "0{}{}", -EPROTO },
        { "5", -EPROTO },          { "51", -EPROTO },           { "5-", -EPROTO },
        { "50-[\"a\"]", -EPROTO }, { "500-[\"a\"]", -EPROTO },  { "5+1-[\"a\"]", -EPROTO },
        { "5 1-[\"a\"]", -EPROTO }, { "51 -[\"a\"]", -EPROTO }, { "51.0-[\"a\"]", -EPROTO },
        { "5-1-[\"a\"]", -EPROTO }, { "51-", -EPROTO },         { "60-[]", -EPROTO },
        { "511-[\"a\"]", -EMSGSIZE }, { "5999999999999999999999-[\"a\"]", -EMSGSIZE },
        { "29007199254740992[\"a\"]", -EMSGSIZE }, { "299999999999999999999[\"a\"]", -EMSGSIZE },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sio_packet packet;
        int attachments;

        CHECK_INT(sio_packet_decode(bytes_of(cases[i].text), &limits, &packet, &attachments),
                  cases[i].result);
    }
}

TEST(sio_packet, counts_arguments_without_the_name)
{
    static const struct sio_limits few = { .binary_max = 10, .depth_max = 1, .args_max = 2,
                                          .size_max = 1000 };
    struct sio_packet packet;
    int attachments;

    CHECK_INT(sio_packet_decode(WS_LITERAL("2[\"a\",1,2]"), &few, &packet, &attachments), 0);
    CHECK_INT(sio_packet_decode(WS_LITERAL("2[\"a\",1,2,3]"), &few, &packet, &attachments), -EMSGSIZE);
    CHECK_INT(sio_packet_decode(WS_LITERAL("31[1,2]"), &few, &packet, &attachments), 0);
    CHECK_INT(sio_packet_decode(WS_LITERAL("31[1,2,3]"), &few, &packet, &attachments), -EMSGSIZE);
    CHECK_INT(sio_packet_decode(WS_LITERAL("31[[1]]"), &few, &packet, &attachments), 0);
    CHECK_INT(sio_packet_decode(WS_LITERAL("31[[[1]]]"), &few, &packet, &attachments), -EMSGSIZE);
    CHECK_INT(sio_packet_decode(WS_LITERAL("0{\"a\":1}"), &few, &packet, &attachments), 0);
    CHECK_INT(sio_packet_decode(WS_LITERAL("0{\"a\":{}}"), &few, &packet, &attachments), -EMSGSIZE);
}

TEST(sio_packet, writes_what_stands_before_the_arguments)
{
    static const struct {
        int type, attachments; const char *namespace; int64_t id; const char *text;
    } cases[] = {
        { SIO_CONNECT, 0, "/", SIO_NO_ID, "0" },      { SIO_CONNECT, 0, "/x", SIO_NO_ID, "0/x," },
        { SIO_EVENT, 0, "/", 0, "20" },
        { SIO_ACK, 0, "/x", SIO_ID_MAX, "3/x,9007199254740991" },
        { SIO_BINARY_EVENT, 2, "/x", 7, "52-/x,7" },  { SIO_BINARY_ACK, 10, "/", 0, "610-0" },
        { SIO_DISCONNECT, 0, "/x", SIO_NO_ID, "1/x," },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf head;

        buf_init(&head, 100);
        CHECK_INT(sio_packet_head(&head, (enum sio_type)cases[i].type, cases[i].attachments,
                                  cases[i].namespace, cases[i].id), 0);
        check_slice(buf_bytes(&head), cases[i].text);
        buf_finish(&head);
    }
}

TEST(sio_decoder, waits_for_its_attachments_and_keeps_no_slice_of_theirs)
{
    struct sio_decoder d;
    struct sio_packet packet;
    char text[] = "52-[\"f\",{\"_placeholder\":true,\"num\":1}]", one[] = "one";

    sio_decoder_init(&d, &limits);
    CHECK_INT(sio_decoder_text(&d, bytes_of(text), &limits, &packet), 0);
    check_slice(packet.namespace, "/");
    memset(text, 'x', strlen(text));
    CHECK_INT(sio_decoder_binary(&d, bytes_of(one), &packet), 0);
    memset(one, 'x', strlen(one));
    CHECK_INT(sio_decoder_binary(&d, WS_LITERAL(""), &packet), 1);
    CHECK_INT(packet.type, SIO_EVENT);
    check_slice(packet.name, "\"f\"");
    check_slice(packet.args.text, "{\"_placeholder\":true,\"num\":1}");
    CHECK_INT(packet.args.binary_count, 2);
    check_slice(packet.args.binary[0], "one");
    check_slice(packet.args.binary[1], "");
    CHECK_INT(sio_decoder_binary(&d, WS_LITERAL("x"), &packet), -EPROTO);
    CHECK_INT(sio_decoder_text(&d, WS_LITERAL("2[\"a\"]"), &limits, &packet), 1);
    CHECK_INT(packet.args.binary_count, 0);
    sio_decoder_finish(&d);
}

TEST(sio_decoder, refuses_text_between_attachments_and_binary_without_a_packet)
{
    struct sio_decoder d;
    struct sio_packet packet;

    sio_decoder_init(&d, &limits);
    CHECK_INT(sio_decoder_binary(&d, WS_LITERAL("x"), &packet), -EPROTO);
    CHECK_INT(sio_decoder_text(&d, WS_LITERAL("51-[\"f\"]"), &limits, &packet), 0);
    CHECK_INT(sio_decoder_text(&d, WS_LITERAL("2[\"a\"]"), &limits, &packet), -EPROTO);
    sio_decoder_finish(&d);
}

TEST(sio_decoder, holds_all_attachments_together_to_one_limit)
{
    static const char half[500] = "";
    struct sio_decoder d;
    struct sio_packet packet;

    sio_decoder_init(&d, &limits);
    CHECK_INT(sio_decoder_text(&d, WS_LITERAL("53-[\"f\"]"), &limits, &packet), 0);
    CHECK_INT(sio_decoder_binary(&d, (struct ws_bytes){ half, sizeof half }, &packet), 0);
    CHECK_INT(sio_decoder_binary(&d, (struct ws_bytes){ half, sizeof half }, &packet), 0);
    CHECK_INT(sio_decoder_binary(&d, WS_LITERAL("x"), &packet), -EMSGSIZE);
    sio_decoder_finish(&d);
}
