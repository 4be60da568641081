/* waiting.c - what the clock does to those who wait, and to consults; PRODUCT c1 and c2.
 *
 * Presence is evidence, and only what this process has seen: after a restart it counts anew, so that a
 * server that was down never makes a no-show of anybody. What it cannot decide stays for the desk. */
#include "waiting.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "appointments.h"
#include "clock.h"
#include "config.h"
#include "consults.h"
#include "door.h"
#include "notifications.h"
#include "queue.h"
#include "storage/store_audit.h"
#include "storage/store_call.h"
#include "storage/store_clock.h"
#include "storage/store_visit.h"
#include "xalloc.h"

enum { AGAIN_S = 60, GAP_S = 2 * AGAIN_S };

typedef int find_fn(struct db *, const struct config *, int64_t after, struct clock_row *);
typedef int judge_fn(struct action *, struct db *, const struct clock_row *, int64_t *next_utc);

static void sooner(int64_t *next_utc, int64_t utc)
{
    if (utc < *next_utc)
        *next_utc = utc;
}

/* Each of the rows is judged, a page after the other; some ask for another look. */
static int each(struct action *a, struct db *db, find_fn *find, judge_fn *judge, int64_t *ret_next_utc)
{
    struct clock_row *rows = xalloc(STORE_DUE_MAX * sizeof *rows);
    int64_t after = 0;
    int count, err;

    *ret_next_utc = INT64_MAX;
    do {
        count = find(db, action_api(a)->parts.config, after, rows);
        err = count < 0 ? count : 0;
        for (int i = 0; i < count && err == 0; i++)
            err = judge(a, db, &rows[i], ret_next_utc);
        if (count > 0)
            after = rows[count - 1].place;
    } while (count == STORE_DUE_MAX && err == 0);
    free(rows);
    return err;
}

static struct presence_look look(struct action *a, const char *consult, const char *user)
{
    return presence_look(action_api(a)->presence, consult, user);
}

static int consult_move(struct action *a, struct db *db, const struct clock_row *row, const char *to,
                        const char *why)
{
    json_t *consult = NULL;
    int err = store_consult_move(db, row->consult, to, &consult);

    json_decref(consult);
    if (err > 0)
        err = store_audit_add(
            db, &(struct audit_new){ .action = "consult.move", .object = row->consult_id, .detail = why });
    return err < 0 ? err : consult_publish_changed(a, db, row->consult);
}

/* --- text consults ------------------------------------------------------------------------------------- */

static int expired_find(struct db *db, const struct config *config, int64_t after, struct clock_row *rows)
{
    (void)config;
    return store_clock_expired(db, after, rows);
}

static int expired_judge(struct action *a, struct db *db, const struct clock_row *row, int64_t *next_utc)
{
    int err = consult_move(a, db, row, "expired", "expired: not accepted in time");

    (void)next_utc;
    return err ? err : notify_consult(a, db, row->consult, row->consult_id, "consult-expired");
}

int waiting_expire(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    int64_t next;
    int err = each(a, db, expired_find, expired_judge, ret_next_utc);

    if (err == 0 && store_clock_expires_next(db, &next) == 0)
        sooner(ret_next_utc, next);
    return err;
}

/* --- requests ------------------------------------------------------------------------------------------ */

static int unanswered_find(struct db *db, const struct config *config, int64_t after, struct clock_row *rows)
{
    return store_clock_unanswered(db, config->request_hours * 3600, after, rows);
}

static int unanswered_judge(struct action *a, struct db *db, const struct clock_row *row, int64_t *next_utc)
{
    (void)next_utc;
    return appointment_move_by_clock(a, db, row->appointment, "rejected", "unanswered");
}

int waiting_reject(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    int64_t next, after_s = action_api(a)->parts.config->request_hours * 3600;
    int err = each(a, db, unanswered_find, unanswered_judge, ret_next_utc);

    if (err == 0 && store_clock_unanswered_next(db, after_s, &next) == 0)
        sooner(ret_next_utc, next);
    return err;
}

/* --- the waiting room ---------------------------------------------------------------------------------- */

static int waiting_find(struct db *db, const struct config *config, int64_t after, struct clock_row *rows)
{
    (void)config;
    return store_clock_waiting(db, after, rows);
}

/* Gone from every page of ours: then he cannot be called. The consult and, for the grace, his place stay. */
static int waiting_judge(struct action *a, struct db *db, const struct clock_row *row, int64_t *next_utc)
{
    struct presence_look patient = look(a, PRESENCE_ANYWHERE, row->patient);
    int64_t limit_s = action_api(a)->parts.config->waiting_away_s, now = db_now(db), gone_s;
    int err;

    if (patient.here)
        return 0;
    gone_s = now - row->came_utc < patient.for_s ? now - row->came_utc : patient.for_s;
    if (gone_s <= limit_s) {
        sooner(next_utc, now + limit_s - gone_s + 1);
        return 0;
    }
    err = store_visit_left(db, row->consult);
    if (err == 0)
        err = appointment_move_by_clock(a, db, row->appointment, "booked", "left");
    return err ? err : queue_tell(a, db, row->doctor);
}

int waiting_check_out(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    return each(a, db, waiting_find, waiting_judge, ret_next_utc);
}

/* --- both are gone ------------------------------------------------------------------------------------- */

static int rooms_find(struct db *db, const struct config *config, int64_t after, struct clock_row *rows)
{
    (void)config;
    return store_clock_rooms(db, after, rows);
}

/* One lost connection is nothing, and neither is a short loss of both. */
static int room_judge(struct action *a, struct db *db, const struct clock_row *row, int64_t *next_utc)
{
    struct presence_look doctor = look(a, row->consult_id, row->doctor),
                         patient = look(a, row->consult_id, row->patient);
    int64_t limit_s = action_api(a)->parts.config->pause_after_s, gone_s;
    int on;

    if (doctor.here || patient.here)
        return row->paused ? consult_move(a, db, row, "active", "resumed: somebody is back") : 0;
    if (row->paused)
        return 0;
    gone_s = doctor.for_s < patient.for_s ? doctor.for_s : patient.for_s;
    on = gone_s > limit_s ? store_call_is_on(db, row->consult) : 1;     /* who talks is there         */
    if (on < 0)
        return on;
    if (on == 0)
        return consult_move(a, db, row, "paused", "paused: both are gone");
    if (gone_s > limit_s)
        gone_s = 0;                             /* looks again later                                 */
    sooner(next_utc, db_now(db) + limit_s - gone_s + 1);
    return 0;
}

int waiting_pause(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    return each(a, db, rooms_find, room_judge, ret_next_utc);
}

/* --- no-shows ------------------------------------------------------------------------------------------ */

static int late_find(struct db *db, const struct config *config, int64_t after, struct clock_row *rows)
{
    (void)config;
    return store_clock_late(db, after, rows);
}

/* Notes that this side is here: it goes on with what was seen in the last round, if that is not long ago and
 * the connection is as old; else it begins anew. What is between counts for nobody. */
static int attend(struct action *a, struct db *db, const struct clock_row *row, const char *side,
                  struct presence_look who, int64_t since_utc)
{
    const struct api *api = action_api(a);
    int64_t now = db_now(db), from = now - who.for_s, last = api->attended_utc;
    bool goes_on = now >= last && now - last <= GAP_S && who.for_s >= (clock_ms() - api->attended_ms) / 1000;

    if (!who.here)
        return 0;
    return store_attendance_note(db, row->appointment, side, from > since_utc ? from : since_utc,
                                 goes_on ? last : now);
}

/* While the doctor is with another, nobody is late. */
static int attended_judge(struct action *a, struct db *db, const struct clock_row *row, int64_t *next_utc)
{
    int64_t came = row->came_utc > row->start_utc ? row->came_utc : row->start_utc;
    int err = 0;

    sooner(next_utc, db_now(db) + AGAIN_S);
    if (!row->busy)
        err = attend(a, db, row, "doctor", look(a, PRESENCE_ANYWHERE, row->doctor), row->start_utc);
    if (err == 0 && !row->busy && row->came_utc != 0)
        err = attend(a, db, row, "patient", look(a, PRESENCE_ANYWHERE, row->patient), came);
    return err;
}

static int attended_find(struct db *db, const struct config *config, int64_t after, struct clock_row *rows)
{
    (void)config;
    return store_clock_begun(db, after, rows);
}

/* Nobody is a no-show while the doctor is busy with another: he runs late. */
static int late_judge(struct action *a, struct db *db, const struct clock_row *row, int64_t *next_utc)
{
    bool came = row->came_utc != 0;
    int64_t enough_s = came ? row->due_utc - row->start_utc : action_api(a)->parts.config->evidence_s, sum_s;
    int err = store_attendance_sum(db, row->appointment, came ? "patient" : "doctor", &sum_s);

    if (err && err != -ENOENT)
        return err;
    if (err == 0 && sum_s >= enough_s && !row->busy && !(came && look(a, row->consult_id, row->doctor).here))
        return appointment_move_by_clock(a, db, row->appointment, came ? "noshow_doctor" : "noshow_patient",
                                         came ? "doctor-absent" : "patient-absent");
    sooner(next_utc, db_now(db) + AGAIN_S);
    return 0;
}

int waiting_no_show(struct action *a, struct db *db, int64_t *ret_next_utc)
{
    struct api *api = action_api(a);
    int64_t next, watch;
    int err = each(a, db, attended_find, attended_judge, &watch);

    api->attended_utc = db_now(db);
    api->attended_ms = clock_ms();
    if (err == 0)
        err = each(a, db, late_find, late_judge, ret_next_utc);
    if (err == 0)
        sooner(ret_next_utc, watch);
    if (err == 0 && store_clock_begun_next(db, &next) == 0)
        sooner(ret_next_utc, next);
    if (err == 0 && store_clock_late_next(db, &next) == 0)
        sooner(ret_next_utc, next);
    return err;
}
