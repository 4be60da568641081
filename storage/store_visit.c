/* store_visit.c - an appointment and the consult it becomes. */
#include "storage/store_visit.h"

#include <stdio.h>

static int come_back(struct db *db, int64_t consult)
{
    int err = db_run(db,
                     "UPDATE consultation SET left_utc = NULL, line_utc = CASE WHEN left_utc + 60 * (SELECT "
                     "y.grace_min FROM appointment a JOIN policy y ON y.id = a.policy_id WHERE a.id = "
                     "appointment_id) < $2 THEN $2 ELSE line_utc END WHERE id = $1 AND left_utc IS NOT NULL",
                     ARGS(INT(consult), INT(db_now(db))));

    return err < 0 ? err : 0;
}

int store_visit_left(struct db *db, int64_t consult)
{
    int err = db_run(db, "UPDATE consultation SET left_utc = $2 WHERE id = $1",
                     ARGS(INT(consult), INT(db_now(db))));

    return err < 0 ? err : 0;
}

int store_visit_open(struct db *db, int64_t appointment, int64_t user, int64_t *ret_consult)
{
    char id[DB_ID_SIZE];
    int err;

    err = db_int(db, ret_consult, "SELECT id FROM consultation WHERE appointment_id = $1",
                 ARGS(INT(appointment)));
    if (err == 0)
        return come_back(db, *ret_consult);
    if (err != -ENOENT)
        return err;

    db_id_make(db, "con_", id);
    err = db_int(
        db, ret_consult,
        "INSERT INTO consultation(public_id, clinic_id, doctor_id, patient_id, kind, state, "
        "started_by, "
        "client_id, opened_utc, last_utc, line_utc, appointment_id) SELECT $1, a.clinic_id, a.doctor_id, "
        "a.patient_id, s.mode, 'open', $3, a.public_id, $4, $4, a.start_utc, a.id FROM appointment a "
        "JOIN service s ON s.id = a.service_id WHERE a.id = $2 RETURNING id",
        ARGS(TEXT(id), INT(appointment), INT(user), INT(db_now(db))));
    if (err)
        return err;

    err = db_run(db,
                 "INSERT INTO participant(consultation_id, user_id, role) "
                 "SELECT c.id, p.account_id, 'patient' FROM consultation c JOIN patient p ON p.id = "
                 "c.patient_id "
                 "WHERE c.id = $1 UNION ALL SELECT id, doctor_id, 'doctor' FROM consultation WHERE id = $1",
                 ARGS(INT(*ret_consult)));
    return err < 0 ? err : 0;
}

int store_visit_find(struct db *db, int64_t appointment, int64_t *ret_consult, bool *ret_begun)
{
    struct db_query q;
    int more;

    more = db_query(db, &q,
                    "SELECT id, state <> 'open' FROM consultation WHERE appointment_id = $1 "
                    "AND closed_utc IS NULL AND state <> 'referred_offline'",
                    ARGS(INT(appointment)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    *ret_consult = db_column_int(&q, 0);
    *ret_begun = db_column_int(&q, 1) != 0;
    db_done(&q);
    return 0;
}

int store_visit_is_referred(struct db *db, int64_t appointment, bool *ret_referred)
{
    int64_t count;
    int err = db_int(db, &count, "SELECT count(*) FROM consultation WHERE appointment_id = $1 "
                     "AND state = 'referred_offline'", ARGS(INT(appointment)));

    if (err == 0)
        *ret_referred = count > 0;
    return err;
}

int store_visit_appointment(struct db *db, int64_t consult, struct appointment_access *ret_access)
{
    char id[DB_ID_SIZE];
    struct db_query q;
    int more;

    more = db_query(db, &q,
                    "SELECT a.public_id FROM consultation c JOIN appointment a ON a.id = "
                    "c.appointment_id "
                    "WHERE c.id = $1",
                    ARGS(INT(consult)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    snprintf(id, sizeof id, "%s", db_column_text(&q, 0));
    db_done(&q);
    return store_appointment_find(db, id, ret_access);
}
