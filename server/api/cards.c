/* cards.c - what the server says in a conversation: codes and cards. */
#include "cards.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "consults.h"
#include "storage/store_message.h"

static int say_as(struct action *a, struct db *db, const char *kind, const char *text)
{
    char client_id[DB_ID_SIZE];
    struct message_new new = { .client_id = client_id, .text = text, .kind = kind };
    json_t *message = NULL;
    int err, added;

    db_id_make(db, "sys_", client_id);
    added = store_message_add(db, action_consult(a), action_user(a), &new, &message);
    if (added < 0)
        return added;
    err = action_publish(a, TO_CONSULT_ALL, action_consult_id(a), "message:new", message);
    json_decref(message);
    return err ? err : consult_publish_unread(a, db, action_consult(a), action_user_id(a));
}

int consult_say(struct action *a, struct db *db, const char *code)
{
    return say_as(a, db, "system", code);
}

int consult_card(struct action *a, struct db *db, json_t *card)
{
    char *text = card != NULL ? json_dumps(card, JSON_COMPACT) : NULL;
    int err = text != NULL ? say_as(a, db, "card", text) : -ENOMEM;

    json_decref(card);
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
    return err;
}
