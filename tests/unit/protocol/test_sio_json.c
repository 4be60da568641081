/* test_sio_json.c - the one-pass check of JSON text, against lists and against jansson where both speak. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "sio_json.h"
#include "test.h"

static const struct sio_json_limits usual = { 1000, 1000, -1 };

static struct ws_bytes bytes_of(const char *text)
{
    return (struct ws_bytes){ text, strlen(text) };
}

/* Checks a copy that ends where its memory ends. */
static int value_check(const char *text, size_t size, const struct sio_json_limits *limits)
{
    char *copy = malloc(size > 0 ? size : 1);
    int result;

    CHECK(copy != NULL);
    memcpy(copy, text, size);
    result = sio_json_value((struct ws_bytes){ copy, size }, limits);
    free(copy);
    return result;
}

TEST(sio_json, takes_what_json_parse_takes)
{
    static const char *const cases[] = {
        "null", "true", "false", "0", "-0", "1", "-1", "10", "0.5", "-0.5e-10", "1E+400", "1e400", "5e-324",
        "12345678901234567890", "\"\"",
        "\"a\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\uD83D\\uDE00\"", "\"\x7f\"", "\"\xe4\xbd\xa0\"", "\"\xf0\x9f\x98\x80\"",
        "[]",
        "[ ]", "[\t1 ,\n2\r]", "{}", "{ }", "{\"a\":1}", "{ \"a\" : [ { } ] , \"a\" : null }", "{\"\":0}",
        "{\"a\\u0000b\":1}", "[[],[[]],{\"a\":{}}]", "{\"__proto__\":{\"x\":1}}", "\"\xe2\x80\xa8\"",
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_INT(value_check(cases[i], strlen(cases[i]), &usual), 0);
}

TEST(sio_json, refuses_what_json_parse_refuses)
{
    static const char *const cases[] = {
        "", " ", "nul", "True", "nullx",
        "undefined", "NaN", "Infinity", "-", "+1", "01", "-01", "1.", ".5", "1e",
        "1e+", "0x1", "1_000", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u123g\"", "\"\\", "\"\\u",
        "\"\n\"", "\"\t\"", "\"\x01\"", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xe4\xbd\"", "'a'",
        "[",
        "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}",
        "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}", "[]]", "{}{}", "1 ",
        " 1", "[1]x", "\xef\xbb\xbf[]", "//x", "/**/1",
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        CHECK_INT(value_check(cases[i], strlen(cases[i]), &usual), -EPROTO);
    CHECK_INT(value_check("\"\0\"", 3, &usual), -EPROTO);
    CHECK_INT(value_check("\"\\\0\"", 4, &usual), -EPROTO);
    CHECK_INT(value_check("1\0", 2, &usual), -EPROTO);
}

static char *nested(int levels, char open, char close)
{
    char *text = malloc((size_t)levels * 2 + 1);

    CHECK(text != NULL);
    memset(text, open, (size_t)levels);
    memset(text + levels, close, (size_t)levels);
    text[levels * 2] = '\0';
    return text;
}

TEST(sio_json, is_as_deep_as_allowed_and_no_deeper)
{
    static const struct { int depth_max, levels, result; } cases[] = {
        { 0, 0, 0 },       { 0, 1, -EMSGSIZE }, { 1, 1, 0 },           { 1, 2, -EMSGSIZE },
        { 1000, 1000, 0 }, { 1000, 1001, -EMSGSIZE }, { SIO_DEPTH_MAX, SIO_DEPTH_MAX, 0 },
        { SIO_DEPTH_MAX, SIO_DEPTH_MAX + 1, -EMSGSIZE }, { 1000, 500000, -EMSGSIZE },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sio_json_limits limits = { cases[i].depth_max, 10, -1 };
        char *text = nested(cases[i].levels, '[', ']');

        CHECK_INT(cases[i].levels == 0 ? sio_json_value(WS_LITERAL("1"), &limits)
                                       : sio_json_value(bytes_of(text), &limits), cases[i].result);
        free(text);
    }
}

TEST(sio_json, slices_an_array)
{
    static const struct { const char *text, *first, *rest, *all; size_t count; } cases[] = {
        { "[]", "", "", "", 0 },
        { "[ ]", "", "", "", 0 },
        { "[1]", "1", "", "1", 1 },
        { "[ \"a\" , [1,2] , {} ]", "\"a\"", "[1,2] , {}", "\"a\" , [1,2] , {}", 3 },
        { "[\"x\",1,\"]\"]", "\"x\"", "1,\"]\"", "\"x\",1,\"]\"", 3 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sio_json_array array;

        CHECK_INT(sio_json_array(bytes_of(cases[i].text), &usual, &array), 0);
        CHECK_INT(array.count, cases[i].count);
        CHECK_INT(array.first.size, strlen(cases[i].first));
        CHECK_INT(array.rest.size, strlen(cases[i].rest));
        CHECK_INT(array.all.size, strlen(cases[i].all));
        if (array.count > 0)
            CHECK_MEM(array.first.at, cases[i].first, array.first.size);
        if (array.count > 1)
            CHECK_MEM(array.rest.at, cases[i].rest, array.rest.size);
    }
}

/* 62,304 arguments kill the reference's process. */
TEST(sio_json, counts_values)
{
    struct sio_json_limits limits = { 10, 3, -1 };
    struct sio_json_array array;
    struct buf many;

    CHECK_INT(sio_json_array(WS_LITERAL("[1,2,3]"), &limits, &array), 0);
    CHECK_INT(sio_json_array(WS_LITERAL("[1,2,3,4]"), &limits, &array), -EMSGSIZE);
    CHECK_INT(sio_json_array(WS_LITERAL("[1,[2,2,2,2],3]"), &limits, &array), 0);
    CHECK_INT(sio_json_array(WS_LITERAL("{}"), &limits, &array), -EPROTO);
    CHECK_INT(sio_json_array(WS_LITERAL("[1]]"), &limits, &array), -EPROTO);
    CHECK_INT(sio_json_array(WS_LITERAL("["), &limits, &array), -EPROTO);
    CHECK_INT(sio_json_array(WS_LITERAL("[1"), &limits, &array), -EPROTO);
    CHECK_INT(sio_json_array(WS_LITERAL(""), &limits, &array), -EPROTO);

    buf_init(&many, BUF_NO_LIMIT);
    CHECK_INT(buf_add_text(&many, "[\"x\""), 0);
    for (int i = 0; i < 62304; i++)
        CHECK_INT(buf_add_text(&many, ",0"), 0);
    CHECK_INT(buf_add_text(&many, "]"), 0);
    CHECK_INT(sio_json_array(buf_bytes(&many), &usual, &array), -EMSGSIZE);
    buf_finish(&many);
}

TEST(sio_json, holds_placeholders_to_their_attachments)
{
    static const struct { int attachments; const char *text; int result; } cases[] = {
        { 1, "{\"_placeholder\":true,\"num\":0}", 0 },
        { 1, "{\"num\":0,\"_placeholder\":true}", 0 },
        { 1, "{\"_placeholder\":true,\"num\":0,\"more\":{\"num\":9}}", 0 },
        { 2, "[{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":1}]", 0 },
        { 1, "{\"_placeholder\":true,\"num\":1}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":-1}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":0.5}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":\"splice\"}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":\"0\"}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":[0]}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":null}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":4294967296}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":99999999999999999999}", -EPROTO },
        { 1, "{\"_placeholder\":true}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":0,\"num\":1}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"num\":1,\"num\":0}", 0 },
        { 1, "{\"_placeholder\":true,\"_placeholder\":false}", 0 },
        { 1, "{\"_placeholder\":true,\"_placeholder\":{}}", 0 },
        { 1, "{\"_placeholder\":false,\"num\":9}", 0 },
        { 1, "{\"_placeholder\":1,\"num\":9}", 0 },
        { 1, "{\"_placeholder\":\"true\"}", 0 },
        { 1, "{\"\\u005fplaceholder\":true,\"num\":9}", -EPROTO },
        { 1, "{\"_placeholder\":true,\"n\\u0075m\":0}", 0 },
        { 1, "[[[{\"a\":{\"_placeholder\":true,\"num\":7}}]]]", -EPROTO },
        { 1, "{\"num\":7}", 0 },
        { -1, "{\"_placeholder\":true,\"num\":7}", 0 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sio_json_limits limits = { 10, 10, cases[i].attachments };

        CHECK_INT(value_check(cases[i].text, strlen(cases[i].text), &limits), cases[i].result);
    }
}

/* Random texts of the alphabet of JSON: we and jansson agree, but for what it says it cannot hold. */
TEST(sio_json, agrees_with_jansson_on_what_is_json)
{
    static const char *const pieces[] = { "[", "]", "{", "}", ",", ":", "\"a\"", "\"\"", "1", "-0.5", "1e5",
                                          "true", "null", " ", "\\", "\"", "0", "." };
    uint64_t seed = 42;
    int good = 0;

    for (int round = 0; round < 60000; round++) {
        char text[128] = "";
        int count, ours, used = 0;
        json_error_t error;
        json_t *theirs;

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        count = 1 + (int)(seed >> 60);
        for (int i = 0; i < count; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            used += snprintf(text + used, sizeof text - (size_t)used, "%s",
                             pieces[(seed >> 33) % (sizeof pieces / sizeof pieces[0])]);
        }
        if (text[0] == ' ' || text[strlen(text) - 1] == ' ')
            continue;                           /* ours takes none around                           */
        ours = sio_json_value(bytes_of(text), &usual);
        theirs = json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);
        if (theirs == NULL && ours == 0 && (json_error_code(&error) == json_error_numeric_overflow
                                            || json_error_code(&error) == json_error_duplicate_key))
            continue;                           /* what it says it cannot hold                      */
        assert_int_equal(ours == 0, theirs != NULL);
        good += ours == 0;
        json_decref(theirs);
    }
    CHECK(good > 1000);
}
