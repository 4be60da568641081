/* rest.c - the HTTP door: a request becomes an action, its answer a reply. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "action.h"
#include "door.h"
#include "log.h"
#include "net/upload.h"
#include "oidc.h"
#include "status.h"
#include "xalloc.h"

static void problem(const struct sio_http_request *r, int http, int err, const char *detail,
                    const struct ws_header *headers)
{
    const struct status *status = status_of(err);

    (void)sio_http_problem(r->ticket, http != 0 ? http : status->http, status->code,
                       detail != NULL ? detail : status->text, r->id, headers);
}

/* Every name=value of a query, decoded; a broken escape is the client's mistake. */
static int query_read(struct action *a, const char *query)
{
    while (*query != '\0') {
        size_t size = strcspn(query, "&"), name_size = strcspn(query, "=&");
        char *one = xstrndup(query, size), name[64], value[TOKEN_TEXT_MAX + 1];
        int got;

        if (name_size >= sizeof name) {
            free(one);
            return -EINVAL;
        }
        memcpy(name, query, name_size);
        name[name_size] = '\0';
        got = sio_http_query_find(one, name, value, sizeof value);
        free(one);
        if (size > 0) {
            if (got < 0)
                return -EINVAL;
            action_param(a, name, value);
        }
        query += size + (query[size] == '&');
    }
    return 0;
}

/* The value of one cookie, or NULL. */
static char *cookie_find(const char *cookies, const char *name)
{
    size_t size = strlen(name);

    for (; cookies != NULL && *cookies != '\0';
         cookies += strcspn(cookies, ";"), cookies += *cookies == ';') {
        cookies += strspn(cookies, " ");
        if (strncmp(cookies, name, size) == 0 && cookies[size] == '=')
            return xstrndup(cookies + size + 1, strcspn(cookies + size + 1, ";"));
    }
    return NULL;
}

/* The header fields of tus 1.0 as input; the body of a PATCH is bytes. -EPROTONOSUPPORT: another type. */
static int tus_read(struct action *a, const struct sio_http_request *r)
{
    static const struct { const char *header, *name; } numbers[] = { { "upload-length", "length" },
                                                                     { "upload-offset", "offset" } };
    const char *metadata = sio_http_header(r, "upload-metadata"), *type = sio_http_header(r, "content-type");
    char key[UPLOAD_KEY_MAX], value[UPLOAD_VALUE_MAX];
    int more = 0;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sio_http_header(r, numbers[i].header) != NULL)
            action_param(a, numbers[i].name, sio_http_header(r, numbers[i].header));
    while (metadata != NULL && (more = upload_metadata_next(&metadata, key, value)) > 0)
        action_param(a, key, value);
    if (more < 0)
        return more;
    if (strcmp(r->method, "PATCH") != 0)
        return r->body.size > 0 ? -EINVAL : 0;
    if (type == NULL || strcasecmp(type, "application/offset+octet-stream") != 0)
        return -EPROTONOSUPPORT;
    a->body = xalloc(r->body.size + 1);
    a->body_size = r->body.size;
    if (r->body.size > 0)
        memcpy(a->body, r->body.at, r->body.size);
    return 0;
}

/* tus 1.0, Tus-Resumable: another version is answered with ours. */
static bool tus_agreed(const struct sio_http_request *r)
{
    const char *version = sio_http_header(r, "tus-resumable");

    if (version != NULL && strcmp(version, "1.0.0") == 0)
        return true;
    problem(r, 412, -EINVAL, "Tus-Resumable must be 1.0.0.",
            (const struct ws_header[]){ { "Tus-Version", "1.0.0" }, { 0 } });
    return false;
}

/* Its members are input, as those of a query. */
static int form_read(struct action *a, const struct sio_http_request *r, const char *type)
{
    static const char form[] = "application/x-www-form-urlencoded";
    char *text;
    int err;

    if (type == NULL || strncasecmp(type, form, sizeof form - 1) != 0)
        return -EPROTONOSUPPORT;
    text = xstrndup(r->body.size > 0 ? (const char *)r->body.at : "", r->body.size);
    err = query_read(a, text);
    free(text);
    return err;
}

static int body_read(struct action *a, const struct sio_http_request *r)
{
    const char *type = sio_http_header(r, "content-type");

    if ((a->flags & TUS) != 0)
        return tus_read(a, r);
    if ((a->flags & FORM) != 0)
        return form_read(a, r, type);
    if (r->body.size == 0)
        return 0;
    /* A form of another site can only send three types, and this is none of them. */
    if (type == NULL || strncasecmp(type, "application/json", 16) != 0 || (type[16] != '\0' && type[16] != ';'
                                                                           && type[16] != ' '))
        return -EPROTONOSUPPORT;
    a->input_text = xalloc(r->body.size + 1);
    memcpy(a->input_text, r->body.at, r->body.size);
    a->input_size = r->body.size;
    return 0;
}

static int who_read(struct action *a, const struct sio_http_request *r)
{
    const char *authorization = sio_http_header(r, "authorization");
    int err;

    if (authorization == NULL)
        return 0;
    if (strncasecmp(authorization, "Bearer ", 7) != 0)
        return -EACCES;
    err = token_check(a->api, authorization + 7, strlen(authorization + 7), &a->who);
    a->logged_in = err == 0;
    return err;
}

/* RFC 9110, 13.1.1: one strong tag, as we gave it, or whatever there is. */
static int version_read(struct action *a, const char *tag)
{
    size_t size = tag != NULL ? strlen(tag) : 0;
    char number[24];

    if (tag == NULL || strcmp(tag, "*") == 0)
        return 0;
    if (size < 3 || size - 2 >= sizeof number || tag[0] != '"' || tag[size - 1] != '"')
        return -EINVAL;
    memcpy(number, tag + 1, size - 2);
    number[size - 2] = '\0';
    action_param(a, "version", number);
    return 0;
}

static void begin(struct api *api, const struct sio_http_request *r, const struct route *row,
                  const struct router_match *match)
{
    struct action *a = action_new(api, row->path, row->may, row->flags);
    int err;

    a->ticket = r->ticket;
    (void)snprintf(a->request_id, sizeof a->request_id, "%s", r->id);
    (void)snprintf(a->address, sizeof a->address, "%s", r->address);
    for (int i = 0; i < match->params_count; i++)
        action_param(a, match->params[i].name, match->params[i].value);
    if ((row->flags & BY_FORM_NEVER) != 0)
        a->cookie_in = cookie_find(sio_http_header(r, "cookie"), "__Host-refresh");
    if ((row->flags & FLOW) != 0)
        a->cookie_in = cookie_find(sio_http_header(r, "cookie"), FLOW_COOKIE);
    if ((row->flags & KEYED) != 0 && sio_http_header(r, "idempotency-key") != NULL)
        a->key = xstrdup(sio_http_header(r, "idempotency-key"));
    if ((row->flags & (CACHED | RANGED)) != 0 && sio_http_header(r, "if-none-match") != NULL)
        a->none_match = xstrdup(sio_http_header(r, "if-none-match"));
    if ((row->flags & RANGED) != 0 && sio_http_header(r, "range") != NULL)
        a->range = xstrdup(sio_http_header(r, "range"));
    if ((row->flags & RANGED) != 0 && sio_http_header(r, "if-range") != NULL)
        a->if_range = xstrdup(sio_http_header(r, "if-range"));
    if ((row->flags & TUS) != 0)
        action_head(a, "Tus-Resumable", "1.0.0");
    err = query_read(a, r->query);
    if (err == 0 && (row->flags & VERSIONED) != 0)
        err = version_read(a, sio_http_header(r, "if-match"));
    if (err == 0)
        err = body_read(a, r);
    if (err == -EPROTONOSUPPORT) {
        problem(r, 415, -EINVAL,
                (row->flags & TUS) != 0    ? "The body must be application/offset+octet-stream."
                : (row->flags & FORM) != 0 ? "The body must be application/x-www-form-urlencoded."
                                           : "The body must be application/json.", NULL);
        action_drop(a);
        return;
    }
    if (err == 0 && (row->flags & BY_FORM_NEVER) != 0 && sio_http_header(r, "x-requested-with") == NULL)
        err = -EINVAL;
    if (err == 0 && (row->flags & SIGNED) != 0)
        err = payments_signed(api, r);
    if (err == 0 && row->may != MAY_ANYBODY)
        err = who_read(a, r);
    if (err == 0 && row->may != MAY_ANYBODY && !a->logged_in)
        err = -EACCES;
    if (err) {
        rest_answer(a, err);
        action_drop(a);
        return;
    }
    action_start(a, row->run, row->steps);
}

void api_rest(void *data, const struct sio_http_request *r)
{
    struct api *api = data;
    struct router_match match;
    int err = router_find(api->router, r->method, r->path, &match);

    if (err == -ENOTSUP) {
        problem(r, 405, -EINVAL, "There is no such method here.",
                (const struct ws_header[]){ { "Allow", match.allow }, { 0 } });
    } else if (err) {
        problem(r, 0, -ENOENT, NULL, NULL);
    } else {
        const struct route *row = match.row;

        if (row->here != NULL)
            row->here(api, r);
        else if ((row->flags & TUS) != 0 && !tus_agreed(r))
            return;
        else
            begin(api, r, row, &match);
    }
}

/* A problem that says what may be done instead (RFC 9457, 3.2). */
static bool problem_explained(struct action *a, const struct status *status)
{
    static const struct ws_header headers[] = { { "Content-Type", "application/problem+json" },
                                                { "Cache-Control", "no-store" }, { 0 } };
    json_t *problem;
    char *text;

    if (a->explained == NULL || (status->http != 403 && status->http != 409 && status->http != 412))
        return false;
    problem = json_pack("{s:s, s:s, s:i, s:s, s:s, s:s}", "type", "about:blank", "title",
                        status->http == 403 ? "Forbidden" : status->http == 409 ? "Conflict"
                                                                                : "Precondition Failed",
                        "status", status->http, "code", status->code,
                        "detail", a->detail != NULL ? a->detail : status->text,
                        "requestId", a->request_id);
    (void)json_object_update(problem, a->explained);
    text = json_dumps(problem, JSON_COMPACT);
    json_decref(problem);
    if (text == NULL)
        return false;
    (void)sio_http_reply(a->ticket, status->http, headers, (struct ws_bytes){ text, strlen(text) });
    free(text);
    return true;
}

/* Kept by whoever asked, and asked for again with its tag (RFC 9110, 13.1.2: compared weakly). */
static void cached_reply(struct action *a)
{
    const struct ws_header headers[] = { { "Cache-Control", "private, no-cache" }, { "ETag", a->tag },
                                         { "Content-Type", a->answer_type }, { 0 } };
    bool is_known = a->none_match != NULL && (strcmp(a->none_match, "*") == 0 ||
                                              strstr(a->none_match, a->tag) != NULL);

    if (is_known)
        (void)sio_http_reply(a->ticket, 304, (const struct ws_header[]){ headers[0], headers[1], { 0 } },
                             (struct ws_bytes){ NULL, 0 });
    else
        (void)sio_http_reply(a->ticket, 200, headers,
                             (struct ws_bytes){ a->answer_text, strlen(a->answer_text) });
}

/* He looks at a page of another site, or at none: a problem document is not for him. */
static void flow_refused(struct action *a, int err)
{
    if (status_of(err)->http >= 500 && err != -EBUSY)
        log_warn("rest.failed", "name=\"%s\" errno=%d request=%s", a->name, -err, a->request_id);
    action_redirect(a, oidc_refused(err));
}

void rest_answer(struct action *a, int err)
{
    if ((a->flags & FLOW) != 0 && err) {
        flow_refused(a, err);
        err = 0;
    }
    if ((a->flags & FORM) != 0 && err == -EACCES)
        err = -EINVAL;                          /* Back-Channel Logout 1.0, 2.8: it has no 401       */

    const struct status *status = err ? status_of(err) : NULL;
    char tag[24];
    struct ws_header headers[5 + HEADS_MAX] = { { "Cache-Control", "no-store" }, { 0 } };
    size_t count = a->answer_status != 0 ? 0 : 1;       /* bytes say themselves who may keep them    */

    for (int i = 0; i < a->heads_count; i++)
        headers[count++] = (struct ws_header){ a->heads[i].name, a->heads[i].value };

    if (a->cookie_out != NULL)
        headers[count++] = (struct ws_header){ "Set-Cookie", a->cookie_out };
    if (status != NULL && problem_explained(a, status))
        return;
    if (status != NULL) {
        if (status->http == 429 || status->http == 503)
            headers[count++] = (struct ws_header){ "Retry-After", status->http == 429 ? "60" : "5" };
        if (status->http == 401)
            headers[count++] = (struct ws_header){ "WWW-Authenticate", "Bearer" };
        if (status->http >= 500)
            log_warn("rest.failed", "name=\"%s\" status=%d errno=%d request=%s", a->name, status->http, -err,
                     a->request_id);
        (void)sio_http_problem(a->ticket, status->http, status->code,
                           a->detail != NULL ? a->detail : status->text, a->request_id,
                           headers + 1);        /* a problem is stored by nobody anyway              */
        return;
    }
    if ((a->flags & CACHED) != 0) {
        cached_reply(a);
        return;
    }
    if (a->answer_status != 0) {
        headers[count++] = (struct ws_header){ "Content-Type", a->answer_type };
        if (a->more_count > 0)
            download_reply(a, headers);
        else
            (void)sio_http_reply(a->ticket, a->answer_status, headers,
                                 (struct ws_bytes){ a->answer_text, a->answer_size });
        return;
    }
    if (a->answer_text == NULL) {
        (void)sio_http_reply(a->ticket, 204, headers, (struct ws_bytes){ NULL, 0 });
        return;
    }
    headers[count++] = (struct ws_header){ "Content-Type", "application/json" };
    if (a->version >= 0) {
        (void)snprintf(tag, sizeof tag, "\"%lld\"", (long long)a->version);
        headers[count++] = (struct ws_header){ "ETag", tag };
    }
    (void)sio_http_reply(a->ticket, (a->flags & CREATED) != 0 ? 201 : 200, headers,
                     (struct ws_bytes){ a->answer_text, strlen(a->answer_text) });
}

int rest_build(struct api *api)
{
    api->router = router_new();
    if (api->router == NULL)
        return -ENOMEM;
    for (const struct route *const *table = route_tables; *table != NULL; table++)
        for (const struct route *row = *table; row->method != NULL; row++) {
            int err = router_add(api->router, row->method, row->path, row);

            if (err)
                return err;
        }
    return 0;
}
