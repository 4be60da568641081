/* cards.c - what the server says in a conversation: codes and cards. */
#include "cards.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "consults.h"
#include "storage/store_message.h"

static int say_in(struct action *a, struct db *db, const struct card_place *at, const char *kind,
                  const char *text)
{
    char client_id[DB_ID_SIZE];
    bool asker = at->user == action_user(a);
    struct message_new new = { .client_id = client_id, .text = text, .kind = kind, .unseen = !asker };
    json_t *message = NULL;
    int err, added;

    db_id_make(db, "sys_", client_id);
    added = store_message_add(db, at->consult, at->user, &new, &message);
    if (added < 0)
        return added;
    err = action_publish(a, TO_CONSULT_ALL, at->consult_id, "message:new", message);
    json_decref(message);
    return err ? err : consult_publish_unread(a, db, at->consult, asker ? action_user_id(a) : NULL);
}

static struct card_place place_here(const struct action *a)
{
    return (struct card_place){ action_consult(a), action_user(a), action_consult_id(a) };
}

int consult_say(struct action *a, struct db *db, const char *code)
{
    const struct card_place here = place_here(a);

    return say_in(a, db, &here, "system", code);
}

int consult_card(struct action *a, struct db *db, json_t *card)
{
    const struct card_place here = place_here(a);

    return consult_card_in(a, db, &here, card);
}

int consult_card_in(struct action *a, struct db *db, const struct card_place *at, json_t *card)
{
    char *text = card != NULL ? json_dumps(card, JSON_COMPACT) : NULL;
    int err = text != NULL ? say_in(a, db, at, "card", text) : -ENOMEM;

    json_decref(card);
    if (text != NULL)
        explicit_bzero(text, strlen(text));
    free(text);
    return err;
}
