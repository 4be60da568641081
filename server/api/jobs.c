/* jobs.c - what the clock does: one table, one timer, one action of the writer that looks what is due. */
#include <errno.h>
#include <stdlib.h>

#include "action.h"
#include "appointments.h"
#include "calls.h"
#include "door.h"
#include "files.h"
#include "log.h"
#include "notifications.h"
#include "outbox.h"
#include "payments.h"
#include "prescriptions.h"
#include "queue.h"
#include "record.h"
#include "message_search.h"
#include "storage/store_idempotency.h"
#include "storage/store_identity.h"
#include "waiting.h"
#include "xalloc.h"

enum { SLEEP_S_MAX = 60, AGAIN_S = 5 };         /* the calendar may jump: never sleep for long       */
enum { SOON_MS = 300 };

struct jobs {
    struct api   *api;
    struct timer *timer;
    int64_t       wakes_utc;                    /* when it looks again; 0: a round is under way      */
    bool          told, soon;                   /* of something new, while it was                    */
};

struct round { int64_t now_utc, next_utc; };    /* by the clock of the database                      */

/* Each looks by itself for what is due, does it, and says when the next is; -ENOENT: nothing in sight. */
static int holds_expire(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    int err = appointment_holds_expire(a, db, 0, 0);

    return err ? err : store_appointment_stale_next(db, ret_next_utc);
}

static int keys_forget(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    int count = store_idempotency_purge(db);

    if (count >= 0)
        count = store_identity_purge(db);

    (void)a;
    *ret_next_utc = db_now(db) + 3600;
    return count < 0 ? count : 0;
}

typedef int job_fn(struct action *, struct db *, int64_t *ret_next_utc);
static job_fn *const jobs[] = { holds_expire, notify_reminders, keys_forget, outbox_deliver, payments_ask,
                                appointments_recheck, waiting_remind,
                                waiting_expire, waiting_reject, waiting_check_out, waiting_pause,
                                waiting_no_show, calls_watch, queue_watch, files_expire,
                                prescriptions_expire, search_backlog, results_remind };

static int round_run(struct action *a, struct db *db)
{
    struct round *round = action_own(a, sizeof *round);
    int64_t next;

    *round = (struct round){ .now_utc = db_now(db), .next_utc = INT64_MAX };
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
        int err = jobs[i](a, db, &next);

        if (err && err != -ENOENT)
            return err;
        if (err == 0 && next < round->next_utc)
            round->next_utc = next;
    }
    return 0;
}

static void round_end(struct action *a, int err);

static void round_begin(void *data)
{
    struct jobs *j = data;
    struct action *a = action_new(j->api, "jobs", MAY_NOBODY, 0);

    a->clockwork = true;
    a->finished = round_end;
    j->wakes_utc = 0;
    j->told = false;
    j->soon = false;
    request_id_make(a->request_id);
    action_start(a, round_run, NULL);
}

static void round_end(struct action *a, int err)
{
    struct jobs *j = a->api->jobs;
    struct round round = { 0 };
    int64_t sleep_s;

    if (a->api->draining)
        return;
    if (a->own != NULL)
        round = *(struct round *)a->own;
    if (err)
        log_warn("jobs.failed", "errno=%d request=%s", -err, a->request_id);
    sleep_s = err ? AGAIN_S : j->told ? 0 : round.next_utc - round.now_utc;
    sleep_s = sleep_s < 0 ? 0 : sleep_s > SLEEP_S_MAX ? SLEEP_S_MAX : sleep_s;
    j->wakes_utc = round.now_utc + sleep_s;
    timer_set(j->timer, j->soon && sleep_s > 0 ? SOON_MS : sleep_s * 1000);
}

void jobs_due(struct jobs *j, int64_t due_utc)
{
    if (j == NULL || j->api->draining)
        return;
    if (j->wakes_utc == 0) {
        j->told = true;
    } else if (due_utc < j->wakes_utc) {        /* a round finds out for how long                    */
        j->wakes_utc = due_utc;
        timer_set(j->timer, 0);
    }
}

void jobs_soon(struct jobs *j)
{
    if (j == NULL || j->api->draining || j->soon)
        return;
    j->soon = true;
    if (j->wakes_utc != 0)
        timer_set(j->timer, SOON_MS);
}

struct jobs *jobs_new(struct api *api)
{
    struct jobs *j = xalloc(sizeof *j);

    j->api = api;
    j->timer = timer_new(api->parts.timers, false, round_begin, j);
    if (j->timer == NULL)
        abort();
    j->wakes_utc = 1;                           /* with the loop                                     */
    timer_set(j->timer, 0);
    return j;
}

void jobs_free(struct jobs *j)
{
    if (j == NULL)
        return;
    timer_free(j->timer);
    free(j);
}
