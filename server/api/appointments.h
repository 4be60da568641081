/* appointments.h - what the files about appointments share. */
#ifndef APPOINTMENTS_H
#define APPOINTMENTS_H

#include "storage/store_appointment.h"

struct action;

enum { APPOINTMENT_REASON_MAX = 800 };

/* appointment:changed to its patient and its doctor; as the answer, too, if `answers`. */
int appointment_tell(struct action *, struct db *, int64_t appointment, bool answers);

/* Moves the appointment of the action, leaves a row in the audit, tells and answers. Member `version`
 * (If-Match) is taken before: appointment_version(), -ESTALE when it is no longer that one. */
int appointment_version(struct action *);
int appointment_move(struct action *, struct db *, const char *to, const char *reason);
/* Told and answered, but no news: nobody is notified that it has come to its status. */
int appointment_show(struct action *, struct db *, int64_t appointment);

/* The clinic's cancelling of any appointment (keeps), told but no answer. What was paid goes back, but not
 * before `refund_utc` (0: at once). DB_BAD_TRANSITION: it is over. */
int appointment_call_off(struct action *, struct db *, const struct appointment_access *, const char *reason,
                         int64_t refund_utc);

/* The clinic moves it (keeps) to a time that is offered, of this doctor; told but no answer. Overbooked: to
 * any time. The error says why not, and what is free instead. */
struct appointment_shift {
    const struct doctor_access *doctor;
    int64_t     start_utc;
    const char *reason;                         /* or NULL                                            */
    bool        overbook;
};
int appointment_shift(struct action *, struct db *, const struct appointment_access *,
                      const struct appointment_shift *, int64_t *ret_appointment);
/* Who has checked in waits in a consult; what ends the appointment, or moves it, ends its consult. */
int appointment_consult_follow(struct action *, struct db *, int64_t appointment, const char *to);

/* By nobody's deed: `reason` is a code of what the clock saw. The consult follows, and all are told. */
int appointment_move_by_clock(struct action *, struct db *, const char *id, const char *to,
                              const char *reason);

/* The consult has moved, and its appointment, if it has one, with it. */
int appointment_follow(struct action *, struct db *, int64_t consult, const char *to);

/* What of the fee comes back if it ends now: by its policy, or all when the clinic ends it. */
struct refund;
int appointment_refund(struct db *, const struct appointment_access *, struct refund *ret_refund);
/* The same of a patient who did not come. */
int no_show_refund(struct db *, const struct appointment_access *, struct refund *ret_refund);

/* Paid too late: the next of its series at the same time, if that is still offered. DB_DOCTOR_BUSY,
 * DB_PATIENT_BUSY, -EADDRNOTAVAIL, -ETIME, -ENOENT: it is not. */
int appointment_rebook(struct action *, struct db *, const struct appointment_access *lost, int64_t *ret_id);
/* The nearest times that are free instead of a lost one: [{ doctor, service, start }], three at most. */
int appointment_alternatives(struct action *, struct db *, const struct appointment_access *lost,
                             json_t **ret_alternatives);
/* Is each of this service to be approved? */
int appointment_is_on_request(struct db *, const struct appointment_access *, bool *ret_on_request);

/* Ends the holds whose time is over, of this doctor or patient (0, 0: all), and tells. */
int appointment_holds_expire(struct action *, struct db *, int64_t doctor, int64_t patient);

/* The clock's, once an hour: the desk hears of what is booked with a doctor who can no longer treat, and of
 * times that a new zone database shows differently. */
int appointments_recheck(struct action *, struct db *, int64_t *ret_next_utc);

#endif
