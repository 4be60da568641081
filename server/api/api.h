/* api.h - the product on its two doors. One object a process; app.c makes it from what it needs. */
#ifndef API_H
#define API_H

#include <stdbool.h>

struct api;
struct config;
struct db;
struct eio_handlers;
struct fetch;
struct sio_http_request;
struct pool;
struct seal_keys;
struct segments;
struct sio_handlers;
struct sio_namespace;
struct timers;
struct token_key;
struct worker;

struct api_parts {                              /* all lent until api_free()                         */
    const struct config *config;
    struct worker       *worker;
    struct pool         *passwords;             /* at most two at once: 32 MiB each                  */
    struct pool         *looks;                 /* at files: one at a time                           */
    struct pool         *downloads;             /* reads what is sent of files                       */
    struct timers       *timers;
    struct fetch        *fetch;                 /* NULL: the outbox waits                            */
    struct token_key    *token_key;
    struct seal_keys    *seal_keys;
    struct segments     *files;                 /* NULL: none are taken                              */
};

struct api *api_new(const struct api_parts *);
void        api_free(struct api *);             /* after the loop and the worker ended               */
const struct sio_handlers *api_live_handlers(const struct api *);      /* of namespace "/"           */
const struct eio_handlers *api_session_handlers(void);                  /* of its engine; app: the api */
void        api_live_set(struct api *, struct sio_namespace *);         /* the same, once it exists  */
void        api_rest(void *api, const struct sio_http_request *);           /* all of /api, /healthz, …  */
void        api_drain(struct api *);            /* takes nothing new: everything answers busy        */
bool        api_is_idle(const struct api *);    /* no action is under way                            */

#endif
