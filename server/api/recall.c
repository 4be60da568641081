/* recall.c - a message is taken back by whoever said it, as long as it is fresh. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_consult.h"
#include "storage/store_message.h"

enum { RECALL_WITHIN_S = 120, MESSAGE_ID_MAX = 64 };

/* Each on all his pages: whoever has it on the screen, or in a list. */
static int recall_tell(struct action *a, struct db *db, const json_t *recalled)
{
    json_t *all = NULL, *one;
    size_t i;
    int err = store_consult_unread(db, action_consult(a), &all);

    json_array_foreach(all, i, one)
        if (err == 0)
            err = action_publish(a, TO_USER_ALL, json_string_value(json_object_get(one, "user")),
                                 "message:recalled", recalled);
    json_decref(all);
    return err;
}

static int message_recall(struct action *a, struct db *db)
{
    const char *id;
    json_t *recalled = NULL;
    int err = action_take_text(a, "message", MESSAGE_ID_MAX, &id), now;

    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && id == NULL)
        err = action_mind(a, "message is missing");
    if (err)
        return err;
    now = store_message_recall(db, action_consult(a), action_user(a), id, RECALL_WITHIN_S, &recalled);
    if (now < 0)
        return now;
    err = action_answer(a, json_incref(recalled));
    if (err == 0 && now > 0)
        err = recall_tell(a, db, recalled);
    if (err == 0 && now > 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "message.recall",
                                                       .object = id, .ip = action_address(a) });
    json_decref(recalled);
    return err;
}

/* The doors. */
const struct route recall_routes[] = {
    { "POST", "/api/v1/consultations/{consult}/messages/{message}/recall", message_recall, MAY_PARTICIPANT, 0,
      NULL, NULL },
    { 0 },
};
const struct live_event recall_events[] = {
    { "message:recall", message_recall, MAY_PARTICIPANT, NULL },
    { 0 },
};
