/* test_fetch.c - asking another server: ours, on the same loop. */
#include "net_fixture.h"

#include "fetch.h"

static struct sio_http_ticket waiting;          /* of the request that gets no reply                */

static void on_echo(void *app, const struct sio_http_request *r)
{
    static const struct ws_header headers[] = { { "Content-Type", "text/plain" }, { 0 } };
    const char *mine = sio_http_header(r, "x-mine");
    char text[256];

    (void)app;
    (void)snprintf(text, sizeof text, "%s %s %.*s", r->method, mine != NULL ? mine : "-", (int)r->body.size,
                   r->body.size != 0 ? (const char *)r->body.at : "");
    CHECK_INT(sio_http_reply(r->ticket, 201, headers, (struct ws_bytes){ text, strlen(text) }), 0);
}

static void on_long(void *app, const struct sio_http_request *r)
{
    static char text[FETCH_ANSWER_MAX + 1];
    size_t size = (size_t)FETCH_ANSWER_MAX + (strcmp(r->query, "too") == 0);

    (void)app;
    CHECK_INT(sio_http_reply_lent(r->ticket, 200, NULL, (struct ws_bytes){ text, size }), 0);
}

static void on_moved(void *app, const struct sio_http_request *r)
{
    static const struct ws_header headers[] = { { "Location", "/echo" }, { 0 } };

    (void)app;
    CHECK_INT(sio_http_reply(r->ticket, 307, headers, (struct ws_bytes){ NULL, 0 }), 0);
}

static void on_never(void *app, const struct sio_http_request *r)
{
    (void)app;
    waiting = r->ticket;
}

static const struct sio_uv_route routes[] = {
    { .path = "/echo", .handle = on_echo },   { .path = "/long", .handle = on_long },
    { .path = "/moved", .handle = on_moved }, { .path = "/never", .handle = on_never },
    { .path = NULL },
};

struct answer { int count, status; size_t size; char body[256]; };

static void on_answer(void *data, int status, struct ws_bytes body)
{
    struct answer *a = data;

    a->count++;
    a->status = status;
    a->size = body.size;
    (void)snprintf(a->body, sizeof a->body, "%.*s", (int)body.size,
                   body.size != 0 ? (const char *)body.at : "");
}

struct asker { struct world w; struct fetch *fetch; };

static void asker_open(struct asker *k)
{
    world_open(&k->w, &(struct sio_uv_options){ .limits = { .body_max = 1000 } });
    world_listen(&k->w, routes);
    k->fetch = fetch_new(&k->w.loop);
    assert_non_null(k->fetch);
}

static void asker_close(struct asker *k)
{
    fetch_free(k->fetch);
    world_close(&k->w);
}

static int post(struct asker *k, const char *path, const char *body, struct answer *a)
{
    static const char *const headers[] = { "Content-Type: application/json", "X-Mine: yes", NULL };
    char url[128];

    if (*path == '/')
        (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", k->w.port, path);
    else
        (void)snprintf(url, sizeof url, "%s", path);
    return fetch_post(k->fetch, url, headers, (struct ws_bytes){ body, strlen(body) }, on_answer, a);
}

static struct answer ask(struct asker *k, const char *path)
{
    struct answer a = { 0 };

    CHECK_INT(post(k, path, "{}", &a), 0);
    CHECK_INT(a.count, 0);                      /* never from within                                */
    for (int i = 0; i < GIVE_UP_MS && a.count == 0; i++)
        world_turn(&k->w, 1);
    CHECK_INT(a.count, 1);
    return a;
}

TEST(fetch, posts_and_hands_over_the_answer)
{
    struct asker k;
    struct answer a;

    asker_open(&k);
    a = ask(&k, "/echo");
    CHECK_INT(a.status, 201);
    CHECK_STR(a.body, "POST yes {}");
    CHECK_INT(ask(&k, "/nothing").status, 404);
    asker_close(&k);
}

TEST(fetch, gets_without_a_body)
{
    struct asker k;
    struct answer a = { 0 };
    char url[64];

    asker_open(&k);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/echo", k.w.port);
    CHECK_INT(fetch_get(k.fetch, url, on_answer, &a), 0);
    for (int i = 0; i < GIVE_UP_MS && a.count == 0; i++)
        world_turn(&k.w, 1);
    CHECK_INT(a.count, 1);
    CHECK_STR(a.body, "GET - ");
    asker_close(&k);
}

TEST(fetch, what_goes_wrong_is_a_negative_errno)
{
    struct asker k;

    asker_open(&k);
    CHECK_INT(ask(&k, "http://127.0.0.1:1/refused").status, -ECONNREFUSED);
    CHECK_INT(ask(&k, "file:///etc/passwd").status, -EPROTO);
    CHECK_INT(ask(&k, "/moved").status, 307);   /* it does not follow                               */
    asker_close(&k);
}

TEST(fetch, an_answer_has_a_limit)
{
    struct asker k;

    asker_open(&k);
    CHECK_INT(ask(&k, "/long").size, FETCH_ANSWER_MAX);
    CHECK_INT(ask(&k, "/long?too").status, -EMSGSIZE);
    asker_close(&k);
}

TEST(fetch, takes_only_so_many_at_once)
{
    struct asker k;
    struct answer a = { 0 };

    asker_open(&k);
    for (int i = 0; i < FETCH_AT_ONCE; i++)
        CHECK_INT(post(&k, "/echo", "{}", &a), 0);
    CHECK_INT(post(&k, "/echo", "{}", &a), -EBUSY);
    for (int i = 0; i < GIVE_UP_MS && a.count < FETCH_AT_ONCE; i++)
        world_turn(&k.w, 1);
    CHECK_INT(a.count, FETCH_AT_ONCE);
    CHECK_INT(ask(&k, "/echo").status, 201);
    asker_close(&k);
}

TEST(fetch, what_is_under_way_is_dropped_at_the_end)
{
    struct asker k;
    struct answer a = { 0 };

    asker_open(&k);
    CHECK_INT(post(&k, "/never", "{}", &a), 0);
    for (int i = 0; i < GIVE_UP_MS && waiting.net == NULL; i++)
        world_turn(&k.w, 1);
    CHECK(waiting.net != NULL);
    asker_close(&k);
    CHECK_INT(a.count, 0);
    fetch_free(NULL);
}
