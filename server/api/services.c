/* services.c - what a clinic offers. */
#include <errno.h>

#include "action.h"
#include "door.h"
#include "storage/store_schedule.h"

static int service_list(struct action *a, struct db *db)
{
    struct service_list list = { 0 };
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 256, &list.cursor);
    if (err == 0)
        err = action_take_text(a, "clinic", 64, &list.clinic);
    if (err == 0)
        err = action_take_text(a, "doctor", 64, &list.doctor);
    if (err == 0)
        err = action_end_input(a);
    if (err)
        return err;
    list.limit = (int)limit;
    err = store_service_list(db, &list, &page);
    return err ? err : action_answer(a, page);
}

/* The doors. */
const struct route service_routes[] = {
    { "GET", "/api/v1/services", service_list, MAY_USER, READ, NULL, NULL },
    { 0 },
};
