/* store_call.c - calls: their states, their log, and what of them is due. */
#include "storage/store_call.h"

#include <stdio.h>

#include "storage/store_private.h"

enum { CALLS_LIMIT = 20 };

#define CALL_ROW                                                                                             \
    "SELECT s.id, s.consultation_id, s.started_by, s.public_id, c.public_id, u.public_id, s.state "          \
    "FROM call_session s JOIN consultation c ON c.id = s.consultation_id JOIN users u ON u.id = s.started_by "

static int call_one(struct db_query *q, int more, struct call_row *ret_call)
{
    struct call_row row;

    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    row = (struct call_row){ .id = db_column_int(q, 0), .consult = db_column_int(q, 1),
                             .by = db_column_int(q, 2) };
    snprintf(row.public_id, sizeof row.public_id, "%s", db_column_text(q, 3));
    snprintf(row.consult_id, sizeof row.consult_id, "%s", db_column_text(q, 4));
    snprintf(row.by_id, sizeof row.by_id, "%s", db_column_text(q, 5));
    snprintf(row.state, sizeof row.state, "%s", db_column_text(q, 6));
    db_done(q);
    *ret_call = row;
    return 0;
}

int store_call_live(struct db *db, int64_t consult, struct call_row *ret_call)
{
    struct db_query q;

    return call_one(&q, db_query(db, &q, CALL_ROW "WHERE s.consultation_id = $1 AND s.state <> 'ended'",
                                 ARGS(INT(consult))), ret_call);
}

int store_call_find(struct db *db, int64_t consult, const char *public_id, struct call_row *ret_call)
{
    struct db_query q;

    return call_one(&q, db_query(db, &q, CALL_ROW "WHERE s.consultation_id = $1 AND s.public_id = $2",
                                 ARGS(INT(consult), TEXT(public_id))), ret_call);
}

int store_call_by_id(struct db *db, int64_t id, struct call_row *ret_call)
{
    struct db_query q;

    return call_one(&q, db_query(db, &q, CALL_ROW "WHERE s.id = $1", ARGS(INT(id))), ret_call);
}

int store_call_add(struct db *db, int64_t consult, int64_t by, const char *media, int64_t ring_s,
                   int64_t *ret_call)
{
    int64_t now = db_now(db);
    char id[DB_ID_SIZE];

    db_id_make(db, "cal_", id);
    return db_int(db, ret_call,
                  "INSERT INTO call_session(public_id, consultation_id, state, media, started_by, "
                  "started_utc, ring_until_utc) VALUES($1, $2, 'ringing', $3, $4, $5, $6) RETURNING id",
                  ARGS(TEXT(id), INT(consult), TEXT(media), INT(by), INT(now), INT(now + ring_s)));
}

int store_call_move(struct db *db, int64_t call, const char *state)
{
    return db_run(db,
                  "UPDATE call_session SET state = $2, "
                  "answered_utc = CASE WHEN $2 = 'connecting' THEN $3 ELSE answered_utc END, "
                  "connected_utc = CASE WHEN $2 = 'connected' THEN coalesce(connected_utc, $3) "
                  "ELSE connected_utc END WHERE id = $1 AND state <> $2",
                  ARGS(INT(call), TEXT(state), INT(db_now(db))));
}

int store_call_media(struct db *db, int64_t call, const char *media)
{
    int done = db_run(db, "UPDATE call_session SET media = $2 WHERE id = $1", ARGS(INT(call), TEXT(media)));

    return done < 0 ? done : 0;
}

int store_call_end(struct db *db, int64_t call, const char *reason)
{
    int done = db_run(db, "UPDATE call_leg SET left_utc = $2 WHERE call_id = $1 AND left_utc IS NULL",
                      ARGS(INT(call), INT(db_now(db))));

    if (done >= 0)
        done = db_run(db, "UPDATE call_session SET state = 'ended', ended_utc = $3, end_reason = $2 "
                      "WHERE id = $1 AND state <> 'ended'", ARGS(INT(call), TEXT(reason), INT(db_now(db))));
    return done < 0 ? done : 0;
}

/* The last ones: who reloads for an hour leaves many. */
static int legs_get(struct db *db, const char *call, json_t **ret_legs)
{
    return db_all(db, ret_legs,
                  "SELECT * FROM (SELECT l.id AS \"_id\", l.public_id AS \"id\", u.public_id AS \"user.id\", "
                  "u.display_name AS \"user.name\", u.role AS \"user.role\", l.joined_utc AS \"joinedAt\", "
                  "l.left_utc AS \"leftAt\", l.setup_ms AS \"setupMs\", l.candidate_type AS "
                  "\"candidateType\", l.loss_permille / 1000.0 AS \"loss\", l.rtt_ms AS \"rttMs\", "
                  "l.reconnects AS \"reconnects\" FROM call_leg l JOIN users u ON u.id = l.user_id "
                  "JOIN call_session s ON s.id = l.call_id WHERE s.public_id = $1 "
                  "ORDER BY l.id DESC LIMIT $2) ORDER BY \"_id\"",
                  ARGS(TEXT(call), INT(CALL_LEGS_LISTED)));
}

static int legs_add(struct db *db, json_t *call)
{
    json_t *legs = NULL;
    int err = legs_get(db, json_string_value(json_object_get(call, "id")), &legs);

    return err ? err : json_object_set_new(call, "legs", legs) ? -ENOMEM : 0;
}

#define CALL_COLUMNS                                                                                         \
    "SELECT s.public_id AS \"id\", c.public_id AS \"consult\", s.state AS \"state\", s.media AS \"media\", " \
    "u.public_id AS \"by\", s.started_utc AS \"startedAt\", s.connected_utc AS \"connectedAt\", "            \
    "s.ended_utc AS \"endedAt\", s.end_reason AS \"endReason\" FROM call_session s "                         \
    "JOIN consultation c ON c.id = s.consultation_id JOIN users u ON u.id = s.started_by "

int store_call_get(struct db *db, int64_t call, json_t **ret_call)
{
    json_t *one = NULL;
    int err = db_row(db, &one, CALL_COLUMNS "WHERE s.id = $1", ARGS(INT(call)));

    if (err == 0)
        err = legs_add(db, one);
    if (err) {
        json_decref(one);
        return err;
    }
    *ret_call = one;
    return 0;
}

int store_call_list(struct db *db, int64_t consult, int limit, const char *cursor, json_t **ret_page)
{
    char next[DB_ID_SIZE] = "";
    int64_t before = INT64_MAX;
    json_t *items = NULL, *one;
    size_t i;
    int err = 0;

    limit = store_limit(limit, CALLS_LIMIT, STORE_LIMIT_MAX);
    if (cursor != NULL)
        err = db_int(db, &before, "SELECT id FROM call_session WHERE consultation_id = $1 AND public_id = $2",
                     ARGS(INT(consult), TEXT(cursor)));
    if (err == 0)
        err = db_all(db, &items, CALL_COLUMNS "WHERE s.consultation_id = $1 AND s.id < $2 "
                     "ORDER BY s.id DESC LIMIT $3", ARGS(INT(consult), INT(before), INT(limit + 1)));
    json_array_foreach(items, i, one)
        if (err == 0)
            err = legs_add(db, one);
    if (err) {
        json_decref(items);
        return err == -ENOENT ? -EINVAL : err;
    }
    if (json_array_size(items) > (size_t)limit)
        snprintf(next, sizeof next, "%s", json_string_value(json_object_get(json_array_get(items,
                 (size_t)limit - 1), "id")));
    return store_page(items, limit, next, ret_page);
}

int store_call_has_failed(struct db *db, int64_t call, bool *ret_failed)
{
    int64_t failed;
    int err = db_int(db, &failed, "SELECT s.connected_utc IS NULL AND EXISTS(SELECT 1 FROM call_leg l WHERE "
                     "l.call_id = s.id AND l.failed = 1) FROM call_session s WHERE s.id = $1",
                     ARGS(INT(call)));

    if (err == 0)
        *ret_failed = failed != 0;
    return err;
}

int store_call_others(struct db *db, int64_t consult, int64_t user, int64_t *ret_others, int64_t *ret_busy)
{
    int err = db_int(db, ret_others, "SELECT count(*) FROM participant WHERE consultation_id = $1 "
                     "AND user_id <> $2 AND removed_utc IS NULL", ARGS(INT(consult), INT(user)));

    return err ? err : db_int(db, ret_busy, "SELECT count(*) FROM participant p JOIN call_leg l "
                              "ON l.user_id = p.user_id AND l.left_utc IS NULL "
                              "JOIN call_session s ON s.id = l.call_id WHERE p.consultation_id = $1 "
                              "AND p.user_id <> $2 AND p.removed_utc IS NULL AND s.consultation_id <> $1",
                              ARGS(INT(consult), INT(user)));
}

int store_call_hearers(struct db *db, int64_t consult, json_t **ret_users)
{
    return db_all(db, ret_users,
                  "SELECT u.public_id AS \"id\", 0 AS \"isGuest\" FROM participant p JOIN users u "
                  "ON u.id = p.user_id WHERE p.consultation_id = $1 AND p.removed_utc IS NULL UNION ALL "
                  "SELECT u.public_id, 1 FROM call_guest g JOIN users u ON u.id = g.user_id "
                  "WHERE g.consultation_id = $1 AND g.used_utc IS NOT NULL AND g.removed_utc IS NULL "
                  "UNION ALL SELECT u.public_id, 1 FROM call_leg l JOIN call_session s ON s.id = l.call_id "
                  "JOIN participant p ON p.consultation_id = s.consultation_id AND p.user_id = l.user_id "
                  "JOIN users u ON u.id = l.user_id WHERE p.removed_utc IS NOT NULL "
                  "AND (l.left_utc IS NULL OR l.left_utc = s.ended_utc) "
                  "AND s.id = (SELECT max(id) FROM call_session WHERE consultation_id = $1)",
                  ARGS(INT(consult)));
}

int store_call_rung_out(struct db *db, int64_t ret_calls[CALL_DUE_MAX])
{
    struct db_query q;
    int more, count = 0;

    more = db_query(db, &q, "SELECT id FROM call_session WHERE state = 'ringing' AND ring_until_utc <= $1 "
                    "ORDER BY ring_until_utc LIMIT $2", ARGS(INT(db_now(db)), INT(CALL_DUE_MAX)));
    for (; more > 0; more = db_next(&q))
        ret_calls[count++] = db_column_int(&q, 0);
    return more < 0 ? more : count;
}

int store_call_next(struct db *db, int64_t grace_s, int64_t *ret_utc)
{
    return db_int(db, ret_utc,
                  "SELECT min(at) FROM (SELECT ring_until_utc AS at FROM call_session "
                  "WHERE state = 'ringing' UNION ALL SELECT lost_utc + $1 FROM call_leg "
                  "WHERE left_utc IS NULL AND lost_utc IS NOT NULL)", ARGS(INT(grace_s)));
}

int store_call_is_on(struct db *db, int64_t consult)
{
    int64_t on;
    int err = db_int(db, &on, "SELECT EXISTS(SELECT 1 FROM call_session s JOIN call_leg l "
                     "ON l.call_id = s.id AND l.left_utc IS NULL AND l.lost_utc IS NULL "
                     "WHERE s.consultation_id = $1 AND s.state <> 'ended')", ARGS(INT(consult)));

    return err ? err : (int)on;
}
