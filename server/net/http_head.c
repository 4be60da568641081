/* http_head.c - the meaning of a head, check after check; the table's order is the order of the answers. */
#include "http_head.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int http_lines_init(struct http_lines *l, void *bytes, size_t size, int lines)
{
    struct ws_header *rows = malloc(((size_t)lines + 1) * sizeof *rows);

    if (rows == NULL)
        return -ENOMEM;
    rows[lines] = (struct ws_header){ NULL, NULL };
    *l = (struct http_lines){ .bytes = bytes, .size = size, .rows = rows, .count_wanted = lines };
    return 0;
}

void http_lines_finish(struct http_lines *l)
{
    free(l->rows);
    *l = (struct http_lines){ .bytes = NULL };
}

/* A span may come in pieces, but they must join. */
static int span_add(const struct http_lines *l, struct http_span *span, const char *at, size_t size)
{
    size_t start = (size_t)(at - l->bytes);

    assert(at >= l->bytes && start + size <= l->size);
    if (span->size > 0 && start != span->at + span->size)
        return -1;
    if (span->size == 0)
        span->at = start;
    span->size += size;
    return 0;
}

int http_lines_target(struct http_lines *l, const char *at, size_t size)
{
    return span_add(l, &l->target, at, size);
}

int http_lines_field(struct http_lines *l, const char *at, size_t size)
{
    return span_add(l, &l->field, at, size);
}

int http_lines_value(struct http_lines *l, const char *at, size_t size)
{
    return span_add(l, &l->value, at, size);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* A field stands at the start of its line, the colon directly behind it. The NULs fall on the colon, on
 * white space or on the CR: nobody reads those again. */
int http_lines_end(struct http_lines *l)
{
    struct http_span field = l->field, value = l->value;
    char *bytes = l->bytes;

    if (l->count == l->count_wanted || field.size == 0)
        return -1;
    if (bytes[field.at - 1] != '\n' || bytes[field.at + field.size] != ':')
        return -1;
    if (value.size == 0)
        value.at = field.at + field.size + 1;
    while (value.size > 0 && is_blank(bytes[value.at + value.size - 1]))
        value.size--;
    while (value.size > 0 && is_blank(bytes[value.at])) {
        value.at++;
        value.size--;
    }
    for (char *at = bytes + field.at; at < bytes + field.at + field.size; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + ('a' - 'A'));
    bytes[field.at + field.size] = '\0';
    bytes[value.at + value.size] = '\0';
    l->rows[l->count++] = (struct ws_header){ bytes + field.at, bytes + value.at };
    l->field = l->value = (struct http_span){ 0, 0 };
    return 0;
}

/* What it means. Each check gives NULL, or why it is refused with the status beside it in the table below. */

struct reading {
    struct http_lines *lines;
    const struct sio_http_limits *limits;
    struct http_head *head;
};

/* Asked of each line for each name: most differ at once. */
static inline bool is_same(const char *name, const char *wanted)
{
    return *name == *wanted && strcmp(name, wanted) == 0;
}

static const char *find(const struct http_lines *l, const char *name)
{
    for (int i = 0; i < l->count; i++)
        if (is_same(l->rows[i].name, name))
            return l->rows[i].value;
    return NULL;
}

static int count(const struct http_lines *l, const char *name)
{
    int times = 0;

    for (int i = 0; i < l->count; i++)
        times += is_same(l->rows[i].name, name);
    return times;
}

/* "GET /x HTTP/1.1": one space, one space, nothing else. */
static const char *check_request_line(struct reading *r)
{
    struct http_lines *l = r->lines;
    char *space = memchr(l->bytes, ' ', l->size), *target = l->bytes + l->target.at, *end;

    if (l->target.size == 0 || space == NULL || target != space + 1)
        return "The request line is malformed.";
    end = target + l->target.size;
    if (l->bytes + l->size - end < 11 || memcmp(end, " HTTP/", 6) != 0 || !isdigit((unsigned char)end[6])
        || end[7] != '.' || !isdigit((unsigned char)end[8]) || end[9] != '\r')
        return "The request line is malformed.";
    r->head->method = l->bytes;
    r->head->target = target;
    *space = '\0';
    *end = '\0';
    return NULL;
}

static const char *check_version(struct reading *r)
{
    const char *version = r->head->target + r->lines->target.size + sizeof "HTTP/";

    if (version[0] != '1' || version[1] != '.' || (version[2] != '0' && version[2] != '1'))
        return "HTTP/1.0 and HTTP/1.1 are spoken here.";
    r->head->minor = version[2] - '0';
    return NULL;
}

static const char *check_lines(struct reading *r)
{
    return r->lines->count == r->lines->count_wanted ? NULL : "A header line is malformed.";
}

static const char *check_method(struct reading *r)
{
    static const char *const methods[] = { "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS" };

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(r->head->method, methods[i]) == 0)
            return NULL;
    return "This method is not spoken here.";
}

static const char *check_target_size(struct reading *r)
{
    return r->lines->target.size <= r->limits->target_max ? NULL : "The target is too long.";
}

/* Two of these would mean two things. */
static const char *check_doubles(struct reading *r)
{
    static const char *const single[] = {
        "host", "content-length", "transfer-encoding", "authorization", "origin", "content-type", "expect",
        "x-forwarded-proto",
    };

    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (count(r->lines, single[i]) > 1)
            return "A header line that must be alone is doubled.";
    return NULL;
}

/* RFC 9112, 3.2: reg-name, IPv4, or [IPv6], and a port. */
static const char *check_host(struct reading *r)
{
    const char *host = find(r->lines, "host");

    if (host == NULL)
        return r->head->minor == 0 ? NULL : "The Host line is missing.";
    if (*host == '\0' || *host == ':')
        return "The Host line is malformed.";
    for (const char *at = host; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("-._~[]:%!$&'()*+;=", *at) == NULL)
            return "The Host line is malformed.";
    return NULL;
}

/* "http://host/path" must name the host of the Host line, and is then "/path" (RFC 9112, 3.2.2). */
static const char *strip_authority(struct reading *r)
{
    const char *target = r->head->target, *host = find(r->lines, "host"), *end;

    target += strncasecmp(target, "http://", 7) == 0 ? 7 : strncasecmp(target, "https://", 8) == 0 ? 8 : 0;
    if (target == r->head->target)
        return "The target is malformed.";
    end = target + strcspn(target, "/?");
    if (host == NULL || strlen(host) != (size_t)(end - target)
        || strncasecmp(host, target, (size_t)(end - target)) != 0)
        return "The target names another host.";
    if (*end != '/')
        return "The target is malformed.";
    r->head->target = end;
    return NULL;
}

static const char *check_target(struct reading *r)
{
    const char *reason = NULL;
    char *query;

    for (const char *at = r->head->target; *at != '\0'; at++)
        if (*at <= 0x20 || *at >= 0x7f || *at == '#')   /* char is signed or not: both are caught   */
            return "The target is malformed.";
    if (strcmp(r->head->target, "*") != 0 && *r->head->target != '/')
        reason = strip_authority(r);
    if (reason != NULL)
        return reason;
    query = strchr(r->head->target, '?');
    r->head->query = query != NULL ? query + 1 : "";
    if (query != NULL)
        *query = '\0';
    return NULL;
}

/* Is `token` in a list like "keep-alive, Upgrade"? */
static bool has_token(const char *list, const char *token)
{
    size_t size = strlen(token);

    while (*list != '\0') {
        list += strspn(list, " \t,");
        size_t item = strcspn(list, " \t,");
        if (item == size && strncasecmp(list, token, size) == 0)
            return true;
        list += item;
    }
    return false;
}

static bool any_has_token(const struct http_lines *l, const char *name, const char *token)
{
    for (int i = 0; i < l->count; i++)
        if (is_same(l->rows[i].name, name) && has_token(l->rows[i].value, token))
            return true;
    return false;
}

/* How long is the body? (RFC 9112, 6.3) What could be read in two ways is an attack. */
static const char *check_framing(struct reading *r)
{
    const char *length = find(r->lines, "content-length"), *coding = find(r->lines, "transfer-encoding");
    int64_t size = 0;

    r->head->length = 0;
    if (coding != NULL && (length != NULL || r->head->minor == 0))
        return "The length of the body is not clear.";
    if (coding != NULL) {
        r->head->length = -1;
        return NULL;
    }
    if (length == NULL)
        return NULL;
    if (*length == '\0' || strlen(length) > 18)
        return "The length of the body is malformed.";
    for (; *length != '\0'; length++) {
        if (!isdigit((unsigned char)*length))
            return "The length of the body is malformed.";
        size = size * 10 + (*length - '0');
    }
    r->head->length = size;
    return NULL;
}

static const char *check_coding(struct reading *r)
{
    const char *coding = find(r->lines, "transfer-encoding");

    return coding == NULL || strcasecmp(coding, "chunked") == 0 ? NULL : "Only chunked is spoken here.";
}

static const char *check_expect(struct reading *r)
{
    const char *expect = find(r->lines, "expect");

    r->head->expects = expect != NULL && r->head->minor == 1;
    return expect == NULL || strcasecmp(expect, "100-continue") == 0 ? NULL : "Only 100-continue is met.";
}

static const char *read_connection(struct reading *r)
{
    const struct http_lines *l = r->lines;

    r->head->headers = l->rows;
    r->head->keep_alive = r->head->minor == 1 && !any_has_token(l, "connection", "close");
    r->head->upgrade = r->head->minor == 1 && r->head->length == 0
                       && any_has_token(l, "connection", "upgrade")
                       && any_has_token(l, "upgrade", "websocket");
    return NULL;
}

static const struct { const char *(*check)(struct reading *); int status; } checks[] = {
    { check_request_line, 400 },
    { check_version,      505 },
    { check_lines,        400 },
    { check_method,       405 },
    { check_target_size,  414 },
    { check_doubles,      400 },
    { check_host,         400 },
    { check_target,       400 },
    { check_framing,      400 },
    { check_coding,       501 },
    { check_expect,       417 },
    { read_connection,    400 },
};

int http_lines_read(struct http_lines *l, const struct sio_http_limits *limits, struct http_head *ret_head,
                    struct http_refusal *ret_refusal)
{
    struct http_head head = { .method = NULL };
    struct reading r = { .lines = l, .limits = limits, .head = &head };

    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        const char *reason = checks[i].check(&r);
        if (reason != NULL) {
            *ret_refusal = (struct http_refusal){ checks[i].status, reason };
            return -EPROTO;
        }
    }
    *ret_head = head;
    return 0;
}
