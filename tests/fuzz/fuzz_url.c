/* fuzz_url.c - what is read out of a request's target: path, query, route, numbers, dates.
 *
 * What was decoded is clean, and encoded anew it decodes to the same; two readers of one query agree; what a
 * route matched is the path; a number or a date that was taken is written the same way again. */
#include <errno.h>
#include <stdio.h>

#include "date.h"
#include "eio_query.h"
#include "fuzz.h"
#include "parse.h"
#include "router.h"
#include "sio_http.h"
#include "url.h"
#include "utf8.h"

static bool is_utf8(const char *text)
{
    struct utf8 check = { 0 };

    return utf8_check(&check, (struct ws_bytes){ text, strlen(text) }) == 0 && utf8_whole(&check);
}

/* Every byte as an escape, but those that `plain` names. */
static char *escape(const char *text, const char *plain)
{
    char *escaped = malloc(3 * strlen(text) + 1), *to = escaped;

    assert(escaped != NULL);
    for (; *text != '\0'; text++)
        if (strchr(plain, *text) != NULL)
            *to++ = *text;
        else
            to += snprintf(to, 4, "%%%02X", (unsigned char)*text);
    *to = '\0';
    return escaped;
}

static void check_path(const char *raw)
{
    size_t room = strlen(raw) + 1;
    char *at = malloc(room), *again = malloc(room), *escaped;
    int used = url_path_decode(raw, at, room);

    assert(at != NULL && again != NULL && used < (int)room);
    if (used >= 0) {
        assert(at[0] == '/' && strlen(at) == (size_t)used && is_utf8(at) && strchr(at, '\\') == NULL);
        assert(strstr(at, "/../") == NULL && strstr(at, "/./") == NULL);
        assert(used < 3 || (strcmp(at + used - 3, "/..") != 0 && strcmp(at + used - 2, "/.") != 0));
        for (const char *c = at; *c != '\0'; c++)
            assert((unsigned char)*c >= 0x20 && *c != 0x7f);
        escaped = escape(at, "/");
        assert(url_path_decode(escaped, again, room) == used && strcmp(at, again) == 0);
        assert(url_path_decode(escaped, again, (size_t)used) == -ENAMETOOLONG);
        free(escaped);
    }
    free(at);
    free(again);
}

static void check_query(const char *query)
{
    size_t room = strlen(query) + 1;
    char *value = malloc(room), *again = malloc(room), *built;
    struct eio_query eio;
    int used = sio_http_query_find(query, "sid", value, room);

    assert(value != NULL && again != NULL);
    eio_query_read(query, &eio);
    assert(memchr(eio.sid, '\0', sizeof eio.sid) != NULL && memchr(eio.revision, '\0', sizeof eio.revision));
    assert(memchr(eio.transport, '\0', sizeof eio.transport) != NULL);
    if (strchr(query, '%') == NULL && used >= 0)
        assert(strcmp(eio.sid, (size_t)used < sizeof eio.sid ? value : "?") == 0);
    if (strchr(query, '%') == NULL && used == -ENOENT)
        assert(eio.sid[0] == '\0');
    if (used >= 0) {
        char *escaped = escape(value, "");

        assert(strlen(value) == (size_t)used && is_utf8(value));
        built = malloc(strlen(escaped) + 5);
        assert(built != NULL);
        (void)snprintf(built, strlen(escaped) + 5, "sid=%s", escaped);
        assert(sio_http_query_find(built, "sid", again, room) == used && strcmp(value, again) == 0);
        free(escaped);
        free(built);
    }
    free(value);
    free(again);
}

/* The pattern with its parameters in place is the path that was matched. */
static void check_route(const char *path)
{
    static const char *const patterns[] = {
        "/", "/a", "/a/{b}", "/a/{b}/c", "/{x}/{y}", "/a/b/{z}/{w}", "/v/",
    };
    struct router *r = router_new();
    struct router_match match;
    char built[ROUTER_PATH_MAX + 64];
    size_t used = 0;
    int err;

    assert(r != NULL);
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        assert(router_add(r, i % 2 ? "POST" : "GET", patterns[i], patterns[i]) == 0);
    err = router_find(r, "GET", path, &match);
    assert(err == 0 || err == -ENOENT || err == -ENOTSUP);
    for (const char *at = err == 0 ? match.row : ""; *at != '\0';) {
        char name[8] = "";

        if (*at != '{') {
            built[used++] = *at++;
            continue;
        }
        memcpy(name, at + 1, strcspn(at, "}") - 1);
        at += strcspn(at, "}") + 1;
        assert(router_param(&match, name) != NULL && router_param(&match, name)[0] != '\0');
        used += (size_t)snprintf(built + used, sizeof built - used, "%s", router_param(&match, name));
    }
    built[used] = '\0';
    assert(err != 0 || strcmp(built, path) == 0);
    router_free(r);
}

static void check_number(const char *text)
{
    char again[32];
    int64_t value;
    size_t zeros = 0, sign = text[0] == '-';

    if (parse_int(text, -5000000000, INT64_MAX, &value) != 0)
        return;
    assert(value >= -5000000000);
    while (text[sign + zeros] == '0' && text[sign + zeros + 1] != '\0')
        zeros++;
    (void)snprintf(again, sizeof again, "%lld", (long long)value);
    assert(strcmp(again + (value < 0), text + sign + zeros) == 0 && (value < 0) == (sign && value != 0));
}

static void check_date(const char *text)
{
    char again[64];
    struct date d;
    int64_t days, utc;

    if (date_parse(text, &days) == 0) {
        d = date_of(days);
        (void)snprintf(again, sizeof again, "%04d-%02d-%02d", d.year, d.month, d.day);
        assert(strcmp(again, text) == 0 && date_days(d.year, d.month, d.day) == days);
    }
    if (date_parse_utc(text, &utc) == 0) {
        d = date_of(utc >= 0 ? utc / 86400 : -((86399 - utc) / 86400));
        utc -= date_days(d.year, d.month, d.day) * 86400;
        (void)snprintf(again, sizeof again, "%04d-%02d-%02dT%02d:%02d:%02dZ", d.year, d.month, d.day,
                       (int)(utc / 3600), (int)(utc / 60 % 60), (int)(utc % 60));
        assert(strcmp(again, text) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    assert(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    check_path(text);
    check_query(text);
    check_route(text);
    check_number(text);
    check_date(text);
    free(text);
    return 0;
}
