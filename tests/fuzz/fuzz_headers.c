/* fuzz_headers.c - the header fields that mean something: handshakes, origins, offers, proxies.
 *
 * A line each: its first byte names the field, the rest is the value. A twin says whether an origin is the
 * own host's and who the client is; what is agreed on stays inside what was offered and allowed. */
#include <arpa/inet.h>
#include <strings.h>

#include "base64.h"
#include "fixture/world.h"
#include "fuzz.h"
#include "proxies.h"
#include "ws_conn.h"
#include "ws_deflate.h"
#include "ws_handshake.h"

#include <stdio.h>

enum { ROWS_MAX = 10 };

static const char *const names[] = {
    "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
    "sec-websocket-protocol", "origin", "x-forwarded-for", "cookie", "access-control-request-headers",
    "content-type",
};
enum { NAMES = sizeof names / sizeof *names };

/* The rows point into `text`, which is changed. No value has what the gate of HTTP lets nobody have. */
static int read_rows(char *text, size_t size, struct ws_header rows[ROWS_MAX + 1])
{
    int count = 0;

    for (char *at = text, *end; at < text + size && count < ROWS_MAX; at = end + 1) {
        end = memchr(at, '\n', (size_t)(text + size - at));
        end = end == NULL ? text + size : end;
        *end = '\0';
        if (end == at)
            continue;
        rows[count++] = (struct ws_header){ names[(unsigned char)*at % NAMES], at + 1 };
        for (char *c = at + 1; *c != '\0'; c++)
            if ((unsigned char)*c < 0x20 || *c == 0x7f)
                *c = '\t';
    }
    rows[count] = (struct ws_header){ NULL, NULL };
    return count;
}

static int times(const struct ws_request *r, const char *name)
{
    int count = 0;

    for (const struct ws_header *h = r->headers; h->name != NULL; h++)
        count += strcmp(h->name, name) == 0;
    return count;
}

/* A host without the port that goes without saying. */
static void plain_host(const char *host, const char *port, char *to, size_t size)
{
    size_t used = (size_t)snprintf(to, size, "%s", host), port_size = strlen(port);

    assert(used < size);
    if (used >= port_size && strcmp(to + used - port_size, port) == 0)
        to[used - port_size] = '\0';
    else if (used > 0 && to[used - 1] == ':')
        to[used - 1] = '\0';
}

/* Is the origin a page of the host, with its scheme's port said or not said on either side? */
static bool is_own(const char *origin, const char *host, bool secure)
{
    static const struct { const char *scheme, *port; } schemes[] = {
        { "http://", ":80" }, { "https://", ":443" },
    };
    char page[10000], own[10000];

    for (size_t i = secure; i < 2; i++) {
        size_t scheme = strlen(schemes[i].scheme);

        if (strncasecmp(origin, schemes[i].scheme, scheme) != 0)
            continue;
        plain_host(origin + scheme, schemes[i].port, page, sizeof page);
        plain_host(host, schemes[i].port, own, sizeof own);
        return *page != '\0' && strcasecmp(page, own) == 0;
    }
    return false;
}

static void check_origin(const struct ws_request *r)
{
    const struct ws_options own = { .origins = NULL };
    const char *origin = ws_request_header(r, "origin"), *host = ws_request_header(r, "host");
    bool allowed = ws_origin_allowed(&own, r);

    if (origin == NULL)
        assert(allowed);
    else if (times(r, "origin") > 1 || times(r, "host") != 1)
        assert(!allowed);
    else if (allowed)
        assert(is_own(origin, host, r->secure));
    else
        assert(!is_own(origin, host, r->secure) || strchr(host, ':') != NULL);
}

static void sha1(struct ws_bytes bytes, unsigned char digest[20])
{
    (void)bytes;
    memset(digest, 1, 20);
}

static void check_offer(const struct ws_request *r, int bits, char answer[WS_DEFLATE_ANSWER_MAX])
{
    const struct ws_options options = { .deflate = true, .deflate_window_bits = bits };
    const char *offer = ws_request_header(r, "sec-websocket-extensions"), *said;
    struct ws_deflate_terms terms;

    *answer = '\0';
    if (!ws_deflate_choose(&options, r, &terms, answer))
        return;
    assert(offer != NULL && strlen(answer) < WS_DEFLATE_ANSWER_MAX);
    assert(strncmp(answer, "permessage-deflate", 18) == 0);
    assert(terms.server_bits >= 9 && terms.server_bits <= bits);
    assert(terms.client_bits >= 9 && terms.client_bits <= 15);
    assert((strstr(answer, "server_no_context_takeover") != NULL) == terms.server_forget);
    assert((strstr(answer, "client_no_context_takeover") != NULL) == terms.client_forget);
    said = strstr(answer, "server_max_window_bits=");
    assert(said != NULL ? strtol(said + 23, NULL, 10) == terms.server_bits : terms.server_bits == 15);
    said = strstr(answer, "client_max_window_bits=");
    assert(said == NULL || strtol(said + 23, NULL, 10) <= terms.client_bits);
}

static void check_handshake(const struct ws_request *r, int bits)
{
    static const char *const spoken[] = { "chat", "v2.chat", NULL };
    const struct ws_options options = { .origins = NULL };
    const char *key = ws_request_header(r, "sec-websocket-key");
    const char *protocol = ws_handshake_protocol(spoken, r);
    int status = ws_handshake_check(&options, r);
    char extensions[WS_DEFLATE_ANSWER_MAX];
    unsigned char nonce[24];
    struct buf answer;
    size_t size;

    assert(status == 101 || status == 400 || status == 403 || status == 426);
    assert(protocol == NULL || protocol == spoken[0] || protocol == spoken[1]);
    check_offer(r, bits, extensions);
    if (status != 101)
        return;
    assert(strlen(key) == 24 && base64_decode(key, 24, nonce, &size) == 0 && size == 16);
    assert(times(r, "sec-websocket-key") == 1 && times(r, "host") == 1 && times(r, "upgrade") > 0);
    assert(strcmp(ws_request_header(r, "sec-websocket-version"), "13") == 0);
    assert(ws_origin_allowed(&options, r));
    buf_init(&answer, BUF_NO_LIMIT);
    assert(ws_handshake_accept(&answer, r, &(struct ws_answer){
               protocol, *extensions ? extensions : NULL, NULL, sha1 }) == 0);
    assert(memcmp(answer.at + answer.size - 4, "\r\n\r\n", 4) == 0);
    buf_finish(&answer);
}

/* Who stands at the end of the chain of those that are trusted? Address by address, from the right. */
static void check_client(const struct ws_request *r)
{
    static const char *const nets[] = { "10.0.0.0/8", "::1", NULL };
    const char *forwarded = ws_request_header(r, "x-forwarded-for");
    char client[ADDRESS_MAX], plain[ADDRESS_MAX];
    unsigned char bytes[16];
    struct proxies *p;

    assert(proxies_new(nets, &p, NULL) == 0);
    proxies_client(p, "10.1.2.3", forwarded, client);
    assert(inet_pton(AF_INET, client, bytes) == 1 || inet_pton(AF_INET6, client, bytes) == 1);
    proxies_client(p, "192.0.2.1", forwarded, plain);
    assert(strcmp(plain, "192.0.2.1") == 0);    /* a stranger's word                                */
    if (forwarded == NULL)
        assert(strcmp(client, "10.1.2.3") == 0);
    if (forwarded != NULL && strchr(forwarded, ',') == NULL && inet_pton(AF_INET, forwarded, bytes) == 1)
        assert(strcmp(client, forwarded) == 0 || strchr(forwarded, '0') != NULL);
    if (!proxies_trust(p, client)) {            /* all to the right of him are                      */
        const char *last = forwarded == NULL ? NULL : strrchr(forwarded, ',');
        char text[ADDRESS_MAX] = "";

        last = last == NULL ? forwarded : last + 1;
        last += strspn(last, " \t");
        (void)snprintf(text, sizeof text, "%.*s", (int)strcspn(last, " \t"), last);
        proxies_client(p, "10.1.2.3", text, plain);
        assert(proxies_trust(p, plain) || strcmp(plain, client) == 0);
    }
    proxies_free(p);
}

/* Engine.IO answers, and never says more of an origin than it let in. */
static void check_engine(const struct ws_header *rows)
{
    static const struct eio_options options = { .cookie = "io", .credentials = true };
    static const struct eio_handlers handlers = { .on_open = NULL };
    static const char *const methods[] = { "GET", "OPTIONS", "POST" };
    struct world w;

    world_init(&w, 1);
    world_engine(&w, &options, &handlers);
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        struct peer *p = world_request(&w, methods[i], "EIO=4&transport=polling", rows);

        world_end(p);
        assert(p->done && p->status >= 200 && p->status < 500);
        assert(strstr(peer_headers(p), "\n\n") == NULL);
        world_drop(p);
    }
    world_finish(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = { data, size };
    unsigned how = take_byte(&in);
    char *text = malloc(in.left + 1);
    struct ws_header rows[ROWS_MAX + 1];
    struct ws_request r = { .method = how & 64 ? "POST" : "GET", .path = "/", .query = "",
                            .address = "192.0.2.1", .headers = rows, .secure = how & 128 };

    assert(text != NULL);
    if (in.left > 0)
        memcpy(text, in.at, in.left);
    (void)read_rows(text, in.left, rows);
    check_origin(&r);
    check_handshake(&r, 9 + (int)how % 7);
    check_client(&r);
    check_engine(rows);
    free(text);
    return 0;
}
