/* fuzz_rest.c - the REST door and every action behind it, under requests of any kind.
 *
 * The input is requests, each ended by 0x1e: a byte for who asks, one of flags, then "METHOD /path?query" up
 * to a newline and the body. "$C" is a consult's id, "$O" another's, "$D" a doctor's, "$P" a patient's.
 * Asserted: each has one reply, none is a server's error, what is said and published is JSON, and who may not
 * see a consult does not hear of it. The writer's and the pool's work is done at once, and rolled back. */
#include "product.h"

#include "url.h"

enum { REQUESTS_MAX = 4 };

static int replies, status_said;
static bool about_other;                        /* the last answer names the other consult          */

int  __wrap_sio_http_reply(struct sio_http_ticket ticket, int status, const struct ws_header *headers,
                           struct ws_bytes body);
int  __wrap_sio_http_problem(struct sio_http_ticket ticket, int status, const char *code, const char *detail,
                             const char *id, const struct ws_header *headers);
void __wrap_action_effects_apply(struct action *a);

static void check_headers(const struct ws_header *headers)
{
    for (; headers != NULL && headers->name != NULL; headers++)
        assert(strpbrk(headers->value, "\r\n") == NULL);
}

int __wrap_sio_http_reply(struct sio_http_ticket ticket, int status, const struct ws_header *headers,
                          struct ws_bytes body)
{
    json_t *json = body.size > 0 ? json_loadb(body.at, body.size, JSON_REJECT_DUPLICATES, NULL) : NULL;

    (void)ticket;
    replies++;
    status_said = status;
    check_headers(headers);
    assert(status >= 200 && status < 500);
    assert(body.size == 0 || json != NULL || status == 200);    /* /metrics is text                 */
    about_other = body.size > 0 && status < 300
                  && memmem(body.at, body.size, desk.other, strlen(desk.other)) != NULL;
    json_decref(json);
    return 0;
}

int __wrap_sio_http_problem(struct sio_http_ticket ticket, int status, const char *code, const char *detail,
                            const char *id, const struct ws_header *headers)
{
    (void)ticket;
    replies++;
    status_said = status;
    check_headers(headers);
    assert(status >= 400 && status < 500);
    assert(code != NULL && strlen(id) > 0 && (detail == NULL || strlen(detail) < 1000));
    return 0;
}

void __wrap_action_effects_apply(struct action *a)
{
    for (const struct effect *e = a->effects; e != NULL; e = e->next)
        if (e->kind == EFFECT_PUBLISH) {
            json_t *body = json_loads(e->text, JSON_REJECT_DUPLICATES, NULL);

            assert(body != NULL && e->room[0] != '\0');
            json_decref(body);
        }
    action_effects_drop(a);
}

/* --- requests ------------------------------------------------------------------------------------------ */

static void ask_rest(unsigned who, const struct sio_http_request *r)
{
    replies = 0;
    about_other = false;
    api_rest(desk.api, r);
    work();
    assert(replies == 1);
    assert(!about_other || who == 2 || who == 3);       /* his doctor, or himself                   */
}

/* False: HTTP would not let it through. */
static void one_request(struct input in)
{
    static char line[TEXT_MAX], body[TEXT_MAX], path[TEXT_MAX], bearer[4096], cookie[200];
    unsigned who = take_byte(&in) % 4, flags = take_byte(&in);
    const uint8_t *end = in.left > 0 ? memchr(in.at, '\n', in.left) : NULL;
    char *space, *query;
    struct ws_header headers[8] = { { "host", "h" } };
    int count = 1;
    struct sio_http_request r = { .id = "ABCDEFGHIJKLMNOP", .address = "192.0.2.7", .headers = headers };

    (void)fill_in(take(&in, end != NULL ? (size_t)(end - in.at) : in.left), line);
    (void)take_byte(&in);
    r.body = (struct ws_bytes){ body, fill_in(in, body) };
    space = strchr(line, ' ');
    if (space == NULL || strlen(line) != strcspn(line, "\r\n\x7f#"))
        return;
    *space++ = '\0';
    query = strchr(space, '?');
    if (query != NULL)
        *query++ = '\0';
    if (url_path_decode(space, path, sizeof path) < 0)
        return;
    r.method = line;
    r.path = path;
    r.query = query != NULL ? query : "";
    if (flags & 1)
        headers[count++] = (struct ws_header){ "content-type",
                                               flags & 2 ? "text/plain" : "application/json" };
    if (flags & 4)
        headers[count++] = (struct ws_header){ "x-requested-with", "fetch" };
    if (flags & 8)
        headers[count++] = (struct ws_header){ "idempotency-key", flags & 16 ? "key-0000001" : "key" };
    (void)snprintf(bearer, sizeof bearer, "Bearer %s", who > 0 ? tokens[who - 1] : "");
    (void)snprintf(cookie, sizeof cookie, "a=b; __Host-refresh=%.43s", body);
    if (who > 0)
        headers[count++] = (struct ws_header){ "authorization", bearer };
    if ((flags & 32) && strpbrk(cookie, "\r\n") == NULL)
        headers[count++] = (struct ws_header){ "cookie", cookie };
    ask_rest(who, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };

    prepare();
    assert(db_script(desk.s.db, "BEGIN IMMEDIATE") == 0);
    for (int i = 0; i < REQUESTS_MAX && in.left > 2; i++) {
        const uint8_t *end = memchr(in.at, 0x1e, in.left);

        one_request(take(&in, end != NULL ? (size_t)(end - in.at) : in.left));
        (void)take_byte(&in);
    }
    assert(db_script(desk.s.db, "ROLLBACK") == 0);
    return 0;
}
