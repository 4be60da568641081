/* demo_clinic.c - what the demo clinic offers, and when its doctors are there. */
#include "demo.h"

#include <stddef.h>

#include "storage/store_appointment.h"
#include "storage/store_offer.h"

/* With what patients say, as a JSON array. */
static const struct { const char *name, *words; int doctor; } departments[] = {
    { "心内科", "[\"胸痛\", \"胸闷\", \"心慌\", \"高血压\", \"chest pain\", \"palpitations\", "
                "\"blood pressure\"]", 0 },
    { "Dermatology", "[\"皮疹\", \"瘙痒\", \"湿疹\", \"痤疮\", \"rash\", \"itch\", \"eczema\", \"acne\"]",
      1 },
};

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

/* Around now. minute: of the day in the clinic's zone; -1: in about three quarters of an hour. */
static const struct { int doctor, patient, service, day, minute; const char *moves[3]; } appointments[] = {
    { 0, 0, 0, -2, 9 * 60, { "checked_in", "in_consult", "fulfilled" } },
    { 1, 1, 3, -1, 10 * 60, { "noshow_patient" } },
    { 0, 0, 0, 0, -1, { NULL } },
    { 1, 1, 4, 0, -1, { NULL } },
    { 1, 0, 4, 1, 18 * 60, { NULL } },
    { 0, 1, 0, 2, 14 * 60, { "cancelled_by_clinic" } },
    { 1, 1, 3, 2, 19 * 60, { NULL } },
};

static int64_t start_of(int64_t now, int day, int minute)
{
    enum { DAY_S = 86400, EAST_S = 8 * 3600 };  /* Asia/Shanghai                                     */

    if (minute < 0)
        return (now / 300 + 10) * 300;
    return (now + EAST_S) / DAY_S * DAY_S - EAST_S + day * DAY_S + minute * 60;
}

static int moves_make(struct db *db, int64_t appointment, const char *const moves[3], int64_t doctor)
{
    json_t *one = NULL;
    int err = store_appointment_get(db, appointment, &one);

    for (int i = 0; i < 3 && moves[i] != NULL && err == 0; i++) {
        struct appointment_access now;

        err = store_appointment_find(db, json_string_value(json_object_get(one, "id")), &now);
        if (err == 0)
            err = store_appointment_move(db, &now, &(struct appointment_move){ .to = moves[i],
                .user = doctor });
    }
    json_decref(one);
    return err;
}

static int appointment_make(struct db *db, size_t which, const struct store_user *doctor,
                            const struct store_user *patient, int64_t service)
{
    struct doctor_access access;
    struct store_service offered;
    struct appointment_new new = { .doctor = &access, .service = &offered, .user = patient->id, .tzdb = "" };
    json_t *described = NULL;
    int64_t id;
    int err = store_service_get(db, service, &described);

    if (err == 0)
        err = store_service_find(db, json_string_value(json_object_get(described, "id")), &offered);
    if (err == 0)
        err = store_doctor_access(db, doctor->public_id, doctor, &access);
    if (err == 0)
        err = store_patient_find(db, patient->id, NULL, &new.patient);
    new.start_utc = start_of(db_now(db), appointments[which].day, appointments[which].minute);
    if (err == 0)
        err = store_appointment_add(db, &new, &id);
    json_decref(described);
    return err ? err : moves_make(db, id, appointments[which].moves, doctor->id);
}

static int words_add(struct db *db, int64_t clinic, int64_t department, const char *words)
{
    json_t *one = NULL, *all = json_loads(words, JSON_REJECT_DUPLICATES, NULL);
    int err = store_department_get(db, department, &one);

    if (err == 0)
        err = store_department_words(db, clinic, json_string_value(json_object_get(one, "id")), all);
    json_decref(one);
    json_decref(all);
    return err;
}

int demo_clinic_fill(struct db *db, int64_t clinic, const struct store_user *doctors,
                     const struct store_user *patients)
{
    enum { DEPARTMENTS = sizeof departments / sizeof *departments };
    int64_t ids[DEPARTMENTS], made[sizeof services / sizeof *services];
    int err = 0;

    for (size_t i = 0; i < DEPARTMENTS && err == 0; i++) {
        err = store_department_add(db, clinic, departments[i].name, &ids[i]);
        if (err == 0)
            err = store_doctor_department_set(db, doctors[departments[i].doctor].id, ids[i]);
        if (err == 0)
            err = words_add(db, clinic, ids[i], departments[i].words);
    }
    for (size_t i = 0; i < sizeof services / sizeof *services && err == 0; i++) {
        const struct service_new new = {
            .clinic = clinic, .department = services[i].department < 0 ? 0 : ids[services[i].department],
            .name = services[i].name, .mode = services[i].mode, .minutes = services[i].minutes,
            .buffer_min = services[i].buffer_min, .fee_minor = services[i].fee_minor,
            .on_request = services[i].on_request,
        };

        err = store_service_add(db, &new, &made[i]);
    }
    if (err == 0)
        err = hours_add(db, doctors);
    for (size_t i = 0; i < sizeof appointments / sizeof *appointments && err == 0; i++)
        err = appointment_make(db, i, &doctors[appointments[i].doctor], &patients[appointments[i].patient],
                               made[appointments[i].service]);
    return err;
}
