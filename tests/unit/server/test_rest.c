/* test_rest.c - the HTTP door: what comes in as what, and how it is answered. */
#include "api_house.h"

#define ME       "/api/v1/me"
#define DOCTORS  "/api/v1/doctors"
#define MESSAGES "/api/v1/consultations/%s/messages"
#define MESSAGE  "{\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\"}"

TEST(rest, an_unknown_path_and_an_unknown_method_are_two_things)
{
    struct house h;
    struct reply *r;

    house_open(&h);
    check_problem(http_ask_as(&h, &h.d.patient, "GET", "/api/v1/nothing", ""), 404, "not-found");
    check_problem(http_ask_as(&h, &h.d.patient, "GET", "/api/v1/me/", ""), 404, "not-found");
    r = http_ask_as(&h, &h.d.patient, "DELETE", ME, "");
    check_has(r->head, "Allow: GET");
    check_problem(r, 405, "bad-request");
    house_close(&h);
}

TEST(rest, a_token_is_asked_for_and_only_ours_will_do)
{
    static const char *const bad[] = { "", "Authorization: Basic YTpi\r\n", "Authorization: Bearer \r\n",
                                       "Authorization: Bearer a.b.c\r\n" };
    struct house h;
    struct reply *r;
    char headers[2048], *token;

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        r = http_ask(&h, "GET", ME, bad[i], "");
        check_has(r->head, "WWW-Authenticate: Bearer\r\n");
        check_problem(r, 401, "unauthorized");
    }
    token = house_token(&h, &h.d.patient);
    snprintf(headers, sizeof headers, "Authorization: bearer %s\r\n", token);   /* RFC 9110, 11.1    */
    r = http_ask(&h, "GET", ME, headers, "");
    CHECK_INT(r->status, 200);
    reply_free(r);
    snprintf(headers, sizeof headers, "Cookie: token=%s; __Host-refresh=%s\r\n", token, token);
    check_problem(http_ask(&h, "GET", ME, headers, ""), 401, "unauthorized");
    free(token);
    house_close(&h);
}

/* POST of a message as the patient, with this type. */
static struct reply *say_as(struct house *h, const char *type)
{
    char headers[2048], path[128], *token = house_token(h, &h->d.patient);
    struct reply *r;

    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n%s", token, type);
    snprintf(path, sizeof path, MESSAGES, h->d.consult);
    r = http_ask(h, "POST", path, headers, MESSAGE);
    free(token);
    return r;
}

TEST(rest, a_body_is_json_and_says_so)
{
    static const char *const bad[] = { "", "Content-Type: text/plain\r\n",
                                       "Content-Type: application/x-www-form-urlencoded\r\n",
                                       "Content-Type: application/jsonx\r\n" };
    static const char *const good[] = { "Content-Type: application/json\r\n",
                                        "Content-Type: Application/JSON; charset=utf-8\r\n",
                                        "Content-Type: application/json ;charset=utf-8\r\n" };
    struct house h;
    struct reply *r;

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        check_problem(say_as(&h, bad[i]), 415, "bad-request");
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        r = say_as(&h, good[i]);
        CHECK_INT(r->status, 201);
        reply_free(r);
    }
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM message", NO_ARGS), 3);        /* one, retried */
    house_close(&h);
}

TEST(rest, a_query_is_decoded_and_said_once)
{
    static const char *const bad[] = { "?limit=1&limit=1", "?limit=%zz", "?limit=%", "?limit=%ff",
                                       "?nothing=1", "?limit", "?limit=", "?limit=1&=2" };
    struct house h;
    struct reply *r;
    char path[256];

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        snprintf(path, sizeof path, "%s%s", DOCTORS, bad[i]);
        check_problem(http_ask_as(&h, &h.d.patient, "GET", path, ""), 400, "bad-request");
    }
    snprintf(path, sizeof path, "%s?%064d=1", DOCTORS, 0);      /* a name longer than any            */
    check_problem(http_ask_as(&h, &h.d.patient, "GET", path, ""), 400, "bad-request");
    r = http_ask_as(&h, &h.d.patient, "GET", DOCTORS "?limit=%31%30&", "");
    CHECK_INT(r->status, 200);
    CHECK_INT(json_array_size(json_at(r->body, "items")), 1);
    reply_free(r);
    house_close(&h);
}

static int times(const char *text, const char *what)
{
    int count = 0;

    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what))
        count++;
    return count;
}

TEST(rest, no_answer_is_kept_by_a_cache)
{
    struct house h;
    struct reply *r;

    house_open(&h);
    r = http_ask_as(&h, &h.d.patient, "GET", ME, "");
    CHECK_INT(r->status, 200);
    check_has(r->head, "Content-Type: application/json\r\n");
    check_has(r->head, "Cache-Control: no-store\r\n");
    CHECK_INT(times(r->head, "Cache-Control:"), 1);
    reply_free(r);
    r = http_ask(&h, "GET", ME, "", "");
    check_has(r->head, "Cache-Control: no-store\r\n");
    CHECK_INT(times(r->head, "Cache-Control:"), 1);
    reply_free(r);
    house_close(&h);
}

TEST(rest, a_problem_names_its_request_and_the_member)
{
    struct house h;
    struct reply *one, *two;

    house_open(&h);
    one = http_ask_as(&h, &h.d.patient, "GET", DOCTORS "?limit=0", "");
    two = http_ask_as(&h, &h.d.patient, "GET", DOCTORS "?limit=0", "");
    CHECK_STR(text_at(one->body, "detail"), "limit must be a number from 1 to 100");
    CHECK_INT(strlen(text_at(one->body, "requestId")), 16);
    CHECK(strcmp(text_at(one->body, "requestId"), text_at(two->body, "requestId")) != 0);
    reply_free(one);
    reply_free(two);
    house_close(&h);
}

TEST(rest, a_client_that_left_does_not_stop_the_work)
{
    struct house h;
    struct client *c;
    char headers[2048], path[128], *token;

    house_open(&h);
    token = house_token(&h, &h.d.patient);
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n" JSON_TYPE, token);
    snprintf(path, sizeof path, MESSAGES, h.d.consult);
    c = http_say(&h, "POST", path, headers, MESSAGE);
    client_close(c);
    for (int i = 0; i < GIVE_UP_MS && !api_is_idle(h.d.api); i++)
        world_turn(&h.d.w, 1);
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM message", NO_ARGS), 3);
    free(token);
    house_close(&h);
}

TEST(rest, what_anybody_may_ask_is_answered_at_once)
{
    struct house h;
    struct reply *r;

    house_open(&h);
    r = http_ask(&h, "GET", "/healthz", "", "");
    CHECK_INT(r->status, 200);
    CHECK_STR(text_at(r->body, "status"), "ok");
    reply_free(r);
    r = http_ask(&h, "GET", "/readyz", "", "");
    CHECK_INT(r->status, 200);
    reply_free(r);
    r = http_ask(&h, "GET", "/.well-known/jwks.json", "", "");
    CHECK_INT(json_array_size(json_at(r->body, "keys")), 1);
    CHECK_STR(text_at(r->body, "keys.0.kty"), "EC");
    CHECK(json_at(r->body, "keys.0.d") == NULL);        /* the private half stays here               */
    reply_free(r);
    r = http_ask(&h, "HEAD", "/api/openapi.json", "", "");
    CHECK_INT(r->status, 200);
    check_has(r->head, "Content-Type: application/json\r\n");
    reply_free(r);
    house_close(&h);
}

TEST(rest, it_is_alive_but_not_ready_while_it_drains)
{
    struct house h;
    struct reply *r;

    house_open(&h);
    api_drain(h.d.api);
    r = http_ask(&h, "GET", "/readyz", "", "");
    check_has(r->head, "Retry-After: 5\r\n");
    check_problem(r, 503, "busy");
    r = http_ask(&h, "GET", "/healthz", "", "");
    CHECK_INT(r->status, 200);
    reply_free(r);
    house_close(&h);
}
