/* demo_prescriptions.c - what waits for the demo's pharmacist. */
#include "demo.h"

#include "storage/store_consult.h"
#include "storage/store_prescription.h"
#include "storage/store_user.h"

static const char items[] =
    "[{\"drug\":\"D038\",\"name\":{\"zh\":\"氨氯地平片\",\"en\":\"Amlodipine tablets\"},\"dose\":5,"
    "\"unit\":\"mg\",\"route\":\"oral\",\"frequency\":\"qd\",\"days\":14,\"quantity\":2,"
    "\"text\":\"早晨服用；出现下肢水肿或头晕请停药并联系医生。\"}]";

int demo_prescription_sign(struct db *db, const char *consult, const struct store_user *doctor)
{
    struct prescription_new new = { .signer = doctor->id, .note_version = 1, .items = items };
    struct prescription_row row;
    struct consult_access access;
    int err = store_consult_access(db, consult, doctor->id, &access);

    if (err)
        return err;
    new.consult = access.consult;
    return store_prescription_add(db, &new, &row);
}
