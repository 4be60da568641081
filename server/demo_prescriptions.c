/* demo_prescriptions.c - what waits for the demo's pharmacist. */
#include "demo.h"

#include <errno.h>

#include "storage/store_consult.h"
#include "storage/store_prescription.h"
#include "storage/store_user.h"

int demo_prescription_sign(struct db *db, const char *consult, const struct store_user *doctor)
{
    struct prescription_new new = { .signer = doctor->id, .note_version = 1 };
    struct prescription_row row;
    struct consult_access access;
    json_t *items = json_pack("[{s:s, s:{s:s, s:s}, s:i, s:s, s:s, s:s, s:i, s:i, s:s}]", "drug", "D038",
                              "name", "zh", "氨氯地平片", "en", "Amlodipine tablets", "dose", 5, "unit", "mg",
                              "route", "oral", "frequency", "qd", "days", 14, "quantity", 2, "text",
                              "早晨服用；出现下肢水肿或头晕请停药并联系医生。");
    int err = items != NULL ? store_consult_access(db, consult, doctor->id, &access) : -ENOMEM;

    if (err == 0) {
        new.consult = access.consult;
        new.items = items;
        err = store_prescription_add(db, &new, &row);
    }
    json_decref(items);
    return err;
}
