/* http_stream.c - asks a source for more when what waits to be sent is little. */
#include "http_stream.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "http_inside.h"

void http_stream_ask(struct http_conn *h)
{
    if (h->source == NULL || h->asked || h->out.size >= HTTP_STREAM_LOW || conn_is_ending(h->conn))
        return;
    h->asked = true;
    h->source->next(h->source_data);
}

void http_stream_end(struct http_conn *h)
{
    const struct http_source *source = h->source;

    h->source = NULL;
    if (source != NULL)
        source->end(h->source_data);
}

int http_stream_reply(struct sio_http_ticket t, int status, const struct ws_header *headers,
                      struct ws_bytes first, int64_t size, const struct http_source *source, void *data)
{
    struct http_conn *h = http_find(t);
    struct http_form form = { .status = status, .headers = headers, .length = size };
    int err = h == NULL ? -ECONNRESET : h->replied ? -EALREADY : 0;

    assert(size > 0 && (int64_t)first.size <= size);
    if (err) {
        source->end(data);
        return err;
    }
    h->source = source;
    h->source_data = data;
    h->source_left = size - (int64_t)first.size;
    h->asked = false;
    err = http_reply_as(h, &form, &first, 1);
    h->last = form.last;
    if (err == 0 && (form.head_only || h->source_left == 0))
        http_stream_end(h);
    if (err == 0 && h->source == NULL && form.last)
        conn_end(h->conn);
    return err;                                 /* cut: the end comes with the connection's          */
}

int http_stream_give(struct sio_http_ticket t, struct ws_bytes piece)
{
    struct http_conn *h = http_find(t);
    int err;

    if (h == NULL || h->source == NULL)
        return -ECONNRESET;
    assert(h->asked && piece.size > 0 && (int64_t)piece.size <= h->source_left);
    err = http_out_add(&h->out, piece);
    if (err) {
        conn_cut(h->conn);
        return err;
    }
    h->asked = false;
    h->source_left -= (int64_t)piece.size;
    if (h->source_left == 0) {
        http_stream_end(h);
        if (h->last || http_is_last(h))
            conn_end(h->conn);
    }
    conn_wake(h->conn);
    return 0;
}

void http_stream_cut(struct sio_http_ticket t)
{
    struct http_conn *h = http_find(t);

    if (h != NULL && h->source != NULL)
        conn_cut(h->conn);
}
