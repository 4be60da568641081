/* store_quick_reply.c - what a doctor says often, as one list. */
#include "storage/store_quick_reply.h"

#include <errno.h>

#include "storage/store_private.h"

int store_quick_reply_list(struct db *db, int64_t user, json_t **ret_items)
{
    return db_all(db, ret_items, "SELECT text AS \"text\" FROM quick_reply WHERE user_id = $1 ORDER BY place",
                  ARGS(INT(user)));
}

int store_quick_reply_set(struct db *db, int64_t user, const json_t *texts)
{
    json_t *text;
    size_t i;
    int err = json_array_size(texts) > QUICK_REPLIES_MAX ? -EMSGSIZE : 0;

    if (err == 0)
        err = db_run(db, "DELETE FROM quick_reply WHERE user_id = $1", ARGS(INT(user)));
    json_array_foreach(texts, i, text) {
        if (err >= 0)
            err = store_words_check(json_string_value(text), QUICK_REPLY_MAX);
        if (err == 0)
            err = db_run(db, "INSERT INTO quick_reply(user_id, place, text) VALUES($1, $2, $3)",
                         ARGS(INT(user), INT((int64_t)i), TEXT(json_string_value(text))));
    }
    return err < 0 ? err : 0;
}
