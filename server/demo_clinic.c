/* demo_clinic.c - what the demo clinic offers, and when its doctors are there. */
#include "demo.h"

#include <stddef.h>

#include "storage/store_schedule.h"

static const struct { const char *name; int doctor; } departments[] = { { "心内科", 0 }, { "Dermatology", 1 } };

/* department: of the table above; -1: every doctor offers it. */
static const struct { const char *name, *mode; int department, minutes, buffer_min,
                      fee_minor; bool on_request; }
services[] = {
    { "视频复诊 Video follow-up", "video", -1, 15, 5, 0, false },
    { "心内科视频问诊", "video", 0, 30, 10, 5000, false },
    { "心电图解读(需医生确认)", "voice", 0, 20, 0, 0, true },
    { "Skin consultation by video", "video", 1, 30, 5, 8000, false },
    { "Skin photo review by text", "text", 1, 20, 0, 0, false },
};

/* Every day, so that there is always something to book. */
static const struct { int doctor; const char *start, *end; int step_min; } hours[] = {
    { 0, "08:30", "12:00", 20 }, { 0, "14:00", "17:30", 20 }, { 1, "09:00", "13:00", 30 }, { 1, "18:00",
        "24:00", 30 },
};

static int hours_add(struct db *db, const struct store_user *doctors)
{
    int err = 0;

    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
        for (int weekday = 1; weekday <= 7 && err == 0; weekday++) {
            const struct rule_new rule = { .weekday = weekday, .step_min = hours[i].step_min,
                                           .start = hours[i].start,
                                           .end = hours[i].end, .from = "2020-01-01" };
            json_t *added = NULL;

            err = store_rule_add(db, doctors[hours[i].doctor].id, &rule, &added);
            json_decref(added);
        }
    return err;
}

int demo_clinic_fill(struct db *db, int64_t clinic, const struct store_user *doctors)
{
    enum { DEPARTMENTS = sizeof departments / sizeof *departments };
    int64_t ids[DEPARTMENTS], service;
    int err = 0;

    for (size_t i = 0; i < DEPARTMENTS && err == 0; i++) {
        err = store_department_add(db, clinic, departments[i].name, &ids[i]);
        if (err == 0)
            err = store_doctor_department_set(db, doctors[departments[i].doctor].id, ids[i]);
    }
    for (size_t i = 0; i < sizeof services / sizeof *services && err == 0; i++) {
        const struct service_new new = {
            .clinic = clinic, .department = services[i].department < 0 ? 0 : ids[services[i].department],
            .name = services[i].name, .mode = services[i].mode, .minutes = services[i].minutes,
            .buffer_min = services[i].buffer_min, .fee_minor = services[i].fee_minor,
            .on_request = services[i].on_request,
        };

        err = store_service_add(db, &new, &service);
    }
    return err ? err : hours_add(db, doctors);
}
