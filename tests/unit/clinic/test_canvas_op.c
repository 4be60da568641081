/* test_canvas_op.c - what may be drawn, exactly; packed and unpacked; folded. */
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canvas_op.h"

static json_t *json_of(const char *text)
{
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    CHECK(json != NULL);
    return json;
}

static const char *check_text(const char *text)
{
    json_t *op = json_of(text);
    const char *wrong = canvas_op_check(op);

    json_decref(op);
    return wrong != NULL ? wrong : "";
}

#define ID "\"id\":\"op-00001\",\"kind\":"

TEST(canvas_op, each_kind_has_its_members_and_no_others)
{
    static const struct {
        const char *op, *wrong;
    } cases[] = {
        { "{" ID "\"stroke\",\"points\":[[0,0,0],[1600,1000,100]],\"color\":\"black\",\"size\":\"fine\"}",
          "" },
        { "{" ID "\"stroke\",\"points\":[],\"color\":\"black\",\"size\":\"fine\"}", "points" },
        { "{" ID "\"stroke\",\"points\":[[0,0]],\"color\":\"black\",\"size\":\"fine\"}", "points" },
        { "{" ID "\"stroke\",\"points\":[[1601,0,0]],\"color\":\"black\",\"size\":\"fine\"}", "points" },
        { "{" ID "\"stroke\",\"points\":[[0,1001,0]],\"color\":\"black\",\"size\":\"fine\"}", "points" },
        { "{" ID "\"stroke\",\"points\":[[0,0,101]],\"color\":\"black\",\"size\":\"fine\"}", "points" },
        { "{" ID "\"stroke\",\"points\":[[0,-1,0]],\"color\":\"black\",\"size\":\"fine\"}", "points" },
        { "{" ID "\"stroke\",\"points\":[[0.5,1,0]],\"color\":\"black\",\"size\":\"fine\"}", "points" },
        { "{" ID "\"stroke\",\"points\":[[1,1,0]],\"color\":\"bla\",\"size\":\"fine\"}", "color" },
        { "{" ID "\"stroke\",\"points\":[[1,1,0]],\"color\":\"black red\",\"size\":\"fine\"}", "color" },
        { "{" ID "\"stroke\",\"points\":[[1,1,0]],\"color\":\"\",\"size\":\"fine\"}", "color" },
        { "{" ID "\"stroke\",\"points\":[[1,1,0]],\"color\":\"black\"}", "size" },
        { "{" ID "\"stroke\",\"points\":[[1,1,0]],\"color\":\"black\",\"size\":\"bold\",\"seq\":1}",
          "an op has no other members" },
        { "{" ID "\"arrow\",\"from\":[0,0],\"to\":[1,1],\"color\":\"red\",\"size\":\"bold\"}", "" },
        { "{" ID "\"arrow\",\"from\":[0,0],\"to\":[1,1,1],\"color\":\"red\",\"size\":\"bold\"}", "to" },
        { "{" ID "\"text\",\"at\":[0,0],\"text\":\"这里\\n疼\",\"color\":\"red\",\"size\":\"bold\"}", "" },
        { "{" ID "\"text\",\"at\":[0,0],\"text\":\"\",\"color\":\"red\",\"size\":\"bold\"}", "text" },
        { "{" ID "\"text\",\"at\":[0,0],\"text\":\"a\\u001bb\",\"color\":\"red\",\"size\":\"bold\"}",
          "text" },
        { "{" ID "\"text\",\"at\":[0,0],\"text\":\"a\\u007fb\",\"color\":\"red\",\"size\":\"bold\"}",
          "text" },
        { "{" ID "\"measure\",\"from\":[0,0],\"to\":[1,1],\"color\":\"red\"}", "" },
        { "{" ID "\"measure\",\"from\":[0,0],\"to\":[1,1],\"color\":\"red\",\"mm\":5000}", "" },
        { "{" ID "\"measure\",\"from\":[0,0],\"to\":[1,1],\"color\":\"red\",\"mm\":5001}", "mm" },
        { "{" ID "\"measure\",\"from\":[0,0],\"to\":[1,1],\"color\":\"red\",\"mm\":0}", "mm" },
        { "{" ID "\"background\",\"image\":\"body\"}", "" },
        { "{" ID "\"background\",\"image\":\"file\",\"file\":\"fil_00001\"}", "" },
        { "{" ID "\"background\",\"image\":\"file\"}", "file" },
        { "{" ID "\"background\",\"image\":\"blank\",\"file\":\"fil_00001\"}", "file" },
        { "{" ID "\"background\",\"image\":\"file\",\"file\":\"../../etc\"}", "file" },
        { "{" ID "\"erase\",\"target\":\"op-00002\"}", "" },
        { "{" ID "\"undo\",\"target\":\"op-00002\"}", "" },
        { "{" ID "\"undo\",\"target\":7}", "target" },
        { "{" ID "\"erase\",\"target\":\"op-00002\",\"file\":\"fil_00001\"}", "an op has no other members" },
        { "{" ID "\"film\"}", "kind" },
        { "{" ID "7}", "an op has an id of 8 to 64 letters and digits, and a kind" },
        { "{\"id\":\"short\",\"kind\":\"undo\",\"target\":\"op-00002\"}",
          "an op has an id of 8 to 64 letters and digits, and a kind" },
        { "[]", "an op has an id of 8 to 64 letters and digits, and a kind" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_STR(check_text(cases[i].op), cases[i].wrong);
}

TEST(canvas_op, so_many_points_and_characters_and_no_more)
{
    json_t *op = json_of("{" ID "\"stroke\",\"points\":[],\"color\":\"black\",\"size\":\"fine\"}"),
           *points = json_object_get(op, "points");
    char text[CANVAS_TEXT_MAX + 2];

    for (int i = 0; i < CANVAS_POINTS_MAX; i++)
        (void)json_array_append_new(points, json_pack("[i,i,i]", i % 1600, i % 1000, i % 100));
    CHECK(canvas_op_check(op) == NULL);
    (void)json_array_append_new(points, json_pack("[i,i,i]", 1, 1, 1));
    CHECK_STR(canvas_op_check(op), "points");
    json_decref(op);

    memset(text, 'a', sizeof text);
    text[CANVAS_TEXT_MAX] = '\0';
    op = json_pack("{s:s, s:s, s:[i,i], s:s, s:s, s:s}", "id", "op-00001", "kind", "text", "at", 1, 1, "text",
                   text, "color", "red", "size", "bold");
    CHECK(canvas_op_check(op) == NULL);
    text[CANVAS_TEXT_MAX] = 'a';
    text[CANVAS_TEXT_MAX + 1] = '\0';
    (void)json_object_set_new(op, "text", json_string(text));
    CHECK_STR(canvas_op_check(op), "text");
    json_decref(op);
}

TEST(canvas_op, what_is_packed_is_unpacked_the_same)
{
    json_t *op = json_of(
               "{" ID "\"stroke\",\"points\":[[0,1000,7],[1600,0,100]],\"color\":\"red\",\"size\":\"bold\"}"),
           *packed = canvas_op_pack(op);

    CHECK_STR(json_string_value(json_object_get(packed, "points")), "0 1000 7 1600 0 100");
    CHECK_INT(canvas_op_unpack(packed), 0);
    CHECK(json_equal(json_object_get(packed, "points"), json_object_get(op, "points")));
    CHECK_INT(json_object_size(packed), 3);
    json_decref(packed);
    json_decref(op);
}

TEST(canvas_op, points_that_are_none_are_found_out)
{
    static const char *const bad[] = {
        "1", "1 2", "1 2 3 4", "1 2 x", "1  2 3", "-1 2 3", "123456 2 3", " "
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *packed = json_pack("{s:s}", "points", bad[i]);

        CHECK_INT(canvas_op_unpack(packed), -EINVAL);
        json_decref(packed);
    }
}

/* "a1 stroke" is an op of user a with id 1 (times eight); "b2 erase 1". What is seen, as ids. */
static void check_fold(const char *const *script, const char *want)
{
    json_t *ops = json_array(), *seen, *op;
    char have[64] = "";
    size_t i;

    for (; *script != NULL; script++) {
        char by[2] = "", id[2] = "", kind[16] = "", target[2] = "", long_id[9], long_target[9];
        int parts = sscanf(*script, "%1s%1s %15s %1s", by, id, kind, target);

        memset(long_id, id[0], 8);
        memset(long_target, target[0], 8);
        long_id[8] = long_target[8] = '\0';
        op = json_pack("{s:s, s:s, s:s}", "by", by, "id", long_id, "kind", kind);
        if (parts == 4)
            (void)json_object_set_new(op, "target", json_string(long_target));
        (void)json_array_append_new(ops, op);
    }
    seen = canvas_fold(ops);
    json_array_foreach(seen, i, op)(void) snprintf(have + strlen(have), sizeof have - strlen(have), "%c",
                                                   json_string_value(json_object_get(op, "id"))[0]);
    CHECK_STR(have, want);
    json_decref(seen);
    json_decref(ops);
}

TEST(canvas_op, what_is_seen_is_what_stands)
{
    static const struct {
        const char *script[8], *want;
    } cases[] = {
        { { "a1 stroke", "b2 arrow", "a3 background", NULL }, "123" },
        { { "a1 stroke", "b2 erase 1", NULL }, "" },
        { { "a1 stroke", "b2 erase 1", "b3 undo 2", NULL }, "1" },               /* it comes back          */
        { { "a1 stroke", "a2 erase 1", "b3 erase 1", "a4 undo 2", NULL }, "" }, /* 3 has erased it, too */
        { { "a1 stroke", "a2 erase 1", "b3 erase 1", "a4 undo 2", "b5 undo 3", NULL }, "1" },
        { { "a1 stroke", "a2 erase 1", "b3 erase 1", "b4 undo 3", NULL }, "" },
        { { "a1 stroke", "a2 undo 1", NULL }, "" },
        { { "a1 stroke", "b2 erase 1", "a3 undo 1", "b4 undo 2", NULL }, "" }, /* taken back for good    */
        { { "a1 stroke", "b2 undo 1", NULL }, "1" },                           /* not his                */
        { { "a1 background", "b2 erase 1", NULL }, "1" },
        { { "a1 background", "a2 background", "a3 undo 2", NULL }, "1" },
        { { "a1 stroke", "a2 undo 1", "a3 undo 2", NULL }, "" },
        { { "a1 erase 9", "a2 stroke", "a3 undo 9", NULL }, "2" }, /* of nothing known       */
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_fold(cases[i].script, cases[i].want);
}
