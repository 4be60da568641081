/* store_leave.c - a doctor's leave, and what became of whom it met. */
#include "storage/store_leave.h"

#include <stdio.h>

#include "storage/store_private.h"

enum { LEAVES_LIMIT = 20, LENGTH_MAX_S = 14400 }; /* of an appointment with its buffer: 0004 */

#define LEAVE_COLUMNS                                                                                        \
    "v.public_id AS \"id\", v.start_utc AS \"startAt\", v.end_utc AS \"endAt\", v.reason AS \"reason\", "    \
    "v.undo_until_utc AS \"undoUntilAt\", v.undone_utc AS \"undoneAt\", v.created_utc AS \"createdAt\", "    \
    "u.public_id AS \"by.id\", u.display_name AS \"by.name\", u.role AS \"by.role\", "                       \
    "(SELECT count(c.next_id) FROM doctor_leave_change c WHERE c.leave_id = v.id) AS \"moved\", "            \
    "(SELECT count(*) - count(c.next_id) FROM doctor_leave_change c WHERE c.leave_id = v.id) "               \
    "AS \"cancelled\" FROM doctor_leave v JOIN users u ON u.id = v.created_by "

int store_leave_add(struct db *db, const struct leave_new *new, int64_t *ret_leave)
{
    const struct exception_new off = {
        .kind = "off", .reason = new->reason, .start_utc = new->start_utc, .end_utc = new->end_utc
    };
    json_t *exception = NULL;
    char id[DB_ID_SIZE];
    int err;

    err = store_exception_add(db, new->doctor, &off, &exception);
    if (err)
        return err;
    db_id_make(db, "lea_", id);
    err = db_int(db, ret_leave,
                 "INSERT INTO doctor_leave(public_id, doctor_id, exception_id, start_utc, end_utc, "
                 "reason, created_by, created_utc, undo_until_utc) "
                 "SELECT $1, $2, e.id, $4, $5, $6, $7, $8, $9 FROM availability_exception e "
                 "WHERE e.public_id = $3 RETURNING id",
                 ARGS(TEXT(id), INT(new->doctor), TEXT(json_string_value(json_object_get(exception, "id"))),
                      INT(new->start_utc), INT(new->end_utc), TEXT(new->reason), INT(new->user),
                      INT(db_now(db)), INT(db_now(db) + STORE_LEAVE_UNDO_S)));
    json_decref(exception);
    return err;
}

int store_leave_get(struct db *db, int64_t leave, json_t **ret_leave)
{
    return db_row(db, ret_leave, "SELECT " LEAVE_COLUMNS "WHERE v.id = $1", ARGS(INT(leave)));
}

int store_leave_find(struct db *db, int64_t doctor, const char *public_id, struct leave_access *ret_leave)
{
    struct db_query q;
    int more;

    more = db_query(db, &q,
                    "SELECT id, undo_until_utc, undone_utc IS NOT NULL, public_id FROM doctor_leave "
                    "WHERE doctor_id = $1 AND public_id = $2",
                    ARGS(INT(doctor), TEXT(public_id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    *ret_leave = (struct leave_access){ .id = db_column_int(&q, 0),
                                        .undo_until_utc = db_column_int(&q, 1),
                                        .undone = db_column_int(&q, 2) != 0 };
    snprintf(ret_leave->public_id, sizeof ret_leave->public_id, "%s", db_column_text(&q, 3));
    db_done(&q);
    return 0;
}

int store_leave_list(struct db *db, int64_t doctor, int limit, const char *cursor, json_t **ret_page)
{
    struct leave_access place = { .id = INT64_MAX };
    char next[DB_ID_SIZE] = "";
    json_t *items;
    int err = cursor != NULL ? store_leave_find(db, doctor, cursor, &place) : 0;

    if (err)
        return err == -ENOENT ? -EINVAL : err;
    limit = store_limit(limit, LEAVES_LIMIT, STORE_LIMIT_MAX);
    err = db_all(db, &items,
                 "SELECT " LEAVE_COLUMNS "WHERE v.doctor_id = $1 AND v.id < $2 "
                 "ORDER BY v.id DESC LIMIT $3",
                 ARGS(INT(doctor), INT(place.id), INT(limit + 1)));
    if (err)
        return err;
    if (json_array_size(items) > (size_t)limit)
        snprintf(next, sizeof next, "%s",
                 json_string_value(json_object_get(json_array_get(items, (size_t)limit - 1), "id")));
    return store_page(items, limit, next, ret_page);
}

int store_leave_affected(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc, json_t **ret_ids)
{
    json_t *ids;
    int err;

    err = db_all(db, &ids,
                 "SELECT a.public_id AS \"id\" FROM appointment a WHERE a.doctor_id = $1 "
                 "AND a.start_utc > $2 - $4 AND a.start_utc < $3 AND a.end_utc > $2 AND a.end_utc > $5 "
                 "AND a.status IN ('held', 'pending_payment', 'requested', 'booked', 'checked_in') "
                 "ORDER BY a.start_utc, a.id LIMIT $6",
                 ARGS(INT(doctor), INT(from_utc), INT(to_utc), INT(LENGTH_MAX_S), INT(db_now(db)),
                      INT(STORE_AFFECTED_MAX + 1)));
    if (err)
        return err;
    if (json_array_size(ids) > STORE_AFFECTED_MAX) {
        json_decref(ids);
        return -EMSGSIZE;
    }
    *ret_ids = ids;
    return 0;
}

int store_leave_change_add(struct db *db, int64_t leave, const struct appointment_access *before,
                           int64_t next)
{
    struct db_arg moved = INT(next), none = NUL();
    int err;

    err = db_run(db,
                 "INSERT INTO doctor_leave_change(leave_id, appointment_id, next_id, status) "
                 "VALUES($1, $2, $3, $4)",
                 ARGS(INT(leave), INT(before->id), next ? moved : none, TEXT(before->status)));
    return err < 0 ? err : 0;
}

int store_leave_changes(struct db *db, int64_t leave, json_t **ret_changes)
{
    return db_all(db, ret_changes,
                  "SELECT b.public_id AS \"before\", c.status AS \"status\", "
                  "n.public_id AS \"next\", b.overbook AS \"isOverbooked\" FROM doctor_leave_change c "
                  "JOIN appointment b ON b.id = c.appointment_id LEFT JOIN appointment n ON n.id = c.next_id "
                  "WHERE c.leave_id = $1 ORDER BY c.appointment_id DESC",
                  ARGS(INT(leave)));
}

int store_leave_undo(struct db *db, int64_t leave)
{
    int err;

    err = db_run(db, "UPDATE doctor_leave SET undone_utc = $2 WHERE id = $1",
                 ARGS(INT(leave), INT(db_now(db))));
    if (err < 0)
        return err;
    err = db_run(db,
                 "DELETE FROM availability_exception WHERE id = (SELECT exception_id FROM doctor_leave "
                 "WHERE id = $1)",
                 ARGS(INT(leave)));
    return err < 0 ? err : 0;
}

int store_leave_colleagues(struct db *db, int64_t doctor, int64_t service, json_t **ret_doctors)
{
    return db_all(
        db, ret_doctors,
        "SELECT u.public_id AS \"id\" FROM service s CROSS JOIN doctor d CROSS JOIN users u "
        "ON u.id = d.user_id AND u.clinic_id = s.clinic_id WHERE s.id = $2 AND u.id <> $1 "
        "AND u.disabled_utc IS NULL AND (s.department_id IS NULL OR s.department_id = d.department_id) "
        "ORDER BY u.id LIMIT $3",
        ARGS(INT(doctor), INT(service), INT(STORE_COLLEAGUES_MAX)));
}

int store_patient_is_busy(struct db *db, const struct appointment_access *appointment, int64_t from_utc,
                          int64_t to_utc, bool *ret_busy)
{
    int64_t busy;
    int err;

    err = db_int(
        db, &busy,
        "SELECT EXISTS(SELECT 1 FROM appointment a WHERE a.occupies = 1 "
        "AND a.patient_id = $1 AND a.id <> $2 AND a.start_utc < $4 AND a.end_utc > $3 "
        "AND a.start_utc > $3 - $5)",
        ARGS(INT(appointment->patient), INT(appointment->id), INT(from_utc), INT(to_utc), INT(LENGTH_MAX_S)));
    if (err == 0)
        *ret_busy = busy != 0;
    return err;
}
