/* access.c - who saw my record; and for the admin of a clinic, who did what in it. */
#include <errno.h>

#include "action.h"
#include "door.h"
#include "storage/store_access.h"

enum { ID_MAX = 64 };

static int access_list(struct action *a, struct db *db)
{
    const char *patient, *cursor;
    json_t *page = NULL;
    int64_t limit;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "patient", ID_MAX, &patient);
    if (err == 0)
        err = action_take_text(a, "cursor", 256, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_access_list(db, action_user(a), patient, (int)limit, cursor, &page);
    return err ? err : action_answer(a, page);
}

static int filter_take(struct action *a, struct access_filter *filter)
{
    int err = action_take_text(a, "user", ID_MAX, &filter->user);

    if (err == 0)
        err = action_take_text(a, "patient", ID_MAX, &filter->patient);
    if (err == 0)
        err = action_take_text(a, "action", ID_MAX, &filter->action);
    if (err == 0)
        err = action_take_time(a, "from", 0, &filter->from_utc);
    return err ? err : action_take_time(a, "to", INT64_MAX, &filter->to_utc);
}

/* To look into it is in it, too. */
static int audit_search(struct action *a, struct db *db)
{
    struct access_filter filter;
    const char *cursor;
    json_t *page = NULL;
    int64_t limit;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = filter_take(a, &filter);
    if (err == 0)
        err = action_take_text(a, "cursor", 256, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_access_search(db, action_clinic(a), &filter, (int)limit, cursor, &page);
    return err ? err : action_answer(a, page);
}

/* The doors. */
const struct route access_routes[] = {
    { "GET", "/api/v1/me/access", access_list, MAY_PATIENT, READ, NULL, NULL },
    { "GET", "/api/v1/admin/audit", audit_search, MAY_ADMIN, READ | VIEW, NULL, NULL },
    { 0 },
};
