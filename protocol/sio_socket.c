/* sio_socket.c - the life of a socket, from its CONNECT to its on_disconnect, and the events between them. */
#include "sio_socket.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sio_frames.h"
#include "sio_held.h"
#include "sio_json.h"
#include "sio_recovery.h"

#define TO(state) (1u << (state))
static const unsigned may_become[] = {
    [SIO_PENDING] = TO(SIO_JOINED) | TO(SIO_LEAVING),
    [SIO_JOINED]  = TO(SIO_LEAVING),
    [SIO_LEAVING] = 0,
};

static void socket_become(struct sio_socket *s, enum sio_state next)
{
    assert(may_become[s->state] & TO(next));
    s->state = next;
}

/* Life. */

/* Names it: by its ticket, or anew. */
static int identify(struct sio_socket *s, struct sio_ticket *ticket)
{
    struct sio_server *io = s->namespace->server;

    s->ticket = ticket;
    s->recovered = ticket != NULL;
    if (ticket == NULL) {
        eio_random_text(io->engine, s->id, SIO_ID_SIZE);
        s->ticket = io->recovery == NULL ? NULL : sio_ticket_new(s);
        return io->recovery != NULL && s->ticket == NULL ? -ENOMEM : 0;
    }
    ticket->socket = s;
    memcpy(s->id, ticket->id, sizeof s->id);
    return 0;
}

struct sio_socket *sio_socket_new(struct sio_client *client, struct sio_namespace *ns,
                                  struct sio_ticket *ticket)
{
    struct sio_socket *s = malloc(sizeof *s);

    if (s == NULL)
        goto fail;
    *s = (struct sio_socket){ .client = client, .namespace = ns };
    list_init(&s->asks);
    list_init(&s->held);
    if (identify(s, ticket) != 0)
        goto fail;
    ticket = s->ticket;
    if (sio_slot_take(client->server, s, &s->slot) != 0)
        goto fail;
    if (map_add(&ns->sockets, map_key(s->id), s) != 0)
        goto fail_slot;
    list_push(&client->sockets, &s->in_client);
    client->sockets_size++;
    return s;

fail_slot:
    sio_slot_give(client->server, s->slot);
fail:
    sio_ticket_drop(ticket);
    free(s);
    return NULL;
}

void sio_socket_free(struct sio_socket *s)
{
    struct sio_namespace *ns = s->namespace;

    assert(s->state == SIO_LEAVING && list_empty(&s->asks));
    sio_room_exit_all(s);
    sio_held_drop(s);
    sio_owed_finish(&s->owed);
    (void)map_remove(&ns->sockets, map_key(s->id));
    sio_slot_give(ns->server, s->slot);
    list_remove(&s->in_turn);
    list_remove(&s->in_client);
    s->client->sockets_size--;
    free(s);
    sio_namespace_tidy(ns);
}

void sio_socket_leave(struct sio_socket *s, const char *reason)
{
    struct sio_server *io = s->namespace->server;

    if (s->state == SIO_LEAVING)
        return;
    socket_become(s, SIO_LEAVING);
    s->reason = reason;
    list_remove(&s->in_turn);                   /* it may have been waking                          */
    list_push(&io->leaving, &s->in_turn);
    eio_task_add(io->engine, &io->task);
}

void sio_socket_end(struct sio_socket *s)
{
    const struct sio_handlers *handlers = &s->namespace->handlers;

    assert(s->state == SIO_LEAVING);
    list_remove(&s->in_turn);
    sio_asks_reset(s);
    if (s->accepted && handlers->on_disconnect != NULL)
        handlers->on_disconnect(s, s->reason);
    if (s->ticket != NULL)
        sio_ticket_leave(s->ticket);
    sio_socket_free(s);
}

/* {"sid":...,"pid":...}: the pid is a secret. */
static int acceptance(struct buf *json, const struct sio_socket *s)
{
    if (s->ticket == NULL)
        return buf_printf(json, "{\"sid\":\"%s\"}", s->id);
    return buf_printf(json, "{\"sid\":\"%s\",\"pid\":\"%s\"}", s->id, s->ticket->pid);
}

static int enter(struct sio_socket *s)
{
    int err = sio_room_enter(s->namespace->everybody, s);

    if (err || s->ticket == NULL)
        return err;
    err = sio_ticket_accept(s->ticket);
    s->recovered = s->ticket->returning;
    return err;
}

int sio_accept(struct sio_socket *s, void *data)
{
    struct sio_server *io = s->namespace->server;
    struct buf json;
    int err;

    if (s->state != SIO_PENDING || io->freeing)
        return s->state == SIO_JOINED ? -EALREADY : -ENOTCONN;
    buf_init(&json, 128);
    err = enter(s);
    if (err == 0)
        err = acceptance(&json, s);
    if (err == 0)
        err = sio_send_packet(io, s->client->session, SIO_CONNECT, s->namespace->name, buf_bytes(&json));
    buf_finish(&json);
    if (err) {
        sio_room_exit_all(s);
        return err;
    }
    socket_become(s, SIO_JOINED);
    s->accepted = true;
    s->data = data;
    sio_client_joined(s->client);
    if (s->ticket != NULL)
        sio_ticket_accepted(s->ticket);
    if (!list_empty(&s->held)) {
        list_push(&io->waking, &s->in_turn);
        eio_task_add(io->engine, &io->task);
    }
    return 0;
}

bool sio_recovered(const struct sio_socket *s)
{
    return s->recovered;
}

/* {"message":...,"data":...}, as the reference sends an error of its middleware. */
static int rejection(struct buf *json, const char *message, struct ws_bytes data)
{
    int err = buf_add_text(json, "{\"message\":");

    if (err == 0)
        err = sio_json_quote(json, (struct ws_bytes){ message, strlen(message) });
    if (err == 0 && data.size > 0)
        err = buf_add_text(json, ",\"data\":");
    if (err == 0)
        err = buf_add(json, data.at, data.size);
    return err == 0 ? buf_add_byte(json, '}') : err;
}

/* Who cannot be told loses the session: else the client would believe to be here still. */
static void told(struct sio_socket *s, int err)
{
    if (err == -ENOMEM)
        eio_close(s->client->session);
}

void sio_reject(struct sio_socket *s, const char *message, struct sio_args data)
{
    struct buf json, printed;
    int err;

    if (s->state != SIO_PENDING) {
        sio_args_drop(&data);
        return;
    }
    buf_init(&json, BUF_NO_LIMIT);
    buf_init(&printed, BUF_NO_LIMIT);
    err = sio_args_print(&data, &printed);
    if (err == 0)
        err = rejection(&json, message, data.text);
    if (err == 0)
        err = sio_send_packet(s->namespace->server, s->client->session, SIO_CONNECT_ERROR,
                              s->namespace->name, buf_bytes(&json));
    told(s, err);
    buf_finish(&json);
    buf_finish(&printed);
    sio_socket_leave(s, "");                    /* nobody is told                                   */
}

static void disconnect_here(struct sio_socket *s)
{
    static const struct ws_bytes none = { NULL, 0 };

    if (s->state == SIO_PENDING) {
        sio_reject(s, "disconnected", SIO_NONE);
    } else if (s->state == SIO_JOINED) {
        told(s, sio_send_packet(s->namespace->server, s->client->session, SIO_DISCONNECT,
                                s->namespace->name, none));
        sio_socket_leave(s, "server namespace disconnect");
    }
}

/* To close: first every namespace is left, then the session ends, in one go. */
void sio_disconnect(struct sio_socket *s, bool close)
{
    struct list_link *sockets = &s->client->sockets;

    disconnect_here(s);
    if (!close)
        return;
    LIST_EACH(at, after, sockets)
        disconnect_here(CONTAINER_OF(at, struct sio_socket, in_client));
    eio_close(s->client->session);
}

/* What comes in. */

/* The decoded name. One that holds what C or UTF-8 cannot (a NUL, half a character) keeps its escapes. */
static int read_name(struct sio_server *io, struct ws_bytes json, const char **ret_name)
{
    bool quoted = *(const char *)json.at == '"';
    struct buf *name = &io->name;
    unsigned char *to;
    size_t size;
    int err;

    buf_clear(name);
    err = buf_reserve(name, json.size + 1, &to);
    if (err)
        return err;
    if (!quoted || sio_json_unquote(json, (char *)to, json.size, &size) != 0) {
        size = json.size - 2 * quoted;
        memcpy(to, (const char *)json.at + quoted, size);
        to[size] = '\0';
    }
    *ret_name = (const char *)to;
    return 0;
}

static int receive_event(struct sio_socket *s, const struct sio_packet *packet)
{
    const struct sio_handlers *handlers = &s->namespace->handlers;
    struct sio_server *io = s->namespace->server;
    struct sio_call call = { .socket = s, .args = packet->args };
    int err;

    err = read_name(io, packet->name, &call.name);
    if (err == 0 && packet->id != SIO_NO_ID)
        err = sio_owed_add(&s->owed, packet->id);
    if (err)
        return err;

    if (packet->id != SIO_NO_ID)
        call.ack = (struct sio_ack){ io, s->slot, (uint64_t)packet->id };
    call.event = sio_namespace_event(s->namespace, call.name);
    if (handlers->before != NULL && handlers->before(&call) < 0)
        return 0;
    if (s->state != SIO_JOINED)                 /* `before` has shown it out                        */
        return 0;
    if (call.event != NULL)
        call.event->handle(&call);
    else if (handlers->otherwise != NULL)
        handlers->otherwise(&call);
    return 0;
}

int sio_socket_receive(struct sio_socket *s, const struct sio_packet *packet)
{
    if (s->state == SIO_LEAVING)
        return 0;
    if (packet->type == SIO_DISCONNECT) {       /* also takes back a CONNECT that waits             */
        sio_socket_leave(s, "client namespace disconnect");
        return 0;
    }
    if (packet->type == SIO_ACK) {              /* need not wait: who is not let in was not asked   */
        sio_ask_answered(s, packet->id, packet->args);
        return 0;
    }
    if (s->state == SIO_PENDING || !list_empty(&s->held))
        return sio_held_add(s, packet);
    return receive_event(s, packet);
}

void sio_socket_deliver(struct sio_socket *s)
{
    struct sio_held *held;

    while (s->state == SIO_JOINED && (held = sio_held_shift(s)) != NULL) {
        int err = receive_event(s, &held->packet);

        free(held);
        if (err)
            sio_client_close(s->client, "forced close");
    }
}

int sio_emit(struct sio_socket *s, const char *event, struct sio_args args, unsigned flags)
{
    struct sio_recovery *r = flags & SIO_VOLATILE ? NULL : s->namespace->server->recovery;
    char offset[SIO_OFFSET_MAX];
    struct sio_frames frames;
    int err;

    if (s->state != SIO_JOINED) {
        sio_args_drop(&args);
        return -ENOTCONN;
    }
    err = sio_frames_make(&frames, s->namespace->server, SIO_EVENT, s->namespace->name, SIO_NO_ID, event,
                          args, r == NULL ? NULL : sio_log_offset(r, offset));
    if (err == 0 && r != NULL)
        sio_log_packet(s->namespace, NULL, s->ticket, &frames, flags);
    if (err == 0)
        err = sio_frames_send(&frames, s->client->session, flags);
    sio_frames_drop(&frames);
    return err;
}

const char *sio_id(const struct sio_socket *s)
{
    return s->id;
}

void *sio_data(const struct sio_socket *s)
{
    return s->data;
}

struct eio_session *sio_session(const struct sio_socket *s)
{
    return s->client->session;
}

struct sio_namespace *sio_namespace(const struct sio_socket *s)
{
    return s->namespace;
}
