/* store_leg.c - who is in a call, with which device, and how well it went. */
#include <stdio.h>

#include "storage/store_call.h"

#define LEG_ROW                                                                                              \
    "SELECT l.id, l.call_id, l.user_id, l.public_id, u.public_id, c.public_id, l.lost_utc IS NOT NULL, "     \
    "l.device FROM call_leg l JOIN users u ON u.id = l.user_id JOIN call_session s ON s.id = l.call_id "     \
    "JOIN consultation c ON c.id = s.consultation_id "

static void leg_column(const struct db_query *q, struct leg_row *leg)
{
    *leg = (struct leg_row){ .id = db_column_int(q, 0), .call = db_column_int(q, 1),
                             .user = db_column_int(q, 2), .lost = db_column_int(q, 6) != 0 };
    snprintf(leg->public_id, sizeof leg->public_id, "%s", db_column_text(q, 3));
    snprintf(leg->user_id, sizeof leg->user_id, "%s", db_column_text(q, 4));
    snprintf(leg->consult_id, sizeof leg->consult_id, "%s", db_column_text(q, 5));
    snprintf(leg->device, sizeof leg->device, "%s", db_column_text(q, 7));
}

static int legs_read(struct db_query *q, int more, int max, struct leg_row *ret_legs)
{
    int count = 0;

    for (; more > 0; more = db_next(q)) {
        if (count == max) {
            db_done(q);
            return count;
        }
        leg_column(q, &ret_legs[count++]);
    }
    return more < 0 ? more : count;
}

int store_leg_of(struct db *db, int64_t user, struct leg_row *ret_leg)
{
    struct db_query q;
    int count = legs_read(&q, db_query(db, &q, LEG_ROW "WHERE l.user_id = $1 AND l.left_utc IS NULL",
                                       ARGS(INT(user))), 1, ret_leg);

    return count < 0 ? count : count == 0 ? -ENOENT : 0;
}

int store_leg_access(struct db *db, const char *consult, int64_t user, struct consult_access *ret_access)
{
    struct consult_access access = { .user = user, .role = "guest" };
    struct db_query q;
    int more = db_query(db, &q, "SELECT c.id, c.state FROM call_leg l JOIN call_session s "
                        "ON s.id = l.call_id JOIN consultation c ON c.id = s.consultation_id "
                        "WHERE c.public_id = $1 "
                        "AND l.user_id = $2 AND l.left_utc IS NULL", ARGS(TEXT(consult), INT(user)));

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    access.consult = db_column_int(&q, 0);
    snprintf(access.state, sizeof access.state, "%s", db_column_text(&q, 1));
    db_done(&q);
    *ret_access = access;
    return 0;
}

int store_leg_each(struct db *db, int64_t call, int max, struct leg_row *ret_legs)
{
    struct db_query q;

    return legs_read(&q, db_query(db, &q, LEG_ROW "WHERE l.call_id = $1 AND l.left_utc IS NULL ORDER BY l.id",
                                  ARGS(INT(call))), max, ret_legs);
}

int store_leg_lost(struct db *db, int64_t lost_by_utc, struct leg_row ret_legs[CALL_DUE_MAX])
{
    struct db_query q;

    return legs_read(&q, db_query(db, &q, LEG_ROW "WHERE l.left_utc IS NULL AND l.lost_utc IS NOT NULL "
                                  "AND l.lost_utc <= $1 ORDER BY l.id LIMIT $2",
                                  ARGS(INT(lost_by_utc), INT(CALL_DUE_MAX))), CALL_DUE_MAX, ret_legs);
}

int store_leg_add(struct db *db, int64_t call, int64_t user, const char *device, struct leg_row *ret_leg)
{
    char id[DB_ID_SIZE];
    int done;

    db_id_make(db, "leg_", id);
    done = db_run(db, "INSERT INTO call_leg(public_id, call_id, user_id, device, joined_utc) "
                  "VALUES($1, $2, $3, $4, $5)",
                  ARGS(TEXT(id), INT(call), INT(user), TEXT(device), INT(db_now(db))));
    return done < 0 ? done : store_leg_of(db, user, ret_leg);
}

static int changed(int count)
{
    return count < 0 ? count : 0;
}

int store_leg_leave(struct db *db, int64_t leg)
{
    return changed(db_run(db, "UPDATE call_leg SET left_utc = $2 WHERE id = $1 AND left_utc IS NULL",
                          ARGS(INT(leg), INT(db_now(db)))));
}

int store_leg_joins(struct db *db, int64_t user, int64_t since_utc, int64_t *ret_count)
{
    return db_int(db, ret_count, "SELECT count(*) FROM call_leg WHERE user_id = $1 AND joined_utc > $2",
                  ARGS(INT(user), INT(since_utc)));
}

int store_leg_hold(struct db *db, int64_t leg)
{
    return changed(db_run(db, "UPDATE call_leg SET lost_utc = NULL WHERE id = $1", ARGS(INT(leg))));
}

int store_leg_lose(struct db *db, const char *public_id)
{
    return db_run(db, "UPDATE call_leg SET lost_utc = $2 WHERE public_id = $1 AND left_utc IS NULL "
                  "AND lost_utc IS NULL", ARGS(TEXT(public_id), INT(db_now(db))));
}

int store_leg_lose_all(struct db *db)
{
    return changed(db_run(db, "UPDATE call_leg SET lost_utc = $1 WHERE left_utc IS NULL AND lost_utc IS NULL",
                          ARGS(INT(db_now(db)))));
}

int store_leg_report(struct db *db, int64_t leg, const struct leg_report *r)
{
    struct db_arg none = NUL(), setup = INT(r->setup_ms), loss = INT(r->loss_permille), rtt = INT(r->rtt_ms);

    return changed(db_run(
        db,
        "UPDATE call_leg SET setup_ms = coalesce(setup_ms, $2), candidate_type = coalesce($3, "
        "candidate_type), loss_permille = max(coalesce($4, loss_permille), coalesce(loss_permille, $4)), "
        "rtt_ms = max(coalesce($5, rtt_ms), coalesce(rtt_ms, $5)), "
        "reconnects = reconnects + ($6 = 'reconnecting'), failed = max(failed, $6 = 'failed') WHERE id = $1",
        ARGS(INT(leg), r->setup_ms >= 0 ? setup : none, TEXT(r->candidate_type),
             r->loss_permille >= 0 ? loss : none, r->rtt_ms >= 0 ? rtt : none, TEXT(r->state))));
}
