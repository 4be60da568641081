/* test_sio_msgpack_decode.c - bytes that socket.io-msgpack-parser makes, and bytes it never would. */
#include "sio_hex.h"

static const struct sio_limits usual = { .binary_max = 3, .depth_max = 4, .args_max = 5, .size_max = 1000 };

TEST(sio_msgpack, decodes_what_the_reference_encodes)
{
    static const struct {
        const char *hex; int type; const char *namespace; int64_t id; const char *name, *args; int binary;
    } cases[] = {
        { "83a47479706500a464617461d40000a36e7370a12f", SIO_CONNECT, "/", -1, "", "", 0 },
        { "83a47479706500a46461746181a5746f6b656ea178a36e7370a62f61646d696e", SIO_CONNECT, "/admin", -1, "",
          "{\"token\":\"x\"}", 0 },
        { "82a47479706501a36e7370a12f", SIO_DISCONNECT, "/", -1, "", "", 0 },
        { "85a47479706502a46461746192a17181a16ba176a76f7074696f6e7381a8636f6d7072657373c3a2696400"
          "a36e7370a12f",
          SIO_EVENT, "/", 0, "\"q\"", "{\"k\":\"v\"}", 0 },
        { "84a47479706503a2696407a46461746192c402616281a162c400a36e7370a12f", SIO_ACK, "/", 7, "",
          "{\"_placeholder\":true,\"num\":0},{\"b\":{\"_placeholder\":true,\"num\":1}}", 2 },
        { "83a47479706502a46461746194a164d700000000dd9aa6e07bd4000082a175d40000a17601a36e7370a12f", SIO_EVENT,
          "/", -1, "\"d\"", "\"2000-02-29T00:00:00.123Z\",null,{\"v\":1}", 0 },
        { EVENT "92a16181a175d40001", SIO_EVENT, "/", -1, "\"a\"", "{}", 0 },
        { EVENT "9105", SIO_EVENT, "/", -1, "5", "", 0 },
        { "84" TYPE "02" ROOT ID "d40000" DATA "91a161", SIO_EVENT, "/", -1, "\"a\"", "", 0 },
        { "84" TYPE "02" ROOT DATA "92a1610a" DATA "91a162", SIO_EVENT, "/", -1, "\"b\"", "", 0 },
        { "84" TYPE "02" ROOT DATA "91a161" "a178" "92c401ffc401ff", SIO_EVENT, "/", -1, "\"a\"", "", 0 },
    };
    struct sio_decoder d;
    struct sio_packet packet;
    struct ws_bytes bytes;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_INT(decode(cases[i].hex, &usual, &d, &packet, &bytes), 1);
        CHECK_INT(packet.type, cases[i].type);
        CHECK_INT(packet.id, cases[i].id);
        check_slice(packet.namespace, cases[i].namespace);
        check_slice(packet.name, cases[i].name);
        check_slice(packet.args.text, cases[i].args);
        CHECK_INT(packet.args.binary_count, cases[i].binary);
        drop(&d, bytes);
    }
}

TEST(sio_msgpack, has_every_form_of_a_value)
{
    static const struct { const char *hex, *json; } cases[] = {
        { "00", "0" }, { "7f", "127" }, { "ccff", "255" }, { "cdffff", "65535" },
        { "ceffffffff", "4294967295" }, { "cfffffffffffffffff", "18446744073709551615" }, { "cc05", "5" },
        { "ff", "-1" }, { "e0", "-32" }, { "d080", "-128" }, { "d18000", "-32768" },
        { "d280000000", "-2147483648" }, { "d38000000000000000", "-9223372036854775808" }, { "d07f", "127" },
        { "ca3fc00000", "1.5" }, { "cb3ff8000000000000", "1.5" }, { "cb3fb999999999999a", "0.1" },
        { "cb0000000000000001", "4.94065645841247e-324" }, { "cb3fd5555555555555", "0.3333333333333333" },
        { "cb7fefffffffffffff", "1.7976931348623157e+308" }, { "cb8000000000000000", "-0" },
        { "cb7ff0000000000000", "null" }, { "cbfff0000000000000", "null" }, { "cb7ff8000000000000", "null" },
        { "cb4341c37937e08000", "1e+16" }, { "ca7f800000", "null" },
        { "c0", "null" }, { "c2", "false" }, { "c3", "true" }, { "d40000", "null" },
        { "a0", "\"\"" }, { "a5e58cbb2200", "\"\xe5\x8c\xbb\\\"\\u0000\"" },
        { "d903616263", "\"abc\"" }, { "da0003616263", "\"abc\"" }, { "db00000003616263", "\"abc\"" },
        { "90", "[]" }, { "80", "{}" }, { "dc000101", "[1]" }, { "dd0000000101", "[1]" },
        { "de0001a16101", "{\"a\":1}" }, { "df00000001a16101", "{\"a\":1}" },
        { "82a161d40000a16201", "{\"b\":1}" }, { "82a16201a161d40000", "{\"b\":1}" },
        { "81a161d40000", "{}" },
        { "82a16101a16102", "{\"a\":1,\"a\":2}" },
        { "c40161", "{\"_placeholder\":true,\"num\":0}" },
        { "c5000161", "{\"_placeholder\":true,\"num\":0}" },
        { "c60000000161", "{\"_placeholder\":true,\"num\":0}" },
        { "d7000000000000000000", "\"1970-01-01T00:00:00.000Z\"" },
        { "c70800ffffffffffffffff", "\"1969-12-31T23:59:59.999Z\"" },
        { "d700001eb208c2dc0000", "\"+275760-09-13T00:00:00.000Z\"" },
        { "d700ffe14df73d240000", "\"-271821-04-20T00:00:00.000Z\"" },
        { "d700001eb208c2dc0001", "null" }, { "d7008000000000000000", "null" },
        { "d700ffffc77590fba000", "\"0000-01-01T00:00:00.000Z\"" },
        { "d700ffffc77590fb9fff", "\"-000001-12-31T23:59:59.999Z\"" },
        { "d700000001707ecb0800", "\"2020-02-26T00:00:00.000Z\"" },
        { "d700000000dd9fcd3bff", "\"2000-02-29T23:59:59.999Z\"" },
        { "d700fffffdfeddd91000", "\"1900-03-01T00:00:00.000Z\"" },
    };
    struct sio_decoder d;
    struct sio_packet packet;
    struct ws_bytes bytes;
    char hex[256];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)snprintf(hex, sizeof hex, EVENT "92a161%s", cases[i].hex);
        CHECK_INT(decode(hex, &usual, &d, &packet, &bytes), 1);
        check_slice(packet.args.text, cases[i].json);
        drop(&d, bytes);
    }
}

TEST(sio_msgpack, refuses_what_is_no_packet)
{
    static const char *const cases[] = {
        "", "c0", "91a161", "80", "05",
        "82" TYPE "02" ROOT, "82" TYPE "02" DATA "91a161", "82" ROOT DATA "91a161",     /* too few      */
        "83" TYPE "05" ROOT DATA "91a161", "83" TYPE "ff" ROOT DATA "91a161",           /* type         */
        "83" TYPE "a132" ROOT DATA "91a161", "83" TYPE "cb4000000000000000" ROOT DATA "91a161",
        "83" TYPE "04" ROOT DATA "80",                                  /* not a client's to send           */
        "83" TYPE "02" NSP "01" DATA "91a161", "83" TYPE "02" NSP "a1ff" DATA "91a161",
        "84" TYPE "02" ROOT ID "ff" DATA "91a161", "84" TYPE "02" ROOT ID "a130" DATA "91a161",
        "84" TYPE "02" ROOT ID "c0" DATA "91a161",
        "83" TYPE "00" ROOT DATA "90", "83" TYPE "00" ROOT DATA "c0", "83" TYPE "00" ROOT DATA "a0",
        "83" TYPE "00" ROOT DATA "81a161c401ff",                        /* binary in a CONNECT              */
        "83" TYPE "01" ROOT DATA "80",
        EVENT "80", EVENT "a161", EVENT "c0", EVENT "d40000", EVENT "90", EVENT "91c0", EVENT "9180",
        EVENT "91a7636f6e6e656374",                                     /* the library's own event          */
        EVENT "91a161" "00", EVENT "91a161c0",                          /* bytes behind it                  */
        EVENT "92a161c1", EVENT "92a161",                               /* never used; cut                  */
        EVENT "92a161a2ff61", EVENT "92a161a3eda080", EVENT "92a161a2c080",             /* UTF-8            */
        EVENT "92a1618101a0", EVENT "92a16181c0a0", EVENT "92a16181a1ffa0",             /* keys             */
        EVENT "92a161d401ff", EVENT "92a161d500ffff", EVENT "92a161d6ff00000000", EVENT "92a161d8ff",
        EVENT "92a161d6ff5e561c80", EVENT "92a161c700ff", EVENT "92a161c70000", EVENT "92a161c80001ff00",
        EVENT "92a161ddffffffff", EVENT "92a161dfffffffff", EVENT "92a161dc0002c0",     /* promises         */
        EVENT "92a161dbffffffff61", EVENT "92a161c6ffffffff61", EVENT "92a161c9ffffffff0061",
        EVENT "92a161df8000000001", EVENT "92a161cd01", EVENT "92a161cb00", EVENT "92a161d9",
        "dfffffffff" TYPE "02", "82a1", "8201",
        EVENT "93a161c401ff82ac5f706c616365686f6c646572c3a36e756d05",   /* a placeholder of nothing         */
    };
    struct sio_decoder d;
    struct sio_packet packet;
    struct ws_bytes bytes;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_INT(decode(cases[i], &usual, &d, &packet, &bytes), -EPROTO);
        drop(&d, bytes);
    }
}

TEST(sio_msgpack, keeps_to_the_limits)
{
    static const struct { const char *hex; int result; } cases[] = {
        { EVENT "92a1619191919101", 1 }, { EVENT "92a161919191919101", -EMSGSIZE },          /* depth */
        { EVENT "92a16181a16181a16181a16181a16101", 1 },
        { EVENT "92a16181a16181a16181a16181a16181a16101", -EMSGSIZE },
        { EVENT "92a161919191919191919191919191", -EMSGSIZE },
        { EVENT "96a1610102030405", 1 }, { EVENT "97a161010203040506", -EMSGSIZE },          /* arguments*/
        { EVENT "94a161c400c400c400", 1 }, { EVENT "95a161c400c400c400c400", -EMSGSIZE },    /* binary*/
        { "84" TYPE "02" ROOT ID "cf001fffffffffffff" DATA "91a161", 1 },                    /* id    */
        { "84" TYPE "02" ROOT ID "cf0020000000000000" DATA "91a161", -EMSGSIZE },
    };
    struct sio_decoder d;
    struct sio_packet packet;
    struct ws_bytes bytes;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CHECK_INT(decode(cases[i].hex, &usual, &d, &packet, &bytes), cases[i].result);
        drop(&d, bytes);
    }
}
