/* consult_life.c - what a doctor does to a consult: admits, pauses, resumes, finishes, refers. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "appointments.h"
#include "cards.h"
#include "consults.h"
#include "door.h"
#include "notifications.h"
#include "storage/store_audit.h"
#include "storage/store_consult.h"
#include "storage/store_note.h"
#include "xalloc.h"

/* `moved`: it did not stand there already. Takes `consult`, which is as it is now. */
static int answer_move(struct action *a, struct db *db, bool moved, const char *state, json_t *consult)
{
    json_t *body = json_pack("{s:o}", "consult", consult);
    int err = action_answer(a, json_incref(body));

    if (err == 0 && moved)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a),
                                                       .action = "consult.move",
                                                       .object = action_consult_id(a),
                                                       .ip = action_address(a),
                                                       .detail = state });
    if (err == 0 && moved)
        err = consult_publish_changed(a, db, action_consult(a));
    json_decref(body);
    return err;
}

/* What the doctor does to it; PRODUCT c2. A second time changes nothing and is answered the same. */
struct deed {
    const char *to, *from, *from_too;           /* the states it is done in                          */
    const char *code;                           /* what the conversation says of it                  */
    const char *appointment;                    /* what becomes of the appointment, or NULL          */
};
static const struct deed admits = { "active", "open", NULL, "consult-accepted", "in_consult" },
    pauses = { "paused", "active", NULL, "consult-paused", NULL },
    resumes = { "active", "paused", NULL, "consult-resumed", NULL },
    finishes = { "awaiting_signature", "active", "paused", "consult-finished", "fulfilled" };

static bool is(const char *state, const char *one)
{
    return one != NULL && strcmp(state, one) == 0;
}

static int consult_do(struct action *a, struct db *db, const struct deed *deed)
{
    const char *now = action_consult_state(a);
    bool moves = is(now, deed->from) || is(now, deed->from_too);
    json_t *consult = NULL;
    int err = moves || is(now, deed->to) ? 0 : DB_BAD_TRANSITION;

    if (err == 0 && moves) {
        err = store_consult_move(db, action_consult(a), deed->to, &consult);
        json_decref(consult);                   /* as it was before the word about it                */
        err = err < 0 ? err : consult_say(a, db, deed->code);
        if (err == 0 && deed->appointment != NULL)
            err = appointment_follow(a, db, action_consult(a), deed->appointment);
    }
    if (err == 0)
        err = store_consult_get(db, action_consult(a), &consult);
    return err ? err : answer_move(a, db, moves, deed->to, consult);
}

static int consult_accept(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    return err ? err : consult_do(a, db, &admits);
}

/* Also of one that the clock has paused: then it is the doctor's, and the clock does not resume it. */
static int consult_pause(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    if (err == 0)
        err = consult_do(a, db, &pauses);
    return err ? err : store_consult_hold(db, action_consult(a));
}

static int consult_resume(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    return err ? err : consult_do(a, db, &resumes);
}

static int consult_finish(struct action *a, struct db *db)
{
    int err = action_end_input(a);

    return err ? err : consult_do(a, db, &finishes);
}

/* Not fit for online: why, and what to do instead, stand in the conversation as a card. All the money goes
 * back. It is final, there is nothing to sign. */
static int refer(struct action *a, struct db *db, const char *reason, const char *advice)
{
    json_t *consult = NULL;
    int err = consult_say(a, db, "consult-referred");

    if (err == 0)
        err = consult_card(a, db, json_pack("{s:s, s:s, s:s}", "type", "refer", "reason", reason, "advice",
                                            advice));
    if (err == 0)
        err = store_consult_move(db, action_consult(a), "referred_offline", &consult);
    json_decref(consult);
    if (err >= 0)
        err = appointment_follow(a, db, action_consult(a), "cancelled_by_clinic");
    return err ? err : notify_consult(a, db, action_consult(a), action_consult_id(a), "consult-referred");
}

static int consult_refer(struct action *a, struct db *db)
{
    const char *state = action_consult_state(a), *reason, *advice;
    bool moves = is(state, "active") || is(state, "paused");
    json_t *consult = NULL;
    int err = action_take_text(a, "reason", APPOINTMENT_REASON_MAX, &reason);

    if (err == 0)
        err = action_take_text(a, "advice", 4 * NOTE_ADVICE_MAX, &advice);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (reason == NULL || advice == NULL))
        err = action_mind(a, "reason and advice are needed");
    if (err == 0 && !moves && !is(state, "referred_offline"))
        err = DB_BAD_TRANSITION;
    if (err == 0 && moves)
        err = refer(a, db, reason, advice);
    if (err == 0)
        err = store_consult_get(db, action_consult(a), &consult);
    return err ? err : answer_move(a, db, moves, "referred_offline", consult);
}

/* The doors. */
const struct route consult_life_routes[] = {
    { "POST", "/api/v1/consultations/{consult}/accept", consult_accept, MAY_TREAT, 0, NULL, NULL },
    { "POST", "/api/v1/consultations/{consult}/finish", consult_finish, MAY_TREAT, 0, NULL, NULL },
    { "POST", "/api/v1/consultations/{consult}/pause", consult_pause, MAY_TREAT, 0, NULL, NULL },
    { "POST", "/api/v1/consultations/{consult}/refer", consult_refer, MAY_TREAT, 0, NULL, NULL },
    { "POST", "/api/v1/consultations/{consult}/resume", consult_resume, MAY_TREAT, 0, NULL, NULL },
    { 0 },
};
const struct live_event consult_life_events[] = {
    { "consult:accept", consult_accept, MAY_TREAT, NULL },
    { "consult:finish", consult_finish, MAY_TREAT, NULL },
    { "consult:pause", consult_pause, MAY_TREAT, NULL },
    { "consult:refer", consult_refer, MAY_TREAT, NULL },
    { "consult:resume", consult_resume, MAY_TREAT, NULL },
    { 0 },
};
