/* store_clock.c - what the clock looks at. */
#include "storage/store_clock.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "storage/store_private.h"

enum { DAY_S = 86400 };

#define ROW_SELECT(place, due)                                                                               \
    "SELECT coalesce(c.id, 0), coalesce(a.start_utc, 0), " due ", coalesce((SELECT max(h.at_utc) FROM "      \
    "appointment_history h WHERE h.appointment_id = a.id AND h.to_s = 'checked_in'), 0), "                   \
    "EXISTS(SELECT 1 FROM consultation b WHERE b.doctor_id = d.id AND b.kind <> 'text' "                     \
    "AND b.state = 'active'), coalesce(c.state = 'paused', 0), coalesce(a.public_id, ''), "                  \
    "coalesce(c.public_id, ''), d.public_id, u.public_id, " place " "
#define OF_CONSULT                                                                                           \
    "FROM consultation c JOIN users d ON d.id = c.doctor_id JOIN patient p ON p.id = c.patient_id "          \
    "JOIN users u ON u.id = p.account_id LEFT JOIN appointment a ON a.id = c.appointment_id "
#define OF_APPOINTMENT                                                                                       \
    "FROM appointment a JOIN users d ON d.id = a.doctor_id JOIN patient p ON p.id = a.patient_id "           \
    "JOIN users u ON u.id = p.account_id LEFT JOIN consultation c ON c.appointment_id = a.id "

static int rows_read(struct db_query *q, int more, struct clock_row ret_rows[STORE_DUE_MAX])
{
    int count = 0;

    for (; more > 0; more = db_next(q)) {
        struct clock_row *r = &ret_rows[count++];

        assert(count <= STORE_DUE_MAX);
        *r = (struct clock_row){ .consult = db_column_int(q, 0),
                                 .start_utc = db_column_int(q, 1),
                                 .due_utc = db_column_int(q, 2),
                                 .came_utc = db_column_int(q, 3),
                                 .busy = db_column_int(q, 4) != 0,
                                 .paused = db_column_int(q, 5) != 0 };
        snprintf(r->appointment, sizeof r->appointment, "%s", db_column_text(q, 6));
        snprintf(r->consult_id, sizeof r->consult_id, "%s", db_column_text(q, 7));
        snprintf(r->doctor, sizeof r->doctor, "%s", db_column_text(q, 8));
        snprintf(r->patient, sizeof r->patient, "%s", db_column_text(q, 9));
        r->place = db_column_int(q, 10);
    }
    return more < 0 ? more : count;
}

int store_clock_expired(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX])
{
    struct db_query q;

    return rows_read(&q,
                     db_query(db, &q,
                              ROW_SELECT("c.id", "c.accept_by_utc") OF_CONSULT
                              "WHERE c.state = 'open' AND c.accept_by_utc <= $1 AND +c.id > $3 "
                              "ORDER BY +c.id LIMIT $2",
                              ARGS(INT(db_now(db)), INT(STORE_DUE_MAX), INT(after))),
                     ret_rows);
}

int store_clock_expires_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc,
                  "SELECT min(accept_by_utc) FROM consultation WHERE state = 'open' "
                  "AND accept_by_utc IS NOT NULL",
                  NO_ARGS);
}

#define ANSWER_BY                                                                                            \
    "min(a.start_utc, $1 + (SELECT max(r.at_utc) FROM appointment_history r "                                \
    "WHERE r.appointment_id = a.id AND r.to_s = 'requested'))"

int store_clock_unanswered(struct db *db, int64_t after_s, int64_t after,
                           struct clock_row ret_rows[STORE_DUE_MAX])
{
    struct db_query q;

    return rows_read(&q,
                     db_query(db, &q,
                              ROW_SELECT("a.id", ANSWER_BY) OF_APPOINTMENT
                              "WHERE a.status = 'requested' AND " ANSWER_BY " <= $2 AND +a.id > $4 "
                              "ORDER BY +a.id LIMIT $3",
                              ARGS(INT(after_s), INT(db_now(db)), INT(STORE_DUE_MAX), INT(after))),
                     ret_rows);
}

int store_clock_unanswered_next(struct db *db, int64_t after_s, int64_t *ret_utc)
{
    return db_int(db, ret_utc,
                  "SELECT " ANSWER_BY " FROM appointment a WHERE a.status = 'requested' "
                  "ORDER BY 1 LIMIT 1",
                  ARGS(INT(after_s)));
}

int store_clock_waiting(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX])
{
    struct db_query q;

    return rows_read(&q,
                     db_query(db, &q,
                              ROW_SELECT("a.id", "0") OF_APPOINTMENT
                              "WHERE a.status = 'checked_in' AND c.state = 'open' AND +a.id > $2 "
                              "ORDER BY +a.id LIMIT $1",
                              ARGS(INT(STORE_DUE_MAX), INT(after))),
                     ret_rows);
}

int store_clock_rooms(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX])
{
    struct db_query q;

    return rows_read(&q,
                     db_query(db, &q,
                              ROW_SELECT("c.id", "0") OF_CONSULT
                              "WHERE " STORE_IS_GOING_ON("c") "AND c.state IN ('active', 'paused') AND "
                              "c.kind <> 'text' AND c.held = 0 AND +c.id > $2 ORDER BY +c.id LIMIT $1",
                              ARGS(INT(STORE_DUE_MAX), INT(after))),
                     ret_rows);
}

#define EXPECTED                                                                                             \
    "(a.status = 'checked_in' OR (a.status = 'booked' AND c.id IS NULL)) AND a.start_utc > $1 "
#define GRACE_END "a.start_utc + 60 * (SELECT y.grace_min FROM policy y WHERE y.id = a.policy_id)"

int store_clock_late(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX])
{
    struct db_query q;

    return rows_read(&q,
                     db_query(db, &q,
                              ROW_SELECT("a.id", GRACE_END) OF_APPOINTMENT
                              "WHERE " EXPECTED "AND " GRACE_END " <= $2 AND +a.id > $4 "
                              "ORDER BY +a.id LIMIT $3",
                              ARGS(INT(db_now(db) - DAY_S), INT(db_now(db)), INT(STORE_DUE_MAX),
                                   INT(after))),
                     ret_rows);
}

int store_clock_late_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc,
                  "SELECT min(" GRACE_END ") FROM appointment a WHERE a.status IN "
                  "('booked', 'checked_in') AND a.start_utc > $1 AND " GRACE_END " > $2",
                  ARGS(INT(db_now(db) - DAY_S), INT(db_now(db))));
}

/* --- who was there ------------------------------------------------------------------------------------- */

int store_clock_begun(struct db *db, int64_t after, struct clock_row ret_rows[STORE_DUE_MAX])
{
    struct db_query q;

    return rows_read(&q,
                     db_query(db, &q,
                              ROW_SELECT("a.id", "0") OF_APPOINTMENT "WHERE " EXPECTED
                              "AND a.start_utc <= $2 AND +a.id > $4 ORDER BY +a.id LIMIT $3",
                              ARGS(INT(db_now(db) - DAY_S), INT(db_now(db)), INT(STORE_DUE_MAX),
                                   INT(after))),
                     ret_rows);
}

int store_clock_begun_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT min(start_utc) FROM appointment WHERE status IN ('booked', "
                  "'checked_in') AND start_utc > $1", ARGS(INT(db_now(db))));
}

int store_attendance_note(struct db *db, const char *appointment, const char *side, int64_t from_utc,
                          int64_t seen_utc)
{
    int noted = db_run(db, "UPDATE attendance SET to_utc = $4 WHERE side = $2 AND to_utc = $3 AND "
                       "appointment_id = (SELECT id FROM appointment WHERE public_id = $1)",
                       ARGS(TEXT(appointment), TEXT(side), INT(seen_utc), INT(db_now(db))));

    if (noted == 0)
        noted = db_run(db, "INSERT INTO attendance(appointment_id, side, from_utc, to_utc) "
                       "SELECT id, $2, $3, $4 "
                       "FROM appointment WHERE public_id = $1 "
                       "ON CONFLICT(appointment_id, side, from_utc) DO UPDATE SET to_utc = excluded.to_utc",
                       ARGS(TEXT(appointment), TEXT(side), INT(from_utc), INT(db_now(db))));
    return noted < 0 ? noted : 0;
}

int store_attendance_sum(struct db *db, const char *appointment, const char *side, int64_t *ret_seconds)
{
    return db_int(db, ret_seconds, "SELECT sum(t.to_utc - t.from_utc) FROM attendance t JOIN appointment a "
                  "ON a.id = t.appointment_id WHERE a.public_id = $1 AND t.side = $2",
                  ARGS(TEXT(appointment), TEXT(side)));
}

/* --- duties -------------------------------------------------------------------------------------------- */

int store_clock_duties(struct db *db, struct clock_duty ret_duties[STORE_DUE_MAX])
{
    struct db_query q;
    int more, count = 0;

    more = db_query(db, &q,
                    "SELECT c.id, c.clinic_id, CASE WHEN c.state = 'open' THEN c.opened_utc "
                    "ELSE c.ended_utc END, "
                    "coalesce(c.accept_by_utc, 0), c.duty_utc, c.state = 'open', c.public_id, d.public_id "
                    "FROM consultation c JOIN users d ON d.id = c.doctor_id WHERE c.duty_utc <= $1 "
                    "AND c.state IN ('open', 'awaiting_signature') ORDER BY c.duty_utc LIMIT $2",
                    ARGS(INT(db_now(db)), INT(STORE_DUE_MAX)));
    for (; more > 0; more = db_next(&q)) {
        struct clock_duty *one = &ret_duties[count++];

        assert(count <= STORE_DUE_MAX);
        *one = (struct clock_duty){ .consult = db_column_int(&q, 0), .clinic = db_column_int(&q, 1),
                                    .since_utc = db_column_int(&q, 2), .until_utc = db_column_int(&q, 3),
                                    .told_utc = db_column_int(&q, 4), .open = db_column_int(&q, 5) != 0 };
        snprintf(one->consult_id, sizeof one->consult_id, "%s", db_column_text(&q, 6));
        snprintf(one->doctor, sizeof one->doctor, "%s", db_column_text(&q, 7));
    }
    return more < 0 ? more : count;
}

int store_clock_duty_set(struct db *db, int64_t consult, int64_t next_utc)
{
    struct db_arg next = INT(next_utc), none = NUL();
    int set = db_run(db, "UPDATE consultation SET duty_utc = $2 WHERE id = $1",
                     ARGS(INT(consult), next_utc ? next : none));

    return set < 0 ? set : 0;
}

int store_clock_duties_next(struct db *db, int64_t *ret_utc)
{
    return db_int(db, ret_utc, "SELECT min(duty_utc) FROM consultation WHERE duty_utc IS NOT NULL", NO_ARGS);
}
