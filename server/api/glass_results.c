/* glass_results.c - what lies behind the glass: the signed results of a patient who is not his. */
#include <errno.h>

#include "break_glass.h"
#include "door.h"
#include "record.h"

static int results_collect(struct db *db, int64_t patient, int64_t clinic, json_t *items)
{
    int64_t consults[GLASS_RESULTS_MAX];
    int count = store_glass_signed(db, patient, clinic, consults), err = count < 0 ? count : 0;

    for (int i = 0; i < count && err == 0; i++) {
        json_t *result = NULL;

        err = result_get(db, consults[i], 0, RESULT_FOR_PATIENT, &result);
        if (err == 0 && json_array_append_new(items, result) != 0)
            err = -ENOMEM;
    }
    return err;
}

static int results_answer(struct action *a, struct db *db, int64_t patient, int64_t until_utc)
{
    json_t *items = json_array();
    char until[DB_TIME_SIZE];
    int err = results_collect(db, patient, action_clinic(a), items);

    db_time_print(until_utc, until);
    if (err == 0)
        return action_answer(a, json_pack("{s:o, s:n, s:s}", "items", items, "nextCursor", "until", until));
    json_decref(items);
    return err;
}

/* On the writer: each look at what is not one's own has its row, not only the first. */
static int results_list(struct action *a, struct db *db)
{
    struct glass_patient patient;
    const char *id;
    int64_t until_utc;
    int err = action_take_text(a, "patient", GLASS_ID_MAX, &id);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = glass_patient_find(a, db, id, &patient);
    if (err)
        return err;
    err = store_glass_open(db, action_user(a), patient.id, &until_utc);
    if (err == -ENOENT) {
        look_denied(a, id);
        return -EPERM;
    }
    if (err == 0)
        err = glass_audit(a, db, "patient.results", id);
    return err ? err : results_answer(a, db, patient.id, until_utc);
}

static const struct step results_steps[] = { { ON_WRITER, results_list }, { 0 } };

/* The doors. */
const struct route glass_result_routes[] = {
    { "GET", "/api/v1/patients/{patient}/results", NULL, MAY_BREAK_GLASS, READ, results_steps, NULL },
    { 0 },
};
