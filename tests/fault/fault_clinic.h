/* fault_clinic.h - a clinic with a doctor, a patient, and what she has booked in two hours. */
#ifndef FAULT_CLINIC_H
#define FAULT_CLINIC_H

#include "fault_sql.h"
#include "unit/storage/store_fixture.h"

#include "storage/store_appointment.h"

struct clinic {
    struct store_user    lee, anna;
    struct doctor_access access;
    struct store_service service;
    int64_t              patient, booked;
    char                 booked_id[DB_ID_SIZE], department[DB_ID_SIZE];
};

static inline int clinic_add(struct db *db, const struct clinic *c, int hour, int64_t *ret_appointment)
{
    return store_appointment_add(db, &(struct appointment_new){
        .doctor = &c->access, .service = &c->service, .patient = c->patient, .user = c->anna.id,
        .start_utc = STORE_NOW + hour * 3600, .tzdb = "2025b", .hold_expires_utc = STORE_NOW + 600,
    }, ret_appointment);
}

static inline void clinic_open(struct store *s, struct clinic *c)
{
    struct service_new service = { .name = "visit", .mode = "video", .minutes = 30, .fee_minor = 5000 };
    struct appointment_access now;
    json_t *one = NULL;
    struct db_query q;
    int64_t id = 0;

    fault_sql_prepare();
    store_open_file(s);
    service.clinic = store_clinic(s, "North");
    c->lee = store_doctor(s, service.clinic, "lee");
    c->anna = store_patient(s, "anna");
    CHECK_INT(JOB(s, store_department_add(s->db, service.clinic, "lungs", &id)), 0);
    CHECK_INT(db_query(s->db, &q, "SELECT public_id FROM department", NO_ARGS), 1);
    (void)snprintf(c->department, sizeof c->department, "%s", db_column_text(&q, 0));
    db_done(&q);
    CHECK_INT(store_doctor_access(s->db, c->lee.public_id, &c->lee, &c->access), 0);
    CHECK_INT(JOB(s, store_service_add(s->db, &service, &id)), 0);
    CHECK_INT(store_service_get(s->db, id, &one), 0);
    CHECK_INT(store_service_find(s->db, text_at(one, "id"), &c->service), 0);
    json_decref(one);
    CHECK_INT(store_patient_find(s->db, c->anna.id, NULL, &c->patient), 0);
    CHECK_INT(JOB(s, clinic_add(s->db, c, 2, &c->booked)), 0);
    CHECK_INT(store_appointment_get(s->db, c->booked, &one), 0);
    (void)snprintf(c->booked_id, sizeof c->booked_id, "%s", text_at(one, "id"));
    json_decref(one);
    CHECK_INT(store_appointment_find(s->db, c->booked_id, &now), 0);
    CHECK_INT(JOB(s, store_appointment_move(s->db, &now, &(struct appointment_move){ .to = "booked",
                                            .user = c->lee.id })), 0);
}

#endif
