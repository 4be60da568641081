/* fetch.c - libcurl's multi interface, driven by the loop: a poll for each of its sockets and one timer. */
#include "fetch.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <uv.h>

#include "buf.h"
#include "list.h"

struct fetch {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;
    struct list_link asked;
    int count;
    bool closing;
    int handles_open;
};

struct asked { /* one request                                      */
    struct fetch *fetch;
    struct list_link in_asked;
    CURL *easy;
    struct curl_slist *headers;
    struct buf answer;
    bool too_long;
    fetch_done_fn *done;
    void *data;
};

struct watch {
    uv_poll_t poll;
    struct fetch *fetch;
    curl_socket_t socket;
};

/* --- the end ------------------------------------------------------------------------------------------- */

static void handle_ended(struct fetch *f)
{
    if (--f->handles_open == 0)
        free(f);
}

static void asked_free(struct asked *a)
{
    list_remove(&a->in_asked);
    a->fetch->count--;
    (void)curl_multi_remove_handle(a->fetch->multi, a->easy);
    curl_easy_cleanup(a->easy);
    curl_slist_free_all(a->headers);
    buf_finish(&a->answer);
    free(a);
}

static void on_timer_closed(uv_handle_t *handle)
{
    handle_ended(handle->data);
}

void fetch_free(struct fetch *f)
{
    if (f == NULL)
        return;
    f->closing = true;
    while (!list_empty(&f->asked))
        asked_free(CONTAINER_OF(list_first(&f->asked), struct asked, in_asked));
    (void)curl_multi_cleanup(f->multi);
    uv_close((uv_handle_t *)&f->timer, on_timer_closed);
    curl_global_cleanup();
}

/* --- what libcurl wants -------------------------------------------------------------------------------- */

static int status_of(const struct asked *a, CURLcode code)
{
    long status = 0;

    if (a->too_long)
        return -EMSGSIZE;
    if (code == CURLE_OK)
        (void)curl_easy_getinfo(a->easy, CURLINFO_RESPONSE_CODE, &status);
    switch (code) {
    case CURLE_OK: return (int)status;
    case CURLE_OPERATION_TIMEDOUT: return -ETIMEDOUT;
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST: return -ECONNREFUSED;
    case CURLE_OUT_OF_MEMORY: return -ENOMEM;
    default: return -EPROTO;
    }
}

static void reap(struct fetch *f)
{
    CURLMsg *message;
    int left;

    while (!f->closing && (message = curl_multi_info_read(f->multi, &left)) != NULL) {
        struct asked *a = NULL;
        int status;

        if (message->msg != CURLMSG_DONE)
            continue;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&a);
        status = status_of(a, message->data.result);
        a->done(a->data, status, buf_bytes(&a->answer));
        asked_free(a);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct fetch *f = timer->data;
    int running;

    (void)curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    reap(f);
}

/* Called by libcurl, also from within fetch_post(): the timer makes it later. */
static int want_timer(CURLM *multi, long ms, void *data)
{
    struct fetch *f = data;

    (void)multi;
    if (ms < 0)
        return uv_timer_stop(&f->timer) == 0 ? 0 : -1;
    return f->closing || uv_timer_start(&f->timer, on_timer, (uint64_t)ms, 0) == 0 ? 0 : -1;
}

static void on_poll(uv_poll_t *poll, int error, int events)
{
    struct watch *w = poll->data;
    struct fetch *f = w->fetch;
    int flags = (error < 0 ? CURL_CSELECT_ERR : 0) | ((events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0) |
                ((events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0),
        running;

    (void)curl_multi_socket_action(f->multi, w->socket, flags, &running);
    reap(f);
}

static void on_watch_closed(uv_handle_t *handle)
{
    struct watch *w = handle->data;
    struct fetch *f = w->fetch;

    free(w);
    handle_ended(f);
}

static void watch_end(struct watch *w)
{
    (void)uv_poll_stop(&w->poll);
    uv_close((uv_handle_t *)&w->poll, on_watch_closed);
}

static struct watch *watch_new(struct fetch *f, curl_socket_t socket)
{
    struct watch *w = calloc(1, sizeof *w);

    if (w == NULL || uv_poll_init_socket(f->loop, &w->poll, socket) != 0) {
        free(w);
        return NULL;
    }
    *w = (struct watch){ .poll = w->poll, .fetch = f, .socket = socket };
    w->poll.data = w;
    f->handles_open++;
    return w;
}

static int want_socket(CURL *easy, curl_socket_t socket, int what, void *data, void *known)
{
    struct fetch *f = data;
    struct watch *w = known;
    int events =
        ((what & CURL_POLL_IN) != 0 ? UV_READABLE : 0) | ((what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0);

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w != NULL)
            watch_end(w);
        return 0;
    }
    if (w == NULL && (w = watch_new(f, socket)) == NULL)
        return -1;
    (void)curl_multi_assign(f->multi, socket, w);
    return uv_poll_start(&w->poll, events, on_poll) == 0 ? 0 : -1;
}

static size_t on_answer(char *at, size_t one, size_t count, void *data)
{
    struct asked *a = data;

    if (buf_add(&a->answer, at, one * count) == 0)
        return one * count;
    a->too_long = true;
    return 0;
}

/* --- asking -------------------------------------------------------------------------------------------- */

struct fetch *fetch_new(uv_loop_t *loop)
{
    struct fetch *f = calloc(1, sizeof *f);

    if (f == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        (f->multi = curl_multi_init()) == NULL || uv_timer_init(loop, &f->timer) != 0) {
        if (f != NULL)
            (void)curl_multi_cleanup(f->multi);
        free(f);
        return NULL;
    }
    f->loop = loop;
    f->timer.data = f;
    f->handles_open = 1;
    list_init(&f->asked);
    (void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, want_socket);
    (void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
    (void)curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, want_timer);
    (void)curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
    return f;
}

static int headers_add(struct asked *a, const char *const *headers)
{
    for (; *headers != NULL; headers++) {
        struct curl_slist *longer = curl_slist_append(a->headers, *headers);

        if (longer == NULL)
            return -ENOMEM;
        a->headers = longer;
    }
    return 0;
}

/* `body` NULL: a GET. */
static int options_set(struct asked *a, const char *url, const struct ws_bytes *body)
{
    CURL *e = a->easy;
    bool set = curl_easy_setopt(e, CURLOPT_URL, url) == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_PROXY, "") == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)FETCH_MS) == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_HTTPHEADER, a->headers) == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_answer) == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_WRITEDATA, a) == CURLE_OK &&
               curl_easy_setopt(e, CURLOPT_PRIVATE, a) == CURLE_OK;

    if (body != NULL)
        set = set && curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->size) == CURLE_OK &&
              curl_easy_setopt(e, CURLOPT_COPYPOSTFIELDS, body->at) == CURLE_OK;
    return set ? 0 : -ENOMEM;
}

static int ask(struct fetch *f, const char *url, const char *const *headers, const struct ws_bytes *body,
               fetch_done_fn *done, void *data)
{
    struct asked *a;
    int err;

    if (f->count >= FETCH_AT_ONCE)
        return -EBUSY;
    a = calloc(1, sizeof *a);
    if (a == NULL)
        return -ENOMEM;
    a->fetch = f;
    a->done = done;
    a->data = data;
    buf_init(&a->answer, FETCH_ANSWER_MAX);
    list_push(&f->asked, &a->in_asked);
    f->count++;
    a->easy = curl_easy_init();
    err = a->easy != NULL ? headers_add(a, headers) : -ENOMEM;
    if (err == 0)
        err = options_set(a, url, body);
    if (err == 0 && curl_multi_add_handle(f->multi, a->easy) != CURLM_OK)
        err = -ENOMEM;
    if (err)
        asked_free(a);
    return err;
}

int fetch_post(struct fetch *f, const char *url, const char *const *headers, struct ws_bytes body,
               fetch_done_fn *done, void *data)
{
    return ask(f, url, headers, &body, done, data);
}

int fetch_get(struct fetch *f, const char *url, fetch_done_fn *done, void *data)
{
    static const char *const none[] = { NULL };

    return ask(f, url, none, NULL, done, data);
}
