/* eio_handshake.c - keeps the head of a request, in one piece of memory. */
#include <stdlib.h>
#include <string.h>

#include "eio_server.h"

static size_t text_size(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

/* Copies a string to *to and moves behind it. */
static const char *put(char **to, const char *text)
{
    size_t size = text_size(text);
    char *at = *to;

    if (text == NULL)
        return NULL;
    memcpy(at, text, size);
    *to += size;
    return at;
}

struct ws_request *eio_request_copy(const struct ws_request *r)
{
    size_t count = 0, size = text_size(r->method) + text_size(r->path) + text_size(r->query)
                             + text_size(r->address);
    struct ws_request *copy;
    struct ws_header *headers;
    char *to;

    for (; r->headers != NULL && r->headers[count].name != NULL; count++)
        size += text_size(r->headers[count].name) + text_size(r->headers[count].value);
    copy = malloc(sizeof *copy + (count + 1) * sizeof *headers + size);
    if (copy == NULL)
        return NULL;

    headers = (struct ws_header *)(copy + 1);
    to = (char *)(headers + count + 1);
    for (size_t i = 0; i < count; i++) {
        headers[i].name = put(&to, r->headers[i].name);
        headers[i].value = put(&to, r->headers[i].value);
    }
    headers[count] = (struct ws_header){ NULL, NULL };
    *copy = (struct ws_request){ .method = put(&to, r->method), .path = put(&to, r->path),
                                 .query = put(&to, r->query), .address = put(&to, r->address),
                                 .headers = headers, .secure = r->secure };
    return copy;
}
