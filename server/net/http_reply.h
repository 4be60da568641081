/* http_reply.h - replies as bytes: a queue of pieces that a connection sends. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "buf.h"
#include "sio_http.h"
#include "list.h"

struct http_out { struct list_link pieces; size_t size; };      /* unsent                           */

struct http_form {                              /* how a reply is written                           */
    int  status;
    const struct ws_header *always, *headers;   /* either may be NULL                               */
    bool head_only;                             /* to HEAD                                          */
    bool last;                                  /* Connection: close                                */
    bool lent;                                  /* the parts stand until the program ends           */
    int64_t length;                             /* of the body, more of which comes later; 0: of the parts */
};

void http_out_init(struct http_out *);
void http_out_finish(struct http_out *);
int  http_out_add(struct http_out *, struct ws_bytes);          /* copies; -ENOMEM                  */
int  http_out_reply(struct http_out *, const struct http_form *, const struct ws_bytes *parts,
                    int parts_count);
int  http_out_parts(const struct http_out *, struct ws_bytes *parts, int parts_max);
void http_out_sent(struct http_out *, size_t size);

const char *http_status_text(int status);       /* "Not Found"; "Status" for numbers without a name  */

/* The document of sio_http_problem(), appended; -ENOMEM. */
int  http_problem_write(struct buf *, int status, const char *code, const char *detail, const char *id);

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7) of seconds since 1970. */
enum { HTTP_DATE_SIZE = 30 };
void http_date_write(int64_t utc, char at[HTTP_DATE_SIZE]);

#endif
