/* test_effects.c - what an action wants outside the database: kept in order, dropped as one. */
#include "api_fixture.h"

static int publish(struct action *a, enum publish to, const char *id, const char *event, const char *json)
{
    json_t *body = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
    int err = action_publish(a, to, id, event, body);

    json_decref(body);
    return err;
}

TEST(effects, stay_in_the_order_they_were_wanted)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = action_made(&d, &d.patient, "message:send", "{}");
    snprintf(a->consult_id, sizeof a->consult_id, "%s", d.consult);
    action_join(a);
    CHECK_INT(publish(a, TO_CONSULT, d.consult, "message:new", "{}"), 0);
    CHECK_INT(publish(a, TO_CONSULT_ALL, d.consult, "message:read", "{}"), 0);
    CHECK_INT(publish(a, TO_USER, d.doctor.session.user.public_id, "unread:changed", "{}"), 0);
    CHECK_INT(publish(a, TO_USER_ALL, d.patient.session.user.public_id, "notification:new", "{}"), 0);
    action_leave(a);
    action_renew(a, 4711);
    action_cut(a, d.doctor.session.public_id);
    CHECK_STR(effects(&d, a), "join>room; message:new>room -self; message:read>room; "
              "unread:changed>doctor -self; notification:new>patient; "
              "leave>room; renew>patient; cut>doctor; ");
    action_drop(a);
    desk_close(&d);
}

TEST(effects, a_body_is_kept_as_it_was_when_it_was_published)
{
    struct desk d;
    struct action *a;
    json_t *body, *kept;

    desk_open(&d);
    a = action_made(&d, &d.patient, "message:send", "{}");
    body = json_pack("{s:i}", "n", 1);
    CHECK_INT(action_publish(a, TO_CONSULT, d.consult, "message:new", body), 0);
    CHECK_INT(json_object_set_new(body, "n", json_integer(2)), 0);
    kept = effect_body(a, 0);
    CHECK_INT(int_at(kept, "n"), 1);
    json_decref(kept);
    json_decref(body);
    action_drop(a);
    desk_close(&d);
}

TEST(effects, dropped_they_are_gone_and_the_list_begins_anew)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = action_made(&d, &d.patient, "message:send", "{}");
    CHECK_INT(publish(a, TO_CONSULT, d.consult, "message:new", "{}"), 0);
    action_effects_drop(a);
    CHECK_STR(effects(&d, a), "");
    CHECK_INT(publish(a, TO_CONSULT, d.consult, "message:read", "{}"), 0);
    CHECK_STR(effects(&d, a), "message:read>room -self; ");
    action_drop(a);
    desk_close(&d);
}

TEST(effects, what_cannot_be_printed_is_not_published)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = action_made(&d, &d.patient, "message:send", "{}");
    CHECK_INT(action_publish(a, TO_CONSULT, d.consult, "message:new", NULL), -ENOMEM);
    CHECK_STR(effects(&d, a), "");
    CHECK_INT(action_answer(a, NULL), -ENOMEM);
    CHECK(a->answer == NULL);
    action_drop(a);
    desk_close(&d);
}

TEST(effects, a_live_answer_says_ok_and_one_by_rest_does_not)
{
    struct desk d;
    struct action *live, *rest;

    desk_open(&d);
    live = action_made(&d, &d.patient, "message:send", "{}");
    rest = action_made(&d, &d.patient, "GET /api/v1/me", "{}");
    CHECK_INT(action_answer(live, json_pack("{s:i}", "n", 1)), 0);
    CHECK_INT(action_answer(rest, json_pack("{s:i}", "n", 1)), 0);
    check_keys(live->answer, "ok n");
    CHECK(json_is_true(json_object_get(live->answer, "ok")));
    check_keys(rest->answer, "n");
    CHECK_INT(action_answer(live, json_object()), 0);   /* the last one counts                       */
    check_keys(live->answer, "ok");
    action_drop(live);
    action_drop(rest);
    desk_close(&d);
}

TEST(effects, a_join_is_found_among_others)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = action_made(&d, &d.patient, "consult:join", "{}");
    CHECK(!action_joins(a));
    CHECK_INT(publish(a, TO_CONSULT, d.consult, "message:new", "{}"), 0);
    action_leave(a);
    CHECK(!action_joins(a));
    action_join(a);
    CHECK(action_joins(a));
    action_drop(a);
    desk_close(&d);
}

TEST(effects, the_cookie_is_for_this_site_alone_and_for_no_script)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = action_made(&d, NULL, "POST /api/v1/auth/logout", "{}");
    action_set_cookie(a, "token-1", 60);
    CHECK_STR(a->cookie_out, "__Host-refresh=token-1; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Strict");
    action_set_cookie(a, "", 0);
    CHECK_STR(a->cookie_out, "__Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
    action_drop(a);
    desk_close(&d);
}

TEST(effects, an_error_is_said_by_its_code_with_its_request)
{
    json_t *error = error_json(-EPERM, "request-1", NULL);

    check_keys(error, "code message requestId");
    CHECK_STR(text_at(error, "code"), "forbidden");
    CHECK_STR(text_at(error, "requestId"), "request-1");
    json_decref(error);
}
