/* test_sio_json_text.c - JSON strings to text and back; arguments to and from jansson. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>

#include "buf.h"
#include "sio_json.h"
#include "socketio.h"
#include "test.h"

static struct ws_bytes bytes_of(const char *text)
{
    return (struct ws_bytes){ text, strlen(text) };
}

TEST(sio_json_text, decodes_a_string)
{
    static const struct { const char *json, *text; int result; } cases[] = {
        { "\"\"", "", 0 },
        { "\"abc\"", "abc", 0 },
        { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 0 },
        { "\"\\u0041\\u00e9\\u4f60\\ud83d\\ude00\"", "A\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80", 0 },
        { "\"\xe4\xbd\xa0\"", "\xe4\xbd\xa0", 0 },
        { "\"\\uffff\"", "\xef\xbf\xbf", 0 },
        { "\"a\\u0000\"", NULL, -EILSEQ },
        { "\"\\ud800\"", NULL, -EILSEQ },
        { "\"\\ud800x\"", NULL, -EILSEQ },
        { "\"\\ud800\\ud800\"", NULL, -EILSEQ },
        { "\"\\udc00\"", NULL, -EILSEQ },
        { "\"1234567890123456789012345678901\"", "1234567890123456789012345678901", 0 },
        { "\"12345678901234567890123456789012\"", NULL, -EMSGSIZE },
        { "\"123456789012345678901234567890\\u00e9\"", NULL, -EMSGSIZE },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[32];
        size_t size = 0;

        CHECK_INT(sio_json_unquote(bytes_of(cases[i].json), text, sizeof text, &size), cases[i].result);
        if (cases[i].result != 0)
            continue;
        CHECK_STR(text, cases[i].text);
        CHECK_INT(size, strlen(cases[i].text));
    }
}

TEST(sio_json_text, encodes_what_it_must_and_no_more)
{
    static const struct { const char *text, *json; } cases[] = {
        { "", "\"\"" },
        { "a/b", "\"a/b\"" },
        { "\"\\", "\"\\\"\\\\\"" },
        { "\b\f\n\r\t\x01\x1f\x7f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"" },
        { "\xe4\xbd\xa0\xf0\x9f\x98\x80", "\"\xe4\xbd\xa0\xf0\x9f\x98\x80\"" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf json;

        buf_init(&json, BUF_NO_LIMIT);
        CHECK_INT(sio_json_quote(&json, bytes_of(cases[i].text)), 0);
        CHECK_INT(json.size, strlen(cases[i].json));
        CHECK_MEM(json.at, cases[i].json, json.size);
        buf_finish(&json);
    }
}

TEST(sio_json_text, leaves_the_buffer_alone_when_it_does_not_fit)
{
    struct buf json;

    buf_init(&json, 5);
    CHECK_INT(buf_add_text(&json, "x"), 0);
    CHECK_INT(sio_json_quote(&json, WS_LITERAL("abc")), -EMSGSIZE);
    CHECK_INT(json.size, 1);
    CHECK_INT(sio_json_quote(&json, WS_LITERAL("ab")), 0);
    buf_finish(&json);
}

TEST(sio_json_text, sees_through_escapes_when_it_compares)
{
    CHECK(sio_json_is(WS_LITERAL("\"num\""), "num"));
    CHECK(sio_json_is(WS_LITERAL("\"n\\u0075m\""), "num"));
    CHECK(sio_json_is(WS_LITERAL("\"\\u006e\\u0075\\u006d\""), "num"));
    CHECK(!sio_json_is(WS_LITERAL("\"nu\""), "num"));
    CHECK(!sio_json_is(WS_LITERAL("\"numb\""), "num"));
    CHECK(!sio_json_is(WS_LITERAL("\"num\\u0000\""), "num"));
    CHECK(!sio_json_is(WS_LITERAL("\"\""), "num"));
}

TEST(sio_args, give_out_leading_strings)
{
    struct sio_args args = SIO_TEXT("\"room\" , \"a\\\"b\",{\"n\":[1,\"x\"]},2");
    char text[8];

    CHECK_INT(sio_args_shift(&args, text, sizeof text), 0);
    CHECK_STR(text, "room");
    CHECK_INT(sio_args_shift(&args, text, sizeof text), 0);
    CHECK_STR(text, "a\"b");
    CHECK_INT(args.text.size, strlen("{\"n\":[1,\"x\"]},2"));
    CHECK_INT(sio_args_shift(&args, text, sizeof text), -EINVAL);
    CHECK_INT(args.text.size, strlen("{\"n\":[1,\"x\"]},2"));

    args = SIO_TEXT("\"12345678\"");
    CHECK_INT(sio_args_shift(&args, text, sizeof text), -EMSGSIZE);
    CHECK_INT(args.text.size, 10);
    args = SIO_TEXT("\"1234567\"");
    CHECK_INT(sio_args_shift(&args, text, sizeof text), 0);
    CHECK_INT(args.text.size, 0);
    CHECK_INT(sio_args_shift(&args, text, sizeof text), -EINVAL);
    args = SIO_TEXT("\"\\u0000\"");
    CHECK_INT(sio_args_shift(&args, text, sizeof text), -EILSEQ);
    args = SIO_NONE;
    CHECK_INT(sio_args_shift(&args, text, sizeof text), -EINVAL);
}

TEST(sio_args, become_jansson_as_far_as_it_can_hold_them)
{
    static const struct { const char *text, *printed; } cases[] = {
        { "", "[]" },
        { "1,\"a\",{\"z\":1,\"a\":2}", "[1,\"a\",{\"z\":1,\"a\":2}]" },
        { "\"a\\u0000b\"", "[\"a\\u0000b\"]" },
        { "12345678901234567890", "[1.2345678901234567e19]" },
        { "\"\\ud800\"", NULL },
        { "1e400", NULL },
        { "{\"a\":1,\"a\":2}", NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *array = sio_args_json((struct sio_args){ .text = bytes_of(cases[i].text) });
        char *printed = array == NULL ? NULL : json_dumps(array, JSON_COMPACT);

        CHECK((printed == NULL) == (cases[i].printed == NULL));
        if (printed != NULL)
            CHECK_STR(printed, cases[i].printed);
        free(printed);
        json_decref(array);
    }
}

TEST(sio_json_text, finds_a_member_of_an_object)
{
    static const struct { const char *object, *value; } cases[] = {
        { "{\"pid\":\"x\"}", "\"x\"" },
        { "{ \"a\" : 1 , \"pid\" : -1.5e3 }", "-1.5e3" },
        { "{\"a\":{\"pid\":1},\"b\":[\"pid\",{\"pid\":2}],\"pid\":[{}]\n}", "[{}]" },
        { "{\"a\":\"\\\"pid\\\":1\",\"pid\":{\"}\":\"]\"}}", "{\"}\":\"]\"}" },
        { "{\"pid\":1,\"p\\u0069d\":null}", "null" },
        { "{\"pi\":1,\"pidd\":2}", NULL },
        { "{}", NULL },
        { "{ }", NULL },
        { "", NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ws_bytes value, object = { cases[i].object, strlen(cases[i].object) };
        bool found = sio_json_member(object, "pid", &value);

        CHECK_INT(found, cases[i].value != NULL);
        if (!found)
            continue;
        CHECK_INT(value.size, strlen(cases[i].value));
        CHECK_MEM(value.at, cases[i].value, value.size);
    }
}
