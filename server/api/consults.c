/* consults.c - consults are started, listed and shown; joining the room of one, and how far it was read. */
#include "consults.h"

#include <errno.h>
#include <string.h>

#include "calls.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "queue.h"
#include "storage/store_audit.h"
#include "storage/store_consult.h"
#include "storage/store_message.h"
#include "transfer.h"

static const char *id_of(const json_t *object)
{
    return json_string_value(json_object_get(object, "id"));
}

static const char *now_text(char at[DB_TIME_SIZE])
{
    db_time_print(clock_utc(), at);
    return at;
}

/* [Participant], with who is online just now. */
static int participants_get(struct action *a, struct db *db, int64_t consult, json_t **ret_participants)
{
    struct presence *presence = action_api(a)->presence;
    json_t *participants = NULL, *one;
    size_t i;
    int err = store_consult_participants(db, consult, &participants);

    if (err)
        return err;
    json_array_foreach(participants, i, one) {
        bool online = presence_is_online(presence, action_consult_id(a), id_of(one));

        if (json_object_set_new(one, "online", json_boolean(online)) != 0)
            err = -ENOMEM;
    }
    *ret_participants = participants;
    return err;
}

static int publish_changed(struct action *a, struct db *db, int64_t consult, json_t *body)
{
    json_t *participants = NULL, *one;
    size_t i;
    int err = store_consult_participants(db, consult, &participants);

    if (err)
        return err;
    json_array_foreach(participants, i, one) {
        err = action_publish(a, TO_USER, id_of(one), "consult:changed", body);
        if (err)
            break;
    }
    json_decref(participants);
    return err;
}

int consult_publish_changed(struct action *a, struct db *db, int64_t consult)
{
    json_t *one = NULL, *body;
    int err = store_consult_get(db, consult, &one);

    if (err)
        return err;
    body = json_pack("{s:o}", "consult", one);
    err = body != NULL ? publish_changed(a, db, consult, body) : -ENOMEM;
    json_decref(body);
    if (err == 0)
        err = calls_follow(a, db, consult);
    if (err == 0)
        err = transfer_follow(a, db, consult);
    return err ? err : queue_tell_of(a, db, consult);
}

int consult_publish_unread(struct action *a, struct db *db, int64_t consult, const char *but)
{
    json_t *all = NULL, *one;
    size_t i;
    int err = store_consult_unread(db, consult, &all);

    if (err)
        return err;
    json_array_foreach(all, i, one) {
        json_t *user = json_incref(json_object_get(one, "user"));

        (void)json_object_del(one, "user");     /* the room says whose it is                         */
        if (but == NULL || strcmp(json_string_value(user), but) != 0)
            err = action_publish(a, TO_USER_ALL, json_string_value(user), "unread:changed", one);
        json_decref(user);
        if (err)
            break;
    }
    json_decref(all);
    return err;
}

static int consult_start(struct action *a, struct db *db)
{
    struct consult_new new = { .user = action_user(a),
                               .accept_s = action_api(a)->parts.config->accept_hours * 3600 };
    json_t *consult = NULL, *message = NULL, *changed = NULL;
    struct consult_access access;
    int started, err;

    err = action_unpack(a, "{s:s, s:s, s:s !}", "doctor", &new.doctor, "text", &new.text, "clientId",
                        &new.client_id);
    if (err)
        return err;
    started = store_consult_start(db, &new, &consult, &message);
    action_due(a, db_now(db) + new.accept_s);
    if (started < 0)
        return started;
    err = action_answer(a, json_pack("{s:O, s:o}", "consult", consult, "message", message));
    if (err == 0 && started > 0) {
        err = store_audit_add(db, &(struct audit_new){ .user = new.user, .action = "consult.start",
                                                       .object = id_of(consult), .ip = action_address(a) });
        changed = json_pack("{s:O}", "consult", consult);
        if (err == 0)
            err = store_consult_access(db, id_of(consult), new.user, &access);
        if (err == 0)
            err = publish_changed(a, db, access.consult, changed);
        if (err == 0)
            err = queue_tell_of(a, db, access.consult);
        if (err == 0)
            err = consult_publish_unread(a, db, access.consult, action_user_id(a));
    }
    json_decref(changed);
    json_decref(consult);
    return err;
}

static int consult_list(struct action *a, struct db *db)
{
    struct consult_list list = { 0 };
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 256, &list.cursor);
    if (err == 0)
        err = action_take_text(a, "state", 32, &list.state);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    list.limit = (int)limit;
    err = store_consult_list(db, action_user(a), &list, &page);
    return err ? err : action_answer(a, page);
}

static int consult_get(struct action *a, struct db *db)
{
    json_t *consult = NULL, *participants = NULL, *answer = NULL;
    int err = action_end_input(a);

    if (err == 0)
        err = store_consult_get(db, action_consult(a), &consult);
    if (err == 0)
        err = transfer_show(a, db, consult);
    if (err == 0)
        err = participants_get(a, db, action_consult(a), &participants);
    if (err == 0)
        answer = json_pack("{s:O, s:O}", "consult", consult, "participants", participants);
    if (err == 0)
        err = action_answer(a, answer);
    json_decref(consult);
    json_decref(participants);
    return err;
}

/* On the writer, so that what is published after this snapshot reaches the room the socket is then in. */
static int consult_join(struct action *a, struct db *db)
{
    struct message_list list = { .limit = MESSAGE_LIMIT_MAX };
    json_t *consult = NULL, *participants = NULL, *page = NULL, *answer = NULL;
    char now[DB_TIME_SIZE];
    int err = action_take_int(a, "after", 0, INT64_MAX, -1, &list.after);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_audit_view(db, action_user(a), "consult.view", action_consult_id(a),
                               action_address(a));
    if (err >= 0)
        err = store_consult_get(db, action_consult(a), &consult);
    if (err == 0)
        err = transfer_show(a, db, consult);
    if (err == 0)
        err = participants_get(a, db, action_consult(a), &participants);
    if (err == 0)
        err = store_message_list(db, action_consult(a), &list, &page);
    if (err)
        goto fail;
    answer = json_pack("{s:O, s:O, s:O, s:O, s:O, s:s}", "consult", consult, "participants", participants,
                       "messages", json_object_get(page, "items"), "more", json_object_get(page, "more"),
                       "lastSeq", json_object_get(page, "lastSeq"), "now", now_text(now));
    action_join(a);
    err = action_answer(a, answer);
fail:
    json_decref(consult);
    json_decref(participants);
    json_decref(page);
    return err;
}

static int consult_leave(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    (void)db;
    if (err)
        return err;
    action_leave(a);
    return action_answer(a, json_object());
}

static int mark(struct action *a, struct db *db, enum consult_mark which, const char *event)
{
    json_t *body;
    int64_t seq;
    int grew, err = action_take_int(a, "seq", 1, INT64_MAX, 0, &seq);

    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    grew = store_consult_mark(db, action_consult(a), action_user(a), which, seq);
    if (grew < 0)
        return grew;
    err = action_answer(a, json_object());
    if (err || grew == 0)
        return err;
    body = json_pack("{s:s, s:s, s:I}", "consult", action_consult_id(a), "user", action_user_id(a),
                     "seq", (json_int_t)seq);
    err = action_publish(a, TO_CONSULT, action_consult_id(a), event, body);
    json_decref(body);
    if (err == 0 && which == CONSULT_READ)
        err = consult_publish_unread(a, db, action_consult(a), NULL);
    if (err == 0 && which == CONSULT_READ && a->access.treats)
        err = queue_tell_board_of(a, db, action_consult(a));
    return err;
}

static int message_read(struct action *a, struct db *db)
{
    return mark(a, db, CONSULT_READ, "message:read");
}

static int message_delivered(struct action *a, struct db *db)
{
    return mark(a, db, CONSULT_DELIVERED, "message:delivered");
}

/* The doors. */
const struct route consult_routes[] = {
    { "POST", "/api/v1/consultations", consult_start, MAY_PATIENT, CREATED, NULL, NULL },
    { "GET", "/api/v1/consultations", consult_list, MAY_USER, READ | VIEW, NULL, NULL },
    { "GET", "/api/v1/consultations/{consult}", consult_get, MAY_PARTICIPANT, READ | VIEW, NULL, NULL },
    { 0 },
};
const struct live_event consult_events[] = {
    { "consult:join", consult_join, MAY_PARTICIPANT, NULL },
    { "consult:leave", consult_leave, MAY_PARTICIPANT, NULL },
    { "message:read", message_read, MAY_PARTICIPANT, NULL },
    { "message:delivered", message_delivered, MAY_PARTICIPANT, NULL },
    { 0 },
};
