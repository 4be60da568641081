/* practice_fixture.h - a doctor with a service of 20 minutes, and how he gets hours. */
#ifndef PRACTICE_FIXTURE_H
#define PRACTICE_FIXTURE_H

#include "api_fixture.h"

#define DOCTOR   "/api/v1/doctors/{doctor}"
#define MONDAYS \
    "{\"doctor\":\"%s\",\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\","\
    "\"from\":\"2025-01-01\",\"stepMin\":20}"

struct practice { struct desk d; char doctor[DB_ID_SIZE], service[DB_ID_SIZE]; };

/* STORE_NOW is Tuesday, 2025-11-25 00:00 in Shanghai. */
static inline void practice_open(struct practice *p)
{
    const struct service_new new = { .clinic = 1, .name = "visit", .mode = "video", .minutes = 20 };
    json_t *service = NULL;
    int64_t id = 0;

    desk_open(&p->d);
    snprintf(p->doctor, sizeof p->doctor, "%s", p->d.doctor.session.user.public_id);
    CHECK_INT(JOB(&p->d.s, store_service_add(p->d.s.db, &new, &id)), 0);
    CHECK_INT(store_service_get(p->d.s.db, id, &service), 0);
    snprintf(p->service, sizeof p->service, "%s", text_at(service, "id"));
    json_decref(service);
}

#endif
