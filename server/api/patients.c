/* patients.c - a clinic's desk says who a patient is. */
#include <errno.h>

#include "action.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_patient.h"

enum { EVIDENCE_MAX_BYTES = 400 };

/* Without a name it is the one that others see. */
static int verify(struct db *db, const char *id, const char *name)
{
    json_t *patient = NULL;
    int err = name == NULL ? store_patient_get(db, id, &patient) : 0;

    if (err == 0)
        err = store_patient_verify(db, id,
                                   name != NULL ? name : json_string_value(json_object_get(patient, "name")));
    json_decref(patient);
    return err;
}

static int patient_answer(struct action *a, struct db *db, const char *id)
{
    json_t *patient = NULL;
    int err = store_patient_get(db, id, &patient);

    return err ? err : action_answer(a, json_pack("{s:o}", "patient", patient));
}

/* Of any clinic: the desk is told the id by him who stands before it. `evidence` is for the audit. */
static int patient_verify(struct action *a, struct db *db)
{
    const char *id, *name, *evidence;
    int err = action_take_text(a, "patient", 64, &id);

    if (err == 0)
        err = action_take_text(a, "realName", 4 * STORE_REAL_NAME_MAX, &name);
    if (err == 0)
        err = action_take_text(a, "evidence", EVIDENCE_MAX_BYTES, &evidence);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (evidence == NULL || *evidence == '\0'))
        err = action_mind(a, "evidence is missing: by what is he known?");
    if (err == 0)
        err = verify(db, id, name);
    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = "patient.verify",
                                                       .object = id, .ip = action_address(a),
                                                       .detail = evidence });
    return err ? err : patient_answer(a, db, id);
}

/* The doors. */
const struct route patient_routes[] = {
    { "POST", "/api/v1/admin/patients/{patient}/verify", patient_verify, MAY_DESK, 0, NULL, NULL },
    { 0 },
};
