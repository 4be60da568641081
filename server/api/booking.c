/* booking.c - a time becomes an appointment: held, confirmed, moved. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "appointments.h"
#include "calendar.h"
#include "config.h"
#include "consent.h"
#include "door.h"
#include "payments.h"
#include "storage/store_audit.h"
#include "storage/store_patient.h"
#include "storage/store_reason.h"
#include "xalloc.h"

enum { DAY_S = 86400, NEAREST = 3 };

struct wish {                                   /* what somebody wants to book                       */
    const struct doctor_access *doctor;
    struct store_service        service;
    int64_t                     patient, start_utc;
    bool                        overbook, keeps;
    const char                 *reason;         /* why he comes; or NULL                             */
};

/* The error says which times are free instead. */
static int nearest_explain(struct action *a, struct db *db, const struct wish *w, int err)
{
    int64_t now = db_now(db), starts[NEAREST];
    int64_t near = w->start_utc < now ? now : w->start_utc;
    struct calendar *calendar = NULL;
    size_t count;
    int got = calendar_open(action_api(a), db, w->doctor, &w->service, near - 7 * DAY_S,
                            now + w->doctor->horizon_s, &calendar);

    if (got)
        return err;
    count = slots_nearest(calendar_plan(calendar), near, starts, NEAREST);
    got = action_explain(a, "slots", calendar_slots(calendar_plan(calendar), starts, count));
    calendar_free(calendar);
    return got ? got : err;
}

/* Is it offered? The desk may do without notice; what else it wants beside the rules it must overbook. */
static int offer_check(struct action *a, struct db *db, const struct wish *w)
{
    struct calendar *calendar = NULL;
    enum slots_why why;
    int err = calendar_open(action_api(a), db, w->doctor, &w->service, w->start_utc - DAY_S,
                            w->start_utc + DAY_S,
                            &calendar);

    if (err)
        return err;
    why = slots_why(calendar_plan(calendar), w->start_utc);
    calendar_free(calendar);
    if (why == SLOTS_OFFERED || w->overbook || (w->keeps && why == SLOTS_TOO_SOON))
        return 0;
    err = action_explain(a, "why", json_string(slots_why_name(why)));
    if (err)
        return err;
    return nearest_explain(a, db, w, why == SLOTS_BOOKED ||
                           why == SLOTS_BUFFER ? DB_DOCTOR_BUSY : -EADDRNOTAVAIL);
}

/* The clinic may put one beside another, but not into the past. */
static int wish_check(struct action *a, struct db *db, const struct wish *w)
{
    int err = appointment_holds_expire(a, db, w->doctor->doctor, w->patient);

    if (err == 0)
        err = offer_check(a, db, w);
    if (err == 0 && w->overbook && w->start_utc <= db_now(db))
        err = -ETIME;
    return err;
}

static struct appointment_new new_of(struct action *a, const struct wish *w)
{
    return (struct appointment_new){ .doctor = w->doctor, .service = &w->service, .patient = w->patient,
                                     .user = action_user(a), .start_utc = w->start_utc,
                                     .tzdb = zones_version(action_api(a)->zones), .overbook = w->overbook,
                                     .reason = w->reason };
}

static int audit(struct action *a, struct db *db, const char *what, int64_t appointment, const char *detail)
{
    json_t *one = NULL;
    int err = store_appointment_get(db, appointment, &one);

    if (err == 0)
        err = store_audit_add(db, &(struct audit_new){ .user = action_user(a), .action = what,
                                                       .detail = detail,
                                                       .object = json_string_value(json_object_get(one,
                                                           "id")),
                                                       .ip = action_address(a) });
    json_decref(one);
    return err;
}

/* --- book ---------------------------------------------------------------------------------------------- */

static int patient_take(struct action *a, struct db *db, struct wish *w)
{
    const char *patient;
    int err = action_take_text(a, "patient", 64, &patient);

    if (err == 0 && w->keeps && patient == NULL)
        err = action_mind(a, "patient is missing: for whom is it?");
    return err ? err : store_patient_find(db, w->keeps ? 0 : action_user(a), patient, &w->patient);
}

static int start_take(struct action *a, struct wish *w)
{
    int err = action_take_time(a, "startAt", INT64_MIN, &w->start_utc);

    if (err == 0)
        err = action_take_bool(a, "overbook", &w->overbook);
    if (err == 0 && w->start_utc == INT64_MIN)
        err = action_mind(a, "startAt is missing");
    if (err == 0 && w->overbook && !w->keeps)
        err = -EPERM;
    return err;
}

/* Nothing written is nothing said. */
static int reason_take(struct action *a, struct wish *w)
{
    int err = action_take_text(a, "reason", 4 * STORE_REASON_MAX, &w->reason);

    if (err)
        return action_mind(a, "reason must be a text of 500 characters at most");
    if (w->reason != NULL && *w->reason == '\0')
        w->reason = NULL;
    return 0;
}

static int service_take(struct action *a, struct db *db, struct wish *w)
{
    const char *service;
    int err = action_take_text(a, "service", 64, &service);

    if (err == 0 && service == NULL)
        err = action_mind(a, "service is missing");
    return err ? err : store_service_find(db, service, &w->service);
}

/* The desk can verify him before it books. */
static int verified_check(struct action *a, struct db *db, const struct wish *w)
{
    int err = w->service.verified_only ? store_patient_verified_check(db, w->patient) : 0;

    return err == -ENOKEY && action_explain(a, "why", json_string("patient-unverified")) != 0 ? -ENOMEM : err;
}

/* A patient holds it for ten minutes; the desk books at once. */
static int appointment_book(struct action *a, struct db *db)
{
    struct wish w = { .doctor = action_doctor(a), .keeps = action_doctor(a)->keeps };
    struct appointment_new new;
    int64_t id;
    int err = w.keeps || strcmp(action_role(a), "patient") == 0 ? start_take(a, &w) : -EPERM;

    if (err == 0)
        err = service_take(a, db, &w);
    if (err == 0)
        err = patient_take(a, db, &w);
    if (err == 0)
        err = reason_take(a, &w);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = verified_check(a, db, &w);
    if (err == 0)
        err = wish_check(a, db, &w);
    if (err)
        return err;
    new = new_of(a, &w);
    new.hold_expires_utc = w.keeps ? 0 : db_now(db) + action_api(a)->parts.config->hold_s;
    err = store_appointment_add(db, &new, &id);
    if (err == DB_DOCTOR_BUSY)
        return nearest_explain(a, db, &w, err);
    if (err)
        return err;
    if (new.hold_expires_utc != 0)
        action_due(a, new.hold_expires_utc);
    err = audit(a, db, w.overbook ? "appointment.overbook" : "appointment.book", id, NULL);
    return err ? err : appointment_tell(a, db, id, true);
}

/* --- confirm ------------------------------------------------------------------------------------------- */

/* First the money, then the doctor's word. Without a provider nothing is paid here. */
static const char *confirmed_status(const struct api *api, const struct store_service *service,
                                    int64_t fee_minor)
{
    if (fee_minor > 0 && api->provider != NULL)
        return "pending_payment";
    return service->on_request ? "requested" : "booked";
}

/* A hold that is over is ended here as well, and that stays, whatever the answer. */
static int hold_lost(struct action *a, struct db *db, const struct wish *w)
{
    int err = appointment_holds_expire(a, db, w->doctor->doctor, action_appointment(a)->patient);

    if (err)
        return err;
    action_refuse(a, nearest_explain(a, db, w, DB_BAD_TRANSITION));
    return 0;
}

static int appointment_confirm(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    struct doctor_access doctor;
    struct wish w = { .doctor = &doctor, .start_utc = now->start_utc };
    const char *to;
    int err = appointment_version(a);

    if (err == 0)
        err = action_end_input(a);
    if (err == 0 && strcmp(now->status, "held") != 0)
        err = DB_BAD_TRANSITION;
    if (err == 0 && !now->keeps)
        err = consent_check(a, db, now);
    if (err == 0)
        err = store_doctor_access(db, now->doctor_id, action_who(a), &doctor);
    if (err == 0)
        err = store_service_find(db, now->service_id, &w.service);
    if (err)
        return err;
    if (now->hold_expires_utc <= db_now(db))
        return hold_lost(a, db, &w);
    to = confirmed_status(action_api(a), &w.service, now->fee_minor);
    if (strcmp(to, "pending_payment") == 0)
        err = payment_open(a, db, now);
    return err ? err : appointment_move(a, db, to, NULL);
}

/* --- paid too late ------------------------------------------------------------------------------------- */

int appointment_is_on_request(struct db *db, const struct appointment_access *now, bool *ret_on_request)
{
    struct store_service service;
    int err = store_service_find(db, now->service_id, &service);

    if (err == 0)
        *ret_on_request = service.on_request;
    return err;
}

int appointment_rebook(struct action *a, struct db *db, const struct appointment_access *lost,
                       int64_t *ret_id)
{
    static const struct store_user nobody = { .role = "" };
    struct appointment_access before = *lost;
    struct doctor_access doctor;
    struct wish w = { .doctor = &doctor, .patient = lost->patient, .start_utc = lost->start_utc,
                      .keeps = true };
    struct appointment_new new;
    int err = store_doctor_access(db, lost->doctor_id, &nobody, &doctor);

    if (err == 0)
        err = store_service_find(db, lost->service_id, &w.service);
    if (err == 0 && (w.service.on_request || lost->start_utc <= db_now(db)))
        err = -ETIME;
    if (err == 0)
        err = wish_check(a, db, &w);
    if (err)
        return err;
    new = new_of(a, &w);
    new.user = lost->account;
    before.keeps = true;                        /* it counts as no move of the patient's             */
    return store_appointment_add_after(db, &before, &new, ret_id);
}

/* --- move ---------------------------------------------------------------------------------------------- */

/* A patient moves it in time, and not for ever. */
static int move_check(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    struct store_policy policy;
    int err;

    if (strcmp(now->status, "booked") != 0)
        return DB_BAD_TRANSITION;
    if (now->keeps)
        return 0;
    err = store_policy_get(db, now->policy, &policy);
    if (err)
        return err;
    json_decref(policy.tiers);
    if (db_now(db) > now->start_utc - policy.move_cutoff_s)
        return -ETIME;
    return now->moves >= policy.moves_max ? -EPERM : 0;
}

/* The old one first, so that its own time is free; if the new one fails, all of it is undone. */
static int reschedule(struct action *a, struct db *db, const struct appointment_access *now,
                      const struct wish *w, const char *reason, int64_t *ret_id)
{
    const struct appointment_new new = new_of(a, w);
    int err = store_appointment_move(db, now, &(struct appointment_move){ .to = "rescheduled",
        .reason = reason,
                                                                          .user = action_user(a) });

    if (err == 0)
        err = wish_check(a, db, w);
    if (err)
        return err;
    err = store_appointment_add_after(db, now, &new, ret_id);
    if (err == DB_DOCTOR_BUSY)
        return nearest_explain(a, db, w, err);
    if (err == 0)
        err = appointment_consult_follow(a, db, now->id, "rescheduled");
    return err ? err : audit(a, db, "appointment.reschedule", *ret_id, now->public_id);
}

int appointment_shift(struct action *a, struct db *db, const struct appointment_access *now,
                      const struct appointment_shift *shift, int64_t *ret_id)
{
    struct wish w = { .doctor = shift->doctor, .patient = now->patient, .start_utc = shift->start_utc,
                      .overbook = shift->overbook, .keeps = shift->doctor->keeps };
    int err = strcmp(now->status, "booked") == 0 ? 0 : DB_BAD_TRANSITION;

    assert(now->keeps);
    if (err == 0)
        err = store_service_find(db, now->service_id, &w.service);
    if (err == 0)
        err = reschedule(a, db, now, &w, shift->reason, ret_id);
    if (err == 0)
        err = appointment_tell(a, db, now->id, false);
    return err ? err : appointment_tell(a, db, *ret_id, false);
}

static int appointment_reschedule(struct action *a, struct db *db)
{
    const struct appointment_access *now = action_appointment(a);
    struct doctor_access doctor;
    struct wish w = { .doctor = &doctor, .patient = now->patient, .keeps = now->keeps };
    const char *reason;
    int64_t id;
    int err = appointment_version(a);

    if (err == 0)
        err = start_take(a, &w);
    if (err == 0)
        err = action_take_text(a, "reason", APPOINTMENT_REASON_MAX, &reason);
    if (err == 0)
        err = action_end_input(a);
    if (err == 0)
        err = move_check(a, db);
    if (err == 0)
        err = store_doctor_access(db, now->doctor_id, action_who(a), &doctor);
    if (err == 0)
        err = store_service_find(db, now->service_id, &w.service);
    if (err == 0)
        err = reschedule(a, db, now, &w, reason, &id);
    if (err == 0)
        err = appointment_tell(a, db, now->id, false);
    return err ? err : appointment_tell(a, db, id, true);
}

/* The doors. */
const struct route booking_routes[] = {
    { "POST", "/api/v1/appointments", appointment_book, MAY_SEE_DOCTOR, CREATED | KEYED | VERSIONED, NULL,
      NULL },
    { "POST", "/api/v1/appointments/{appointment}/confirm", appointment_confirm, MAY_SEE_APPOINTMENT,
      VERSIONED,
      NULL, NULL },
    { "POST", "/api/v1/appointments/{appointment}/reschedule", appointment_reschedule, MAY_SEE_APPOINTMENT,
      CREATED | KEYED | VERSIONED, NULL, NULL },
    { 0 },
};
