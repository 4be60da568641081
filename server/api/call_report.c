/* call_report.c - how a call goes, as each page sees it: for the log of the call. */
#include <errno.h>
#include <string.h>

#include "calls.h"
#include "door.h"

enum { SETUP_MS_MAX = 3600000, RTT_MS_MAX = 600000, PER_MILLE = 1000 };

/* A fraction: 0.02 is two of a hundred. -1: not there. */
static int take_loss(struct action *a, int64_t *ret_permille)
{
    const json_t *loss = json_object_get(a->input, "loss");
    double value = json_number_value(loss);

    *ret_permille = -1;
    if (loss == NULL)
        return 0;
    if (!json_is_number(loss) || !(value >= 0 && value <= 1))
        return action_mind(a, "loss must be a number from 0 to 1");
    *ret_permille = (int64_t)(value * PER_MILLE + 0.5);
    return json_object_del(a->input, "loss");
}

static int report_apply(struct action *a, struct db *db, const struct call_row *call, const char *leg,
                        const struct leg_report *report)
{
    bool connects = strcmp(report->state, "connected") == 0;
    const char *from = connects ? "reconnecting" : "connected";
    struct leg_row mine;
    int err = store_leg_of(db, action_user(a), &mine);

    if (err || mine.call != call->id || strcmp(mine.public_id, leg) != 0)
        return err ? err : -ENOENT;
    err = store_leg_report(db, mine.id, report);
    if (err || strcmp(report->state, "failed") == 0)
        return err;
    if (strcmp(call->state, from) == 0 || (connects && strcmp(call->state, "connecting") == 0))
        err = store_call_move(db, call->id, report->state);
    return err < 0 ? err : 0;
}

static int report(struct action *a, struct db *db)
{
    struct leg_report report = { 0 };
    const char *id, *leg, *media;
    struct call_row call;
    int err = action_take_text(a, "call", CALL_ID_MAX, &id);

    if (err == 0)
        err = action_take_text(a, "leg", CALL_ID_MAX, &leg);
    if (err == 0)
        err = action_take_text(a, "state", CALL_ID_MAX, &report.state);
    if (err == 0)
        err = action_take_text(a, "candidateType", CALL_ID_MAX, &report.candidate_type);
    if (err == 0)
        err = action_take_text(a, "media", CALL_ID_MAX, &media);
    if (err == 0)
        err = action_take_int(a, "setupMs", 0, SETUP_MS_MAX, -1, &report.setup_ms);
    if (err == 0)
        err = action_take_int(a, "rttMs", 0, RTT_MS_MAX, -1, &report.rtt_ms);
    if (err == 0)
        err = take_loss(a, &report.loss_permille);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && (leg == NULL || report.state == NULL ||
                     (strcmp(report.state, "connected") != 0 && strcmp(report.state, "reconnecting") != 0 &&
                      strcmp(report.state, "failed") != 0)))
        err = action_mind(a, "leg and state: connected, reconnecting or failed");
    if (err == 0)
        err = call_of(a, db, id, &call);
    if (err == 0)
        err = report_apply(a, db, &call, leg, &report);
    if (err == 0 && media != NULL)
        err = store_call_media(db, call.id, media);
    return err ? err : action_answer(a, json_object());
}

/* The doors. */
const struct live_event call_report_events[] = {
    { "call:report", report, MAY_CALL, NULL },
    { 0 },
};
