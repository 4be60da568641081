/* router.h - (method, "/path/{x}") -> row. It knows no resource: a row is whatever the caller's table
 * holds. */
#ifndef ROUTER_H
#define ROUTER_H

#include <stddef.h>

enum { ROUTER_PARAMS_MAX = 8, ROUTER_PATH_MAX = 1024 };

struct router;

struct router_match {                           /* filled by router_find(); no pointer outside itself */
    const void *row;
    int         params_count;
    struct { const char *name, *value; } params[ROUTER_PARAMS_MAX];     /* name: of the pattern's table */
    char        path[ROUTER_PATH_MAX];          /* the values live here                             */
    char        allow[96];                      /* "GET, HEAD, POST": after -ENOTSUP, for Allow     */
};

struct router *router_new(void);                /* NULL: -ENOMEM                                    */
void           router_free(struct router *);    /* NULL is fine                                     */

/* `method`, `pattern` and `row` are lent for the router's life. 0; -EINVAL: not like "/a/{b}/c" (a
 * parameter is a whole segment, at most ROUTER_PARAMS_MAX, no name twice); -EEXIST: the same method and
 * shape; -ENOMEM. */
int router_add(struct router *, const char *method, const char *pattern, const void *row);

/* `path` as in sio_http_request. A literal segment wins over a parameter, from the left; a parameter is never
 * empty; "/a/" is not "/a". HEAD finds the row of GET when it has none. 0; -ENOENT: no such path (404);
 * -ENOTSUP: the path exists with other methods (405), ret_match->allow names them. */
int router_find(const struct router *, const char *method, const char *path, struct router_match *ret_match);

const char *router_param(const struct router_match *, const char *name);   /* NULL: the pattern has none */

#endif
