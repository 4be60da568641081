/* demo.c - a clinic, two doctors, two patients, a pharmacist, an admin, and consults of the last days in both
 * languages. */
#include "demo.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/record.h"
#include "auth/password.h"
#include "clock.h"
#include "config.h"
#include "drugs.h"
#include "icd_codes.h"
#include "log.h"
#include "storage/store_consult.h"
#include "storage/store_draft.h"
#include "storage/store_message.h"
#include "storage/store_result.h"
#include "storage/store_user.h"
#include "store.h"

static const char password[] = "consultd-demo";

static const struct { const char *role, *login, *name, *locale, *title; } people[] = {
    { "doctor",  "doctor1",  "王建国", "zh-CN", "心内科 主任医师" },
    { "doctor",  "doctor2",  "Emily Carter", "en", "Dermatologist" },
    { "patient", "patient1", "李小红", "zh-CN", NULL },
    { "patient", "patient2", "Tom Miller", "en", NULL },
    { "admin",   "admin",    "陈晓", "zh-CN", NULL },
    { "staff",   "desk",     "刘芳", "zh-CN", NULL },
    { "pharmacist", "pharmacist", "赵敏", "zh-CN", NULL },
};
enum { PEOPLE = sizeof people / sizeof *people, DOCTOR1 = 0, DOCTOR2 = 1, PATIENT1 = 2, PATIENT2 = 3 };

struct line { int minutes_after; bool doctor; const char *text; };
static const struct line zh_closed[] = {
    { 0, false, "医生您好,我最近一周总觉得头晕,血压量了几次都在 150/95 左右。" },
    { 14, true, "您好,请问以前有高血压病史吗?目前在服用什么药物?" },
    { 16, false, "没有病史,没有吃药。我父亲有高血压。" },
    { 21, true, "建议早晚各测一次血压并记录,连续七天,同时低盐饮食、保证睡眠。先不要自行用药。" },
    { 23, false, "好的,谢谢医生!😊" },
    { 25, true, "七天后把记录发给我。如果血压超过 180/110,或出现胸痛、说话不清,请立即拨打 120。" },
    { 0, false, NULL },
};
static const struct line zh_active[] = {
    { 0, false, "王医生,这是我七天的血压:早上平均 142/90,晚上平均 138/88。" },
    { 9, true, "收到,比上周有好转。这几天头晕还明显吗?" },
    { 11, false, "好多了,只有起床太快的时候会晕一下。" },
    { 0, false, NULL },
};
static const struct line en_active[] = {
    { 0, false, "Hello doctor, I have had an itchy red patch on my elbow for ten days." },
    { 6, true, "Hello Tom. Does it burn or flake? Have you changed soap or detergent lately?" },
    { 8, false, "It flakes a little. We did change the detergent two weeks ago." },
    { 12, true,
      "Please go back to the old one, and keep the skin moist twice a day. Tell me on Friday how it looks." },
    { 0, false, NULL },
};
static const struct line en_open[] = {
    { 0, false, "Good morning, could you have a look at a mole on my back? It has grown since spring." },
    { 0, false, NULL },
};
static const struct {
    int doctor, patient, hours_ago;
    const char *state;
    const struct line *lines;
} consults[] = {
    { DOCTOR1, PATIENT1, 9 * 24, "closed", zh_closed },
    { DOCTOR1, PATIENT1, 26, "active", zh_active },
    { DOCTOR2, PATIENT2, 50, "active", en_active },
    { DOCTOR2, PATIENT1, 1, "open", en_open },
};

/* A second connection whose clock the stories set. */
static int64_t demo_now(void *data)
{
    return *(const int64_t *)data;
}

static int people_add(struct db *db, const struct config *config, struct store_user added[PEOPLE])
{
    char hash[PASSWORD_HASH_SIZE];
    int64_t clinic = 0;
    int err =
        password_hash(config->cheap_passwords ? &password_cost_test : &password_cost_default, password, hash);

    if (err == 0)
        err = store_clinic_add(db, "仁和互联网诊所 Renhe Clinic", "Asia/Shanghai", "CNY", &clinic);
    for (size_t i = 0; i < PEOPLE && err == 0; i++) {
        bool patient = strcmp(people[i].role, "patient") == 0;

        err = store_user_add(db, &(struct user_new){ .role = people[i].role, .login = people[i].login,
                                                     .password_hash = hash, .name = people[i].name,
                                                     .locale = people[i].locale, .title = people[i].title,
                                                     .clinic = patient ? 0 : clinic }, &added[i]);
    }
    if (err == 0)
        err = demo_clinic_fill(db, clinic, &added[DOCTOR1], &added[PATIENT1]);
    return err ? err : demo_consents_fill(db, &added[PATIENT1], 2);
}

static int line_add(struct db *db, const char *consult, const struct store_user *who, const char *client_id,
                    const char *text)
{
    struct consult_access access;
    json_t *message = NULL;
    int err = store_consult_access(db, consult, who->id, &access);

    if (err == 0)
        err = store_message_add(db, access.consult, who->id,
                                &(struct message_new){ .client_id = client_id, .text = text }, &message);
    json_decref(message);
    return err < 0 ? err : 0;
}

static int state_set(struct db *db, const char *id, const struct store_user *doctor, const char *state)
{
    struct consult_access access;
    json_t *consult = NULL;
    int err = store_consult_access(db, id, doctor->id, &access);

    if (err == 0)
        err = store_consult_move(db, access.consult, state, &consult);
    json_decref(consult);
    return err < 0 ? err : 0;
}

/* He has read it, too: what was over long ago reminds nobody. */
static int story_sign(struct db *db, const char *id, const struct store_user *doctor,
                      const struct store_user *patient)
{
    json_t *body = json_pack("{s:s, s:s, s:[{s:s, s:s, s:{s:s, s:s}, s:s, s:i}], s:{s:i, s:s}}", "summary",
                             "血压偏高，先观察并改善生活方式。", "advice",
                             "早晚各测一次血压并记录，低盐饮食，保证睡眠。七天后复诊。\n"
                             "Measure twice a day and write it down, eat little salt, sleep well.",
                             "diagnoses", "system", "ICD-10", "code", "I10", "label", "zh", "原发性高血压",
                             "en", "High blood pressure", "certainty", "provisional", "rank", 1, "followUp",
                             "days", 7, "text", "复查血压");
    json_t *draft = NULL;
    struct consult_access access;
    int64_t version;
    int err = state_set(db, id, doctor, "awaiting_signature");

    if (err == 0)
        err = store_consult_access(db, id, doctor->id, &access);
    if (err == 0)
        err = store_draft_put(db, &(struct draft_new){ .consult = access.consult, .author = doctor->id,
                                                       .body = body });
    if (err == 0)
        err = store_draft_get(db, access.consult, &draft);
    if (err == 0)
        err = record_sign(db, &access, draft, NULL, &version);
    if (err == 0)
        err = store_result_acknowledge(db, access.consult, version, patient->id);
    json_decref(body);
    json_decref(draft);
    return err < 0 ? err : state_set(db, id, doctor, "closed");
}

static int story_add(struct db *db, int64_t *now, size_t which, const struct store_user *users)
{
    const struct store_user *doctor = &users[consults[which].doctor],
                            *patient = &users[consults[which].patient];
    const struct line *lines = consults[which].lines;
    json_t *consult = NULL, *message = NULL;
    int64_t began = clock_utc() - consults[which].hours_ago * 3600;
    const char *state = consults[which].state, *id;
    char client_id[32];
    int err;

    *now = began;
    (void)snprintf(client_id, sizeof client_id, "demo-story-%zu-0", which);
    err = store_consult_start(db, &(struct consult_new){ .user = patient->id, .doctor = doctor->public_id,
                                                         .text = lines[0].text, .client_id = client_id },
                              &consult, &message);
    id = json_string_value(json_object_get(consult, "id"));
    if (err > 0 && strcmp(state, "open") != 0)
        err = state_set(db, id, doctor, "active");
    for (int i = 1; err >= 0 && lines[i].text != NULL; i++) {
        *now = began + lines[i].minutes_after * 60;
        (void)snprintf(client_id, sizeof client_id, "demo-story-%zu-%d", which, i);
        err = line_add(db, id, lines[i].doctor ? doctor : patient, client_id, lines[i].text);
    }
    if (err >= 0 && strcmp(state, "closed") == 0)
        err = story_sign(db, id, doctor, patient);
    if (err >= 0 && strcmp(state, "closed") == 0) {
        *now = clock_utc() - 1200;              /* just now: the pharmacist has not looked yet       */
        err = demo_prescription_sign(db, id, doctor);
    }
    json_decref(consult);
    json_decref(message);
    return err < 0 ? err : 0;
}

static int fill(struct store *s, const struct config *config)
{
    struct store_user users[PEOPLE];
    int64_t now = clock_utc();
    struct db_host host = s->host;
    struct db *db = NULL;
    char path[4096], why[TSV_WHY_SIZE] = "";
    int err;

    host.now_utc = demo_now;
    host.data = &now;
    store_path(config, "consultd.db", path, sizeof path);
    err = db_open(&(struct db_options){ .path = path, .host = &host }, &db);
    if (err == 0)
        err = db_script(db, "BEGIN IMMEDIATE");
    if (err == 0)
        err = people_add(db, config, users);
    if (err == 0)
        err = drugs_load(db, drugs_sample_tsv, drugs_sample_tsv_size, why);
    if (err > 0)
        err = icd_codes_load(db, icd10_sample_tsv, icd10_sample_tsv_size, why);
    err = err > 0 ? 0 : err;
    for (size_t i = 0; i < sizeof consults / sizeof *consults && err == 0; i++)
        err = story_add(db, &now, i, users);
    if (err == 0)
        err = db_script(db, "COMMIT");
    if (err)
        log_error("demo.failed", "error=\"%s\" database=\"%s\"", why[0] != '\0' ? why : strerror(-err),
                  db != NULL ? db_error(db) : "");
    db_close(db);
    return err;
}

static void logins_print(const char *listen)
{
    (void)printf("\nOpen http://%s in a browser. Demo logins, all with the password %s:\n", listen, password);
    for (size_t i = 0; i < PEOPLE; i++)
        (void)printf("  %-10s %-10s %s\n", people[i].login, people[i].role, people[i].name);
    (void)printf("\n");
    (void)fflush(stdout);
}

int demo_fill(struct store *s, const struct config *config)
{
    char mark[4096];
    int64_t users;
    int err = store_user_count(s->writer, &users), file;

    store_path(config, "demo", mark, sizeof mark);
    if (err == 0 && users > 0 && access(mark, F_OK) != 0) {
        log_error("demo.refused", "folder=%s hint=\"it holds real data: give --data another folder\"",
                  config->data);
        return -EEXIST;
    }
    if (err == 0 && users == 0) {
        file = open(mark, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (file < 0)
            return -errno;
        (void)close(file);
        err = fill(s, config);
    }
    if (err == 0)
        logins_print(config->listen[0]);
    return err;
}
