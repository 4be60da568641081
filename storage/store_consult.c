/* store_consult.c - consultations and who takes part. */
#include "storage/store_consult.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "storage/store_message.h"
#include "storage/store_private.h"

enum { CONSULTS_LIMIT = 20, CURSOR_SIZE = 64 };

/* Consult of DESIGN: the same for every viewer. */
#define CONSULT_COLUMNS                                                                                      \
    "c.public_id AS \"id\", k.public_id AS \"clinic.id\", k.name AS \"clinic.name\", c.kind AS \"kind\", "   \
    "c.state AS \"state\", d.public_id AS \"doctor.id\", d.display_name AS \"doctor.name\", "                \
    "d.role AS \"doctor.role\", p.public_id AS \"patient.id\", "                                             \
    "coalesce(p.display_name, a.display_name) AS \"patient.name\", "                                         \
    "p.verified_utc AS \"patient.verifiedAt\", "                                                             \
    "v.public_id AS \"appointment\", c.opened_utc AS \"openedAt\", "                                        \
    "CASE WHEN c.state = 'open' THEN c.accept_by_utc END AS \"expiresAt\", "                                 \
    "coalesce(c.closed_utc, CASE WHEN c.state = 'referred_offline' THEN c.ended_utc END) "                   \
    "AS \"closedAt\", c.last_seq AS \"lastSeq\" "
#define CONSULT_TABLES                                                                                       \
    "FROM consultation c JOIN clinic k ON k.id = c.clinic_id JOIN users d ON d.id = c.doctor_id "            \
    "JOIN patient p ON p.id = c.patient_id JOIN users a ON a.id = p.account_id "                            \
    "LEFT JOIN appointment v ON v.id = c.appointment_id "

int store_consult_get(struct db *db, int64_t consult, json_t **ret_consult)
{
    return db_row(db, ret_consult, "SELECT " CONSULT_COLUMNS CONSULT_TABLES "WHERE c.id = $1",
                  ARGS(INT(consult)));
}

int store_consult_participants(struct db *db, int64_t consult, json_t **ret_participants)
{
    return db_all(db, ret_participants,
                  "SELECT u.public_id AS \"id\", u.display_name AS \"name\", x.role AS \"role\", "
                  "x.last_read_seq AS \"lastReadSeq\", x.last_delivered_seq AS \"lastDeliveredSeq\" "
                  "FROM participant x JOIN users u ON u.id = x.user_id "
                  "WHERE x.consultation_id = $1 AND x.removed_utc IS NULL ORDER BY x.user_id",
                  ARGS(INT(consult)));
}

/* Start. */

struct pair { int64_t doctor, clinic, patient; };

static int doctor_find(struct db *db, const char *public_id, struct pair *pair)
{
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT u.id, u.clinic_id FROM users u JOIN doctor d ON d.user_id = u.id "
                    "JOIN clinic k ON k.id = u.clinic_id WHERE u.public_id = $1 AND u.disabled_utc IS NULL "
                    "AND k.disabled_utc IS NULL", ARGS(TEXT(public_id)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;
    pair->doctor = db_column_int(&q, 0);
    pair->clinic = db_column_int(&q, 1);
    db_done(&q);
    return 0;
}

static int pair_find(struct db *db, const struct consult_new *new, struct pair *ret_pair)
{
    int err;

    err = db_int(db, &ret_pair->patient,
                 "SELECT p.id FROM patient p JOIN users u ON u.id = p.account_id "
                 "WHERE p.account_id = $1 AND u.role = 'patient' ORDER BY p.id LIMIT 1",
                 ARGS(INT(new->user)));
    if (err)
        return err == -ENOENT ? -EPERM : err;

    return doctor_find(db, new->doctor, ret_pair);
}

static int participant_add(struct db *db, int64_t consult, int64_t user, const char *role)
{
    int err;

    err = db_run(db, "INSERT INTO participant(consultation_id, user_id, role) VALUES($1, $2, $3)",
                 ARGS(INT(consult), INT(user), TEXT(role)));
    return err < 0 ? err : 0;
}

static int consult_add(struct db *db, const struct consult_new *new, int64_t *ret_consult)
{
    char id[DB_ID_SIZE];
    struct db_arg accept_by = INT(db_now(db) + new->accept_s), never = NUL();
    struct pair pair = { 0 };
    int err;

    err = pair_find(db, new, &pair);
    if (err)
        return err;

    db_id_make(db, "con_", id);
    err = db_int(
        db, ret_consult,
        "INSERT INTO consultation(public_id, clinic_id, doctor_id, patient_id, kind, state, "
        "started_by, client_id, opened_utc, last_utc, line_utc, accept_by_utc, duty_utc) "
        "VALUES($1, $2, $3, $4, 'text', 'open', $5, $6, $7, $7, $7, $8, iif($8 IS NULL, NULL, $7)) "
        "RETURNING id",
        ARGS(TEXT(id), INT(pair.clinic), INT(pair.doctor), INT(pair.patient), INT(new->user),
             TEXT(new->client_id), INT(db_now(db)), new->accept_s ? accept_by : never));
    if (err)
        return err;

    err = participant_add(db, *ret_consult, new->user, "patient");
    if (err)
        return err;
    return participant_add(db, *ret_consult, pair.doctor, "doctor");
}

/* A consult that this user began with this client_id: its id; 0: none. */
static int retry_find(struct db *db, const struct consult_new *new, int64_t *ret_consult)
{
    struct db_query q;
    bool same;
    int more;

    more = db_query(db, &q,
                    "SELECT c.id, d.public_id FROM consultation c JOIN users d ON d.id = c.doctor_id "
                    "WHERE c.started_by = $1 AND c.client_id = $2",
                    ARGS(INT(new->user), TEXT(new->client_id)));
    *ret_consult = 0;
    if (more <= 0)
        return more;

    same = strcmp(db_column_text(&q, 1), new->doctor) == 0;
    *ret_consult = db_column_int(&q, 0);
    db_done(&q);
    return same ? 0 : -EALREADY;
}

int store_consult_start(struct db *db, const struct consult_new *new, json_t **ret_consult,
                        json_t **ret_message)
{
    const struct message_new first = { .client_id = new->client_id, .text = new->text };
    json_t *message, *consult;
    bool retry;
    int64_t id;
    int err;

    assert(db_in_transaction(db) || db_failure(db));
    err = store_client_id_check(new->client_id);
    if (err)
        return err;

    err = retry_find(db, new, &id);
    retry = id != 0;
    if (err == 0 && !retry)
        err = consult_add(db, new, &id);
    if (err)
        return err;

    err = store_message_add(db, id, new->user, &first, &message);       /* a retry finds the first one    */
    if (err < 0)
        return err;

    err = store_consult_get(db, id, &consult);
    if (err) {
        json_decref(message);
        return err;
    }
    *ret_message = message;
    *ret_consult = consult;
    return retry ? 0 : 1;
}

/* Access, state, marks. */

int store_consult_access(struct db *db, const char *public_id, int64_t user,
                         struct consult_access *ret_access)
{
    struct consult_access access = { .user = user };
    struct db_query q;
    int more;

    more = db_query(db, &q, "SELECT c.id, x.role, c.state, c.doctor_id = x.user_id FROM consultation c "
                    "JOIN participant x ON x.consultation_id = c.id "
                    "WHERE c.public_id = $1 AND x.user_id = $2 AND x.removed_utc IS NULL",
                    ARGS(TEXT(public_id), INT(user)));
    if (more <= 0)
        return more < 0 ? more : -ENOENT;

    access.consult = db_column_int(&q, 0);
    access.treats = db_column_int(&q, 3) != 0;
    snprintf(access.role, sizeof access.role, "%s", db_column_text(&q, 1));
    snprintf(access.state, sizeof access.state, "%s", db_column_text(&q, 2));
    db_done(&q);
    *ret_access = access;
    return 0;
}

int store_consult_move(struct db *db, int64_t consult, const char *state, json_t **ret_consult)
{
    int moved, err;

    moved = db_run(
        db,
        "UPDATE consultation SET state = $2, version = version + 1, last_utc = $3, held = 0, "
        "duty_utc = CASE WHEN $2 = 'awaiting_signature' THEN $3 END, "
        "begun_utc = CASE WHEN $2 = 'active' THEN coalesce(begun_utc, $3) ELSE begun_utc END, "
        "ended_utc = CASE WHEN $2 IN ('awaiting_signature', 'referred_offline') THEN $3 ELSE ended_utc END, "
        "closed_utc = CASE WHEN $2 IN ('closed', 'abandoned', 'expired') THEN $3 ELSE closed_utc END "
        "WHERE id = $1 AND state <> $2",
        ARGS(INT(consult), TEXT(state), INT(db_now(db))));
    if (moved < 0)
        return moved;

    err = store_consult_get(db, consult, ret_consult);
    return err ? err : moved;
}

int store_consult_hold(struct db *db, int64_t consult)
{
    int held = db_run(db, "UPDATE consultation SET held = 1 WHERE id = $1 AND state = 'paused'",
                      ARGS(INT(consult)));

    return held < 0 ? held : 0;
}

static int mark(struct db *db, int64_t consult, int64_t user, enum consult_mark mark, int64_t seq)
{
    if (mark == CONSULT_DELIVERED)
        return db_run(
            db,
            "UPDATE participant SET last_delivered_seq = $3 WHERE consultation_id = $1 AND user_id = $2 "
            "AND last_delivered_seq < $3",
            ARGS(INT(consult), INT(user), INT(seq)));

    return db_run(db, "UPDATE participant SET last_read_seq = $3, last_delivered_seq = "
                  "CASE WHEN last_delivered_seq < $3 THEN $3 ELSE last_delivered_seq END "
                  "WHERE consultation_id = $1 AND user_id = $2 AND last_read_seq < $3",
                  ARGS(INT(consult), INT(user), INT(seq)));
}

int store_consult_mark(struct db *db, int64_t consult, int64_t user, enum consult_mark what, int64_t seq)
{
    int64_t last;
    int err;

    err = db_int(db, &last,
                 "SELECT c.last_seq FROM consultation c JOIN participant x ON x.consultation_id = c.id "
                 "WHERE c.id = $1 AND x.user_id = $2 AND x.removed_utc IS NULL",
                 ARGS(INT(consult), INT(user)));
    if (err)
        return err;
    if (seq < 1 || seq > last)
        return -EINVAL;
    return mark(db, consult, user, what, seq);
}

int store_consult_unread(struct db *db, int64_t consult, json_t **ret_unread)
{
    return db_all(db, ret_unread,
                  "SELECT u.public_id AS \"user\", c.public_id AS \"consult\", c.last_seq AS \"lastSeq\", "
                  "c.last_seq - x.last_read_seq AS \"unread\" FROM participant x "
                  "JOIN consultation c ON c.id = x.consultation_id JOIN users u ON u.id = x.user_id "
                  "WHERE x.consultation_id = $1 AND x.removed_utc IS NULL ORDER BY x.user_id",
                  ARGS(INT(consult)));
}

/* The list of a user. A cursor is "<last activity>.<con_…>", of the last item of a page, as it was then. What
 * moves up while somebody pages is at the top of his next first page, and was told live. The consult of a
 * cursor must have been his: else a cursor would tell whether a consult exists. */

struct place { int64_t utc, id; };

static int cursor_read(struct db *db, int64_t user, const char *cursor, struct place *ret_place)
{
    char *end;
    int err;

    *ret_place = (struct place){ INT64_MAX, INT64_MAX };
    if (cursor == NULL)
        return 0;

    errno = 0;
    ret_place->utc = strtoll(cursor, &end, 10);
    if (errno || end == cursor || *end != '.')
        return -EINVAL;
    err = db_int(db, &ret_place->id, "SELECT c.id FROM consultation c JOIN participant x "
                 "ON x.consultation_id = c.id WHERE c.public_id = $1 AND x.user_id = $2",
                 ARGS(TEXT(end + 1), INT(user)));
    return err == -ENOENT ? -EINVAL : err;
}

static int state_check(const char *state)
{
    static const char *const states[] = { "open", "active", "paused", "awaiting_signature", "closed",
                                          "abandoned", "expired",
                                          "referred_offline" };

    for (size_t i = 0; state && i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i], state) == 0)
            return 0;
    return state ? -EINVAL : 0;
}

static int last_message_add(struct db *db, int64_t consult, json_t *item)
{
    json_t *message;
    int err;

    err = store_message_last(db, consult, &message);
    if (err)
        return err == -ENOENT ? 0 : err;
    return json_object_set_new(item, "lastMessage", message) ? -ENOMEM : 0;
}

/* One row: internal id and last_utc in columns 0 and 1, hidden from JSON. `cursor` follows while the page
 * fills. */
static int item_add(struct db *db, const struct db_query *q, int limit, json_t *items,
                    char cursor[CURSOR_SIZE])
{
    json_t *item = db_query_json(q);
    int err;

    if (json_array_append_new(items, item) < 0)
        return -ENOMEM;
    if (json_array_size(items) > (size_t)limit)
        return 0;                               /* only a sign that a page follows                    */

    err = last_message_add(db, db_column_int(q, 0), item);
    if (err)
        return err;
    snprintf(cursor, CURSOR_SIZE, "%" PRId64 ".%s", db_column_int(q, 1),
             json_string_value(json_object_get(item, "id")));
    return 0;
}

int store_consult_list(struct db *db, int64_t user, const struct consult_list *list, json_t **ret_page)
{
    int limit = store_limit(list->limit, CONSULTS_LIMIT, STORE_LIMIT_MAX), more, err;
    char cursor[CURSOR_SIZE] = "";
    struct place place;
    struct db_query q;
    json_t *items;

    err = state_check(list->state);
    if (err == 0)
        err = cursor_read(db, user, list->cursor, &place);
    if (err)
        return err;

    items = json_array();
    if (items == NULL)
        return -ENOMEM;
    more = db_query(db, &q, "SELECT c.id AS \"_id\", c.last_utc AS \"_last\", " CONSULT_COLUMNS
                    ", c.last_seq - x.last_read_seq AS \"unread\" " CONSULT_TABLES
                    "JOIN participant x ON x.consultation_id = c.id "
                    "WHERE x.user_id = $1 AND x.removed_utc IS NULL AND ($2 = '' OR c.state = $2) "
                    "AND (c.last_utc, c.id) < ($3, $4) ORDER BY c.last_utc DESC, c.id DESC LIMIT $5",
                    ARGS(INT(user), TEXT(list->state ? list->state : ""), INT(place.utc), INT(place.id),
                         INT(limit + 1)));
    for (; more > 0 && err == 0; more = db_next(&q)) {
        err = item_add(db, &q, limit, items, cursor);
        if (err)
            break;
    }
    if (err)
        db_done(&q);
    if (err || more < 0) {
        json_decref(items);
        return err ? err : more;
    }
    return store_page(items, limit, cursor, ret_page);
}
