/* sessions_fixture.h - logging in by HTTP, and what the replies give to go on with. */
#ifndef SESSIONS_FIXTURE_H
#define SESSIONS_FIXTURE_H

#include "api_house.h"

#define LOGIN    "/api/v1/auth/login"
#define REGISTER "/api/v1/auth/register"
#define REFRESH  "/api/v1/auth/refresh"
#define LOGOUT   "/api/v1/auth/logout"
#define RIGHT    "right password"

static inline struct reply *login(struct house *h, const char *name, const char *password)
{
    char body[512];

    snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"%s\"}", name, password);
    return http_ask(h, "POST", LOGIN, JSON_TYPE, body);
}

/* The value of the refresh cookie that a reply sets. */
static inline void cookie_of(const struct reply *r, char cookie[128])
{
    const char *at = strstr(r->head, "Set-Cookie: __Host-refresh=");

    assert_non_null(at);
    at += strlen("Set-Cookie: __Host-refresh=");
    snprintf(cookie, 128, "%.*s", (int)strcspn(at, ";"), at);
}

static inline struct reply *with_cookie(struct house *h, const char *path, const char *cookie)
{
    char headers[256];

    snprintf(headers, sizeof headers, "X-Requested-With: page\r\nCookie: a=b; __Host-refresh=%s; c=d\r\n",
             cookie);
    return http_ask(h, "POST", path, headers, "");
}

/* A person of whom only the session's answer is known. */
static inline void person_of(const struct house *h, const struct reply *r, struct person *p)
{
    struct token_access who;
    const char *token = text_at(r->body, "token");

    CHECK_INT(token_check(h->d.api, token, strlen(token), &who), 0);
    *p = (struct person){ .name = "somebody" };
    snprintf(p->session.public_id, sizeof p->session.public_id, "%.31s", who.session);
    snprintf(p->session.user.public_id, sizeof p->session.user.public_id, "%.31s", who.user);
    snprintf(p->session.user.role, sizeof p->session.user.role, "%.15s", who.role);
}

static inline int me_status(struct house *h, const struct person *p)
{
    struct reply *r = http_ask_as(h, p, "GET", "/api/v1/me", "");
    int status = r->status;

    reply_free(r);
    return status;
}

#endif
