/* effects.c - everything an action wants outside the database: kept until the commit, then done in order. */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "auth/digest.h"
#include "door.h"
#include "log.h"
#include "status.h"
#include "xalloc.h"

void room_name(char room[ROOM_SIZE], const char *kind, const char *id)
{
    (void)snprintf(room, ROOM_SIZE, "%s:%s", kind, id);
}

bool leg_room_name(char room[ROOM_SIZE], const char *consult, const char *leg)
{
    int size = snprintf(room, ROOM_SIZE, "leg:%s:%s", consult, leg);

    return size > 0 && size < ROOM_SIZE;
}

json_t *error_json(int err, const char *request_id, json_t *explained)
{
    const struct status *status = status_of(err);
    json_t *error = json_pack("{s:s, s:s, s:s}", "code", status->code, "message", status->text, "requestId",
                              request_id);

    if (error != NULL && explained != NULL)
        (void)json_object_update(error, explained);
    return error;
}

static struct effect *effect_add(struct action *a, enum effect_kind kind, const char *room_kind,
                                 const char *id)
{
    struct effect *e = xalloc(sizeof *e);

    e->kind = kind;
    room_name(e->room, room_kind, id);
    *a->effects_end = e;
    a->effects_end = &e->next;
    return e;
}

int action_answer(struct action *a, json_t *take)
{
    if (take == NULL)
        return -ENOMEM;
    json_decref(a->answer);
    a->answer = take;
    if (!a->live || a->connecting)
        return 0;

    json_t *answer = json_pack("{s:b}", "ok", 1);

    if (answer == NULL || json_object_update(answer, take) != 0) {
        json_decref(answer);
        return -ENOMEM;
    }
    a->answer = answer;
    json_decref(take);
    return 0;
}

/* A strong tag: the same text, octet by octet (RFC 9110, 8.8.1). */
int action_answer_text(struct action *a, const char *type, char *take)
{
    unsigned char hash[DIGEST_SIZE];
    int err = digest_sha256(take, strlen(take), hash);

    free(a->answer_text);
    a->answer_text = take;
    a->answer_type = type;
    a->tag[0] = '"';
    for (size_t i = 0; i < 16; i++)
        (void)snprintf(a->tag + 1 + 2 * i, 3, "%02x", (unsigned)hash[i]);
    a->tag[33] = '"';
    return err;
}

void action_answer_bytes(struct action *a, const char *type, unsigned char *take, size_t size, int status)
{
    assert(a->answer_text == NULL && status != 0 && (size > 0) == (status != 304));
    a->answer_text = (char *)take;
    a->answer_size = size;
    a->answer_type = type;
    a->answer_status = status;
}

void action_answer_more(struct action *a, int64_t from, int64_t count)
{
    assert(a->answer_size > 0 && from > 0 && count >= 0);
    a->more_from = from;
    a->more_count = count;
}

void action_redirect(struct action *a, const char *location)
{
    a->answer_status = 302;
    a->answer_type = "text/plain";
    action_head(a, "Location", "%s", location);
    action_head(a, "Cache-Control", "no-store");
}

void action_head(struct action *a, const char *name, const char *format, ...)
{
    va_list args;
    char *value = NULL;

    assert(a->heads_count < HEADS_MAX);
    va_start(args, format);
    if (vasprintf(&value, format, args) < 0)
        abort();
    va_end(args);
    a->heads[a->heads_count].name = name;
    a->heads[a->heads_count++].value = value;
}

void action_enough(struct action *a)
{
    a->enough = true;
}

int action_publish(struct action *a, enum publish to, const char *id, const char *event, const json_t *body)
{
    return action_publish_last(a, to, id, NULL, event, body);
}

static bool is_published(const char *event)
{
    for (const char *const *e = published_events; *e != NULL; e++)
        if (strcmp(*e, event) == 0)
            return true;
    return false;
}

/* The one that is to be said again; NULL: none. */
static struct effect *effect_said(struct action *a, const char *room, const char *object, const char *event)
{
    struct effect *e = a->effects;

    while (e != NULL && (e->kind != EFFECT_PUBLISH || e->object == NULL || strcmp(e->object, object) != 0 ||
                         strcmp(e->room, room) != 0 || strcmp(e->event, event) != 0))
        e = e->next;
    return e;
}

int action_publish_last(struct action *a, enum publish to, const char *id, const char *object,
                        const char *event, const json_t *body)
{
    static const struct { const char *kind, *more; } rooms[] = {
        [TO_CONSULT] = { "consult", "" }, [TO_CONSULT_ALL] = { "consult", "" }, [TO_USER] = { "user", "" },
        [TO_USER_ALL] = { "user", "" }, [TO_BOARD] = { "clinic", ":board" },
    };
    char *text = json_dumps(body, JSON_COMPACT), room[ROOM_SIZE], name[ROOM_SIZE];
    struct effect *e;

    assert(is_published(event));                /* so that the contract has it                       */
    if (text == NULL)
        return -ENOMEM;
    (void)snprintf(name, sizeof name, "%s%s", id, rooms[to].more);
    room_name(room, rooms[to].kind, name);
    e = object != NULL ? effect_said(a, room, object, event) : NULL;
    if (e != NULL) {
        free(e->text);
        e->text = text;
        return 0;
    }
    e = effect_add(a, EFFECT_PUBLISH, rooms[to].kind, name);
    e->event = xstrdup(event);
    e->text = text;
    e->object = object != NULL ? xstrdup(object) : NULL;
    e->but_self = to == TO_CONSULT || to == TO_USER;
    return 0;
}

void action_join(struct action *a)
{
    (void)effect_add(a, EFFECT_JOIN, "consult", a->consult_id);
}

void action_leave(struct action *a)
{
    (void)effect_add(a, EFFECT_LEAVE, "consult", a->consult_id);
}

void action_out(struct action *a, const char *user)
{
    effect_add(a, EFFECT_OUT, "consult", a->consult_id)->object = xprintf("user:%s", user);
}

void action_renew(struct action *a, int64_t expires_utc)
{
    effect_add(a, EFFECT_RENEW, "user", a->session.user.public_id)->expires_utc = expires_utc;
}

void action_cut(struct action *a, const char *session)
{
    (void)effect_add(a, EFFECT_CUT, "session", session);
}

void action_cut_user(struct action *a, const char *user)
{
    (void)effect_add(a, EFFECT_CUT, "user", user);
}

static void leg_effect(struct action *a, enum effect_kind kind, const char *consult, const char *leg)
{
    struct effect *e = effect_add(a, kind, "leg", "");
    bool fits = leg_room_name(e->room, consult, leg);

    assert(fits);                               /* both are ids of ours                              */
}

void action_leg_hold(struct action *a, const char *leg)
{
    leg_effect(a, EFFECT_LEG_HOLD, a->consult_id, leg);
}

void action_leg_drop(struct action *a, const char *consult, const char *leg)
{
    leg_effect(a, EFFECT_LEG_DROP, consult, leg);
}

void action_set_cookie(struct action *a, const char *refresh_token, int64_t life_s)
{
    free(a->cookie_out);
    a->cookie_out = xprintf("__Host-refresh=%s; Path=/; Max-Age=%lld; HttpOnly; Secure; SameSite=Strict",
                            refresh_token, (long long)life_s);
}

int action_explain(struct action *a, const char *name, json_t *take)
{
    if (a->explained == NULL)
        a->explained = json_object();
    return json_object_set_new(a->explained, name, take) != 0 ? -ENOMEM : 0;
}

void action_send(struct action *a, int64_t entry, const char *topic, const char *body)
{
    struct effect *e = effect_add(a, EFFECT_SEND, "", "");

    e->entry = entry;
    e->event = xstrdup(topic);
    e->text = xstrdup(body);
}

void action_due(struct action *a, int64_t due_utc)
{
    if (a->due_utc == 0 || due_utc < a->due_utc)
        a->due_utc = due_utc;
}

void action_refuse(struct action *a, int err)
{
    a->refused = err;
}

bool action_joins(const struct action *a)
{
    for (const struct effect *e = a->effects; e != NULL; e = e->next)
        if (e->kind == EFFECT_JOIN)
            return true;
    return false;
}

static void publish(const struct action *a, const struct effect *e)
{
    struct sio_args args = { .text = { e->text, strlen(e->text) } };
    struct sio_to to = { .rooms = SIO_ROOMS(e->room),
                         .except = a->live && e->but_self ? SIO_ROOMS(a->socket) : NULL };
    int reached = sio_broadcast(a->api->live, to, e->event, args);

    if (reached < 0)
        log_error("publish.failed", "event=%s room=%s errno=%d", e->event, e->room, -reached);
}

static void apply(const struct action *a, const struct effect *e)
{
    switch (e->kind) {
    case EFFECT_PUBLISH:
        publish(a, e);
        break;
    case EFFECT_JOIN:                           /* done before the answer: live_join()               */
        break;
    case EFFECT_LEAVE:
        live_leave(a->api, a->socket, e->room);
        break;
    case EFFECT_OUT:
        live_out(a->api, e->object, e->room);
        break;
    case EFFECT_RENEW:
        live_renew(a, e->expires_utc);
        break;
    case EFFECT_SEND:
        outbox_send(a->api, e->entry, e->event, e->text);
        break;
    case EFFECT_LEG_HOLD:
        live_leg_hold(a->api, a->socket, e->room);
        break;
    case EFFECT_LEG_DROP:
        sio_join_all(a->api->live, (struct sio_to){ .rooms = SIO_ROOMS(e->room) }, e->room, false);
        break;
    case EFFECT_CUT:
        sio_disconnect_all(a->api->live, (struct sio_to){ .rooms = SIO_ROOMS(e->room) }, true);
        break;
    }
}

static void effect_free(struct effect *e)
{
    free(e->event);
    free(e->object);
    free(e->text);
    free(e);
}

void action_effects_apply(struct action *a)
{
    for (const struct effect *e = a->effects; e != NULL; e = e->next)
        apply(a, e);
    action_effects_drop(a);
}

void action_effects_drop(struct action *a)
{
    while (a->effects != NULL) {
        struct effect *e = a->effects;

        a->effects = e->next;
        effect_free(e);
    }
    a->effects_end = &a->effects;
}
