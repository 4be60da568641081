/* message_search.c - one box for what was said, what came of it, and with whom. */
#include <errno.h>
#include <string.h>

#include "action.h"
#include "door.h"
#include "message_search.h"
#include "storage/store_audit.h"
#include "storage/store_search.h"
#include "storage/store_token.h"

enum { QUERY_MAX_BYTES = 4 * SEARCH_QUERY_MAX };

static int query_take(struct action *a, struct search_query *query)
{
    int64_t limit;
    int err = action_take_int(a, "limit", 1, 100, 20, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 128, &query->cursor);
    if (err == 0)
        err = action_take_text(a, "q", QUERY_MAX_BYTES, &query->text);
    if (err == 0)
        err = action_end_input(a);
    query->limit = (int)limit;
    return err || query->text != NULL ? err : action_mind(a, "q is missing");
}

/* A hit is a look at its consult. */
static int hits_view(struct action *a, struct db *db, const json_t *items, bool *ret_due)
{
    const json_t *hit;
    size_t i;
    int done = 0;

    json_array_foreach(items, i, hit) {
        const char *consult = json_string_value(json_object_get(hit, "consult"));

        if (ret_due != NULL)
            done = store_audit_view_due(db, action_user(a), "search.hit", consult);
        else
            done = store_audit_view(db, action_user(a), "search.hit", consult, action_address(a));
        if (done < 0)
            return done;
        if (ret_due != NULL)
            *ret_due = *ret_due || done > 0;
    }
    return 0;
}

static int search_find(struct action *a, struct db *db)
{
    struct search_query query;
    json_t *page = NULL;
    bool due = false;
    int err = query_take(a, &query);

    if (err == 0)
        err = store_search(db, action_user(a), &query, &page);
    if (err == -ENODATA)
        return action_mind(a, "q must have a word of two characters or more");
    if (err == -E2BIG)
        return action_mind(a, "q must have 8 words and 100 characters at most");
    if (err == 0)
        err = action_answer(a, page);
    if (err == 0)
        err = hits_view(a, db, json_object_get(page, "items"), &due);
    if (err == 0 && !due)
        action_enough(a);
    return err;
}

/* The answer leaves when its rows are there. */
static int search_note(struct action *a, struct db *db)
{
    return hits_view(a, db, json_object_get(a->answer, "items"), NULL);
}

int search_backlog(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    int count = store_token_backlog(db);

    (void)a;
    *ret_next_utc = db_now(db) + 1;             /* in small pieces: others write, too                 */
    return count < 0 ? count : count == TOKEN_BATCH ? 0 : -ENOENT;
}

static const struct step search_steps[] = { { ON_READER, search_find }, { ON_WRITER, search_note }, { 0 } };

/* The doors. */
const struct route search_routes[] = {
    { "GET", "/api/v1/search", NULL, MAY_USER, READ, search_steps, NULL },
    { 0 },
};
