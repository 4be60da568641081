/* leave_fixture.h - a doctor with three bookings of a Monday, who is going to be away. */
#ifndef LEAVE_FIXTURE_H
#define LEAVE_FIXTURE_H

#include "practice_fixture.h"

#define LEAVE DOCTOR "/leave"
#define ONE   "/api/v1/appointments/{appointment}"
#define SPAN  "\"doctor\":\"%s\",\"start\":\"2025-12-01T00:00:00Z\",\"end\":\"2025-12-01T08:00:00Z\""

/* Monday, 2025-12-01, 09:00, 09:20 and 09:40 in Shanghai; and the week after. */
static const char *const starts[] = { "2025-12-01T01:00:00Z", "2025-12-01T01:20:00Z",
                                      "2025-12-01T01:40:00Z" };
static const char *const later[] = { "2025-12-08T01:00:00Z", "2025-12-08T01:20:00Z", "2025-12-08T01:40:00Z" };
enum { BOOKINGS = 3, FEE = 5000 };

struct absence {
    struct practice p;
    struct person colleague;
    char ids[BOOKINGS][DB_ID_SIZE], leave[DB_ID_SIZE];
};

static inline void booking_add(struct absence *x, int which, const struct person *patient)
{
    struct desk *d = &x->p.d;
    struct action *held = ask_with(d, patient, "POST /api/v1/appointments",
                                   "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\"}", x->p.doctor,
                                   x->p.service, starts[which]);

    CHECK_INT(held->job.err, 0);
    snprintf(x->ids[which], DB_ID_SIZE, "%s", text_at(held->answer, "appointment.id"));
    CHECK_INT(ASK_ERR(d, patient, "POST " ONE "/confirm", "{\"appointment\":\"%s\"}", x->ids[which]), 0);
    action_drop(held);
}

/* Two bookings of the patient, one of the stranger; a colleague has hours on Mondays, too. */
static inline void absence_open(struct absence *x)
{
    struct desk *d = &x->p.d;

    *x = (struct absence){ 0 };
    practice_open(&x->p);
    person_login(d, &x->colleague, "colleague", store_doctor(&d->s, 1, "dr.wu"));
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " DOCTOR "/rules", MONDAYS, x->p.doctor), 0);
    booking_add(x, 0, &d->patient);
    booking_add(x, 1, &d->stranger);
    booking_add(x, 2, &d->patient);
}

static const char *status_of_it(struct absence *x, const char *id)
{
    static char status[32];
    struct appointment_access now;

    CHECK_INT(store_appointment_find(x->p.d.s.db, id, &now), 0);
    snprintf(status, sizeof status, "%s", now.status);
    return status;
}

static inline struct action *preview(struct absence *x)
{
    return ask_with(&x->p.d, &x->p.d.doctor, "POST " LEAVE "/preview", "{" SPAN "}", x->p.doctor);
}

/* The first moved, the second called off, the third moved. */
static inline struct action *take(struct absence *x, const char *first, const char *third)
{
    return ask_with(&x->p.d, &x->p.d.doctor, "POST " LEAVE,
                    "{" SPAN ",\"reason\":\"ill\",\"choices\":["
                    "{\"appointment\":\"%s\",\"action\":\"move\",\"start\":\"%s\"},"
                    "{\"appointment\":\"%s\",\"action\":\"cancel\"},"
                    "{\"appointment\":\"%s\",\"action\":\"move\",\"start\":\"%s\"}]}",
                    x->p.doctor, x->ids[0], first, x->ids[1], x->ids[2], third);
}

static inline void take_well(struct absence *x)
{
    struct action *a = take(x, later[0], later[1]);

    CHECK_INT(a->job.err, 0);
    snprintf(x->leave, sizeof x->leave, "%s", text_at(a->answer, "id"));
    action_drop(a);
}

static inline struct action *undo(struct absence *x)
{
    return ask_with(&x->p.d, &x->p.d.doctor, "POST " LEAVE "/{leave}/undo",
                    "{\"doctor\":\"%s\",\"leave\":\"%s\"}", x->p.doctor, x->leave);
}

static inline int64_t count_of(struct absence *x, const char *status)
{
    return store_number(&x->p.d.s, "SELECT count(*) FROM appointment WHERE status = $1", ARGS(TEXT(status)));
}

static inline void check_untouched(struct absence *x)
{
    for (int i = 0; i < BOOKINGS; i++)
        CHECK_STR(status_of_it(x, x->ids[i]), "booked");
    CHECK_INT(store_number(&x->p.d.s, "SELECT count(*) FROM doctor_leave", NO_ARGS), 0);
    CHECK_INT(store_number(&x->p.d.s, "SELECT count(*) FROM availability_exception", NO_ARGS), 0);
    CHECK_INT(store_number(&x->p.d.s,
                           "SELECT count(*) FROM notification WHERE kind IN "
                           "('appointment-rescheduled', 'appointment-cancelled')",
                           NO_ARGS),
              0);
}

#endif
