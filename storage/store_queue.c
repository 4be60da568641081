/* store_queue.c - the line of a doctor, his board, and how long his consults took. */
#include "storage/store_queue.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"
#include "storage/store_reason.h"

enum { ENOUGH = 3, DAY_S = 86400, LATE_S = 3600 };

/* --- the doctor ---------------------------------------------------------------------------------------- */

#define DOCTOR_SELECT                                                                                        \
    "SELECT u.id, u.public_id, k.public_id, EXISTS(SELECT 1 FROM consultation b WHERE b.doctor_id = u.id "   \
    "AND b.state = 'active' AND b.kind <> 'text') FROM users u JOIN doctor d ON d.user_id = u.id "           \
    "JOIN clinic k ON k.id = u.clinic_id "

static int doctor_read(struct db_query *q, int more, struct queue_doctor *d)
{
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    d->id = db_column_int(q, 0);
    snprintf(d->public_id, sizeof d->public_id, "%s", db_column_text(q, 1));
    snprintf(d->clinic, sizeof d->clinic, "%s", db_column_text(q, 2));
    d->busy = db_column_int(q, 3) != 0;
    db_done(q);
    return 0;
}

int store_queue_doctor(struct db *db, const char *public_id, struct queue_doctor *ret_doctor)
{
    struct db_query q;
    int more = db_query(db, &q, DOCTOR_SELECT "WHERE u.public_id = $1", ARGS(TEXT(public_id)));

    return doctor_read(&q, more, ret_doctor);
}

int store_queue_doctor_of(struct db *db, int64_t consult, struct queue_doctor *ret_doctor)
{
    struct db_query q;
    int more = db_query(db, &q, DOCTOR_SELECT "JOIN consultation c ON c.doctor_id = u.id WHERE c.id = $1",
                        ARGS(INT(consult)));

    return doctor_read(&q, more, ret_doctor);
}

int store_queue_clinic(struct db *db, int64_t clinic, char ret_id[DB_ID_SIZE])
{
    struct db_query q;
    int more = db_query(db, &q, "SELECT public_id FROM clinic WHERE id = $1", ARGS(INT(clinic)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    snprintf(ret_id, DB_ID_SIZE, "%s", db_column_text(&q, 0));
    db_done(&q);
    return 0;
}

int store_queue_doctors(struct db *db, json_t **ret_doctors)
{
    return db_all(db, ret_doctors,
                  "SELECT DISTINCT u.public_id AS \"id\" FROM consultation c "
                  "JOIN users u ON u.id = c.doctor_id WHERE " STORE_IS_GOING_ON("c")
                  "AND c.state = 'open' ORDER BY u.public_id",
                  NO_ARGS);
}

int store_queue_staffed(struct db *db, json_t **ret_doctors)
{
    return db_all(db, ret_doctors,
                  "SELECT u.public_id AS \"id\", k.public_id AS \"clinic\" FROM doctor d CROSS JOIN users u "
                  "ON u.id = d.user_id JOIN clinic k ON k.id = u.clinic_id WHERE u.disabled_utc IS NULL",
                  NO_ARGS);
}

/* --- the line ------------------------------------------------------------------------------------------ */

#define ONE_SELECT                                                                                           \
    "SELECT c.id, coalesce(a.service_id, 0), coalesce(a.start_utc, 0), coalesce(c.begun_utc, 0), "           \
    "c.kind = 'text', c.public_id, u.public_id FROM consultation c JOIN patient p ON p.id = c.patient_id "   \
    "JOIN users u ON u.id = p.account_id LEFT JOIN appointment a ON a.id = c.appointment_id "

static void one_read(const struct db_query *q, struct queue_one *one)
{
    *one = (struct queue_one){ .consult = db_column_int(q, 0),
                               .service = db_column_int(q, 1),
                               .start_utc = db_column_int(q, 2),
                               .begun_utc = db_column_int(q, 3),
                               .text = db_column_int(q, 4) != 0 };
    snprintf(one->id, sizeof one->id, "%s", db_column_text(q, 5));
    snprintf(one->user, sizeof one->user, "%s", db_column_text(q, 6));
}

int store_queue_line(struct db *db, int64_t doctor, struct queue_one ret_line[STORE_LINE_MAX])
{
    struct db_query q;
    int more, count = 0;

    more = db_query(db, &q,
                    ONE_SELECT
                    "WHERE c.doctor_id = $1 AND c.state = 'open' "
                    "AND (a.id IS NULL OR a.status = 'checked_in') ORDER BY c.line_utc, c.id LIMIT $2",
                    ARGS(INT(doctor), INT(STORE_LINE_MAX)));
    for (; more > 0; more = db_next(&q)) {
        assert(count < STORE_LINE_MAX);
        one_read(&q, &ret_line[count++]);
    }
    return more < 0 ? more : count;
}

int store_queue_current(struct db *db, int64_t doctor, struct queue_one *ret_one)
{
    struct db_query q;
    int more;

    more = db_query(db, &q,
                    ONE_SELECT "WHERE c.doctor_id = $1 AND c.state = 'active' AND c.kind <> 'text' "
                               "ORDER BY c.begun_utc DESC LIMIT 1",
                    ARGS(INT(doctor)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    one_read(&q, ret_one);
    db_done(&q);
    return 0;
}

/* --- how long ------------------------------------------------------------------------------------------ */

static int numbers_read(struct db_query *q, int more, int64_t ret_seconds[STORE_SAMPLE_MAX])
{
    int count = 0;

    for (; more > 0; more = db_next(q)) {
        assert(count < STORE_SAMPLE_MAX);
        ret_seconds[count++] = db_column_int(q, 0);
    }
    return more < 0 ? more : count;
}

int store_queue_sample(struct db *db, const struct queue_one *like, int64_t doctor,
                       int64_t ret_seconds[STORE_SAMPLE_MAX])
{
    struct db_query q;
    int count;

    if (like->text)
        return numbers_read(&q,
                            db_query(db, &q,
                                     "SELECT begun_utc - opened_utc FROM consultation "
                                     "WHERE doctor_id = $1 AND kind = 'text' AND begun_utc IS NOT NULL "
                                     "ORDER BY begun_utc DESC LIMIT $2",
                                     ARGS(INT(doctor), INT(STORE_SAMPLE_MAX))),
                            ret_seconds);
    count =
        numbers_read(&q,
                     db_query(db, &q,
                              "SELECT c.ended_utc - c.begun_utc FROM consultation c "
                              "JOIN appointment a ON a.id = c.appointment_id WHERE c.doctor_id = $1 "
                              "AND a.service_id = $3 AND c.ended_utc IS NOT NULL AND c.begun_utc IS NOT NULL "
                              "ORDER BY c.ended_utc DESC LIMIT $2",
                              ARGS(INT(doctor), INT(STORE_SAMPLE_MAX), INT(like->service))),
                     ret_seconds);
    if (count < 0 || count >= ENOUGH)
        return count;
    return numbers_read(&q,
                        db_query(db, &q,
                                 "SELECT ended_utc - begun_utc FROM consultation "
                                 "WHERE doctor_id = $1 AND kind <> 'text' AND ended_utc IS NOT NULL "
                                 "AND begun_utc IS NOT NULL ORDER BY ended_utc DESC LIMIT $2",
                                 ARGS(INT(doctor), INT(STORE_SAMPLE_MAX))),
                        ret_seconds);
}

/* --- the board ----------------------------------------------------------------------------------------- */

#define BOARD_PATIENT                                                                                        \
    "p.public_id AS \"patient.id\", coalesce(p.display_name, u.display_name) AS \"patient.name\", "          \
    "s.public_id AS \"service.id\", s.name AS \"service.name\", s.mode AS \"service.mode\", "                \
    "a.start_utc AS \"startAt\", u.public_id AS \"account\", EXISTS(SELECT 1 FROM consultation e "           \
    "WHERE e.patient_id = p.id AND e.doctor_id = $1 AND e.ended_utc IS NOT NULL) AS \"isReturning\", "     \
    "EXISTS(SELECT 1 FROM form_answer r WHERE r.series_id = a.series_id AND r.red_flags > 0) "               \
    "AS \"isAlarming\", "

static int consults_read(struct db *db, int64_t doctor, json_t **ret_items)
{
    struct db_query q;
    int more = db_query(
        db, &q,
        "SELECT " STORE_REASON_COLUMNS
        "CASE WHEN c.state = 'open' THEN 'waiting' WHEN c.state = 'awaiting_signature' THEN "
        "'to_sign' WHEN c.kind = 'text' AND c.last_seq > x.last_read_seq THEN 'unread' "
        "ELSE 'in_consult' END AS \"column\", c.public_id AS \"consult\", "
        "a.public_id AS \"appointment\", " BOARD_PATIENT
        "CASE c.state WHEN 'open' THEN coalesce((SELECT max(h.at_utc) FROM appointment_history h "
        "WHERE h.appointment_id = a.id AND h.to_s = 'checked_in'), c.opened_utc) "
        "WHEN 'awaiting_signature' THEN c.ended_utc ELSE c.begun_utc END AS \"sinceAt\", "
        "c.last_seq - x.last_read_seq AS \"unread\" "
        "FROM consultation c JOIN participant x ON x.consultation_id = c.id AND x.user_id = $1 "
        "JOIN patient p ON p.id = c.patient_id JOIN users u ON u.id = p.account_id "
        "LEFT JOIN appointment a ON a.id = c.appointment_id LEFT JOIN service s ON s.id = a.service_id "
        "WHERE c.doctor_id = $1 AND c.state IN ('open', 'active', 'paused', 'awaiting_signature') "
        "AND (c.state <> 'open' OR a.id IS NULL OR a.status = 'checked_in') "
        "ORDER BY c.line_utc, c.id LIMIT $2",
        ARGS(INT(doctor), INT(STORE_LINE_MAX)));

    return store_reason_rows(db, &q, more, ret_items);
}

static int later_read(struct db *db, int64_t doctor, json_t **ret_items)
{
    struct db_query q;
    int more = db_query(
        db, &q,
        "SELECT " STORE_REASON_COLUMNS "'later' AS \"column\", a.public_id AS \"appointment\", " BOARD_PATIENT
        "0 AS \"unread\" FROM appointment a JOIN patient p ON p.id = a.patient_id "
        "JOIN users u ON u.id = p.account_id JOIN service s ON s.id = a.service_id "
        "WHERE a.doctor_id = $1 AND a.status = 'booked' AND a.start_utc > $2 AND a.start_utc < $3 "
        "ORDER BY a.start_utc, a.id LIMIT $4",
        ARGS(INT(doctor), INT(db_now(db) - LATE_S), INT(db_now(db) + DAY_S), INT(STORE_LINE_MAX)));

    return store_reason_rows(db, &q, more, ret_items);
}

/* As the wire names them. */
static int names_set(json_t *item)
{
    static const char *const names[][2] = { { "startAt", "start" },
                                            { "sinceAt", "since" },
                                            { "isReturning", "returning" },
                                            { "isAlarming", "redFlag" } };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        json_t *value = json_object_get(item, names[i][0]);

        if (value != NULL && json_object_set(item, names[i][1], value) != 0)
            return -ENOMEM;
        (void)json_object_del(item, names[i][0]);
    }
    return 0;
}

int store_queue_board(struct db *db, int64_t doctor, json_t **ret_items)
{
    json_t *items = NULL, *later = NULL, *item;
    size_t i;
    int err = consults_read(db, doctor, &items);

    if (err == 0)
        err = later_read(db, doctor, &later);
    if (err == 0 && json_array_extend(items, later) != 0)
        err = -ENOMEM;
    json_decref(later);
    json_array_foreach(items, i, item) if (err == 0) err = names_set(item);
    if (err)
        json_decref(items);
    else
        *ret_items = items;
    return err;
}
