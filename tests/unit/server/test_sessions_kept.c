/* test_sessions_kept.c - staying logged in, and the end of it: refresh, theft, logout, renewal. */
#include <semaphore.h>

#include "sessions_fixture.h"

/* Logged in: the person, and his cookie. */
static void enter(struct house *h, struct person *p, char cookie[128])
{
    struct reply *r;

    (void)house_account(h, "mei", RIGHT, &password_cost_test);
    r = login(h, "mei", RIGHT);
    CHECK_INT(r->status, 200);
    cookie_of(r, cookie);
    person_of(h, r, p);
    reply_free(r);
}

/* A refresh that must work; the next cookie. */
static void refresh_ok(struct house *h, const char *cookie, char next[128])
{
    struct reply *r = with_cookie(h, REFRESH, cookie);

    CHECK_INT(r->status, 200);
    check_keys(r->body, "token expiresAt user");
    cookie_of(r, next);
    reply_free(r);
}

TEST(sessions, a_refresh_goes_on_with_the_same_session_and_a_new_cookie)
{
    struct house h;
    struct person p, after;
    struct reply *r;
    char cookie[128], next[128];

    house_open(&h);
    enter(&h, &p, cookie);
    r = with_cookie(&h, REFRESH, cookie);
    CHECK_INT(r->status, 200);
    cookie_of(r, next);
    check_has(r->head, "; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict\r\n");
    CHECK(strcmp(cookie, next) != 0);
    person_of(&h, r, &after);
    CHECK_STR(after.session.public_id, p.session.public_id);
    reply_free(r);
    refresh_ok(&h, next, cookie);
    house_close(&h);
}

TEST(sessions, two_tabs_with_one_cookie_end_with_the_same)
{
    struct house h;
    struct person p;
    char cookie[128], one[128], two[128];

    house_open(&h);
    enter(&h, &p, cookie);
    refresh_ok(&h, cookie, one);
    h.d.s.now += STORE_SESSION_GRACE_S;         /* still                                             */
    refresh_ok(&h, cookie, two);
    CHECK_STR(one, two);
    house_close(&h);
}

TEST(sessions, a_late_tab_is_let_in_but_keeps_its_hands_off_the_cookie)
{
    struct house h;
    struct person p;
    struct reply *r;
    char cookie[128], next[128], last[128];

    house_open(&h);
    enter(&h, &p, cookie);
    refresh_ok(&h, cookie, next);
    refresh_ok(&h, next, last);
    r = with_cookie(&h, REFRESH, cookie);
    CHECK_INT(r->status, 200);
    check_has_not(r->head, "Set-Cookie");
    reply_free(r);
    house_close(&h);
}

TEST(sessions, a_token_used_again_later_is_theft_and_ends_the_session)
{
    struct house h;
    struct person p;
    struct live *l;
    struct reply *r;
    char cookie[128], next[128];

    house_open(&h);
    enter(&h, &p, cookie);
    refresh_ok(&h, cookie, next);
    l = live_open(&h, &p);
    CHECK_INT(me_status(&h, &p), 200);
    h.d.s.now += STORE_SESSION_GRACE_S + 1;
    r = with_cookie(&h, REFRESH, cookie);
    check_has_not(r->head, "Set-Cookie");
    check_problem(r, 401, "unauthorized");
    CHECK_INT(audit_count(&h.d, "session.reused"), 1);
    (void)live_wait(l, "1\n");                  /* Engine.IO's close: cut                            */
    CHECK_INT(me_status(&h, &p), 401);          /* the access token too                              */
    check_problem(with_cookie(&h, REFRESH, next), 401, "unauthorized");
    CHECK_INT(audit_count(&h.d, "session.reused"), 1);
    live_free(l);
    house_close(&h);
}

TEST(sessions, a_refresh_wants_our_cookie_and_no_form_can_send_it)
{
    struct house h;
    struct person p;
    char cookie[128], headers[256];

    house_open(&h);
    enter(&h, &p, cookie);
    snprintf(headers, sizeof headers, "Cookie: __Host-refresh=%s\r\n", cookie);
    check_problem(http_ask(&h, "POST", REFRESH, headers, ""), 400, "bad-request");
    check_problem(http_ask(&h, "POST", REFRESH, "X-Requested-With: page\r\n", ""), 401, "unauthorized");
    check_problem(with_cookie(&h, REFRESH, "short"), 401, "unauthorized");
    cookie[0] = cookie[0] == 'A' ? 'B' : 'A';
    check_problem(with_cookie(&h, REFRESH, cookie), 401, "unauthorized");
    house_close(&h);
}

TEST(sessions, a_disabled_user_does_not_go_on)
{
    struct house h;
    struct person p;
    struct user_secret user;
    char cookie[128];

    house_open(&h);
    enter(&h, &p, cookie);
    CHECK_INT(store_user_by_login(h.d.s.db, "mei", &user), 0);
    CHECK(JOB(&h.d.s, store_user_disable(h.d.s.db, user.user.id, true)) >= 0);
    check_problem(with_cookie(&h, REFRESH, cookie), 401, "unauthorized");
    CHECK_INT(me_status(&h, &p), 401);
    house_close(&h);
}

TEST(sessions, a_logout_ends_the_cookie_the_token_and_the_sockets)
{
    struct house h;
    struct person p;
    struct live *l, *other;
    struct reply *r;
    char cookie[128];

    house_open(&h);
    enter(&h, &p, cookie);
    l = live_open(&h, &p);
    other = live_open(&h, &h.d.patient);
    for (int i = 0; i < 2; i++) {               /* twice is as good                                  */
        r = with_cookie(&h, LOGOUT, cookie);
        CHECK_INT(r->status, 204);
        check_has(r->head,
                  "Set-Cookie: __Host-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict\r\n");
        CHECK_STR(r->text, "");
        reply_free(r);
    }
    (void)live_wait(l, "1\n");
    (void)live_all(other, 1);                   /* still there                                       */
    CHECK_INT(me_status(&h, &p), 401);
    check_problem(with_cookie(&h, REFRESH, cookie), 401, "unauthorized");
    CHECK(audit_count(&h.d, "logout") >= 1);
    live_free(l);
    live_free(other);
    house_close(&h);
}

TEST(sessions, who_is_not_logged_in_logs_out_all_the_same)
{
    static const char *const headers[] = { "X-Requested-With: page\r\n",
                                           "X-Requested-With: page\r\nCookie: __Host-refresh=rubbish\r\n" };
    struct house h;

    house_open(&h);
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        struct reply *r = http_ask(&h, "POST", LOGOUT, headers[i], "");

        CHECK_INT(r->status, 204);
        reply_free(r);
    }
    check_problem(http_ask(&h, "POST", LOGOUT, "", ""), 400, "bad-request");
    CHECK_INT(audit_count(&h.d, "logout"), 0);
    house_close(&h);
}

TEST(sessions, a_logout_that_could_not_be_stored_keeps_the_cookie)
{
    struct house h;
    struct person p;
    struct reply *r;
    char cookie[128], next[128];

    house_open(&h);
    enter(&h, &p, cookie);
    CHECK_INT(db_script(h.d.s.db, "CREATE TRIGGER no_logout BEFORE UPDATE OF revoked_utc ON session "
                        "BEGIN SELECT RAISE(ABORT,'FULL'); END"), 0);
    r = with_cookie(&h, LOGOUT, cookie);
    check_has_not(r->head, "Set-Cookie");       /* or nobody could ever end that session             */
    check_problem(r, 500, "internal");
    CHECK_INT(db_script(h.d.s.db, "DROP TRIGGER no_logout"), 0);
    refresh_ok(&h, cookie, next);
    house_close(&h);
}

/* Keeps the pool's only thread until it is let go. */
struct held { sem_t sem; bool ended; };

static void hold_work(void *data)
{
    CHECK_INT(sem_wait(&((struct held *)data)->sem), 0);
}

static void hold_done(void *data, int error)
{
    CHECK_INT(error, 0);
    ((struct held *)data)->ended = true;
}

TEST(sessions, a_refresh_that_finds_no_place_to_sign_is_busy_and_may_come_again)
{
    struct held place = { 0 };
    struct house h;
    struct person p;
    char cookie[128], next[128];

    house_open_with(&h, NULL, 0);               /* one works, nobody waits                           */
    enter(&h, &p, cookie);
    CHECK_INT(sem_init(&place.sem, 0, 0), 0);
    CHECK_INT(pool_submit(h.pool, hold_work, hold_done, &place), 0);
    check_problem(with_cookie(&h, REFRESH, cookie), 503, "busy");
    check_problem(login(&h, "mei", RIGHT), 503, "busy");
    CHECK_INT(sem_post(&place.sem), 0);
    while (!place.ended)
        world_turn(&h.d.w, 1);
    refresh_ok(&h, cookie, next);
    CHECK_INT(sem_destroy(&place.sem), 0);
    house_close(&h);
}

/* --- auth:renew ---------------------------------------------------------------------------------------- */

TEST(sessions, a_socket_goes_on_with_a_newer_token_of_its_session)
{
    struct desk d;
    struct action *a;
    struct token_new token;
    char *text = NULL;

    desk_open(&d);
    token = (struct token_new){ .issuer = d.config.issuer, .audience = d.config.audience,
                                .subject = d.patient.session.user.public_id,
                                .session = d.patient.session.public_id, .role = "patient",
                                .now_utc = clock_utc(), .life_s = 100 };
    CHECK_INT(token_issue(d.token_key, &token, &text), 0);
    a = ask_with(&d, &d.patient, "auth:renew", "{\"token\":\"%s\"}", text);
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "renew>patient; ");
    CHECK_INT(a->effects->expires_utc, token.now_utc + 100);
    CHECK_STR(a->answer_text, "{\"ok\":true}");
    action_drop(a);

    CHECK_INT(ASK_ERR(&d, &d.doctor, "auth:renew", "{\"token\":\"%s\"}", text), -EACCES);
    CHECK_INT(ASK_ERR(&d, &d.patient, "auth:renew", "{\"token\":\"%s\",\"x\":1}", text), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.patient, "auth:renew", "{\"token\":\"%sx\"}", text), -EACCES);
    CHECK_INT(ASK_ERR(&d, &d.patient, "auth:renew", "{}"), -EINVAL);
    free(text);
    text = NULL;
    token.now_utc -= 1000;                      /* ended long ago                                    */
    CHECK_INT(token_issue(d.token_key, &token, &text), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "auth:renew", "{\"token\":\"%s\"}", text), -EACCES);
    free(text);
    desk_close(&d);
}

TEST(sessions, a_token_of_another_session_renews_nothing)
{
    struct house h;
    struct person again;
    struct live *l;
    char *token, *mine;

    house_open(&h);
    person_login(&h.d, &again, "patient", h.d.patient.session.user);    /* the same user             */
    l = live_open(&h, &h.d.patient);
    token = house_token(&h, &again);
    mine = house_token(&h, &h.d.patient);
    live_emit(l, 1, "auth:renew", "{\"token\":\"%s\"}", token);
    check_has(live_acked(l, 1), "431[{\"ok\":false,\"error\":{\"code\":\"unauthorized\"");
    LIVE_OK(l, 2, "auth:renew", "{\"token\":\"%s\"}", mine);
    free(token);
    free(mine);
    live_free(l);
    house_close(&h);
}
