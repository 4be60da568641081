/* fetch.h - asking other servers over HTTP from the loop: GET or POST, one answer, one deadline. No
 * redirects, no proxy, certificates are checked. */
#ifndef FETCH_H
#define FETCH_H

#include "websocket.h"

enum { FETCH_ANSWER_MAX = 65536, FETCH_MS = 10000, FETCH_AT_ONCE = 64 };

struct uv_loop_s;
struct fetch;

struct fetch *fetch_new(struct uv_loop_s *); /* NULL: no memory                                  */
/* What is under way is dropped without a word. Memory ends in the loop's next turn; NULL is fine. */
void fetch_free(struct fetch *);

/* `status`: of HTTP, or a negative errno: -ECONNREFUSED it was not reached, -ETIMEDOUT, -EMSGSIZE its answer
 * is too long, -EPROTO. `body` is lent for the call. Never called from within fetch_post(), fetch_get(). */
typedef void fetch_done_fn(void *data, int status, struct ws_bytes body);
/* `url` (http, https), `headers` ("Name: value", ends with NULL) and `body` are copied. -EBUSY: FETCH_AT_ONCE
 * are under way; -ENOMEM. Then nothing is called. */
int fetch_post(struct fetch *, const char *url, const char *const *headers, struct ws_bytes body,
               fetch_done_fn *done, void *data);
int fetch_get(struct fetch *, const char *url, fetch_done_fn *done, void *data);        /* the same   */

#endif
