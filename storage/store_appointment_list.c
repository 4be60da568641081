/* store_appointment_list.c - appointments as they are shown, one and many. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_appointment.h"
#include "storage/store_dispute.h"
#include "storage/store_private.h"
#include "storage/store_reason.h"

enum { APPOINTMENTS_LIMIT = 20, CURSOR_SIZE = 64, LONGEST_S = 14400 };  /* the table's longest        */
enum { COLUMN_ID = 2, COLUMN_START, COLUMNS_DISPUTE };  /* behind those of the reason                 */

#define APPOINTMENT_COLUMNS                                                                                  \
    STORE_REASON_COLUMNS "a.public_id AS \"_id\", a.start_utc AS \"_start\", " STORE_DISPUTE_COLUMNS         \
    "a.public_id AS \"id\", a.series_id AS \"series\", k.public_id AS \"clinic.id\", "                       \
    "k.name AS \"clinic.name\", d.public_id AS \"doctor.id\", d.display_name AS \"doctor.name\", "           \
    "t.title AS \"doctor.title\", p.public_id AS \"patient.id\", "                                           \
    "coalesce(p.display_name, u.display_name) AS \"patient.name\", "                                         \
    "p.verified_utc AS \"patient.verifiedAt\", "                                                             \
    "s.public_id AS \"service.id\", s.name AS \"service.name\", s.mode AS \"service.mode\", "                \
    "a.start_utc AS \"startAt\", a.end_utc AS \"endAt\", a.booked_tz AS \"tz\", a.status AS \"status\", "    \
    "a.version AS \"version\", a.fee_minor AS \"fee.amount\", a.currency AS \"fee.currency\", "              \
    "a.overbook AS \"isOverbooked\", a.hold_expires_utc AS \"holdExpiresAt\", "                              \
    "f.public_id AS \"rescheduledFrom\", c.public_id AS \"consult\", a.created_utc AS \"createdAt\" "
#define APPOINTMENT_TABLES                                                                                   \
    "FROM appointment a JOIN clinic k ON k.id = a.clinic_id JOIN users d ON d.id = a.doctor_id "             \
    "JOIN doctor t ON t.user_id = a.doctor_id JOIN patient p ON p.id = a.patient_id "                        \
    "JOIN users u ON u.id = p.account_id JOIN service s ON s.id = a.service_id "                             \
    "LEFT JOIN appointment f ON f.id = a.rescheduled_from "                                                  \
    "LEFT JOIN consultation c ON c.appointment_id = a.id " STORE_DISPUTE_TABLE

static int row_read(struct db *db, const struct db_query *q, json_t **ret_row)
{
    json_t *row = db_query_json(q);
    int err = row != NULL ? store_reason_show(db, q, row) : -ENOMEM;

    if (err == 0)
        err = store_dispute_show(db, q, COLUMNS_DISPUTE, db_column_text(q, COLUMN_ID), row);
    if (err)
        json_decref(row);
    else
        *ret_row = row;
    return err;
}

int store_appointment_get(struct db *db, int64_t appointment, json_t **ret_appointment)
{
    struct db_query q;
    int err, more = db_query(db, &q, "SELECT " APPOINTMENT_COLUMNS APPOINTMENT_TABLES "WHERE a.id = $1",
                             ARGS(INT(appointment)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    err = row_read(db, &q, ret_appointment);
    db_done(&q);
    return err;
}

int store_appointment_history(struct db *db, int64_t appointment, json_t **ret_changes)
{
    return db_all(db, ret_changes,
                  "SELECT nullif(h.from_s, '') AS \"from\", h.to_s AS \"to\", u.public_id AS \"by.id\", "
                  "u.display_name AS \"by.name\", u.role AS \"by.role\", h.reason AS \"reason\", "
                  "h.at_utc AS \"changedAt\", h.version AS \"version\" FROM appointment_history h "
                  "LEFT JOIN users u ON u.id = h.by_id WHERE h.appointment_id = $1 ORDER BY h.id",
                  ARGS(INT(appointment)));
}

int store_appointment_busy(struct db *db, int64_t doctor, int64_t from_utc, int64_t to_utc, json_t **ret_busy)
{
    return db_all(db, ret_busy,
                  "SELECT start_utc AS \"begin\", end_utc AS \"end\", busy_until_utc AS \"free\" "
                  "FROM appointment WHERE occupies = 1 AND doctor_id = $1 AND start_utc > $2 AND start_utc "
                  "< $3 "
                  "AND (hold_expires_utc IS NULL OR hold_expires_utc > $4) ORDER BY start_utc",
                  ARGS(INT(doctor), INT(from_utc - LONGEST_S), INT(to_utc + LONGEST_S), INT(db_now(db))));
}

/* A cursor is "<start>.<apt_…>" of the last item. */
struct place { int64_t utc; const char *id; };

static int cursor_read(const char *cursor, struct place *ret_place)
{
    char *end;

    *ret_place = (struct place){ INT64_MIN, "" };
    if (cursor == NULL)
        return 0;
    errno = 0;
    ret_place->utc = strtoll(cursor, &end, 10);
    ret_place->id = end + 1;
    return errno || end == cursor || *end != '.' || strncmp(end + 1, "apt_", 4) != 0 ? -EINVAL : 0;
}

/* Whose they are is another index each, so another statement; $1 is whose. */
#define LIST_SQL(scope)                                                                                      \
    "SELECT " APPOINTMENT_COLUMNS APPOINTMENT_TABLES                                                         \
    "WHERE " scope " AND a.end_utc > $2 AND a.start_utc > $2 - 14400 AND a.start_utc < $3 "                  \
    "AND ($4 = '' OR a.status = $4) AND ($5 = '' OR d.public_id = $5) "                                      \
    "AND (a.start_utc, a.public_id) > ($6, $7) ORDER BY a.start_utc, a.public_id LIMIT $8"

static const struct scope { const char *role; bool of_clinic; const char *sql; } scopes[] = {
    { "patient", false, LIST_SQL("a.patient_id IN (SELECT id FROM patient WHERE account_id = $1)") },
    { "doctor",  false, LIST_SQL("a.doctor_id = $1") },
    { "admin",   true,  LIST_SQL("a.clinic_id = $1") },
    { "staff",   true,  LIST_SQL("a.clinic_id = $1") },
};

static const struct scope *scope_of(const struct store_user *user)
{
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
        if (strcmp(scopes[i].role, user->role) == 0)
            return &scopes[i];
    return NULL;
}

static int items_read(struct db *db, const struct appointment_list *list, struct place after, int limit,
                      json_t *items, char cursor[CURSOR_SIZE])
{
    const struct scope *scope = scope_of(list->user);
    struct db_query q;
    int more;

    if (scope == NULL)
        return 0;                               /* nobody is expected of them                         */
    more = db_query(db, &q, scope->sql,
                    ARGS(INT(scope->of_clinic ? list->user->clinic : list->user->id), INT(list->from_utc),
                         INT(list->to_utc), TEXT(list->status ? list->status : ""),
                         TEXT(list->doctor ? list->doctor : ""), INT(after.utc), TEXT(after.id),
                             INT(limit + 1)));
    for (; more > 0; more = db_next(&q)) {
        json_t *item;
        int err = row_read(db, &q, &item);

        if (err == 0 && json_array_append_new(items, item) < 0)
            err = -ENOMEM;
        if (err) {
            db_done(&q);
            return err;
        }
        if (json_array_size(items) <= (size_t)limit)
            snprintf(cursor, CURSOR_SIZE, "%" PRId64 ".%s", db_column_int(&q, COLUMN_START),
                     db_column_text(&q, COLUMN_ID));
    }
    return more;
}

int store_appointment_list(struct db *db, const struct appointment_list *list, json_t **ret_page)
{
    int limit = store_limit(list->limit, APPOINTMENTS_LIMIT, STORE_LIMIT_MAX), err;
    char cursor[CURSOR_SIZE] = "";
    struct place after;
    json_t *items;

    err = cursor_read(list->cursor, &after);
    if (err)
        return err;
    items = json_array();
    if (items == NULL)
        return -ENOMEM;
    err = items_read(db, list, after, limit, items, cursor);
    if (err < 0) {
        json_decref(items);
        return err;
    }
    return store_page(items, limit, cursor, ret_page);
}
