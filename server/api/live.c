/* live.c - the Socket.IO door: a socket logs in, its events become actions, answers become acks. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "calls.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "log.h"
#include "status.h"
#include "xalloc.h"

struct api *live_api(const struct sio_socket *s)
{
    return eio_app(sio_session(s));
}

static struct sio_args text_args(const char *text)
{
    return (struct sio_args){ .text = { text, strlen(text) } };
}

/* --- sessions ------------------------------------------------------------------------------------------ */

static int session_allow(void *app, const struct ws_request *request)
{
    struct api *api = app;
    int err = newcomers_allow(api->newcomers, request->address);

    if (err)
        log_warn("live.crowd", "peer=%s", request->address);
    return err;
}

static void session_opened(struct eio_session *session, const struct ws_request *request)
{
    struct api *api = eio_app(session);

    newcomers_enter(api->newcomers, session, request->address);
}

static void session_closed(struct eio_session *session, enum eio_reason reason)
{
    struct api *api = eio_app(session);

    (void)reason;
    newcomers_leave(api->newcomers, session);
}

const struct eio_handlers *api_session_handlers(void)
{
    static const struct eio_handlers handlers = {
        .allow = session_allow, .on_open = session_opened, .on_close = session_closed,
    };

    return &handlers;
}

/* --- logging in ---------------------------------------------------------------------------------------- */

void live_reject(struct sio_socket *s, int err, const char *request_id)
{
    json_t *data = error_json(err, request_id, NULL);

    sio_reject(s, status_of(err)->text, SIO_JSON(json_pack("[o]", data)));
}

static void token_ended(void *data)
{
    struct live_member *m = data;
    struct sio_socket *s = sio_find(m->api->live, m->socket);

    if (s != NULL)
        sio_disconnect(s, true);
}

static void ends_set(struct live_member *m, int64_t expires_utc)
{
    int64_t left_s = expires_utc - clock_utc();

    timer_set(m->ends, left_s > 0 ? left_s * 1000 : 0);
}

static int rooms_join(const struct action *a, struct sio_socket *s, struct live_member *m)
{
    char room[ROOM_SIZE];
    int err;

    room_name(room, "user", m->user);
    err = sio_join(s, room);
    room_name(room, "session", m->session);
    if (err == 0)
        err = sio_join(s, room);
    return err ? err : live_board_join(m, s, a->clinic_id);
}

static void member_begin(struct live_member *m, struct sio_socket *s, const struct action *a)
{
    newcomers_leave(m->api->newcomers, sio_session(s));
    if (rooms_join(a, s, m) != 0) {
        sio_disconnect(s, true);                /* on_disconnect frees the member                    */
        return;
    }
    m->entered = true;
    presence_enter(m->api->presence, PRESENCE_ANYWHERE, m->user);
    ends_set(m, a->who.expires_utc);
}

static void accept_member(struct action *a, struct sio_socket *s)
{
    struct api *api = a->api;
    struct live_member *m = xalloc(sizeof *m);
    char user[ROOM_SIZE];

    *m = (struct live_member){ .api = api };
    (void)snprintf(m->user, sizeof m->user, "%s", a->session.user.public_id);
    (void)snprintf(m->session, sizeof m->session, "%s", a->session.public_id);
    (void)snprintf(m->role, sizeof m->role, "%s", a->session.user.role);
    (void)snprintf(m->socket, sizeof m->socket, "%s", a->socket);
    m->ends = timer_new(api->parts.timers, false, token_ended, m);
    room_name(user, "user", m->user);
    if ((int64_t)sio_room_size(api->live, user) >= api->parts.config->sockets_per_user_max) {
        live_reject(s, -EDQUOT, a->request_id);
    } else if (sio_accept(s, m) == 0) {
        member_begin(m, s, a);
        return;
    }
    timer_free(m->ends);
    free(m);
}

static void leave_presence(const char *room, void *data)
{
    const struct live_member *m = data;

    if (strncmp(room, "consult:", 8) == 0)
        presence_leave(m->api->presence, room + 8, m->user);
    if (strncmp(room, "leg:", 4) == 0)
        calls_lost(m->api, room);
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    struct live_member *m = sio_data(s);

    (void)reason;
    if (m == NULL)
        return;
    sio_rooms_of(s, leave_presence, m);
    if (m->entered)
        presence_leave(m->api->presence, PRESENCE_ANYWHERE, m->user);
    timer_free(m->ends);
    free(m);
}

/* --- events -------------------------------------------------------------------------------------------- */

static void ack_error(struct sio_ack ack, int err, const char *request_id, json_t *explained)
{
    json_t *error = error_json(err, request_id, explained);

    (void)sio_answer(ack, SIO_JSON(json_pack("[{s:b, s:o}]", "ok", 0, "error", error)));
}

static void on_event(const struct sio_call *c)
{
    struct api *api = live_api(c->socket);
    struct live_member *m = sio_data(c->socket);
    const struct live_event *row = c->event->data;

    if (m == NULL)
        return;                                 /* not accepted yet: the library lets none through   */
    if (row->relay != NULL) {
        live_relay(api, c, row);
        return;
    }

    struct action *a = action_new(api, row->name, row->may, 0);

    request_id_make(a->request_id);
    if (m->jobs >= api->parts.config->jobs_per_socket_max || c->args.binary_count > 0) {
        ack_error(c->ack, c->args.binary_count > 0 ? -EINVAL : -EBUSY, a->request_id, NULL);
        action_drop(a);
        return;
    }
    a->live = a->logged_in = true;
    a->ack = c->ack;
    (void)snprintf(a->socket, sizeof a->socket, "%s", sio_id(c->socket));
    (void)snprintf(a->who.user, sizeof a->who.user, "%s", m->user);
    (void)snprintf(a->who.session, sizeof a->who.session, "%s", m->session);
    a->input_size = c->args.text.size;
    if (a->input_size > 0) {
        a->input_text = xalloc(a->input_size + 1);
        memcpy(a->input_text, c->args.text.at, a->input_size);
    }
    m->jobs++;
    action_start(a, row->run, NULL);
}

static void on_unknown(const struct sio_call *c)
{
    char request_id[REQUEST_ID_SIZE];

    request_id_make(request_id);
    ack_error(c->ack, -EINVAL, request_id, NULL);
}

void live_answer(struct action *a, int err)
{
    struct sio_socket *s = sio_find(a->api->live, a->socket);
    struct live_member *m = s != NULL ? sio_data(s) : NULL;

    if (err && status_of(err)->http >= 500)
        log_warn("live.failed", "name=%s errno=%d request=%s", a->name, -err, a->request_id);
    if (a->connecting) {
        if (s != NULL && err)
            live_reject(s, err, a->request_id);
        else if (s != NULL)
            accept_member(a, s);
        return;
    }
    if (m != NULL)
        m->jobs--;
    if (err)
        ack_error(a->ack, err, a->request_id, a->explained);
    else
        (void)sio_answer(a->ack, text_args(a->answer_text != NULL ? a->answer_text : "{\"ok\":true}"));
}

/* --- effects ------------------------------------------------------------------------------------------- */

struct others { struct sio_socket *to; const char *consult, *self; };

static char *presence_text(const char *consult, const char *user, bool online)
{
    return xprintf("{\"consult\":\"%s\",\"user\":\"%s\",\"online\":%s}", consult, user,
                   online ? "true" : "false");
}

static void tell_online(struct sio_socket *s, void *data)
{
    const struct others *o = data;
    const struct live_member *m = sio_data(s);

    if (m == NULL || strcmp(m->user, o->self) == 0)
        return;

    char *text = presence_text(o->consult, m->user, true);

    (void)sio_emit(o->to, "presence:changed", text_args(text), 0);
    free(text);
}

int live_join(struct action *a)
{
    struct sio_socket *s = sio_find(a->api->live, a->socket);
    struct live_member *m = s != NULL ? sio_data(s) : NULL;
    char room[ROOM_SIZE];
    int err;

    if (m == NULL)
        return 0;                               /* it left: nobody waits for the answer              */
    room_name(room, "consult", a->consult_id);
    if (sio_in(s, room))
        return 0;
    err = sio_join(s, room);
    if (err == -ENOTCONN)
        return 0;                               /* it is leaving: the same                           */
    if (err)
        return err == -ENOBUFS ? -EDQUOT : err;
    /* The answer says who was online when it was read; who came since is told now. */
    sio_each(a->api->live, (struct sio_to){ .rooms = SIO_ROOMS(room) }, tell_online,
             &(struct others){ s, a->consult_id, m->user });
    presence_enter(a->api->presence, a->consult_id, m->user);
    return 0;
}

static void leave_room(struct sio_socket *s, const char *room)
{
    if (!sio_in(s, room))
        return;
    leave_presence(room, sio_data(s));
    sio_leave(s, room);
}

void live_leave(struct api *api, const char *socket, const char *room)
{
    struct sio_socket *s = sio_find(api->live, socket);

    if (s != NULL)
        leave_room(s, room);
}

static void out(struct sio_socket *s, void *room)
{
    leave_room(s, *(const char **)room);
}

void live_out(struct api *api, const char *user_room, const char *room)
{
    (void)sio_each(api->live, (struct sio_to){ .rooms = SIO_ROOMS(user_room) }, out, &room);
}

/* Whoever held it before does not any more: a socket that is dead and not yet known to be. */
void live_leg_hold(struct api *api, const char *socket, const char *room)
{
    struct sio_socket *s = sio_find(api->live, socket);

    sio_join_all(api->live, (struct sio_to){ .rooms = SIO_ROOMS(room) }, room, false);
    if (s == NULL || sio_data(s) == NULL || sio_join(s, room) != 0)
        calls_lost(api, room);
}

void live_renew(const struct action *a, int64_t expires_utc)
{
    struct sio_socket *s = sio_find(a->api->live, a->socket);

    if (s == NULL || sio_data(s) == NULL)
        return;
    ends_set(sio_data(s), expires_utc);
    if (live_board_join(sio_data(s), s, a->clinic_id) != 0)
        sio_disconnect(s, true);
}

void live_presence_changed(void *data, const char *consult, const char *user, bool online)
{
    struct api *api = data;
    char room[ROOM_SIZE], *text;

    jobs_soon(api->jobs);                       /* lines, pauses and evidence: jobs.c looks          */
    if (strcmp(consult, PRESENCE_ANYWHERE) == 0)
        return;
    text = presence_text(consult, user, online);
    room_name(room, "consult", consult);
    (void)sio_broadcast(api->live, (struct sio_to){ .rooms = SIO_ROOMS(room) }, "presence:changed",
                        text_args(text));
    free(text);
}

void live_build(struct api *api)
{
    size_t count = 0;

    for (const struct live_event *const *table = event_tables; *table != NULL; table++)
        for (const struct live_event *row = *table; row->name != NULL; row++)
            count++;
    api->events = xalloc((count + 1) * sizeof *api->events);
    count = 0;
    for (const struct live_event *const *table = event_tables; *table != NULL; table++)
        for (const struct live_event *row = *table; row->name != NULL; row++)
            api->events[count++] = (struct sio_event){ row->name, on_event, row };
    api->handlers = (struct sio_handlers){ .on_connect = live_login, .on_disconnect = on_disconnect,
                                           .otherwise = on_unknown, .events = api->events };
}
