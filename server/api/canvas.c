/* canvas.c - the canvas of a consult: both draw on it, the doctor can lock it. What is said of it is in the
 * order of seq, and folds into the same on every page: clinic/canvas_op.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "auth/digest.h"
#include "canvas_op.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "storage/store_canvas.h"

enum { OPS_MAX = 64, BATCH_MAX = 131072, ANSWER_MAX = 262144, FILE_ID_MAX = 64 };

static int refuse(struct action *a, const char *why, int err)
{
    int failed = action_explain(a, "why", json_string(why));

    return failed ? failed : err;
}

/* On the writer alone, whose this limiter is. */
static int rate_check(struct action *a)
{
    return limiter_take(a->api->canvas_events, action_user_id(a), strlen(action_user_id(a)), 1, clock_ms(),
                        NULL) != 0 ? -EDQUOT : 0;
}

static bool is_open(const struct action *a)
{
    const char *state = action_consult_state(a);

    return strcmp(state, "active") == 0 || strcmp(state, "paused") == 0;
}

/* --- reading ------------------------------------------------------------------------------------------- */

/* SHA-256 of the canonical JSON of what is seen: no spaces, names in their order. Pages make the same. */
static int hash_add(const json_t *ops, json_t *answer)
{
    json_t *seen = canvas_fold(ops);
    char *text = seen != NULL ? json_dumps(seen, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    unsigned char digest[DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];
    int err = text != NULL ? digest_sha256(text, strlen(text), digest) : -ENOMEM;

    json_decref(seen);
    free(text);
    for (size_t i = 0; err == 0 && i < DIGEST_SIZE; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    if (err == 0)
        err = json_object_set_new(answer, "hash", json_string(hex)) != 0 ? -ENOMEM : 0;
    return err;
}

static int answer_ops(struct action *a, const struct canvas_state *state, int64_t after, json_t *ops,
                      bool more)
{
    const json_t *last = json_array_get(ops, json_array_size(ops) - 1);
    json_int_t seq = more ? json_integer_value(json_object_get(last, "seq")) : state->last_seq;
    json_t *answer;
    int err = 0;

    for (size_t i = 0; i < json_array_size(ops) && err == 0; i++)
        err = canvas_op_unpack(json_array_get(ops, i));
    if (err)
        return err;
    answer = json_pack("{s:I, s:b, s:O, s:b}", "seq", seq, "locked", (int)state->locked, "ops", ops, "more",
                       (int)more);
    err = answer == NULL ? -ENOMEM : after == 0 && !more ? hash_add(ops, answer) : 0;
    if (err == 0)
        return action_answer(a, answer);
    json_decref(answer);
    return err;
}

static int canvas_read(struct action *a, struct db *db)
{
    struct canvas_state state;
    json_t *ops = NULL;
    int64_t after;
    bool more;
    int err = action_take_int(a, "after", 0, INT64_MAX, 0, &after);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = store_canvas_get(db, action_consult(a), &state);
    if (err == 0)
        err = store_canvas_list(db, action_consult(a), after, ANSWER_MAX, &ops, &more);
    if (err == 0)
        err = answer_ops(a, &state, after, ops, more);
    json_decref(ops);
    return err;
}

/* Also into the room, so that what comes next is heard, whatever came first. */
static int board_join(struct action *a, struct db *db)
{
    int err = rate_check(a);

    if (err == 0)
        err = canvas_read(a, db);
    if (err == 0)
        action_join(a);
    return err;
}

/* --- drawing ------------------------------------------------------------------------------------------- */

struct drawing {
    json_t *receipts, *added;                   /* of all; those that are new, as others hear of them */
    size_t  bytes;
};

static const char *text_of(const json_t *op, const char *name)
{
    return json_string_value(json_object_get(op, name));
}

/* May he draw now? Asked before the first op that is new: what was taken once is answered at any time. */
static int may_draw(struct action *a, struct db *db)
{
    struct canvas_state state;
    int err = is_open(a) ? store_canvas_get(db, action_consult(a), &state) : DB_BAD_TRANSITION;

    if (err == 0 && state.locked && !a->access.treats)
        return refuse(a, "board-locked", -EPERM);
    return err;
}

/* Its payload and what it shows, checked; NULL for what has none. */
static int payload_make(struct action *a, struct db *db, const json_t *op, char **ret_payload)
{
    const char *file = text_of(op, "file");
    json_t *packed;

    if (json_object_get(op, "target") != NULL)
        return 0;
    if (file != NULL && store_canvas_photo(db, action_consult(a), file) != 0)
        return action_mind(a, "file must be a photo of this consult");
    packed = canvas_op_pack(op);
    *ret_payload = packed != NULL ? json_dumps(packed, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    json_decref(packed);
    return *ret_payload != NULL ? 0 : -ENOMEM;
}

static int op_new(struct action *a, struct db *db, json_t *op, struct drawing *d, int64_t *ret_seq)
{
    const struct config *config = action_api(a)->parts.config;
    const struct canvas_limits limits = { config->canvas_ops_max, config->canvas_bytes_max };
    char *payload = NULL;
    int err = json_array_size(d->added) == 0 ? may_draw(a, db) : 0;

    if (err == 0)
        err = payload_make(a, db, op, &payload);
    if (err)
        return err;
    d->bytes += payload != NULL ? strlen(payload) : 0;
    err = d->bytes > BATCH_MAX ? -EMSGSIZE
        : store_canvas_add(db, &(struct canvas_op){ .consult = action_consult(a), .user = action_user(a),
                                                    .id = text_of(op, "id"), .kind = text_of(op, "kind"),
                                                    .target = text_of(op, "target"), .payload = payload },
                           &limits, ret_seq);
    if (payload != NULL)
        explicit_bzero(payload, strlen(payload));
    free(payload);
    if (err == -ENOBUFS)
        return refuse(a, "board-full", -EEXIST);
    if (err == 0 && (json_object_set_new(op, "seq", json_integer(*ret_seq)) != 0 ||
                     json_array_append(d->added, op) != 0))
        return -ENOMEM;
    return err;
}

static int op_take(struct action *a, struct db *db, json_t *op, struct drawing *d)
{
    const char *wrong = canvas_op_check(op);
    int64_t seq = 0;
    int err;

    if (wrong != NULL)
        return action_mind(a, wrong);
    err = store_canvas_find(db, action_consult(a), action_user(a), text_of(op, "id"), &seq);
    if (err == -ENOENT)
        err = op_new(a, db, op, d, &seq);
    if (err)
        return err;
    return json_array_append_new(d->receipts, json_pack("{s:O, s:I}", "id", json_object_get(op, "id"), "seq",
                                                        (json_int_t)seq)) != 0 ? -ENOMEM : 0;
}

static int ops_publish(struct action *a, const json_t *added)
{
    json_t *body = json_pack("{s:s, s:s, s:O}", "consult", action_consult_id(a), "by", action_user_id(a),
                             "ops", added);
    int err = body != NULL ? action_publish(a, TO_CONSULT, action_consult_id(a), "board:op", body) : -ENOMEM;

    json_decref(body);
    return err;
}

/* All of them or none. */
static int board_op(struct action *a, struct db *db)
{
    struct drawing d = { json_array(), json_array(), 0 };
    json_t *ops = NULL, *op;
    size_t i;
    int err = rate_check(a);

    if (err == 0)
        err = action_unpack(a, "{s:o !}", "ops", &ops);
    if (err == 0 && (json_array_size(ops) == 0 || json_array_size(ops) > OPS_MAX))
        err = action_mind(a, "ops: 1 to 64 of them");
    if (err == 0)
        json_array_foreach(ops, i, op)
            if (err == 0)
                err = op_take(a, db, op, &d);
    if (err == 0)
        err = action_answer(a, json_pack("{s:O}", "ops", d.receipts));
    if (err == 0 && json_array_size(d.added) > 0)
        err = ops_publish(a, d.added);
    json_decref(d.receipts);
    json_decref(d.added);
    return err;
}

static int board_lock(struct action *a, struct db *db)
{
    json_t *body;
    bool on;
    int err = rate_check(a), changed;

    if (err == 0 && !json_is_boolean(json_object_get(a->input, "on")))
        err = action_mind(a, "on is missing");
    if (err == 0)
        err = action_take_bool(a, "on", &on);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && !is_open(a))
        err = DB_BAD_TRANSITION;
    if (err)
        return err;
    changed = store_canvas_lock(db, action_consult(a), on);
    if (changed < 0)
        return changed;
    err = action_answer(a, json_object());
    if (err || changed == 0)
        return err;
    body = json_pack("{s:s, s:b, s:s}", "consult", action_consult_id(a), "on", (int)on, "by",
                     action_user_id(a));
    err = body != NULL ? action_publish(a, TO_CONSULT, action_consult_id(a), "board:lock", body) : -ENOMEM;
    json_decref(body);
    return err;
}

/* --- pointing ------------------------------------------------------------------------------------------ */

static bool is_within(const json_t *n, json_int_t max)
{
    return json_is_integer(n) && json_integer_value(n) >= 0 && json_integer_value(n) <= max;
}

/* Where somebody's hand is: relayed on the loop, never stored. */
static void board_cursor(struct api *api, struct sio_socket *s, const struct live_member *m,
                         const char *consult, json_t *input)
{
    json_t *x = json_object_get(input, "x"), *y = json_object_get(input, "y"),
           *on = json_object_get(input, "on");
    char room[ROOM_SIZE];

    if (json_object_size(input) != 4 || !is_within(x, CANVAS_WIDTH) || !is_within(y, CANVAS_HEIGHT) ||
        !json_is_boolean(on) ||
        limiter_take(api->canvas_cursors, m->user, strlen(m->user), 1, clock_ms(), NULL) != 0)
        return;
    room_name(room, "consult", consult);
    (void)sio_broadcast(api->live, (struct sio_to){ .rooms = SIO_ROOMS(room), .except = SIO_ROOMS(sio_id(s)),
                                                    .flags = SIO_VOLATILE },
                        "board:cursor", SIO_JSON(json_pack("[{s:s, s:s, s:O, s:O, s:O}]", "consult", consult,
                                                           "user", m->user, "x", x, "y", y, "on", on)));
}

/* The doors. */
const struct route canvas_routes[] = {
    { "GET", "/api/v1/consultations/{consult}/board", canvas_read, MAY_PARTICIPANT, READ | VIEW, NULL, NULL },
    { 0 },
};
const struct live_event canvas_events[] = {
    { "board:join", board_join, MAY_PARTICIPANT, NULL },
    { "board:op", board_op, MAY_PARTICIPANT, NULL },
    { "board:lock", board_lock, MAY_TREAT, NULL },
    { "board:cursor", NULL, IN_ROOM, board_cursor },
    { 0 },
};
