/* eio_fixture.h - an application of a raw engine, in a world: it notes what it hears, and echoes if asked. */
#ifndef EIO_FIXTURE_H
#define EIO_FIXTURE_H

#include <errno.h>
#include <stdio.h>

#include "fixture/world.h"
#include "test.h"

#define POLLING "EIO=4&transport=polling"
#define WEBSOCKET "EIO=4&transport=websocket"
#define QUICK { .ping_interval_ms = 300, .ping_timeout_ms = 200, .upgrade_timeout_ms = 1000 }

static inline void eio_on_open(struct eio_session *s, const struct ws_request *request)
{
    world_note(eio_app(s), "open %s\n", request->query);
}

static inline void eio_on_message(struct eio_session *s, enum ws_type type, struct ws_bytes bytes)
{
    world_note(eio_app(s), "%s %.*s\n", type == WS_TEXT ? "text" : "binary", (int)bytes.size,
               (const char *)bytes.at);
    if (bytes.size > 0 && *(const char *)bytes.at == 'e')
        CHECK_INT(eio_send(s, type, bytes, 0), 0);
    if (bytes.size > 0 && *(const char *)bytes.at == 'c')
        eio_close(s);
}

static inline void eio_on_upgrade(struct eio_session *s)
{
    world_note(eio_app(s), "upgrade\n");
}

static inline void eio_on_drained(struct eio_session *s)
{
    world_note(eio_app(s), "drained\n");
}

static inline void eio_on_close(struct eio_session *s, enum eio_reason reason)
{
    CHECK_INT(eio_send(s, WS_TEXT, WS_LITERAL("late"), 0), -ENOTCONN);
    world_note(eio_app(s), "close %s\n", eio_reason_text(reason));
}

static const struct eio_handlers eio_app_handlers = {
    .on_open = eio_on_open, .on_message = eio_on_message, .on_upgrade = eio_on_upgrade,
    .on_close = eio_on_close,
};

static inline void engine_init(struct world *w, const struct eio_options *options)
{
    world_init(w, 1);
    world_engine(w, options, &eio_app_handlers);
}

/* A session that polls: its query with the sid. Queries live until the next one of the same slot. */
static inline const char *poller(struct world *w, char query[128])
{
    struct peer *p = world_get(w, POLLING);
    char sid[64];

    CHECK_INT(p->status, 200);
    world_sid(peer_body(p), sid);
    (void)snprintf(query, 128, POLLING "&sid=%s", sid);
    world_drop(p);
    (void)world_log(w);
    return query;
}

/* The same query for a WebSocket. */
static inline const char *as_websocket(const char *polling, char query[128])
{
    (void)snprintf(query, 128, WEBSOCKET "%.80s", polling + strlen(POLLING));
    return query;
}

static inline struct eio_session *session_of(struct world *w, const char *query)
{
    return eio_find(w->engine, strstr(query, "sid=") + 4);
}

/* A poll or a push that is answered at once, exactly so. */
static inline void check_reply(struct peer *p, int status, const char *body)
{
    CHECK(p->done);
    CHECK_INT(p->status, status);
    CHECK_STR(peer_body(p), body);
    world_drop(p);
}


#define CHECK_SILENT(peer) CHECK(world_next(peer) == NULL)

#endif
