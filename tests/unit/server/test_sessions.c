/* test_sessions.c - registering, logging in: through HTTP, as it is used. */
#include "sessions_fixture.h"

TEST(sessions, a_login_gives_a_token_and_a_cookie_that_no_script_sees)
{
    struct house h;
    struct store_user user;
    struct reply *r;
    struct person p;
    char cookie[128];

    house_open(&h);
    user = house_account(&h, "mei@home", RIGHT, &password_cost_test);
    r = login(&h, "Mei@Home", RIGHT);           /* a login has no case                               */
    CHECK_INT(r->status, 200);
    check_keys(r->body, "token expiresAt user");
    CHECK_STR(text_at(r->body, "user.id"), user.public_id);
    cookie_of(r, cookie);
    CHECK_INT(strlen(cookie), TOKEN_REFRESH_SIZE - 1);
    check_has(r->head, "; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict\r\n");
    check_has(r->head, "Cache-Control: no-store\r\n");
    check_has_not(r->text, cookie);
    person_of(&h, r, &p);
    CHECK_STR(p.session.user.public_id, user.public_id);
    CHECK_INT(me_status(&h, &p), 200);
    CHECK_INT(audit_count(&h.d, "login"), 1);
    reply_free(r);
    house_close(&h);
}

/* All of a refusal but what names the request. */
static void check_same_refusal(struct reply *r, char first[512])
{
    char said[512];

    CHECK_INT(r->status, 401);
    check_has_not(r->head, "Set-Cookie");
    snprintf(said, sizeof said, "%s %s %s", text_at(r->body, "code"), text_at(r->body, "title"),
             text_at(r->body, "detail"));
    if (first[0] == '\0')
        snprintf(first, 512, "%s", said);
    CHECK_STR(said, first);
    reply_free(r);
}

TEST(sessions, nobody_learns_from_a_refusal_whether_there_is_such_a_login)
{
    struct house h;
    struct store_user gone;
    char said[512] = "", password[160];

    house_open(&h);
    (void)house_account(&h, "mei", RIGHT, &password_cost_test);
    gone = house_account(&h, "left", RIGHT, &password_cost_test);
    CHECK(JOB(&h.d.s, store_user_disable(h.d.s.db, gone.id, true)) >= 0);
    check_same_refusal(login(&h, "mei", "wrong password"), said);
    check_same_refusal(login(&h, "nobody", RIGHT), said);
    check_same_refusal(login(&h, "left", RIGHT), said);
    check_same_refusal(login(&h, "wang", RIGHT), said);         /* has no password at all            */
    check_same_refusal(login(&h, "no login!", RIGHT), said);
    check_same_refusal(login(&h, "mei", ""), said);
    memset(password, 'p', PASSWORD_MAX + 1);
    password[PASSWORD_MAX + 1] = '\0';
    check_same_refusal(login(&h, "mei", password), said);
    CHECK_INT(audit_count(&h.d, "login"), 0);
    house_close(&h);
}

TEST(sessions, a_login_is_of_its_shape)
{
    static const char *const bad[] = { "{}", "{\"login\":\"mei\"}", "{\"login\":\"mei\",\"password\":1}",
                                       "{\"login\":\"mei\",\"password\":\"12345678\",\"role\":\"admin\"}",
                                       "[]", "\"\"", "{", "" };
    struct house h;

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        check_problem(http_ask(&h, "POST", LOGIN, JSON_TYPE, bad[i]), 400, "bad-request");
    house_close(&h);
}

static void stored_hash(struct house *h, const char *name, char hash[PASSWORD_HASH_SIZE])
{
    struct user_secret secret;

    CHECK_INT(store_user_by_login(h->d.s.db, name, &secret), 0);
    snprintf(hash, PASSWORD_HASH_SIZE, "%.127s", secret.password_hash);
}

TEST(sessions, a_hash_of_another_cost_is_renewed_by_a_good_login_only)
{
    static const struct password_cost dearer = { 11, 8, 1 };
    char old[PASSWORD_HASH_SIZE], now[PASSWORD_HASH_SIZE];
    struct house h;
    struct reply *r;

    house_open(&h);
    (void)house_account(&h, "mei", RIGHT, &dearer);
    stored_hash(&h, "mei", old);
    r = login(&h, "mei", "wrong password");
    CHECK_INT(r->status, 401);
    reply_free(r);
    stored_hash(&h, "mei", now);
    CHECK_STR(now, old);

    for (int i = 0; i < 2; i++) {
        r = login(&h, "mei", RIGHT);
        CHECK_INT(r->status, 200);
        reply_free(r);
        stored_hash(&h, "mei", i == 0 ? old : now);
        check_has(i == 0 ? old : now, "$ln=10,");
    }
    CHECK_STR(now, old);                        /* the second had nothing to renew                   */
    house_close(&h);
}

TEST(sessions, failures_use_up_an_account_and_successes_do_not)
{
    static const char *const flags[] = { "--login-failures-max=2", "--login-window-s=86400", NULL };
    struct house h;
    struct reply *r;

    house_open_with(&h, flags, 100);
    (void)house_account(&h, "mei", RIGHT, &password_cost_test);
    (void)house_account(&h, "lan", RIGHT, &password_cost_test);
    for (int i = 0; i < 4; i++) {
        r = login(&h, "mei", RIGHT);
        CHECK_INT(r->status, 200);
        reply_free(r);
    }
    for (int i = 0; i < 2; i++)
        check_problem(login(&h, "mei", "wrong password"), 401, "unauthorized");
    r = login(&h, "MEI", RIGHT);                /* even the right one, in whatever case              */
    check_has(r->head, "Retry-After: 60\r\n");
    check_problem(r, 429, "rate-limited");
    r = login(&h, "lan", RIGHT);                /* of another account from the same address          */
    CHECK_INT(r->status, 200);
    reply_free(r);
    house_close(&h);
}

TEST(sessions, failures_use_up_an_address)
{
    static const char *const flags[] = { "--login-failures-max=1", "--login-window-s=86400", NULL };
    struct house h;
    char name[16];

    house_open_with(&h, flags, 100);
    (void)house_account(&h, "mei", RIGHT, &password_cost_test);
    for (int i = 0; i < 5; i++) {               /* 5 times that of an account                        */
        snprintf(name, sizeof name, "nobody%d", i);
        check_problem(login(&h, name, RIGHT), 401, "unauthorized");
    }
    check_problem(login(&h, "mei", RIGHT), 429, "rate-limited");
    check_problem(http_ask(&h, "POST", REGISTER, JSON_TYPE,
                           "{\"login\":\"new\",\"password\":\"12345678\",\"name\":\"New\"}"),
                  429, "rate-limited");
    house_close(&h);
}

TEST(sessions, a_patient_registers_and_is_logged_in)
{
    struct house h;
    struct reply *r;
    char cookie[128];

    house_open(&h);
    r = http_ask(&h, "POST", REGISTER, JSON_TYPE,
                 "{\"login\":\"new\",\"password\":\"12345678\",\"name\":\"新\",\"locale\":\"en\"}");
    CHECK_INT(r->status, 201);
    CHECK_STR(text_at(r->body, "user.role"), "patient");
    CHECK_STR(text_at(r->body, "user.name"), "新");
    CHECK_STR(text_at(r->body, "user.locale"), "en");
    cookie_of(r, cookie);
    CHECK_INT(audit_count(&h.d, "register"), 1);
    reply_free(r);
    check_problem(http_ask(&h, "POST", REGISTER, JSON_TYPE,
                           "{\"login\":\"new\",\"password\":\"12345678\",\"name\":\"Other\"}"),
                  409, "conflict");
    house_close(&h);
}

TEST(sessions, a_bad_registration_is_refused)
{
    static const char *const bad[] = {
        "\"login\":\"ab\",\"password\":\"12345678\",\"name\":\"N\"",
        "\"login\":\"New\",\"password\":\"12345678\",\"name\":\"N\"",
        "\"login\":\"a b\",\"password\":\"12345678\",\"name\":\"N\"",
        "\"login\":\"new\",\"password\":\"1234567\",\"name\":\"N\"",
        "\"login\":\"new\",\"password\":\"密密密密密密密\",\"name\":\"N\"",
        "\"login\":\"new\",\"password\":\"12345678\",\"name\":\"\"",
        "\"login\":\"new\",\"password\":\"12345678\",\"name\":\"N\",\"locale\":\"fr\"",
        "\"login\":\"new\",\"password\":\"12345678\",\"name\":\"N\",\"role\":\"doctor\"",
        "\"login\":\"new\",\"password\":\"12345678\"",
    };
    struct house h;
    char body[256];

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        snprintf(body, sizeof body, "{%s}", bad[i]);
        check_problem(http_ask(&h, "POST", REGISTER, JSON_TYPE, body), 400, "bad-request");
    }
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM users", NO_ARGS), 3);
    house_close(&h);
}
