/* test_input.c - what an action takes out of its input, and what it refuses. */
#include "api_fixture.h"

struct taker { struct desk d; struct action *a; };

static void taker_open(struct taker *t, const char *input)
{
    desk_open(&t->d);
    t->a = action_made(&t->d, &t->d.patient, "message:send", input);
}

static void taker_close(struct taker *t)
{
    action_drop(t->a);
    desk_close(&t->d);
}

static void input_is(struct taker *t, const char *input)
{
    json_decref(t->a->input);
    t->a->input = json_loads(input, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(t->a->input);
    free(t->a->detail);
    t->a->detail = NULL;
}

TEST(input, an_unknown_member_is_refused_and_named_without_its_value)
{
    struct taker t;
    const char *text = NULL;

    taker_open(&t, "{\"text\":\"secret-1\"}");
    CHECK_INT(action_unpack(t.a, "{s:s !}", "text", &text), 0);
    CHECK_STR(text, "secret-1");
    CHECK(t.a->detail == NULL);

    input_is(&t, "{\"text\":\"secret-1\",\"more\":\"secret-2\"}");
    CHECK_INT(action_unpack(t.a, "{s:s !}", "text", &text), -EINVAL);
    check_has(t.a->detail, "more");
    check_has_not(t.a->detail, "secret");
    taker_close(&t);
}

TEST(input, a_member_that_lacks_or_has_another_type_is_refused)
{
    static const char *const bad[] = { "{}", "{\"text\":4711}", "{\"text\":null}",
                                       "{\"text\":[\"4711\"]}", "{\"Text\":\"4711\"}" };
    struct taker t;
    const char *text;

    taker_open(&t, "{}");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        input_is(&t, bad[i]);
        CHECK_INT(action_unpack(t.a, "{s:s !}", "text", &text), -EINVAL);
        assert_non_null(t.a->detail);
        check_has_not(t.a->detail, "4711");
    }
    taker_close(&t);
}

TEST(input, the_first_complaint_stays)
{
    struct taker t;
    const char *text;
    int64_t n;

    taker_open(&t, "{\"limit\":0}");
    CHECK_INT(action_take_int(t.a, "limit", 1, 100, 50, &n), -EINVAL);
    CHECK_INT(action_unpack(t.a, "{s:s !}", "text", &text), -EINVAL);
    CHECK_INT(action_end_input(t.a), -EINVAL);
    CHECK_STR(t.a->detail, "limit must be a number from 1 to 100");
    taker_close(&t);
}

TEST(input, a_number_comes_from_a_query_or_a_body_and_is_taken_out)
{
    static const struct { const char *input; int64_t want; } good[] = {
        { "{\"n\":1}", 1 }, { "{\"n\":100}", 100 }, { "{\"n\":\"1\"}", 1 }, { "{\"n\":\"100\"}", 100 },
        { "{}", 7 },
    };
    struct taker t;
    int64_t n;

    taker_open(&t, "{}");
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        input_is(&t, good[i].input);
        n = -1;
        CHECK_INT(action_take_int(t.a, "n", 1, 100, 7, &n), 0);
        CHECK_INT(n, good[i].want);
        CHECK_INT(action_end_input(t.a), 0);
    }
    taker_close(&t);
}

TEST(input, what_is_no_number_in_the_range_is_refused)
{
    static const char *const bad[] = {
        "{\"n\":0}", "{\"n\":101}", "{\"n\":-1}", "{\"n\":\"0\"}", "{\"n\":\"101\"}", "{\"n\":\"\"}",
        "{\"n\":\"5x\"}", "{\"n\":\" 5\"}", "{\"n\":\"5 \"}", "{\"n\":5.0}", "{\"n\":true}", "{\"n\":null}",
        "{\"n\":[5]}", "{\"n\":\"99999999999999999999\"}",
    };
    struct taker t;
    int64_t n;

    taker_open(&t, "{}");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        input_is(&t, bad[i]);
        n = -1;
        CHECK_INT(action_take_int(t.a, "n", 1, 100, 7, &n), -EINVAL);
        CHECK_INT(n, -1);
        CHECK_STR(t.a->detail, "n must be a number from 1 to 100");
    }
    taker_close(&t);
}

TEST(input, a_text_lives_as_long_as_its_action)
{
    struct taker t;
    const char *one, *two, *none;

    taker_open(&t, "{\"one\":\"first\",\"two\":\"second\"}");
    CHECK_INT(action_take_text(t.a, "one", 5, &one), 0);
    CHECK_INT(action_take_text(t.a, "two", 6, &two), 0);
    CHECK_INT(action_take_text(t.a, "three", 6, &none), 0);
    CHECK(none == NULL);
    CHECK_INT(action_end_input(t.a), 0);
    CHECK_STR(one, "first");
    CHECK_STR(two, "second");
    taker_close(&t);
}

TEST(input, a_text_too_long_or_no_text_is_refused)
{
    struct taker t;
    const char *text;

    taker_open(&t, "{\"long\":\"123456\",\"n\":1,\"o\":{}}");
    CHECK_INT(action_take_text(t.a, "long", 5, &text), -EINVAL);
    CHECK_INT(action_take_text(t.a, "n", 5, &text), -EINVAL);
    CHECK_INT(action_take_text(t.a, "o", 5, &text), -EINVAL);
    CHECK_INT(action_end_input(t.a), -EINVAL);
    CHECK_STR(t.a->detail, "there are members or parameters that this does not know");
    taker_close(&t);
}

TEST(input, parameters_past_the_limit_are_left_out)
{
    struct taker t;
    char name[8];

    taker_open(&t, "{}");
    for (int i = 0; i < PARAMS_MAX + 3; i++) {
        snprintf(name, sizeof name, "p%d", i);
        action_param(t.a, name, "v");
    }
    CHECK_INT(t.a->params_count, PARAMS_MAX);
    CHECK_STR(t.a->params[PARAMS_MAX - 1].name, "p15");
    taker_close(&t);
}

TEST(input, what_is_an_actions_own_is_zeroed_and_stays_itself)
{
    static const unsigned char zeros[64];
    struct taker t;
    unsigned char *own;

    taker_open(&t, "{}");
    own = action_own(t.a, sizeof zeros);
    CHECK_MEM(own, zeros, sizeof zeros);
    own[0] = 1;
    CHECK(action_own(t.a, sizeof zeros) == own);
    CHECK_INT(own[0], 1);
    taker_close(&t);
}

TEST(input, an_action_tells_who_asks_about_what)
{
    struct taker t;

    taker_open(&t, "{\"consult\":\"con_a\"}");
    t.a->access.consult = 77;
    CHECK_INT(action_user(t.a), t.d.patient.session.user.id);
    CHECK_STR(action_user_id(t.a), t.d.patient.session.user.public_id);
    CHECK_STR(action_session_id(t.a), t.d.patient.session.public_id);
    CHECK_INT(action_consult(t.a), 77);
    CHECK_STR(action_consult_id(t.a), "con_a");
    CHECK_STR(action_address(t.a), "192.0.2.7");
    CHECK(action_cookie(t.a) == NULL);
    CHECK(action_api(t.a) == t.d.api);
    taker_close(&t);
}
