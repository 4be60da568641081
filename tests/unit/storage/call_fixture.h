/* call_fixture.h - a consult, and a call in it that its doctor has begun. */
#ifndef CALL_FIXTURE_H
#define CALL_FIXTURE_H

#include "store_fixture.h"

#include "storage/store_call.h"

struct phone { struct store s; struct store_user doctor, patient; int64_t clinic, consult, call; };

static inline void phone_open(struct phone *p)
{
    *p = (struct phone){ 0 };
    store_open(&p->s);
    p->clinic = store_clinic(&p->s, "North");
    p->doctor = store_doctor(&p->s, p->clinic, "dr.li");
    p->patient = store_patient(&p->s, "wang");
    p->consult = store_start(&p->s, p->patient.id, p->doctor.public_id, "client-0001");
    CHECK_INT(JOB(&p->s, store_call_add(p->s.db, p->consult, p->doctor.id, "video", 45, &p->call)), 0);
}

static inline int phone_join(struct phone *p, const struct store_user *who, const char *device,
                             struct leg_row *ret_leg)
{
    return JOB(&p->s, store_leg_add(p->s.db, p->call, who->id, device, ret_leg));
}

#endif
