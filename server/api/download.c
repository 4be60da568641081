/* download.c - the rest of a file behind the first piece of its answer: a segment at a time, read in a pool
 * when the connection has room for it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "door.h"
#include "log.h"
#include "net/http_stream.h"
#include "net/pool.h"
#include "storage/segments.h"
#include "xalloc.h"

struct download {
    struct pool            *pool;
    struct segments        *files;
    struct sio_http_ticket  ticket;
    char                    id[DB_ID_SIZE], request_id[REQUEST_ID_SIZE];
    int64_t                 segment, total, from, left;
    size_t                  size;               /* of the piece under way                            */
    int                     err;
    bool                    reading, ended;
    unsigned char           piece[];            /* a segment                                         */
};

/* Beside the loop. */
static void piece_read(void *data)
{
    struct download *d = data;
    const struct segment_file at = { d->id, (size_t)d->segment };

    d->err = segments_read(d->files, &at, d->total, d->from, d->size, d->piece);
}

/* Gone, altered or unreadable: who asked must not take what he has for all of it. */
static void piece_failed(const struct download *d, int err)
{
    log_warn("file.cut", "file=%s at=%lld errno=%d request=%s", d->id, (long long)d->from, -err,
             d->request_id);
    http_stream_cut(d->ticket);
}

static void piece_done(void *data, int error)
{
    struct download *d = data;
    int err = error ? error : d->err;

    if (err && !d->ended) {
        piece_failed(d, err);
    } else if (!d->ended) {
        d->from += (int64_t)d->size;
        d->left -= (int64_t)d->size;
        (void)http_stream_give(d->ticket, (struct ws_bytes){ d->piece, d->size });
    }
    d->reading = false;
    if (d->ended)
        free(d);
}

/* To the end of a segment: none is opened twice but the first. */
static void on_next(void *data)
{
    struct download *d = data;
    int64_t here = d->segment - d->from % d->segment;
    int err;

    d->size = (size_t)(here < d->left ? here : d->left);
    d->reading = true;
    err = pool_submit(d->pool, piece_read, piece_done, d);
    if (err == 0)
        return;
    d->reading = false;
    piece_failed(d, err);
}

static void on_end(void *data)
{
    struct download *d = data;

    d->ended = true;
    if (!d->reading)
        free(d);
}

void download_reply(const struct action *a, const struct ws_header *headers)
{
    static const struct http_source source = { on_next, on_end };
    const struct file_row *f = &a->file;
    struct download *d = xalloc(sizeof *d + (size_t)f->segment);

    *d = (struct download){ .pool = a->api->parts.downloads, .files = a->api->parts.files,
                            .ticket = a->ticket, .segment = f->segment, .total = f->size,
                            .from = a->more_from, .left = a->more_count };
    (void)snprintf(d->id, sizeof d->id, "%s", f->public_id);
    (void)snprintf(d->request_id, sizeof d->request_id, "%s", a->request_id);
    (void)http_stream_reply(a->ticket, a->answer_status, headers,
                            (struct ws_bytes){ a->answer_text, a->answer_size },
                            (int64_t)a->answer_size + a->more_count, &source, d);
}
