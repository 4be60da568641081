/* store_access.c - who saw a record. */
#include "storage/store_access.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "storage/store_private.h"

enum { ACCESS_LIMIT = 50, CURSOR_SIZE = 24 };

/* Every query begins with these two, for items_all(). */
#define ACCESS_COLUMNS                                                                                       \
    "e.id AS \"_id\", e.at_utc AS \"_at\", u.public_id AS \"who.id\", u.display_name AS \"who.name\", "      \
    "u.role AS \"who.role\", k.public_id AS \"clinic.id\", k.name AS \"clinic.name\", "                      \
    "e.action AS \"action\", e.object AS \"object\", "                                                       \
    "iif(substr(e.object, 1, 4) = 'con_', e.object, NULL) AS \"consult\", e.purpose AS \"purpose\" "
#define ACCESS_JOINS "LEFT JOIN users u ON u.id = e.actor_id LEFT JOIN clinic k ON k.id = u.clinic_id "

static int cursor_read(const char *cursor, int64_t *ret_before)
{
    char *end;

    *ret_before = INT64_MAX;
    if (cursor == NULL)
        return 0;
    errno = 0;
    *ret_before = strtoll(cursor, &end, 10);
    return errno || end == cursor || *end != '\0' || *ret_before <= 0 ? -EINVAL : 0;
}

static int item_add(const struct db_query *q, json_t *items)
{
    json_t *item = db_query_json(q);
    char at[DB_TIME_SIZE];

    db_time_print(db_column_int(q, 1), at);
    if (item == NULL || json_object_set_new(item, "at", json_string(at)) != 0) {
        json_decref(item);
        return -ENOMEM;
    }
    return json_array_append_new(items, item) == 0 ? 0 : -ENOMEM;
}

/* All of a query just begun; *ret_last: the id of the last that fits on a page of `limit`. */
static int items_all(struct db_query *q, int more, int limit, json_t **ret_items, int64_t *ret_last)
{
    json_t *items = json_array();
    int err = items != NULL ? 0 : -ENOMEM;

    for (; more > 0 && err == 0; more = db_next(q)) {
        if (json_array_size(items) < (size_t)limit)
            *ret_last = db_column_int(q, 0);
        err = item_add(q, items);
        if (err)
            break;
    }
    if (err)
        db_done(q);
    else if (more < 0)
        err = more;
    if (err) {
        json_decref(items);
        return err;
    }
    *ret_items = items;
    return 0;
}

int store_access_list(struct db *db, int64_t account, const char *patient, int limit, const char *cursor,
                      json_t **ret_page)
{
    int64_t id, before, last = 0;
    char next[CURSOR_SIZE];
    struct db_query q;
    json_t *items;
    int err = db_int(db, &id, "SELECT id FROM patient WHERE account_id = $1 "
                     "AND (public_id = $2 OR ($2 = '' AND relation = 'self')) ORDER BY id LIMIT 1",
                     ARGS(INT(account), TEXT(patient != NULL ? patient : "")));

    if (err == 0)
        err = cursor_read(cursor, &before);
    if (err)
        return err;
    limit = store_limit(limit, ACCESS_LIMIT, STORE_LIMIT_MAX);
    err = items_all(&q, db_query(db, &q, "SELECT " ACCESS_COLUMNS "FROM audit_event e " ACCESS_JOINS
                                 "WHERE e.patient_id = $1 AND e.id < $2 AND e.actor_id IS NOT $3 "
                                 "ORDER BY e.id DESC LIMIT $4",
                                 ARGS(INT(id), INT(before), INT(account), INT(limit + 1))),
                    limit, &items, &last);
    if (err)
        return err;
    snprintf(next, sizeof next, "%" PRId64, last);
    return store_page(items, limit, next, ret_page);
}

/* --- of a clinic --------------------------------------------------------------------------------------- */

#define LOOKED_AT                                                                                            \
    "FROM (SELECT * FROM audit_event WHERE clinic_id = $1 AND id < $2 ORDER BY id DESC LIMIT 5000) e "
static_assert(ACCESS_LOOK == 5000, "the limit in LOOKED_AT");

/* A page that is not full ends where the looking ended. 0: there is nothing more. */
static int look_end(struct db *db, int64_t clinic, int64_t before, int64_t *ret_last)
{
    int64_t count;
    int err = db_int(db, &count, "SELECT count(*) " LOOKED_AT, ARGS(INT(clinic), INT(before)));

    *ret_last = 0;
    if (err == 0 && count == ACCESS_LOOK)
        err = db_int(db, ret_last, "SELECT min(e.id) " LOOKED_AT, ARGS(INT(clinic), INT(before)));
    return err;
}

static int short_page(struct db *db, int64_t clinic, int64_t before, json_t *items, json_t **ret_page)
{
    char next[CURSOR_SIZE];
    int64_t last;
    json_t *page;
    int err = look_end(db, clinic, before, &last);

    if (err) {
        json_decref(items);
        return err;
    }
    snprintf(next, sizeof next, "%" PRId64, last);
    page = json_pack("{s:o, s:s?}", "items", items, "nextCursor", last != 0 ? next : NULL);
    if (page == NULL)
        return -ENOMEM;
    *ret_page = page;
    return 0;
}

int store_access_search(struct db *db, int64_t clinic, const struct access_filter *filter, int limit,
                        const char *cursor, json_t **ret_page)
{
    const char *user = filter->user != NULL ? filter->user : "";
    const char *patient = filter->patient != NULL ? filter->patient : "";
    const char *action = filter->action != NULL ? filter->action : "";
    int64_t before, last = 0;
    char next[CURSOR_SIZE];
    struct db_query q;
    json_t *items;
    int err = cursor_read(cursor, &before);

    if (err)
        return err;
    limit = store_limit(limit, ACCESS_LIMIT, STORE_LIMIT_MAX);
    err = items_all(&q, db_query(db, &q, "SELECT " ACCESS_COLUMNS ", e.id AS \"id\", e.ip AS \"ip\", "
                                 "e.detail AS \"detail\", p.public_id AS \"patient.id\", "
                                 "coalesce(p.display_name, w.display_name) AS \"patient.name\" "
                                 LOOKED_AT ACCESS_JOINS
                                 "LEFT JOIN patient p ON p.id = e.patient_id LEFT JOIN users w ON w.id = "
                                 "p.account_id "
                                 "WHERE ($3 = '' OR u.public_id = $3) AND ($4 = '' OR p.public_id = $4) "
                                 "AND ($5 = '' OR e.action = $5) AND e.at_utc >= $6 AND e.at_utc < $7 "
                                 "ORDER BY e.id DESC LIMIT $8",
                                 ARGS(INT(clinic), INT(before), TEXT(user), TEXT(patient), TEXT(action),
                                      INT(filter->from_utc), INT(filter->to_utc), INT(limit + 1))),
                    limit, &items, &last);
    if (err)
        return err;
    if (json_array_size(items) <= (size_t)limit)
        return short_page(db, clinic, before, items, ret_page);
    snprintf(next, sizeof next, "%" PRId64, last);
    return store_page(items, limit, next, ret_page);
}
