/* sio_json.h - the one-pass check of JSON text (RFC 8259), as JSON.parse() takes it: NUL and lone surrogates
 * as escapes, integers of any size and doubled names are fine. Nothing is built: slices of the text. */
#ifndef SIO_JSON_H
#define SIO_JSON_H

#include "websocket.h"

enum { SIO_DEPTH_MAX = 10000 };                 /* with no other limit                              */

struct sio_json_limits {
    int depth_max;                              /* of one value: [[1]] is 2 deep                    */
    int values_max;                             /* in the array                                     */
    int attachments;                            /* placeholders must point below it; -1: plain data */
};
struct sio_json_array {
    struct ws_bytes first, rest, all;           /* values with the commas between, no brackets      */
    size_t count;
};

/* 0; -EPROTO: it is none; -EMSGSIZE: past a limit. White space around the value is not taken. */
int sio_json_array(struct ws_bytes text, const struct sio_json_limits *, struct sio_json_array *ret_array);
int sio_json_value(struct ws_bytes text, const struct sio_json_limits *);

/* Decodes a checked string with its quotes; ret_size is without the NUL. -EILSEQ: a NUL or a lone surrogate
 * in it; -EMSGSIZE: it does not fit. `at` needs no more than the size of the text. */
int sio_json_unquote(struct ws_bytes string, char *at, size_t size, size_t *ret_size);

/* The same to the end of a buffer, whatever is in it: a lone surrogate becomes its three bytes. */
struct buf;
int sio_json_plain(struct ws_bytes string, struct buf *);

/* Is this checked string, with its quotes, the literal? Escapes are seen through. */
bool sio_json_is(struct ws_bytes string, const char *literal);

/* Steps over checked text: behind the string with its quotes that begins here. */
const char *sio_json_string_end(const char *);
static inline bool sio_json_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The value of a member of a checked object; false: there is none. */
bool sio_json_member(struct ws_bytes object, const char *name, struct ws_bytes *ret_value);

/* Adds text as a JSON string with its quotes. Non-ASCII stays as it is. 0, -EMSGSIZE, -ENOMEM. */
int sio_json_quote(struct buf *, struct ws_bytes text);

#endif
