/* messages.c - saying something in a consult, and reading what was said. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "config.h"
#include "consults.h"
#include "door.h"
#include "queue.h"
#include "storage/store_message.h"

static json_t *receipt(const json_t *message)
{
    return json_pack("{s:{s:O, s:O, s:O, s:O*}}", "message", "id", json_object_get(message, "id"), "seq",
                     json_object_get(message, "seq"), "sentAt", json_object_get(message, "sentAt"), "file",
                     json_object_get(message, "file"));
}

static bool is_kind(const char *kind)
{
    static const char *const kinds[] = { "text", "image", "voice", "file" };

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i], kind) == 0)
            return true;
    return false;
}

static int message_send(struct action *a, struct db *db)
{
    struct message_new new = { 0 };
    const char *kind;
    json_t *message = NULL;
    int added, err;

    err = action_unpack(a, "{s:s, s:s, s?s, s?s, s?s !}", "clientId", &new.client_id, "kind", &kind, "text",
                        &new.text, "replyTo", &new.reply_to, "file", &new.file);
    if (err)
        return err;
    if (!is_kind(kind) || (strcmp(kind, "text") == 0) != (new.file == NULL) ||
        (new.file == NULL) != (new.text != NULL))
        return -EINVAL;
    if (new.file != NULL)
        new.kind = kind;
    added = store_message_add(db, action_consult(a), action_user(a), &new, &message);
    if (added < 0)
        return added;
    err = action_answer(a, receipt(message));
    if (err == 0 && added > 0)                  /* 0: a retry, already published                     */
        err = action_publish(a, TO_CONSULT, action_consult_id(a), "message:new", message);
    if (err == 0 && added > 0)
        err = consult_publish_unread(a, db, action_consult(a), action_user_id(a));
    if (err == 0 && added > 0)
        err = queue_tell_board_of(a, db, action_consult(a));
    json_decref(message);
    return err;
}

static int message_list(struct action *a, struct db *db)
{
    struct message_list list = { 0 };
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "after", 0, INT64_MAX, -1, &list.after);

    if (err == 0)
        err = action_take_int(a, "before", 0, INT64_MAX, 0, &list.before);
    if (err == 0)
        err = action_take_int(a, "limit", 1, MESSAGE_LIMIT_MAX, 50, &limit);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    list.limit = (int)limit;
    err = store_message_list(db, action_consult(a), &list, &page);
    return err ? err : action_answer(a, page);
}

/* The doors. */
const struct route message_routes[] = {
    { "POST", "/api/v1/consultations/{consult}/messages", message_send, MAY_PARTICIPANT, CREATED, NULL,
      NULL },
    { "GET", "/api/v1/consultations/{consult}/messages", message_list, MAY_PARTICIPANT, READ | VIEW, NULL,
      NULL },
    { 0 },
};
const struct live_event message_events[] = {
    { "message:send", message_send, MAY_PARTICIPANT, NULL },
    { 0 },
};
