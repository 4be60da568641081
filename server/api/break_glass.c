/* break_glass.c - in an emergency: the signed results of a patient who is not his, for an hour, and everybody
 * hears of it. By his password here, so it works when no account center does. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "break_glass.h"
#include "door.h"
#include "notifications.h"
#include "storage/store_audit.h"
#include "storage/store_break_glass.h"

enum { NAME_MAX = 200, KEY_SIZE = 96 };

struct glass {                                  /* from step to step                                  */
    const char *patient_id, *reason;            /* lent from the input                                */
    struct glass_patient patient;
};

int glass_patient_find(struct action *a, struct db *db, const char *id, struct glass_patient *ret_patient)
{
    int err = store_glass_patient(db, action_clinic(a), id, ret_patient);

    if (err == -ENOENT)
        look_denied(a, id);
    return err;
}

int glass_audit(struct action *a, struct db *db, const char *what, const char *patient)
{
    return store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what, .object = patient,
                                                    .purpose = "break-glass", .ip = action_address(a) });
}

/* --- finding him ---------------------------------------------------------------------------------------- */

static int found_note(struct action *a, struct db *db, const json_t *patients)
{
    const json_t *one;
    size_t i;
    int done = 0;

    json_array_foreach(patients, i, one) {
        const char *id = json_string_value(json_object_get(one, "id"));

        done = store_audit_view(db, action_user(a), "patient.find", id, action_address(a));
        if (done < 0)
            return done;
    }
    return 0;
}

/* By his whole name: who is looked through is not found. */
static int patients_find(struct action *a, struct db *db)
{
    const char *name;
    json_t *patients = NULL;
    int err = action_take_text(a, "name", NAME_MAX, &name);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (name == NULL || *name == '\0'))
        err = action_mind(a, "name is missing");
    if (err == 0)
        err = store_glass_find(db, action_clinic(a), action_user(a), name, &patients);
    if (err)
        return err;
    err = action_answer(a, json_pack("{s:o, s:n}", "items", patients, "nextCursor"));
    return err ? err : found_note(a, db, patients);
}

/* --- breaking the glass --------------------------------------------------------------------------------- */

static int glass_check(struct action *a, struct db *db)
{
    struct glass *glass = action_own(a, sizeof *glass);
    int err = action_take_text(a, "patient", GLASS_ID_MAX, &glass->patient_id);

    if (err == 0)
        err = action_take_text(a, "reason", 4 * GLASS_REASON_MAX, &glass->reason);
    if (err == 0 && glass->reason == NULL)
        err = action_mind(a, "reason is missing");
    return err ? err : glass_patient_find(a, db, glass->patient_id, &glass->patient);
}

/* He whose record it is, and who answers for the clinic. */
static int tell(struct action *a, struct db *db, const struct glass *glass, int64_t until_utc)
{
    char key[KEY_SIZE];
    struct notification_new new = { .user = glass->patient.account_id, .kind = "break-glass",
                                    .object = glass->patient_id, .dedupe_key = key };
    int err;

    (void)snprintf(key, sizeof key, "glass:%lld:%s", (long long)until_utc, action_user_id(a));
    err = notify_user(a, db, &new);
    return err ? err : notify_desk(a, db, action_clinic(a), new);
}

static int glass_break(struct action *a, struct db *db)
{
    const struct glass *glass = action_own(a, sizeof *glass);
    char until[DB_TIME_SIZE];
    int64_t until_utc;
    int err = action_end_input(a);

    if (err == 0)
        err = store_glass_break(db, action_user(a), glass->patient.id, action_clinic(a), glass->reason,
                                &until_utc);
    if (err == -EINVAL)
        return action_mind(a, "reason must have 10 characters or more");
    if (err == 0)
        err = glass_audit(a, db, "break-glass", glass->patient_id);
    if (err == 0)
        err = tell(a, db, glass, until_utc);
    if (err)
        return err;
    db_time_print(until_utc, until);
    return action_answer(a, json_pack("{s:s}", "until", until));
}

/* --- for the admin -------------------------------------------------------------------------------------- */

static int glass_list(struct action *a, struct db *db)
{
    const char *cursor;
    int64_t limit;
    json_t *page = NULL;
    int err = action_take_int(a, "limit", 1, 100, 50, &limit);

    if (err == 0)
        err = action_take_text(a, "cursor", GLASS_ID_MAX, &cursor);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_glass_list(db, action_clinic(a), (int)limit, cursor, &page);
    return err ? err : action_answer(a, page);
}

static const struct step find_steps[] = { { ON_WRITER, patients_find }, { 0 } };
static const struct step break_steps[] = { { ON_READER, glass_check }, REAUTH_STEPS,
                                           { ON_WRITER, glass_break }, { 0 } };

/* The doors. */
const struct route break_glass_routes[] = {
    { "GET", "/api/v1/patients", NULL, MAY_BREAK_GLASS, READ, find_steps, NULL },
    { "POST", "/api/v1/patients/{patient}/break-glass", NULL, MAY_BREAK_GLASS, 0, break_steps, NULL },
    { "GET", "/api/v1/admin/break-glass", glass_list, MAY_ADMIN, READ | VIEW, NULL, NULL },
    { 0 },
};
