/* doctors.c - the doctors a patient can turn to. */
#include <errno.h>

#include "action.h"
#include "door.h"
#include "storage/store_user.h"

static int doctor_list(struct action *a, struct db *db)
{
    const char *cursor;
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", 256, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_doctor_list(db, (int)limit, cursor, &page);
    return err ? err : action_answer(a, page);
}

/* The doors. */
const struct route doctor_routes[] = {
    { "GET", "/api/v1/doctors", doctor_list, MAY_USER, READ, NULL, NULL },
    { 0 },
};
