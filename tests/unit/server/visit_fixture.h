/* visit_fixture.h - an appointment on Monday, booked, and the patient who checks in to it. */
#ifndef VISIT_FIXTURE_H
#define VISIT_FIXTURE_H

#include "practice_fixture.h"

#define AT "/api/v1/appointments"
#define ONE AT "/{appointment}"
#define CON "/api/v1/consultations/{consult}"

enum { MONDAY_UTC = 1764550800 };               /* 2025-12-01, 09:00 in Shanghai                     */

struct visit { struct practice p; char appointment[DB_ID_SIZE], consult[DB_ID_SIZE]; };

static inline int say(struct visit *v, const struct person *who, const char *door)
{
    return ASK_ERR(&v->p.d, who, door, "{\"appointment\":\"%s\",\"reason\":\"because\"}", v->appointment);
}

static inline int treat(struct visit *v, const char *door)
{
    return ASK_ERR(&v->p.d, &v->p.d.doctor, door, "{\"consult\":\"%s\"}", v->consult);
}

static inline void check(struct visit *v, const char *status, const char *state)
{
    json_t *appointment = NULL;
    struct appointment_access now;
    struct consult_access access;

    CHECK_INT(store_appointment_find(v->p.d.s.db, v->appointment, &now), 0);
    CHECK_STR(now.status, status);
    CHECK_INT(store_appointment_get(v->p.d.s.db, now.id, &appointment), 0);
    CHECK_STR(text_at(appointment, "consult"), v->consult);
    CHECK_INT(store_consult_access(v->p.d.s.db, v->consult, v->p.d.doctor.session.user.id, &access), 0);
    CHECK_STR(access.state, state);
    json_decref(appointment);
}

static inline void visit_book(struct visit *v)
{
    struct desk *d = &v->p.d;
    struct action *held;

    practice_open(&v->p);
    CHECK_INT(ASK_ERR(d, &d->doctor, "POST " DOCTOR "/rules", MONDAYS, v->p.doctor), 0);
    held = ask_with(d, &d->patient, "POST " AT, "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":"
                    "\"2025-12-01T01:00:00Z\"}", v->p.doctor, v->p.service);
    snprintf(v->appointment, sizeof v->appointment, "%s", text_at(held->answer, "appointment.id"));
    action_drop(held);
    CHECK_INT(ASK_ERR(d, &d->patient, "POST " ONE "/confirm", "{\"appointment\":\"%s\"}", v->appointment), 0);
}

/* Booked, and the patient has just checked in. */
static inline void visit_open(struct visit *v)
{
    struct desk *d = &v->p.d;
    struct action *in;

    visit_book(v);
    d->s.now = MONDAY_UTC - 300;
    in = ask_with(d, &d->patient, "POST " ONE "/check-in", "{\"appointment\":\"%s\"}", v->appointment);
    CHECK_INT(in->job.err, 0);
    CHECK_STR(effects(d, in), "consult:changed>doctor -self; consult:changed>patient -self; "
                              "appointment:changed>doctor -self; appointment:changed>patient -self; "
                              "notification:new>doctor; ");
    snprintf(v->consult, sizeof v->consult, "%s", text_at(in->answer, "appointment.consult"));
    action_drop(in);
    check(v, "checked_in", "open");
}

/* A round of one row of the clock's table: when it wants to look again. */
static inline int64_t tick(struct desk *d, int (*job)(struct action *, struct db *, int64_t *))
{
    struct action *a = action_new(d->api, "jobs", MAY_NOBODY, 0);
    int64_t next_utc = 0;

    a->clockwork = true;
    store_job_begin(&d->s);
    CHECK_INT(store_job_end(&d->s, job(a, d->s.db, &next_utc)), 0);
    (void)effects(d, a);
    action_drop(a);
    return next_utc;
}

static inline void staff_add(struct desk *d)
{
    struct store_user user = { 0 };

    CHECK_INT(JOB(&d->s, store_user_add(d->s.db, &(struct user_new){ .role = "staff", .login = "desk",
                                        .name = "desk", .clinic = 1 }, &user)), 0);
}

static inline int64_t told(struct desk *d, const char *kind)
{
    return store_number(&d->s, "SELECT count(*) FROM notification WHERE kind = $1", ARGS(TEXT(kind)));
}

#endif
