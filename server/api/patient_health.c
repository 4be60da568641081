/* patient_health.c - allergies, conditions, medications: the patient says them, and who treats him now. */
#include <errno.h>

#include "action.h"
#include "clinic/health.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_health.h"

static int answer(struct action *a, struct db *db, int64_t patient)
{
    static const char *const lists[] = { "allergies", "conditions", "medications" };
    json_t *health = NULL;
    int err = store_health_get(db, patient, &health);

    for (size_t i = 0; err == 0 && i < sizeof lists / sizeof *lists; i++)
        if (json_object_get(health, lists[i]) == NULL &&
            json_object_set_new(health, lists[i], json_array()) != 0)
            err = -ENOMEM;
    if (err == 0)
        return action_answer(a, health);
    json_decref(health);
    return err;
}

static int health_read(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    return err ? err : answer(a, db, a->patient);
}

static int health_save(struct action *a, struct db *db)
{
    struct health_new new = { .patient = a->patient, .by = action_user(a), .body = a->input };
    json_t *there = NULL;
    int err = action_take_int(a, "version", 0, INT64_MAX, -1, &new.version);

    if (err == 0 && new.version < 0)
        err = action_mind(a, "If-Match must say which version it was written on");
    if (err == 0)
        err = health_check(a->input);
    if (err == 0)
        err = store_health_put(db, &new);
    if (err == -ESTALE && store_health_get(db, new.patient, &there) == 0)
        return action_explain(a, "health", there) != 0 ? -ENOMEM : -ESTALE;
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = new.by, .action = "health.edit",
                                                       .object = a->object_id, .ip = action_address(a) });
    return err ? err : answer(a, db, new.patient);
}

/* The doors. */
const struct route patient_health_routes[] = {
    { "GET", "/api/v1/patients/{patient}/health", health_read, MAY_SEE_PATIENT, READ | VIEW | VERSIONED, NULL,
      NULL },
    { "PUT", "/api/v1/patients/{patient}/health", health_save, MAY_SEE_PATIENT, VERSIONED, NULL, NULL },
    { 0 },
};
