/* quick_replies.c - what a doctor says often: his own list, read and written as a whole. */
#include <errno.h>

#include "action.h"
#include "door.h"
#include "storage/store_quick_reply.h"

static int answer(struct action *a, struct db *db)
{
    json_t *items = NULL;
    int err = store_quick_reply_list(db, action_user(a), &items);

    return err ? err : action_answer(a, json_pack("{s:o}", "items", items));
}

static int quick_list(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    return err ? err : answer(a, db);
}

static int quick_set(struct action *a, struct db *db)
{
    json_t *items, *texts = json_array(), *item;
    size_t i;
    int err = action_unpack(a, "{s:o !}", "items", &items);

    if (err == 0 && !json_is_array(items))
        err = action_mind(a, "items must be a list");
    if (err == 0)
        json_array_foreach(items, i, item) {
            json_t *text = json_object_get(item, "text");

            if (json_object_size(item) != 1 || !json_is_string(text) || json_array_append(texts, text) != 0)
                err = action_mind(a, "each item has a text and nothing else");
        }
    if (err == 0)
        err = store_quick_reply_set(db, action_user(a), texts);
    json_decref(texts);
    return err ? err : answer(a, db);
}

/* The doors. */
const struct route quick_reply_routes[] = {
    { "GET", "/api/v1/me/quick-replies", quick_list, MAY_DOCTOR, READ, NULL, NULL },
    { "PUT", "/api/v1/me/quick-replies", quick_set, MAY_DOCTOR, 0, NULL, NULL },
    { 0 },
};
