/* head.h - the head of an HTTP request, as far as a WebSocket needs it (own_loop.c). A program that answers
 * other requests, too, wants a parser that knows RFC 9112; sio_uv.h has one. */
#ifndef HEAD_H
#define HEAD_H

#include <ctype.h>
#include <string.h>

#include "websocket.h"

enum { HEADERS_MAX = 32 };
struct head { struct ws_request request; struct ws_header headers[HEADERS_MAX + 1]; };

/* `bytes` end in a NUL where the head's empty line was; they are cut up. */
static inline int head_read(char *bytes, struct head *ret_head)
{
    char *rest, *word, *line = strtok_r(bytes, "\r\n", &rest);

    *ret_head = (struct head){ .request = { .query = "", .headers = ret_head->headers } };
    ret_head->request.method = line != NULL ? strtok_r(line, " ", &word) : NULL;
    ret_head->request.path = line != NULL ? strtok_r(NULL, " ", &word) : NULL;
    for (int i = 0; i < HEADERS_MAX && (line = strtok_r(NULL, "\r\n", &rest)) != NULL; i++) {
        char *value = strchr(line, ':');

        if (value == NULL)
            return -1;
        *value++ = '\0';
        ret_head->headers[i] = (struct ws_header){ line, value + strspn(value, " ") };
        for (; *line != '\0'; line++)
            *line = (char)tolower((unsigned char)*line);        /* as ws_request wants the names    */
    }
    return ret_head->request.path != NULL ? 0 : -1;
}

#endif
