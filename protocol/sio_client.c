/* sio_client.c - from the messages of a session to the packets of its sockets. */
#include "sio_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "eio_session.h"
#include "sio_frames.h"
#include "sio_msgpack.h"
#include "sio_recovery.h"
#include "sio_socket.h"

#define FORCED "forced server close"            /* the reference's word for a packet out of place   */

static void joining_fire(struct eio_timer *timer)
{
    sio_client_close(CONTAINER_OF(timer, struct sio_client, joining), FORCED);
}

static struct sio_client *client_new(struct sio_server *io, struct eio_session *session)
{
    struct sio_client *c;

    if (eio_timers_reserve(io->engine, 1) != 0)
        return NULL;
    c = malloc(sizeof *c);
    if (c == NULL) {
        eio_timers_release(io->engine, 1);
        return NULL;
    }
    *c = (struct sio_client){ .server = io, .session = session, .joining.fire = joining_fire };
    list_init(&c->sockets);
    sio_decoder_init(&c->decoder, &io->limits);
    if (io->connect_timeout_ms > 0)
        eio_timer_set(io->engine, &c->joining, eio_now(io->engine) + io->connect_timeout_ms);
    eio_session_limit(session, io->connect_max);
    return c;
}

static void client_free(struct sio_client *c)
{
    eio_timer_stop(c->server->engine, &c->joining);
    eio_timers_release(c->server->engine, 1);
    sio_decoder_finish(&c->decoder);
    free(c);
}

static void leave_all(struct sio_client *c, const char *reason)
{
    LIST_EACH(at, after, &c->sockets)
        sio_socket_leave(CONTAINER_OF(at, struct sio_socket, in_client), reason);
}

void sio_client_close(struct sio_client *c, const char *reason)
{
    leave_all(c, reason);
    eio_close(c->session);
}

void sio_client_joined(struct sio_client *c)
{
    eio_timer_stop(c->server->engine, &c->joining);
    eio_session_limit(c->session, c->server->engine->options.ws.message_max);
}

/* The client's socket in a namespace. One that is leaving is only found when there is no other. */
static struct sio_socket *socket_of(struct sio_client *c, struct ws_bytes namespace)
{
    struct sio_socket *left = NULL;

    LIST_EACH(at, after, &c->sockets) {
        struct sio_socket *s = CONTAINER_OF(at, struct sio_socket, in_client);

        if (strlen(s->namespace->name) != namespace.size
            || memcmp(s->namespace->name, namespace.at, namespace.size) != 0)
            continue;
        if (s->state != SIO_LEAVING)
            return s;
        left = s;
    }
    return left;
}

static int refuse(struct sio_client *c, const char *namespace, const char *json)
{
    int err = sio_send_packet(c->server, c->session, SIO_CONNECT_ERROR, namespace,
                              (struct ws_bytes){ json, strlen(json) });

    return err == -ENOMEM ? err : 0;            /* all other errors are on their way already        */
}

static int admit(struct sio_client *c, struct sio_namespace *ns, struct sio_args auth)
{
    struct sio_socket *s = sio_socket_new(c, ns, sio_ticket_wake(ns, auth.text));

    if (s == NULL) {
        sio_namespace_tidy(ns);
        return -ENOMEM;
    }
    if (ns->handlers.on_connect != NULL)
        ns->handlers.on_connect(s, auth);
    else
        return sio_accept(s, NULL) == -ENOMEM ? -ENOMEM : 0;
    return 0;
}

static int connect(struct sio_client *c, const struct sio_packet *packet)
{
    char name[SIO_NAME_MAX + 1];
    struct sio_namespace *ns = NULL;

    if (packet->namespace.size > SIO_NAME_MAX)
        return -EMSGSIZE;
    memcpy(name, packet->namespace.at, packet->namespace.size);
    name[packet->namespace.size] = '\0';
    if (c->sockets_size >= c->server->namespaces_max)
        return refuse(c, name, "{\"message\":\"Too many namespaces\"}");
    if (strlen(name) == packet->namespace.size)
        ns = sio_namespace_match(c->server, name);
    if (ns == NULL)
        return refuse(c, name, "{\"message\":\"Invalid namespace\"}");
    return admit(c, ns, packet->args);
}

/* CONNECT where it is not joined, and all else only where it is. */
static bool in_place(const struct sio_socket *s, enum sio_type type)
{
    if (type == SIO_CONNECT)
        return s == NULL || s->state == SIO_LEAVING;
    return s != NULL;
}

/* A whole packet, or (result 0) one whose attachments are still to come: those are not even waited for if the
 * packet is out of place. */
static void receive(struct sio_client *c, int result, const struct sio_packet *packet)
{
    struct sio_socket *s;

    if (result < 0) {
        sio_client_close(c, eio_reason_text(EIO_FORCED_CLOSE));
        return;
    }
    s = socket_of(c, packet->namespace);
    if (!in_place(s, packet->type)) {
        sio_client_close(c, FORCED);
        return;
    }
    if (result == 0)
        return;
    result = packet->type == SIO_CONNECT ? connect(c, packet) : sio_socket_receive(s, packet);
    if (result < 0)
        sio_client_close(c, eio_reason_text(EIO_FORCED_CLOSE));
}

/* From the engine. */

static struct sio_server *server_of(const struct eio_session *session)
{
    return eio_server_of(session)->upper;
}

static void on_open(struct eio_session *session, const struct ws_request *request)
{
    struct sio_server *io = server_of(session);
    struct sio_client *c = client_new(io, session);

    if (io->handlers.on_open != NULL)
        io->handlers.on_open(session, request);
    eio_set_upper(session, c);
    if (c == NULL)
        eio_close(session);
}

static void on_message(struct eio_session *session, enum ws_type type, struct ws_bytes bytes)
{
    struct sio_client *c = eio_upper(session);
    struct sio_packet packet;
    int result;

    if (c->server->msgpack)
        result = type == WS_BINARY ? sio_msgpack_decode(&c->decoder, bytes, &c->server->limits, &packet)
                                   : -EPROTO;
    else if (type == WS_TEXT)
        result = sio_decoder_text(&c->decoder, bytes, &c->server->limits, &packet);
    else
        result = sio_decoder_binary(&c->decoder, bytes, &packet);
    receive(c, result, &packet);
    if (result != 0)
        sio_decoder_finish(&c->decoder);        /* who is silent after a big packet keeps nothing   */
}

static void on_upgrade(struct eio_session *session)
{
    const struct sio_server *io = server_of(session);

    if (io->handlers.on_upgrade != NULL)
        io->handlers.on_upgrade(session);
}

static void on_drained(struct eio_session *session)
{
    const struct sio_server *io = server_of(session);

    if (io->handlers.on_drained != NULL)
        io->handlers.on_drained(session);
}

/* The sockets hear of it while the session can still be asked. */
static void on_close(struct eio_session *session, enum eio_reason reason)
{
    const struct sio_server *io = server_of(session);
    struct sio_client *c = eio_upper(session);
    struct list_link *at;

    if (c != NULL) {
        leave_all(c, eio_reason_text(reason));
        while ((at = list_first(&c->sockets)) != NULL)
            sio_socket_end(CONTAINER_OF(at, struct sio_socket, in_client));
    }
    if (io->handlers.on_close != NULL)
        io->handlers.on_close(session, reason);
    if (c != NULL)
        client_free(c);
}

const struct eio_handlers sio_client_handlers = {
    .on_open = on_open, .on_message = on_message, .on_upgrade = on_upgrade, .on_drained = on_drained,
    .on_close = on_close,
};
