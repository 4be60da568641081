/* http_reply.c - writes the head of a reply and queues it with its body; what is lent is not copied. */
#include "http_reply.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEAD_USUAL = 512 };

struct piece {
    struct list_link in_out;
    struct ws_bytes  left;                      /* unsent                                           */
    char             own[];
};

const struct ws_header sio_http_security_headers[] = {
    { "Content-Security-Policy",
      "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; "
      "style-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'" },
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { NULL, NULL },
};

void http_out_init(struct http_out *out)
{
    list_init(&out->pieces);
    out->size = 0;
}

void http_out_finish(struct http_out *out)
{
    struct list_link *link;

    while ((link = list_shift(&out->pieces)) != NULL)
        free(CONTAINER_OF(link, struct piece, in_out));
    out->size = 0;
}

static int add(struct http_out *out, const struct ws_bytes *parts, int count, bool lent)
{
    struct piece *piece;
    size_t size = 0;

    for (int i = 0; i < count; i++)
        size += parts[i].size;
    if (size == 0)
        return 0;
    assert(!lent || count == 1);
    piece = malloc(sizeof *piece + (lent ? 0 : size));
    if (piece == NULL)
        return -ENOMEM;

    piece->in_out = (struct list_link){ NULL, NULL };
    piece->left = (struct ws_bytes){ lent ? parts[0].at : piece->own, size };
    if (!lent)
        for (size_t i = 0, at = 0; i < (size_t)count; at += parts[i].size, i++)
            if (parts[i].size > 0)
                memcpy(piece->own + at, parts[i].at, parts[i].size);
    list_push(&out->pieces, &piece->in_out);
    out->size += size;
    return 0;
}

int http_out_add(struct http_out *out, struct ws_bytes bytes)
{
    return add(out, &bytes, 1, false);
}

static int write_line(struct buf *head, const char *name, const char *value)
{
    return buf_add_texts(head, (const char *const[]){ name, ": ", value, "\r\n", NULL });
}

/* The system's calendar, once a reply: a server with a clock says when (RFC 9110, 6.6.1). */
static int write_date(struct buf *head)
{
    char date[HTTP_DATE_SIZE];
    struct timespec now;

    if (clock_gettime(CLOCK_REALTIME, &now) != 0)
        return 0;
    http_date_write(now.tv_sec, date);
    return write_line(head, "Date", date);
}

static int write_headers(struct buf *head, const struct ws_header *headers)
{
    int err = 0;

    for (; err == 0 && headers != NULL && headers->name != NULL; headers++) {
        assert(strpbrk(headers->name, "\r\n: ") == NULL && strpbrk(headers->value, "\r\n") == NULL);
        err = write_line(head, headers->name, headers->value);
    }
    return err;
}

static bool has_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

static int write_status(struct buf *head, int status)
{
    unsigned char *room;
    int err = buf_reserve(head, HEAD_USUAL, &room);     /* grown once, not line by line             */

    if (err == 0)
        err = buf_add_text(head, "HTTP/1.1 ");
    if (err == 0)
        err = buf_add_number(head, status);
    if (err == 0)
        err = buf_add_byte(head, ' ');
    if (err == 0)
        err = buf_add_text(head, http_status_text(status));
    return err ? err : buf_add(head, "\r\n", 2);
}

static int write_length(struct buf *head, size_t size)
{
    int err = buf_add_text(head, "Content-Length: ");

    if (err == 0)
        err = buf_add_number(head, (int64_t)size);
    return err ? err : buf_add(head, "\r\n", 2);
}

static int write_head(struct buf *head, const struct http_form *form, size_t body_size)
{
    int err = write_status(head, form->status);

    if (err == 0)
        err = write_date(head);
    if (err == 0)
        err = write_headers(head, form->always);
    if (err == 0)
        err = write_headers(head, form->headers);
    if (err == 0 && has_body(form->status))
        err = write_length(head, body_size);
    if (err == 0 && form->status == 426)        /* RFC 9110, 7.8: Upgrade is said to the next hop   */
        err = buf_add_text(head, "Connection: upgrade\r\n");
    if (err == 0 && form->last)
        err = buf_add_text(head, "Connection: close\r\n");
    return err ? err : buf_add_text(head, "\r\n");
}

static int add_with_body(struct http_out *out, struct buf *head, const struct http_form *form,
                         const struct ws_bytes *parts, int count)
{
    struct ws_bytes bytes = buf_bytes(head);
    int err;

    if (count > 0 && !form->lent) {             /* one piece for both: what is small stays whole    */
        for (int i = 0; i < count; i++) {
            err = buf_add(head, parts[i].at, parts[i].size);
            if (err)
                return err;
        }
        bytes = buf_bytes(head);
    }
    err = add(out, &bytes, 1, false);
    for (int i = 0; i < count && form->lent && err == 0; i++)
        err = add(out, &parts[i], 1, true);
    return err;
}

int http_out_reply(struct http_out *out, const struct http_form *form, const struct ws_bytes *parts,
                   int count)
{
    size_t body_size = 0;
    struct buf head;
    int err;

    for (int i = 0; i < count; i++)
        body_size += parts[i].size;
    if (form->length > 0)
        body_size = (size_t)form->length;
    buf_init(&head, BUF_NO_LIMIT);
    err = write_head(&head, form, body_size);
    if (err == 0)
        err = add_with_body(out, &head, form, parts, form->head_only || !has_body(form->status) ? 0 : count);
    buf_finish(&head);
    return err;
}

int http_out_parts(const struct http_out *out, struct ws_bytes *parts, int parts_max)
{
    int count = 0;

    for (struct list_link *at = out->pieces.next; at != &out->pieces && count < parts_max; at = at->next)
        parts[count++] = CONTAINER_OF(at, struct piece, in_out)->left;
    return count;
}

void http_out_sent(struct http_out *out, size_t size)
{
    assert(size <= out->size);

    out->size -= size;
    while (size > 0) {
        struct piece *piece = CONTAINER_OF(list_first(&out->pieces), struct piece, in_out);
        size_t taken = size < piece->left.size ? size : piece->left.size;

        piece->left.at = (const char *)piece->left.at + taken;
        piece->left.size -= taken;
        size -= taken;
        if (piece->left.size == 0) {
            list_remove(&piece->in_out);
            free(piece);
        }
    }
}
