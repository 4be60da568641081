/* calls.c - to call, accept, decline and leave. What people then say to one another is in call_signal.c. */
#include "calls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "door.h"
#include "notifications.h"
#include "storage/store_audit.h"
#include "storage/store_user.h"

enum { MINUTE_S = 60 };

int call_consult_check(const struct action *a)
{
    static const char *const on[] = { "open", "active", "paused" };

    for (size_t i = 0; i < sizeof on / sizeof *on; i++)
        if (strcmp(action_consult_state(a), on[i]) == 0)
            return 0;
    return DB_BAD_TRANSITION;
}

int call_of(struct action *a, struct db *db, const char *id, struct call_row *ret_call)
{
    return id == NULL ? store_call_live(db, action_consult(a), ret_call)
                      : store_call_find(db, action_consult(a), id, ret_call);
}

/* --- joining ------------------------------------------------------------------------------------------- */

static int refuse(struct action *a, const char *why)
{
    int err = action_explain(a, "why", json_string(why));

    return err ? err : -EEXIST;
}

/* His other leg, if he has one: replaced in this call, left in another that he has lost. 1: there was one
 * here. */
static int own_leg_end(struct action *a, struct db *db, const struct call_row *call)
{
    struct leg_row mine;
    int err = store_leg_of(db, action_user(a), &mine);

    if (err)
        return err == -ENOENT ? 0 : err;
    if (mine.call != call->id) {
        if (!mine.lost)
            return refuse(a, "in-call");
        return call_part(a, db, &mine, "failed", TO_USER_ALL);
    }
    action_leg_drop(a, mine.consult_id, mine.public_id);
    err = store_leg_leave(db, mine.id);
    return err ? err : 1;
}

static int room_check(struct action *a, struct db *db, const struct call_row *call)
{
    const struct config *config = action_api(a)->parts.config;
    struct leg_row legs[8];
    int64_t joins;
    int count = store_leg_each(db, call->id, (int)(sizeof legs / sizeof *legs), legs), err;

    if (count < 0)
        return count;
    if (count >= config->call_legs_max)
        return refuse(a, "full");
    err = store_leg_joins(db, action_user(a), db_now(db) - MINUTE_S, &joins);
    return err ? err : joins >= config->call_joins_max ? -EDQUOT : 0;
}

static int answer_leg(struct action *a, struct db *db, int64_t call, const char *leg)
{
    json_t *one = NULL, *answer;
    int err = store_call_get(db, call, &one);

    if (err)
        return err;
    answer = json_pack("{s:o, s:s*}", "call", one, "leg", leg);
    err = answer != NULL ? call_ice_add(a, db, leg, answer) : -ENOMEM;
    if (err == 0)
        return action_answer(a, answer);
    json_decref(answer);
    return err;
}

static int elsewhere_tell(struct action *a, const struct call_row *call, const char *reason)
{
    json_t *body = json_pack("{s:s, s:s, s:s}", "consult", call->consult_id, "call", call->public_id,
                             "reason", reason);
    int err = body != NULL ? action_publish(a, TO_USER, action_user_id(a), "call:answered-elsewhere", body)
                           : -ENOMEM;

    json_decref(body);
    return err;
}

/* Who came second has answered. */
static int answered(struct action *a, struct db *db, const struct call_row *call)
{
    int err = store_call_move(db, call->id, "connecting");

    return err < 0 ? err : call_say(a, db, call, "call-started");
}

static int join(struct action *a, struct db *db, const struct call_row *call, const char *device)
{
    bool answers = strcmp(call->state, "ringing") == 0 && call->by != action_user(a) &&
                   strcmp(action_role(a), "guest") != 0;       /* it rings for those who take part  */
    int again = own_leg_end(a, db, call), err;
    struct leg_row leg;

    if (again < 0)
        return again;
    err = room_check(a, db, call);
    if (err == 0)
        err = store_leg_add(db, call->id, action_user(a), device, &leg);
    if (err == 0 && answers)
        err = answered(a, db, call);
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "call.join",
                                                       .object = call->public_id, .ip = action_address(a) });
    if (err)
        return err;
    action_leg_hold(a, leg.public_id);
    err = answer_leg(a, db, call->id, leg.public_id);
    if (err == 0 && again > 0)
        err = elsewhere_tell(a, call, "moved");
    else if (err == 0 && answers)
        err = elsewhere_tell(a, call, "accepted");
    return err;
}

/* Again by the same socket that has it still: the page lost only its connection. */
static int hold_again(struct action *a, struct db *db, const struct call_row *call, const char *device,
                      const char *held)
{
    struct leg_row mine;
    int err = store_leg_of(db, action_user(a), &mine);

    if (err)
        return err;
    if (mine.call != call->id || strcmp(mine.public_id, held) != 0 || strcmp(mine.device, device) != 0)
        return -ENOENT;
    err = store_leg_hold(db, mine.id);
    if (err == 0)
        action_leg_hold(a, mine.public_id);
    return err ? err : answer_leg(a, db, call->id, mine.public_id);
}

/* --- calling ------------------------------------------------------------------------------------------- */

static int invite_tell(struct action *a, struct db *db, const struct call_row *call)
{
    json_t *one = NULL, *from = NULL, *users = NULL, *user, *body = NULL;
    size_t i;
    int err = store_call_get(db, call->id, &one);

    if (err == 0)
        err = store_user_get(db, action_user(a), &from);
    if (err == 0)
        err = store_call_hearers(db, call->consult, &users);
    if (err == 0)
        body = json_pack("{s:s, s:O, s:O}", "consult", call->consult_id, "call", one, "from", from);
    if (err == 0 && body == NULL)
        err = -ENOMEM;
    json_array_foreach(users, i, user)
        if (err == 0)
            err = action_publish(a, TO_USER, json_string_value(json_object_get(user, "id")), "call:invite",
                                 body);
    json_decref(one);
    json_decref(from);
    json_decref(users);
    json_decref(body);
    return err;
}

/* A new one: it rings, or everybody else is talking with somebody. */
static int ring(struct action *a, struct db *db, const char *media, const char *device)
{
    int64_t id, others, busy, ring_s = action_api(a)->parts.config->call_ring_s;
    struct call_row call;
    int err = store_call_others(db, action_consult(a), action_user(a), &others, &busy);

    if (err == 0)
        err = store_call_add(db, action_consult(a), action_user(a), media, ring_s, &id);
    if (err == 0)
        err = store_call_by_id(db, id, &call);
    if (err)
        return err;
    if (others > 0 && busy == others) {
        err = call_over(a, db, &call, "busy", TO_USER, "call:leave", action_user_id(a));
        return err ? err : answer_leg(a, db, id, NULL);
    }
    action_due(a, db_now(db) + ring_s);
    err = join(a, db, &call, device);
    return err ? err : invite_tell(a, db, &call);
}

static int take_device(struct action *a, const char **ret_device)
{
    int err = action_take_text(a, "device", CALL_DEVICE_MAX, ret_device);

    return err ? err : *ret_device == NULL || **ret_device == '\0' ? action_mind(a, "device is missing") : 0;
}

static int invite(struct action *a, struct db *db)
{
    const char *media, *device;
    struct call_row call;
    int err = action_take_text(a, "media", CALL_ID_MAX, &media);

    if (err == 0)
        err = take_device(a, &device);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (media == NULL || (strcmp(media, "audio") != 0 && strcmp(media, "video") != 0)))
        err = action_mind(a, "media must be audio or video");
    if (err == 0)
        err = call_consult_check(a);
    if (err)
        return err;
    err = store_call_live(db, action_consult(a), &call);
    if (err == -ENOENT)
        return ring(a, db, media, device);
    if (err == 0)
        err = join(a, db, &call, device);
    return err ? err : call_tell(a, db, &call, TO_USER, "call:accept", action_user_id(a));
}

static int accept(struct action *a, struct db *db)
{
    const char *id, *device, *held;
    struct call_row call;
    int err = action_take_text(a, "call", CALL_ID_MAX, &id);

    if (err == 0)
        err = take_device(a, &device);
    if (err == 0)
        err = action_take_text(a, "leg", CALL_ID_MAX, &held);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = call_consult_check(a);
    if (err == 0)
        err = call_of(a, db, id, &call);
    if (err == 0 && strcmp(call.state, "ended") == 0)
        err = DB_BAD_TRANSITION;
    if (err)
        return err;
    if (held != NULL) {
        err = hold_again(a, db, &call, device, held);
        if (err != -ENOENT)
            return err;
    }
    err = join(a, db, &call, device);
    return err ? err : call_tell(a, db, &call, TO_USER, "call:accept", action_user_id(a));
}

/* --- parting ------------------------------------------------------------------------------------------- */

/* Which one, and nothing more was said. */
static int take_call(struct action *a, struct db *db, struct call_row *ret_call)
{
    const char *id;
    int err = action_take_text(a, "call", CALL_ID_MAX, &id);

    if (err == 0)
        err = action_end_input(a);
    return err ? err : call_of(a, db, id, ret_call);
}

static int decline(struct action *a, struct db *db)
{
    struct call_row call;
    struct leg_row mine;
    int err = take_call(a, db, &call);

    if (err)
        return err;
    err = store_leg_of(db, action_user(a), &mine);
    if (err != -ENOENT && (err || mine.call == call.id))
        return err ? err : DB_BAD_TRANSITION;
    err = action_answer(a, json_object());
    if (err || strcmp(call.state, "ended") == 0)
        return err;
    err = elsewhere_tell(a, &call, "declined");
    if (err == 0)
        err = strcmp(call.state, "ringing") == 0
              ? call_over(a, db, &call, "declined", TO_USER_ALL, "call:decline", action_user_id(a))
              : call_tell(a, db, &call, TO_USER_ALL, "call:decline", action_user_id(a));
    return err;
}

static int leave(struct action *a, struct db *db)
{
    struct call_row call;
    struct leg_row mine;
    int err = take_call(a, db, &call);

    if (err == 0)
        err = action_answer(a, json_object());
    if (err)
        return err;
    err = store_leg_of(db, action_user(a), &mine);
    if (err || mine.call != call.id)
        return err == -ENOENT ? 0 : err;        /* has left already                                  */
    return call_part(a, db, &mine, "hangup", TO_USER_ALL);
}

/* --- the log -------------------------------------------------------------------------------------------- */

static int call_list(struct action *a, struct db *db)
{
    const char *cursor;
    json_t *page = NULL;
    int64_t limit;
    int err = action_take_int(a, "limit", 1, 100, 20, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", CALL_ID_MAX, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_call_list(db, action_consult(a), (int)limit, cursor, &page);
    return err ? err : action_answer(a, page);
}

/* The doors. */
const struct route call_routes[] = {
    { "GET", "/api/v1/consultations/{consult}/calls", call_list, MAY_PARTICIPANT, READ | VIEW, NULL, NULL },
    { 0 },
};
const struct live_event call_events[] = {
    { "call:invite", invite, MAY_PARTICIPANT, NULL },
    { "call:accept", accept, MAY_CALL, NULL },
    { "call:decline", decline, MAY_PARTICIPANT, NULL },
    { "call:leave", leave, MAY_CALL, NULL },
    { 0 },
};
