/* store_appointment.c - making appointments and moving them along their edges. */
#include "storage/store_appointment.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"
#include "storage/store_reason.h"

/* --- one ----------------------------------------------------------------------------------------------- */

static void access_read(const struct db_query *q, struct appointment_access *a)
{
    int64_t *const numbers[] = { &a->id, &a->clinic, &a->doctor, &a->patient, &a->account, &a->service,
                                 &a->policy,
                                 &a->start_utc, &a->end_utc, &a->busy_until_utc, &a->version,
                                 &a->hold_expires_utc, &a->fee_minor, &a->ics_seq, &a->moves };
    enum { NUMBERS = sizeof numbers / sizeof *numbers };

    for (int i = 0; i < NUMBERS; i++)
        *numbers[i] = db_column_int(q, i);
    snprintf(a->public_id, sizeof a->public_id, "%s", db_column_text(q, NUMBERS));
    snprintf(a->series, sizeof a->series, "%s", db_column_text(q, NUMBERS + 1));
    snprintf(a->doctor_id, sizeof a->doctor_id, "%s", db_column_text(q, NUMBERS + 2));
    snprintf(a->status, sizeof a->status, "%s", db_column_text(q, NUMBERS + 3));
    snprintf(a->service_id, sizeof a->service_id, "%s", db_column_text(q, NUMBERS + 4));
    snprintf(a->currency, sizeof a->currency, "%s", db_column_text(q, NUMBERS + 5));
}

int store_appointment_find(struct db *db, const char *public_id, struct appointment_access *ret_access)
{
    struct appointment_access a = { 0 };
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT a.id, a.clinic_id, a.doctor_id, a.patient_id, p.account_id, "
                            "a.service_id, "
                    "a.policy_id, a.start_utc, a.end_utc, a.busy_until_utc, a.version, a.hold_expires_utc, "
                    "a.fee_minor, a.ics_seq, a.moves, a.public_id, a.series_id, d.public_id, a.status, "
                    "s.public_id, a.currency FROM appointment a JOIN patient p ON p.id = a.patient_id "
                    "JOIN users d ON d.id = a.doctor_id JOIN service s ON s.id = a.service_id "
                    "WHERE a.public_id = $1", ARGS(TEXT(public_id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    access_read(&q, &a);
    db_done(&q);
    *ret_access = a;
    return 0;
}

int store_appointment_access(struct db *db, const char *public_id, const struct store_user *user,
                             struct appointment_access *ret_access)
{
    bool desk = strcmp(user->role, "admin") == 0 || strcmp(user->role, "staff") == 0;
    struct appointment_access a;
    int err;

    err = store_appointment_find(db, public_id, &a);
    if (err)
        return err;
    a.keeps = user->id == a.doctor || (desk && user->clinic == a.clinic);
    a.attends = user->id == a.account;
    if (!a.keeps && !a.attends)
        return -ENOENT;
    *ret_access = a;
    return 0;
}

int store_appointment_users(struct db *db, int64_t appointment, json_t **ret_users)
{
    return db_all(db, ret_users, "SELECT u.public_id AS \"id\" FROM appointment a "
                  "JOIN patient p ON p.id = a.patient_id JOIN users u ON u.id IN (p.account_id, a.doctor_id) "
                  "WHERE a.id = $1 ORDER BY u.id", ARGS(INT(appointment)));
}

int store_patient_find(struct db *db, int64_t account, const char *public_id, int64_t *ret_patient)
{
    if (public_id != NULL)
        return db_int(db, ret_patient, "SELECT id FROM patient WHERE public_id = $2 AND removed_utc IS NULL "
                      "AND ($1 = 0 OR account_id = $1)", ARGS(INT(account), TEXT(public_id)));
    return db_int(db, ret_patient, "SELECT id FROM patient WHERE account_id = $1 AND removed_utc IS NULL "
                  "ORDER BY relation <> 'self', id LIMIT 1", ARGS(INT(account)));
}

int store_policy_get(struct db *db, int64_t policy, struct store_policy *ret_policy)
{
    struct store_policy found = { 0 };
    const char *tiers;
    struct db_query q;
    int more, err;

    more = db_query(db, &q, "SELECT grace_min, move_cutoff_min, moves_max, tiers, "
                    "noshow_fee_percent FROM policy WHERE id = $1",
                    ARGS(INT(policy)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    found = (struct store_policy){ .grace_s = db_column_int(&q, 0) * 60,
                                   .move_cutoff_s = db_column_int(&q, 1) * 60,
                                   .moves_max = (int)db_column_int(&q, 2),
                                   .no_show_percent = (int)db_column_int(&q, 4) };
    tiers = db_column_text(&q, 3);
    err = tiers != NULL ? db_json_read(db, tiers, strlen(tiers), &found.tiers) : -ENOMEM;
    db_done(&q);
    if (err == 0)
        *ret_policy = found;
    return err;
}

/* --- making -------------------------------------------------------------------------------------------- */

static int history_add(struct db *db, int64_t appointment, const char *from, const char *to, int64_t user,
                       const char *reason)
{
    struct db_arg by = INT(user), clock = NUL();
    int err;

    err = db_run(db, "INSERT INTO appointment_history(appointment_id, from_s, to_s, by_id, reason, at_utc, "
                     "version) "
                 "SELECT id, $2, $3, $4, $5, $6, version FROM appointment WHERE id = $1",
                 ARGS(INT(appointment), TEXT(from), TEXT(to), user ? by : clock, TEXT(reason),
                      INT(db_now(db))));
    return err < 0 ? err : 0;
}

/* The newest of the service's own, else of its clinic. */
static int policy_find(struct db *db, const struct store_service *service, int64_t *ret_policy)
{
    return db_int(db, ret_policy, "SELECT id FROM policy WHERE clinic_id = $1 AND (service_id = $2 OR "
                                  "service_id IS NULL) "
                  "ORDER BY service_id IS NULL, version DESC LIMIT 1",
                  ARGS(INT(service->clinic), INT(service->id)));
}

/* What a row has beside what was asked for: of a new series, or of one that goes on. */
struct line { const char *series; int64_t policy, fee_minor, from, ics_seq, moves; };

static int row_add(struct db *db, const struct appointment_new *new, const struct line *line,
                   int64_t *ret_appointment)
{
    struct db_arg hold = INT(new->hold_expires_utc), from = INT(line->from), none = NUL();
    const char *status = new->hold_expires_utc ? "held" : new->on_request ? "requested" : "booked";
    int64_t end_utc = new->start_utc + new->service->minutes * 60;
    char id[DB_ID_SIZE];
    int err;

    db_id_make(db, "apt_", id);
    err = db_int(db, ret_appointment,
                 "INSERT INTO appointment(public_id, series_id, clinic_id, doctor_id, patient_id, "
                 "service_id, policy_id, "
                 "start_utc, end_utc, busy_until_utc, booked_tz, tzdb, fee_minor, currency, status, "
                 "hold_expires_utc, "
                 "ics_seq, rescheduled_from, moves, overbook, created_by, created_utc, reason_enc) "
                 "VALUES($1, $2, $3, "
                 "$4, $5, $6, $7, "
                 "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, "
                 "(SELECT reason_enc FROM appointment WHERE id = $18)) RETURNING id",
                 ARGS(TEXT(id), TEXT(line->series), INT(new->doctor->clinic), INT(new->doctor->doctor),
                      INT(new->patient),
                      INT(new->service->id), INT(line->policy), INT(new->start_utc), INT(end_utc),
                      INT(end_utc + new->service->buffer_min * 60), TEXT(new->doctor->tz), TEXT(new->tzdb),
                      INT(line->fee_minor), TEXT(new->service->currency), TEXT(status),
                      new->hold_expires_utc ? hold : none, INT(line->ics_seq), line->from ? from : none,
                      INT(line->moves), INT(new->overbook), INT(new->user), INT(db_now(db))));
    return err ? err : history_add(db, *ret_appointment, "", status, new->user, NULL);
}

static int holds_count(struct db *db, int64_t patient)
{
    int64_t count = 0;
    int err;

    err = db_int(db, &count, "SELECT count(*) FROM appointment WHERE hold_expires_utc > $2 AND patient_id IN "
                 "(SELECT b.id FROM patient a JOIN patient b ON b.account_id = a.account_id WHERE a.id = $1)",
                 ARGS(INT(patient), INT(db_now(db))));
    return err ? err : count >= STORE_HOLDS_MAX ? -EDQUOT : 0;
}

int store_appointment_add(struct db *db, const struct appointment_new *new, int64_t *ret_appointment)
{
    char series[DB_ID_SIZE];
    struct line line = { .series = series, .fee_minor = new->service->fee_minor };
    int err = new->hold_expires_utc ? holds_count(db, new->patient) : 0;

    if (err == 0)
        err = policy_find(db, new->service, &line.policy);
    if (err)
        return err;
    db_id_make(db, "ser_", series);
    err = row_add(db, new, &line, ret_appointment);
    return err || new->reason == NULL ? err : store_reason_set(db, *ret_appointment, new->reason);
}

int store_appointment_add_after(struct db *db, const struct appointment_access *before,
                                const struct appointment_new *new, int64_t *ret_appointment)
{
    const struct line line = { .series = before->series, .policy = before->policy,
                               .fee_minor = before->fee_minor,
                               .from = before->id, .ics_seq = before->ics_seq + 1,
                               .moves = before->moves + !before->keeps };

    assert(new->hold_expires_utc == 0 && new->patient == before->patient);
    return row_add(db, new, &line, ret_appointment);
}

/* --- moving -------------------------------------------------------------------------------------------- */

int store_appointment_move(struct db *db, const struct appointment_access *now,
                           const struct appointment_move *move)
{
    int moved;

    moved = db_run(db, "UPDATE appointment SET status = $4, version = version + 1, ics_seq = ics_seq + 1, "
                   "hold_expires_utc = CASE WHEN $4 = 'pending_payment' THEN hold_expires_utc END "
                   "WHERE id = $1 AND status = $2 AND version = $3 AND status <> $4",
                   ARGS(INT(now->id), TEXT(now->status), INT(now->version), TEXT(move->to)));
    if (moved < 0)
        return moved;
    if (moved == 0)
        return strcmp(now->status, move->to) == 0 ? DB_BAD_TRANSITION : -ESTALE;
    return history_add(db, now->id, now->status, move->to, move->user, move->reason);
}

/* A move by the patient counts in `moves`. */
int store_appointment_was_moved(struct db *db, int64_t appointment, bool *ret_moved)
{
    int64_t moved;
    int err;

    err = db_int(db, &moved, "SELECT EXISTS(SELECT 1 FROM appointment a JOIN appointment b "
                 "ON b.id = a.rescheduled_from WHERE a.id = $1 AND a.moves = b.moves "
                 "AND b.status = 'rescheduled')", ARGS(INT(appointment)));
    if (err == 0)
        *ret_moved = moved != 0;
    return err;
}

/* --- holds --------------------------------------------------------------------------------------------- */

int store_appointment_stale(struct db *db, int64_t doctor, int64_t patient, json_t **ret_stale)
{
    return db_all(db, ret_stale, "SELECT public_id AS \"id\" FROM appointment WHERE hold_expires_utc <= $1 "
                  "AND ($2 = 0 OR doctor_id = $2 OR patient_id = $3) ORDER BY hold_expires_utc LIMIT 100",
                  ARGS(INT(db_now(db)), INT(doctor), INT(patient)));
}

int store_appointment_stale_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT min(hold_expires_utc) FROM appointment WHERE hold_expires_utc IS NOT "
                               "NULL",
                  NO_ARGS);
}
