/* ws_server.c - settings, deadlines and the connections of one loop. */
#include "ws_server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ws_deflate.h"

/* Copies a list of strings into one piece of memory. NULL stays NULL; false for no memory. */
static bool strings_copy(const char *const **list)
{
    size_t count = 0, bytes = 0;
    const char **copy;
    char *text;

    if (*list == NULL)
        return true;
    for (; (*list)[count] != NULL; count++)
        bytes += strlen((*list)[count]) + 1;
    copy = malloc((count + 1) * sizeof *copy + bytes);
    if (copy == NULL)
        return false;

    text = (char *)(copy + count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen((*list)[i]) + 1;

        copy[i] = memcpy(text, (*list)[i], size);
        text += size;
    }
    copy[count] = NULL;
    *list = copy;
    return true;
}

static int64_t limit(int64_t given, int64_t usual)
{
    assert(given >= -1);
    return given == 0 ? usual : given == -1 ? INT64_MAX : given;
}

/* The options with every default in its place; -1 became the greatest number. */
static struct ws_options completed(const struct ws_options *given)
{
    struct ws_options o = given != NULL ? *given : (struct ws_options){ 0 };

    o.message_max = limit(o.message_max, 1000000);
    o.unsent_max = limit(o.unsent_max, 4 << 20);
    o.fragments_max = o.fragments_max == 0 ? 1000 : o.fragments_max == -1 ? INT32_MAX : o.fragments_max;
    o.deflate_window_bits = o.deflate_window_bits == 0 ? 15 : o.deflate_window_bits;
    o.deflate_min = o.deflate_min == 0 ? 1024 : o.deflate_min == -1 ? 0 : o.deflate_min;
    assert(o.deflate_window_bits >= 9 && o.deflate_window_bits <= 15 && o.deflate_min >= 0);
    o.close_timeout_ms = o.close_timeout_ms == 0 ? 10000 : o.close_timeout_ms;
    return o;
}

struct ws_server *ws_server_new(const struct ws_options *options, const struct ws_handlers *handlers,
                                const struct ws_host *host, void *app)
{
    struct ws_server *s = malloc(sizeof *s);

    assert(host != NULL && host->now_ms != NULL && host->random != NULL && host->sha1 != NULL);
    assert(host->wake != NULL && host->close != NULL);
    if (s == NULL)
        return NULL;
    *s = (struct ws_server){ .options = completed(options), .host = *host, .app = app };
    if (handlers != NULL)
        s->handlers = *handlers;
    list_init(&s->conns);

    if (!strings_copy(&s->options.origins))
        goto fail;
    if (!strings_copy(&s->options.protocols))
        goto fail_origins;
    if (s->options.deflate) {
        s->deflater = ws_deflater_new(s->options.deflate_window_bits);
        if (s->deflater == NULL)
            goto fail_protocols;
    }
    return s;

fail_protocols:
    free((void *)s->options.protocols);
fail_origins:
    free((void *)s->options.origins);
fail:
    free(s);
    return NULL;
}

int64_t ws_server_tick(struct ws_server *s)
{
    int64_t now_ms = s->host.now_ms(s->host.loop);
    struct heap_entry *due;

    while ((due = heap_due(&s->deadlines, now_ms)) != NULL)
        ws_conn_deadline(CONTAINER_OF(due, struct ws_conn, deadline));
    return heap_sleep_ms(&s->deadlines, now_ms);
}

void ws_server_close(struct ws_server *s)
{
    s->closed = true;
    LIST_EACH(at, after, &s->conns)
        ws_close(CONTAINER_OF(at, struct ws_conn, in_server), 1001, NULL);
}

/* The host may still hold connections: they are told, cut loose, and freed when it says ws_lost(). */
void ws_server_free(struct ws_server *s)
{
    struct list_link *at;

    if (s == NULL)
        return;
    while ((at = list_shift(&s->conns)) != NULL) {
        struct ws_conn *c = CONTAINER_OF(at, struct ws_conn, in_server);

        c->state = WS_ENDED;
        ws_conn_tell(c, 1006, "", 0);
        heap_remove(&s->deadlines, &c->deadline);
        c->server = NULL;
        c->protocol = NULL;
    }
    heap_finish(&s->deadlines);
    ws_deflater_free(s->deflater);
    free((void *)s->options.origins);
    free((void *)s->options.protocols);
    free(s);
}

void ws_each(struct ws_server *s, void (*visit)(struct ws_conn *, void *data), void *data)
{
    LIST_EACH(at, after, &s->conns) {
        struct ws_conn *c = CONTAINER_OF(at, struct ws_conn, in_server);

        if (c->state == WS_OPEN)
            visit(c, data);
    }
}
