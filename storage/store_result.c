/* store_result.c - acknowledgements, what is due without one, and a patient's consults in their order. */
#include "storage/store_result.h"

#include <stdio.h>
#include <string.h>

int store_result_acknowledge(struct db *db, int64_t consult, int64_t version, int64_t user)
{
    int64_t at_utc;
    int err = store_result_acknowledged(db, consult, version, &at_utc);

    if (err != -ENOENT)
        return err;
    err = db_run(db, "INSERT INTO result_acknowledged(consultation_id, note_version, by_id, at_utc) "
                 "SELECT consultation_id, version, $3, $4 FROM consultation_note "
                 "WHERE consultation_id = $1 AND version = $2",
                 ARGS(INT(consult), INT(version), INT(user), INT(db_now(db))));
    if (err <= 0)
        return err < 0 ? err : -ENOENT;
    err = db_run(db, "UPDATE consultation SET result_due_utc = NULL WHERE id = $1 AND $2 = "
                 "(SELECT max(n.version) FROM consultation_note n WHERE n.consultation_id = $1)",
                 ARGS(INT(consult), INT(version)));
    return err < 0 ? err : 1;
}

int store_result_acknowledged(struct db *db, int64_t consult, int64_t version, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT at_utc FROM result_acknowledged WHERE consultation_id = $1 "
                  "AND note_version = $2", ARGS(INT(consult), INT(version)));
}

int store_result_due_set(struct db *db, int64_t consult, int64_t due_utc)
{
    struct db_arg due = INT(due_utc), never = NUL();
    int count = db_run(db, "UPDATE consultation SET result_due_utc = $2 WHERE id = $1",
                       ARGS(INT(consult), due_utc != 0 ? due : never));

    return count < 0 ? count : 0;
}

int store_result_due(struct db *db, struct result_due ret_due[STORE_RESULTS_DUE_MAX])
{
    struct db_query q;
    int count = 0, more;

    for (more = db_query(db, &q,
                         "SELECT c.id, c.clinic_id, n.signed_utc, n.version, c.public_id, d.public_id, "
                         "a.public_id FROM consultation c JOIN consultation_note n "
                         "ON n.consultation_id = c.id AND n.version = (SELECT max(x.version) "
                         "FROM consultation_note x WHERE x.consultation_id = c.id) "
                         "JOIN users d ON d.id = c.doctor_id JOIN patient p ON p.id = c.patient_id "
                         "JOIN users a ON a.id = p.account_id WHERE c.result_due_utc <= $1 "
                         "ORDER BY c.result_due_utc LIMIT $2",
                         ARGS(INT(db_now(db)), INT(STORE_RESULTS_DUE_MAX))); more > 0; more = db_next(&q)) {
        struct result_due *due = &ret_due[count++];

        *due = (struct result_due){ .consult = db_column_int(&q, 0), .clinic = db_column_int(&q, 1),
                                    .signed_utc = db_column_int(&q, 2), .version = db_column_int(&q, 3) };
        snprintf(due->consult_id, sizeof due->consult_id, "%s", db_column_text(&q, 4));
        snprintf(due->doctor_id, sizeof due->doctor_id, "%s", db_column_text(&q, 5));
        snprintf(due->account_id, sizeof due->account_id, "%s", db_column_text(&q, 6));
    }
    return more < 0 ? more : count;
}

int store_result_due_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT min(result_due_utc) FROM consultation "
                  "WHERE result_due_utc IS NOT NULL", NO_ARGS);
}

/* --- looking back -------------------------------------------------------------------------------------- */

static int diagnoses_of(struct db *db, int64_t consult, json_t *item)
{
    json_t *diagnoses = NULL;
    int err = db_all(db, &diagnoses,
                     "SELECT v.system AS \"system\", i.code AS \"code\", i.label_zh AS \"label.zh\", "
                     "i.label_en AS \"label.en\", d.certainty AS \"certainty\", d.rank AS \"rank\" "
                     "FROM diagnosis d JOIN icd_code i ON i.id = d.icd_id JOIN icd_version v "
                     "ON v.id = i.version_id WHERE d.consultation_id = $1 AND d.note_version = "
                     "(SELECT max(n.version) FROM consultation_note n WHERE n.consultation_id = $1) "
                     "ORDER BY d.rank", ARGS(INT(consult)));

    return err ? err : json_object_set_new(item, "diagnoses", diagnoses) != 0 ? -ENOMEM : 0;
}

static int item_add(struct db *db, const struct db_query *q, json_t *items)
{
    json_t *item = db_query_json(q);
    char at[DB_TIME_SIZE];
    int err = item != NULL ? diagnoses_of(db, db_column_int(q, 0), item) : -ENOMEM;

    db_time_print(db_column_int(q, 2), at);
    if (err == 0 && json_object_set_new(item, "at", json_string(at)) != 0)
        err = -ENOMEM;
    if (err == 0)
        return json_array_append_new(items, item) != 0 ? -ENOMEM : 0;
    json_decref(item);
    return err;
}

int store_timeline(struct db *db, int64_t consult, int64_t doctor, json_t **ret_items)
{
    json_t *items = json_array();
    struct db_query q;
    int err = items != NULL ? 0 : -ENOMEM, more = err;

    if (err == 0)
        more = db_query(db, &q,
                        "SELECT c.id AS \"_id\", c.public_id AS \"consult\", c.opened_utc AS \"_at\", "
                        "c.kind AS \"kind\", c.state AS \"state\", d.public_id AS \"doctor.id\", "
                        "d.display_name AS \"doctor.name\", d.role AS \"doctor.role\" "
                        "FROM consultation c JOIN participant x ON x.consultation_id = c.id "
                        "AND x.user_id = $2 AND x.removed_utc IS NULL JOIN users d ON d.id = c.doctor_id "
                        "WHERE c.patient_id = (SELECT o.patient_id FROM consultation o WHERE o.id = $1) "
                        "ORDER BY c.opened_utc DESC, c.id DESC LIMIT $3",
                        ARGS(INT(consult), INT(doctor), INT(STORE_TIMELINE_MAX)));
    for (; err == 0 && more > 0; more = err == 0 ? db_next(&q) : more) {
        err = item_add(db, &q, items);
        if (err)
            db_done(&q);
    }
    err = err ? err : more;
    if (err == 0)
        *ret_items = items;
    else
        json_decref(items);
    return err;
}
