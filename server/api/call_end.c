/* call_end.c - how calls end: by those who leave, by the clock, and with the consult. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "config.h"
#include "consults.h"
#include "door.h"
#include "notifications.h"
#include "storage/store_consult.h"
#include "storage/store_guest.h"
#include "storage/store_message.h"
#include "xalloc.h"

static const char *id_of(const json_t *object)
{
    return json_string_value(json_object_get(object, "id"));
}

int call_say(struct action *a, struct db *db, const struct call_row *call, const char *code)
{
    char client_id[DB_ID_SIZE];
    struct message_new new = { .client_id = client_id, .text = code, .kind = "system", .unseen = true };
    json_t *message = NULL;
    int err;

    db_id_make(db, "sys_", client_id);
    err = store_message_add(db, call->consult, call->by, &new, &message);
    if (err < 0)
        return err == -ESHUTDOWN ? 0 : err;     /* a consult that is over says nothing more          */
    err = action_publish(a, TO_CONSULT_ALL, call->consult_id, "message:new", message);
    json_decref(message);
    return err ? err : consult_publish_unread(a, db, call->consult, NULL);
}

int call_tell(struct action *a, struct db *db, const struct call_row *call, enum publish to,
              const char *event, const char *user)
{
    json_t *one = NULL, *users = NULL, *hearer, *body = NULL;
    size_t i;
    int err = store_call_get(db, call->id, &one);

    if (err == 0)
        err = store_call_hearers(db, call->consult, &users);
    if (err == 0)
        body = json_pack("{s:s, s:O, s:s}", "consult", call->consult_id, "call", one, "user", user);
    if (err == 0 && body == NULL)
        err = -ENOMEM;
    json_array_foreach(users, i, hearer)
        if (err == 0)
            err = action_publish(a, to, id_of(hearer), event, body);
    json_decref(one);
    json_decref(users);
    json_decref(body);
    return err;
}

/* Those who could have answered. */
static int missed_tell(struct action *a, struct db *db, const struct call_row *call)
{
    json_t *users = NULL, *user;
    size_t i;
    int err = store_call_hearers(db, call->consult, &users);

    json_array_foreach(users, i, user)
        if (err == 0 && !json_is_true(json_object_get(user, "isGuest")) && strcmp(id_of(user),
                                                                                 call->by_id) != 0)
            err = notify_call_missed(a, db, call->consult_id, call->public_id, id_of(user));
    json_decref(users);
    return err;
}

static int legs_drop(struct action *a, struct db *db, const struct call_row *call)
{
    struct leg_row legs[8];
    int count = store_leg_each(db, call->id, (int)(sizeof legs / sizeof *legs), legs);

    for (int i = 0; i < count; i++)
        action_leg_drop(a, legs[i].consult_id, legs[i].public_id);
    return count < 0 ? count : 0;
}

int call_over(struct action *a, struct db *db, const struct call_row *call, const char *reason,
              enum publish to, const char *event, const char *user)
{
    bool missed = strcmp(call->state, "ringing") == 0;
    int err = legs_drop(a, db, call);

    if (err == 0)
        err = store_call_end(db, call->id, reason);
    if (err == 0)
        err = call_tell(a, db, call, to, event, user);
    if (err == 0)
        err = call_say(a, db, call, missed ? "call-missed" : "call-ended");
    if (err == 0 && missed && strcmp(reason, "declined") != 0)
        err = missed_tell(a, db, call);
    return err;
}

/* Somebody who takes part, and one more. */
static int goes_on(struct db *db, const struct call_row *call)
{
    struct consult_access access;
    struct leg_row legs[8];
    int count = store_leg_each(db, call->id, (int)(sizeof legs / sizeof *legs), legs), err;

    for (int i = 0; i < count && count > 1; i++) {
        err = store_consult_access(db, call->consult_id, legs[i].user, &access);
        if (err != -ENOENT)
            return err ? err : 1;
    }
    return count < 0 ? count : 0;
}

int call_part(struct action *a, struct db *db, const struct leg_row *leg, const char *reason, enum publish to)
{
    struct call_row call;
    bool failed = false;
    int err = store_call_by_id(db, leg->call, &call), on;

    if (err == 0)
        err = store_leg_leave(db, leg->id);
    if (err)
        return err;
    action_leg_drop(a, leg->consult_id, leg->public_id);
    on = goes_on(db, &call);
    if (on < 0)
        return on;
    if (on > 0)
        return call_tell(a, db, &call, to, "call:leave", leg->user_id);
    err = store_call_has_failed(db, call.id, &failed);
    return err ? err : call_over(a, db, &call, failed ? "failed" : reason, to, "call:leave", leg->user_id);
}

/* --- with the consult ---------------------------------------------------------------------------------- */

int calls_follow(struct action *a, struct db *db, int64_t consult)
{
    json_t *users = NULL, *user;
    struct call_row call;
    int64_t on;
    size_t i;
    int err = db_int(db, &on, "SELECT state IN('open', 'active', 'paused') FROM consultation WHERE id = $1",
                     ARGS(INT(consult)));

    if (err || on)
        return err;
    err = store_call_live(db, consult, &call);
    if (err == 0)
        err = call_over(a, db, &call, "hangup", TO_USER_ALL, "call:leave", call.by_id);
    if (err == 0 || err == -ENOENT)
        err = store_guest_remove_all(db, consult, &users);
    if (err)
        return err;
    json_array_foreach(users, i, user)
        action_cut_user(a, id_of(user));
    json_decref(users);
    return 0;
}

/* --- by the clock -------------------------------------------------------------------------------------- */

static int rung_out(struct action *a, struct db *db)
{
    int64_t calls[CALL_DUE_MAX];
    struct call_row call;
    int count = store_call_rung_out(db, calls), err = count < 0 ? count : 0;

    for (int i = 0; i < count && err == 0; i++) {
        err = store_call_by_id(db, calls[i], &call);
        if (err == 0)
            err = call_over(a, db, &call, "timeout", TO_USER_ALL, "call:leave", call.by_id);
    }
    return err;
}

static int gone_for_good(struct action *a, struct db *db, int64_t grace_s)
{
    struct leg_row legs[CALL_DUE_MAX], now;
    int count = store_leg_lost(db, db_now(db) - grace_s, legs), err = count < 0 ? count : 0;

    for (int i = 0; i < count && err == 0; i++) {
        err = store_leg_of(db, legs[i].user, &now);     /* the one before may have ended the call    */
        if (err == 0)
            err = now.id == legs[i].id ? call_part(a, db, &now, "failed", TO_USER_ALL) : 0;
        else if (err == -ENOENT)
            err = 0;
    }
    return err;
}

int calls_watch(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    struct api *api = action_api(a);
    int64_t grace_s = api->parts.config->call_grace_s;
    int err = api->calls_recovered ? 0 : store_leg_lose_all(db);

    if (err)
        return err;
    api->calls_recovered = true;
    err = rung_out(a, db);
    if (err == 0)
        err = gone_for_good(a, db, grace_s);
    return err ? err : store_call_next(db, grace_s, ret_next_utc);
}

/* --- a lost socket ------------------------------------------------------------------------------------- */

static int lose(struct action *a, struct db *db)
{
    int lost = store_leg_lose(db, a->object_id);

    if (lost > 0)
        action_due(a, db_now(db) + action_api(a)->parts.config->call_grace_s);
    return lost < 0 ? lost : 0;
}

static void lost_end(struct action *a, int err)
{
    (void)a, (void)err;                         /* at the next start all are lost                    */
}

void calls_lost(struct api *api, const char *room)
{
    struct action *a = action_new(api, "call lost", MAY_NOBODY, 0);

    a->clockwork = true;
    a->finished = lost_end;
    request_id_make(a->request_id);
    (void)snprintf(a->object_id, sizeof a->object_id, "%s", strrchr(room, ':') + 1);
    action_start(a, lose, NULL);
}
