/* test_sio_msgpack_encode.c - the bytes that socket.io-msgpack-parser makes, made of text; there and back. */
#include "sio_hex.h"

static int encode(struct buf *hex, const struct sio_msgpack *packet)
{
    struct buf out;
    int err;

    buf_init(&out, BUF_NO_LIMIT);
    buf_init(hex, BUF_NO_LIMIT);
    err = sio_msgpack_encode(&out, packet);
    for (size_t i = 0; i < out.size && err == 0; i++)
        CHECK_INT(buf_printf(hex, "%02x", out.at[i]), 0);
    buf_finish(&out);
    return err;
}

static struct sio_args args_of(const char *text)
{
    return (struct sio_args){ .text = { text, strlen(text) } };
}

TEST(sio_msgpack, encodes_as_the_reference)
{
    static const struct { int type; const char *namespace; int id; const char *event, *text, *offset, *hex; }
    cases[] = {
        { SIO_EVENT, "/", -1, "a", "1", NULL, "83a47479706502a36e7370a12fa46461746192a16101" },
        { SIO_EVENT, "/", -1, "a", "", "x1", "83a47479706502a36e7370a12fa46461746192a161a27831" },
        { SIO_ACK, "/x", 300, NULL, "", NULL, "84a47479706503a36e7370a22f78a26964cd012ca46461746190" },
        { SIO_CONNECT, "/", -1, NULL, "{\"sid\":\"x\"}", NULL,
          "83a47479706500a36e7370a12fa46461746181a3736964a178" },
        { SIO_DISCONNECT, "/", -1, NULL, "", NULL, "82a47479706501a36e7370a12f" },
    };
    struct buf hex;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct sio_msgpack packet = { (enum sio_type)cases[i].type, cases[i].namespace, cases[i].id,
                                            cases[i].event, cases[i].offset, args_of(cases[i].text) };

        CHECK_INT(encode(&hex, &packet), 0);
        check_slice(buf_bytes(&hex), cases[i].hex);
        buf_finish(&hex);
    }
}

TEST(sio_msgpack, encodes_every_form_of_a_value)
{
    static const struct { const char *json, *hex; } cases[] = {
        { "0", "9100" }, { "127", "917f" }, { "128", "91cc80" }, { "255", "91ccff" }, { "256", "91cd0100" },
        { "65536", "91ce00010000" }, { "4294967296", "91cf0000000100000000" },
        { "18446744073709551615", "91cfffffffffffffffff" },
        { "18446744073709551616", "91cb43f0000000000000" },
        { "-0", "9100" }, { "-1", "91ff" }, { "-32", "91e0" }, { "-33", "91d0df" }, { "-128", "91d080" },
        { "-129", "91d1ff7f" }, { "-32769", "91d2ffff7fff" }, { "-2147483649", "91d3ffffffff7fffffff" },
        { "-9223372036854775808", "91d38000000000000000" },
        { "-9223372036854775809", "91cbc3e0000000000000" },
        { "1.5", "91cb3ff8000000000000" }, { "1e400", "91cb7ff0000000000000" },
        { "0.1", "91cb3fb999999999999a" },
        { "1e2", "91cb4059000000000000" }, { "-1.0", "91cbbff0000000000000" },
        { "null,true,false", "93c0c3c2" }, { " [ ] , { } ", "929080" }, { "[ ] , { }", "929080" },
        { "[1,[2,3],{\"a\":[]},4]", "9194019202" "0381a1619004" },
        { "{\"a\":1,\"b\":{\"c\":[1,2]},\"d\":\"}\"}", "9183a16101a16281a1639201" "02a164a17d" },
        { "\"\\u0000\\\"\\\\\\n\\u5ffa\"", "91a700225c0ae5bfba" }, { "\"\\ud83d\\ude42\"", "91a4f09f9982" },
        { "\"\\ud800\"", "91a3eda080" }, { "\"\xe5\x8c\xbb\"", "91a3e58cbb" },
        { "{\"_placeholder\":true,\"num\":0}", "9182ac5f706c616365686f6c646572c3a36e756d00" },
    };
    const size_t head = strlen("83" TYPE "03" ROOT DATA);
    struct buf hex;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct sio_msgpack packet = { SIO_ACK, "/", -1, NULL, NULL, args_of(cases[i].json) };

        CHECK_INT(encode(&hex, &packet), 0);
        check_slice((struct ws_bytes){ hex.at + head, hex.size - head }, cases[i].hex);
        buf_finish(&hex);
    }
}

/* So many values of a kind, and what stands in front of them. */
static void check_size(const char *open, const char *value, size_t count, const char *close, const char *head)
{
    const size_t skip = strlen("83" TYPE "03" ROOT DATA);
    struct buf text, hex;

    buf_init(&text, BUF_NO_LIMIT);
    CHECK_INT(buf_add_text(&text, open), 0);
    for (size_t i = 0; i < count; i++)
        CHECK_INT(buf_add_text(&text, i == 0 && *value == ',' ? value + 1 : value), 0);
    CHECK_INT(buf_add_text(&text, close), 0);
    const struct sio_msgpack packet = { SIO_ACK, "/", -1, NULL, NULL, { .text = buf_bytes(&text) } };

    CHECK_INT(encode(&hex, &packet), 0);
    CHECK(hex.size > skip + strlen(head));
    CHECK_MEM(hex.at + skip, head, strlen(head));
    buf_finish(&text);
    buf_finish(&hex);
}

TEST(sio_msgpack, says_sizes_in_as_few_bytes_as_they_need)
{
    check_size("\"", "x", 31, "\"", "91bf78");
    check_size("\"", "x", 32, "\"", "91d92078");
    check_size("\"", "x", 255, "\"", "91d9ff78");
    check_size("\"", "x", 256, "\"", "91da010078");
    check_size("\"", "x", 65535, "\"", "91daffff78");
    check_size("\"", "x", 65536, "\"", "91db0001000078");
    check_size("", ",1", 15, "", "9f01");
    check_size("", ",1", 16, "", "dc001001");
    check_size("[", ",1", 15, "]", "919f01");
    check_size("[", ",1", 16, "]", "91dc001001");
    check_size("[", ",1", 65536, "]", "91dd0001000001");
    check_size("{", ",\"\":1", 15, "}", "918fa001");
    check_size("{", ",\"\":1", 16, "}", "91de0010a001");
    check_size("{", ",\"\":1", 65536, "}", "91df00010000a001");
}

TEST(sio_msgpack, says_sizes_of_attachments_too)
{
    static const struct { size_t size; const char *head; } cases[] = {
        { 0, "c400" }, { 255, "c4ff" }, { 256, "c50100" }, { 65536, "c600010000" },
    };
    static const unsigned char zeros[65536];
    const size_t skip = strlen("83" TYPE "03" ROOT DATA "91");
    struct buf hex;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct ws_bytes part = { zeros, cases[i].size };
        const struct sio_msgpack packet = { SIO_ACK, "/", -1, NULL, NULL, {
            .text = WS_LITERAL("{\"_placeholder\":true,\"num\":0}"), .binary = &part, .binary_count = 1 } };

        CHECK_INT(encode(&hex, &packet), 0);
        CHECK_INT(hex.size, skip + strlen(cases[i].head) + 2 * cases[i].size);
        CHECK_MEM(hex.at + skip, cases[i].head, strlen(cases[i].head));
        buf_finish(&hex);
    }
}

TEST(sio_msgpack, encodes_attachments_where_they_stand)
{
    const struct ws_bytes parts[] = { WS_LITERAL("one"), WS_LITERAL("") };
    struct sio_args args = args_of("[{\"num\":1,\"x\":[{}],\"_placeholder\":true},"
                                   "{\"a\":{\"_placeholder\":true,\"num\":0}}],"
                                   "{\"_placeholder\":false,\"num\":0},{\"b\":1}");
    const struct sio_msgpack packet = { SIO_ACK, "/", -1, NULL, NULL,
                                        { .text = args.text, .binary = parts, .binary_count = 2 } };
    struct buf hex;

    CHECK_INT(encode(&hex, &packet), 0);
    check_slice(buf_bytes(&hex), "83" TYPE "03" ROOT DATA "9392c40081a161c4036f6e65"
                                 "82ac5f706c616365686f6c646572c2a36e756d0081a16201");
    buf_finish(&hex);
}

TEST(sio_msgpack, does_not_encode_what_is_no_json)
{
    static const char *const cases[] = { "x", "1,", "[", "\"", "1 2", "{\"a\"}", "]", "\"\xff\"" };
    struct buf hex;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct sio_msgpack event = { SIO_EVENT, "/", -1, "a", NULL, args_of(cases[i]) };
        const struct sio_msgpack error = { SIO_CONNECT_ERROR, "/", -1, NULL, NULL, args_of(cases[i]) };

        CHECK_INT(encode(&hex, &event), -EINVAL);
        buf_finish(&hex);
        CHECK_INT(encode(&hex, &error), -EINVAL);
        buf_finish(&hex);
    }
}

/* Name and arguments, encoded and decoded again, are what they were. */
static void check_round_trip(const struct sio_packet *packet, const struct sio_limits *limits)
{
    size_t size = packet->name.size;
    struct sio_packet again;
    struct sio_decoder d;
    struct buf out;

    if (packet->args.text.size > 0)
        size = (size_t)((const char *)packet->args.text.at - (const char *)packet->name.at)
               + packet->args.text.size;
    struct sio_msgpack ack = { SIO_ACK, "/", 0, NULL, NULL, packet->args };

    ack.args.text = (struct ws_bytes){ packet->name.at, size };
    buf_init(&out, BUF_NO_LIMIT);
    CHECK_INT(sio_msgpack_encode(&out, &ack), 0);
    sio_decoder_init(&d, limits);
    CHECK_INT(sio_msgpack_decode(&d, buf_bytes(&out), limits, &again), 1);
    CHECK_INT(again.args.text.size, size);
    CHECK_MEM(again.args.text.at, ack.args.text.at, size);
    CHECK_INT(again.args.binary_count, packet->args.binary_count);
    sio_decoder_finish(&d);
    buf_finish(&out);
}

TEST(sio_msgpack, survives_any_cut_and_any_byte)
{
    static const char whole[] = "85a47479706502a46461746199a17181a16ba176c402616293c0c2c3cb3ff8000000"
                                "000000d700000000dd9aa6e07bcf0000000100000000d0f0de0001a161c400"
                                "a76f7074696f6e7381a8636f6d7072657373c3a2696400a36e7370a12f";
    static const struct sio_limits wide = { .binary_max = 10, .depth_max = 10, .args_max = 10 };
    struct ws_bytes bytes = bytes_of(whole);
    unsigned char *at = (unsigned char *)(uintptr_t)bytes.at;
    struct sio_decoder d;
    struct sio_packet packet;

    sio_decoder_init(&d, &wide);
    for (size_t size = 0; size <= bytes.size; size++) {
        struct ws_bytes cut = { malloc(size > 0 ? size : 1), size };

        CHECK(cut.at != NULL);
        memcpy((void *)(uintptr_t)cut.at, at, size);
        CHECK_INT(sio_msgpack_decode(&d, cut, &wide, &packet), size == bytes.size ? 1 : -EPROTO);
        free((void *)(uintptr_t)cut.at);
    }
    for (size_t i = 0; i < bytes.size; i++) {
        unsigned char before = at[i];

        for (unsigned byte = 0; byte < 256; byte++) {
            at[i] = (unsigned char)byte;
            if (sio_msgpack_decode(&d, bytes, &wide, &packet) == 1 && packet.type == SIO_EVENT)
                check_round_trip(&packet, &wide);
        }
        at[i] = before;
    }
    drop(&d, bytes);
}

/* A whole server. */

static void send_hex(struct peer *p, const char *hex)
{
    struct ws_bytes bytes = bytes_of(hex);

    world_frame(p, 0x82, bytes.at, bytes.size);
    free((void *)(uintptr_t)bytes.at);
}

TEST(sio_msgpack, is_spoken_by_a_whole_server)
{
    static const struct sio_options options = { .msgpack = true };
    struct world w;
    struct peer *p, *q;

    app_init(&w, &options);
    p = app_client(&w);
    send_hex(p, "82" TYPE "00" ROOT);
    CHECK(strncmp(world_next(p), "#83" TYPE "00" ROOT DATA "81a3736964b4", 40) == 0);
    send_hex(p, EVENT "93a46563686fc4026869" "01");
    CHECK_GOT(p, "#83" TYPE "02" ROOT DATA "93a66563686f6564c402686901");
    send_hex(p, "84" TYPE "02" ROOT ID "07" DATA "92a361636b82a16101a162c40162");
    CHECK_GOT(p, "#84" TYPE "03" ROOT ID "07" DATA "9182a16101a162c40162");
    send_hex(p, "82" TYPE "00" NSP "a22f78");
    CHECK_GOT(p, "#83" TYPE "04" NSP "a22f78" DATA "81a76d657373616765b1496e76616c6964206e616d657370616365");
    send_hex(p, EVENT "92a86c656176652d6d65c2");
    CHECK_GOT(p, "#82" TYPE "01" ROOT);
    q = app_client(&w);
    world_send(q, "40");                        /* the other parser                                 */
    CHECK_STR(world_next(q), "(close)");
    world_finish(&w);
}
