/* test_authz.c - every route and event x every kind of person, from the tables themselves.
 *
 * Each door is knocked at with a member that none knows: who is let in is told 400, before anything is done;
 * who is not hears 401, 403 or 404. A permission without a row here fails, so a new one needs a decision. */
#include "api_house.h"

#include "base64.h"
#include "storage/store_appointment.h"

enum person_kind { NOBODY, PATIENT, STRANGER, DOCTOR, COLLEAGUE, STAFF, ADMIN, FOREIGN, PHARMACIST, GUEST,
                   INVITED, PEOPLE };

/* 4 let in, else what he hears: 1 401, 3 403, 0 404. In the order above; the object is the patient's and the
 * doctor's, in the clinic of colleague, staff, admin and pharmacist. */
static const char *const want[MAY_COUNT] = {
    [MAY_LOGGED_IN]        = "14444444444",
    [MAY_USER]             = "14444444433",
    [MAY_PATIENT]          = "14433333333",
    [MAY_DOCTOR]           = "13344333333",
    [MAY_ADMIN]            = "13333344333",
    [MAY_BREAK_GLASS]      = "13344344333",
    [MAY_DESK]             = "13333444333",
    [MAY_PARTICIPANT]      = "14040000000",
    [MAY_TREAT]            = "13040000000",
    [MAY_TAKE_OVER]        = "13034000000",      /* it is offered to the colleague                     */
    [MAY_CALL]             = "14040000004",
    [MAY_SEE_APPOINTMENT]  = "14040440000",
    [MAY_ATTEND]           = "14030330000",
    [MAY_KEEP_APPOINTMENT] = "13040440000",
    [MAY_SEE_DOCTOR]       = "14444444433",
    [MAY_KEEP_DOCTOR]      = "13343443333",
    [MAY_SEE_FILE]         = "14040000000",
    [MAY_KEEP_FILE]        = "14030000000",
    [MAY_CARE]             = "13344333433",
    [MAY_SEE_PRESCRIPTION] = "14040000400",
    [MAY_REVIEW]           = "13333333433",
    [MAY_KEEP_PRESCRIPTION] = "13040000300",
    [MAY_SEE_PATIENT]      = "14040000033",
};

/* Where the function itself decides more, by what a permission does not know. */
static const struct { const char *path, *want; } narrower[] = {
    { "/api/v1/appointments/{appointment}/void", "13030340000" },        /* an admin only              */
    { "/api/v1/appointments/{appointment}/dispute/decide", "13030440000" },      /* not the doctor    */
    { "/api/v1/consultations/{consult}/result/acknowledge", "14030000000" },     /* not the doctor    */
    { "/api/v1/appointments", "14443443333" },   /* POST: patients, and who keeps the doctor's hours    */
};

struct town {
    struct house  h;
    struct person people[PEOPLE];               /* [NOBODY] is unused                                */
    char          appointment[DB_ID_SIZE], patient[DB_ID_SIZE];
    char          consult_tus[100];             /* as Upload-Metadata says it                        */
};

static void person_add(struct town *t, enum person_kind kind, const char *role, int64_t clinic)
{
    static const char *const logins[PEOPLE] = { "", "p", "s", "d", "colleague", "staff", "admin", "foreign",
                                                "pharmacist", "guest", "invited" };
    /* Whoever has no password is told so before he is told what is missing. */
    const struct user_new new = { .role = role, .login = logins[kind], .name = logins[kind],
                                  .clinic = clinic, .password_hash = "-" };
    struct store_user user = { 0 };

    CHECK_INT(JOB(&t->h.d.s, store_user_add(t->h.d.s.db, &new, &user)), 0);
    person_login(&t->h.d, &t->people[kind], logins[kind], user);
}

static void appointment_add(struct town *t)
{
    struct desk *d = &t->h.d;
    struct doctor_access doctor;
    struct store_service service;
    const struct service_new offered = { .clinic = 1, .name = "visit", .mode = "video", .minutes = 20 };
    struct appointment_new new = { .doctor = &doctor, .service = &service, .user = d->patient.session.user.id,
                                   .start_utc = STORE_NOW + 86400, .tzdb = "" };
    json_t *made = NULL;
    int64_t id = 0;

    CHECK_INT(JOB(&d->s, store_service_add(d->s.db, &offered, &id)), 0);
    CHECK_INT(store_service_get(d->s.db, id, &made), 0);
    CHECK_INT(store_service_find(d->s.db, text_at(made, "id"), &service), 0);
    json_decref(made);
    CHECK_INT(store_doctor_access(d->s.db, d->doctor.session.user.public_id, &d->doctor.session.user,
                                  &doctor), 0);
    CHECK_INT(store_patient_find(d->s.db, new.user, NULL, &new.patient), 0);
    CHECK_INT(JOB(&d->s, store_appointment_add(d->s.db, &new, &id)), 0);
    CHECK_INT(store_appointment_get(d->s.db, id, &made), 0);
    snprintf(t->appointment, sizeof t->appointment, "%s", text_at(made, "id"));
    json_decref(made);
}

/* The patient's, sent. */
static void file_add(struct town *t)
{
    struct store *s = &t->h.d.s;
    const char *consult = t->h.d.consult;

    store_job_begin(s);
    CHECK_INT(db_run(s->db, "INSERT INTO file(public_id, consultation_id, owner_id, kind, about_enc, size, "
                     "segment, received, state, mime, sha256, message_id, active_utc) "
                     "SELECT 'fil_one', c.id, $2, 'image', x'00', 1, 1024, 1, 'ready', 'image/png', "
                     "x'00', m.id, "
                     "0 FROM consultation c JOIN message m ON m.consultation_id = c.id "
                     "WHERE c.public_id = $1 AND m.seq = 1",
                     ARGS(TEXT(consult), INT(t->h.d.patient.session.user.id))), 1);
    CHECK_INT(store_job_end(s, 0), 0);
    base64_encode(consult, strlen(consult), t->consult_tus);
    t->consult_tus[base64_encoded_size(strlen(consult))] = '\0';
}

/* Signed by the doctor, approved by the pharmacist. */
static void prescription_add(struct town *t)
{
    CHECK_INT(db_script(t->h.d.s.db, "INSERT INTO prescription(public_id, consultation_id, clinic_id, "
                        "signer_id, note_version, items_enc, state, signed_utc) SELECT 'rx_one', id, "
                        "clinic_id, doctor_id, 1, x'00', 'in_review', 1 FROM consultation LIMIT 1; "
                        "INSERT INTO review SELECT p.id, p.signer_id, u.id, 'approved', NULL, 1 "
                        "FROM prescription p JOIN users u ON u.role = 'pharmacist'; "
                        "UPDATE prescription SET state = 'approved', token_hash = randomblob(32), "
                        "token_enc = x'00', expires_utc = 9999999999"), 0);
}

static void patient_find(struct town *t)
{
    struct db_query q;

    CHECK_INT(db_query(t->h.d.s.db, &q, "SELECT public_id FROM patient WHERE account_id = $1",
                       ARGS(INT(t->h.d.patient.session.user.id))), 1);
    snprintf(t->patient, sizeof t->patient, "%s", db_column_text(&q, 0));
    db_done(&q);
}

static void town_open(struct town *t)
{
    int64_t south;

    *t = (struct town){ 0 };
    house_open(&t->h);
    south = store_clinic(&t->h.d.s, "South");
    t->people[PATIENT] = t->h.d.patient;
    t->people[STRANGER] = t->h.d.stranger;
    t->people[DOCTOR] = t->h.d.doctor;
    person_add(t, COLLEAGUE, "doctor", 1);
    person_add(t, STAFF, "staff", 1);
    person_add(t, ADMIN, "admin", 1);
    person_add(t, FOREIGN, "admin", south);
    person_add(t, PHARMACIST, "pharmacist", 1);
    person_add(t, GUEST, "guest", 0);
    person_add(t, INVITED, "guest", 0);
    CHECK_INT(db_run(t->h.d.s.db, "INSERT INTO call_guest SELECT $1, id, 'relative', randomblob(32), "
                     "doctor_id, opened_utc, opened_utc, opened_utc, NULL FROM consultation "
                     "WHERE public_id = $2",
                     ARGS(INT(t->people[INVITED].session.user.id), TEXT(t->h.d.consult))), 1);
    CHECK_INT(db_run(t->h.d.s.db, "INSERT INTO consult_transfer(consultation_id, from_id, to_id, reason_enc, "
                     "offered_utc) SELECT id, doctor_id, $1, x'00', opened_utc FROM consultation "
                     "WHERE public_id = $2",
                     ARGS(INT(t->people[COLLEAGUE].session.user.id), TEXT(t->h.d.consult))), 1);
    appointment_add(t);
    file_add(t);
    prescription_add(t);
    patient_find(t);
}

static const char *object_of_name(const struct town *t, const char *name, size_t size)
{
    if (strncmp(name, "consult", size) == 0)
        return t->h.d.consult;
    if (strncmp(name, "appointment", size) == 0)
        return t->appointment;
    if (strncmp(name, "patient", size) == 0)
        return t->patient;
    if (strncmp(name, "file", size) == 0)
        return "fil_one";
    if (strncmp(name, "prescription", size) == 0)
        return "rx_one";
    return strncmp(name, "doctor", size) == 0 ? t->h.d.doctor.session.user.public_id : "nothing";
}

/* "/a/{consult}/b?nonsense=1" with the ids of this town. */
static void path_of(const struct town *t, const struct route *row, char *path, size_t size)
{
    const char *from = row->path;
    size_t at = 0;

    for (; *from != '\0'; from++) {
        if (*from == '{') {
            size_t length = strcspn(from, "}") - 1;

            at += (size_t)snprintf(path + at, size - at, "%s", object_of_name(t, from + 1, length));
            from += length + 1;
        } else {
            path[at++] = *from;
        }
        CHECK(at < size - 16);
    }
    snprintf(path + at, size - at, "%s", strcmp(row->method, "GET") == 0 ? "?nonsense=1" : "");
}

static char answer_of(int status)
{
    return status == 400 ? '4' : status == 401 ? '1' : status == 403 ? '3' : status == 404 ? '0' : '?';
}

/* The member that none knows is in a header field there. */
static const char *tus_headers(const struct town *t, const struct route *row, char *at, size_t size)
{
    bool begins = strcmp(row->method, "POST") == 0;

    snprintf(at, size, "Tus-Resumable: 1.0.0\r\nUpload-Metadata: nonsense MQ==%s%s\r\n%s",
             begins ? ",consult " : "", begins ? t->consult_tus : "",
             strcmp(row->method, "PATCH") == 0 ? "Content-Type: application/offset+octet-stream\r\n" : "");
    return at;
}

static char knock(struct town *t, const struct route *row, enum person_kind kind)
{
    char path[256], body[128], headers[2900], tus[256], *token;
    bool is_tus = (row->flags & TUS) != 0, gets = strcmp(row->method, "GET") == 0;
    struct reply *r;
    char answer;

    path_of(t, row, path, sizeof path);
    snprintf(body, sizeof body, "{\"nonsense\":1%s%s%s}", strstr(row->path,
                                                                 "{doctor}") ? "" : ",\"doctor\":\"",
             strstr(row->path, "{doctor}") ? "" : t->h.d.doctor.session.user.public_id,
             strstr(row->path, "{doctor}") ? "" : "\"");
    token = kind != NOBODY ? house_token(&t->h, &t->people[kind]) : strdup("");
    snprintf(headers, sizeof headers, "%s%s%s%sIdempotency-Key: authz-%d%s\r\n",
             kind != NOBODY ? "Authorization: Bearer "
             : "", token, kind != NOBODY ? "\r\n" : "",
             is_tus ? tus_headers(t, row, tus, sizeof tus) : gets ? "" : JSON_TYPE, (int)kind, row->method);
    r = http_ask(&t->h, row->method, path, headers, gets || is_tus ? "" : body);
    answer = answer_of(r->status);
    reply_free(r);
    free(token);
    return answer;
}

static const char *want_of(const struct route *row)
{
    for (size_t i = 0; i < COUNT_OF(narrower); i++)
        if (strcmp(narrower[i].path, row->path) == 0 && strcmp(row->method, "POST") == 0)
            return narrower[i].want;
    return want[row->may];
}

TEST(authz, every_route_is_open_to_whom_it_may_be_and_to_nobody_else)
{
    struct town t;
    int cells = 0;

    town_open(&t);
    for (const struct route *const *table = route_tables; *table != NULL; table++)
        for (const struct route *row = *table; row->method != NULL; row++) {
            char got[PEOPLE + 1] = "";

            if (row->may == MAY_ANYBODY)
                continue;
            if (want_of(row) == NULL)
                fail_msg("%s %s: nobody decided on %s", row->method, row->path, policy_name(row->may));
            for (int kind = 0; kind < PEOPLE; kind++, cells++)
                got[kind] = knock(&t, row, (enum person_kind)kind);
            if (strcmp(got, want_of(row)) != 0)
                fail_msg("%s %s: %s, not %s", row->method, row->path, got, want_of(row));
        }
    CHECK(cells >= 350);
    house_close(&t.h);
}

/* "bad-request" … of the ack. */
static char ask_live(struct live *l, const struct town *t, const char *event, int id)
{
    char said[256], *ack;

    snprintf(said, sizeof said, "43%d[", id);
    live_emit(l, id, event, "{\"consult\":\"%s\",\"nonsense\":1}", t->h.d.consult);
    ack = strstr(live_acked(l, id), said);
    assert_non_null(ack);
    return strstr(ack, "bad-request") ? '4' : strstr(ack, "forbidden") ? '3' : strstr(ack,
        "not-found") ? '0' : '?';
}

TEST(authz, every_event_is_open_to_whom_it_may_be_and_to_nobody_else)
{
    struct town t;
    int cells = 0;

    town_open(&t);
    for (int kind = PATIENT; kind < PEOPLE; kind++) {
        struct live *l = live_open(&t.h, &t.people[kind]);
        int id = 0;

        for (const struct live_event *const *table = event_tables; *table != NULL; table++)
            for (const struct live_event *row = *table; row->name != NULL; row++) {
                char got;

                if (row->run == NULL)
                    continue;                   /* a relay: its permission is the room               */
                if (want[row->may] == NULL)
                    fail_msg("%s: nobody decided on %s", row->name, policy_name(row->may));
                got = ask_live(l, &t, row->name, ++id);
                live_forget(l);
                if (got != want[row->may][kind])
                    fail_msg("%s as %s: %c, not %c", row->name, t.people[kind].name, got,
                             want[row->may][kind]);
                cells++;
            }
        live_free(l);
    }
    CHECK(cells >= 70);
    house_close(&t.h);
}

static void appointment_look(struct town *t, enum person_kind kind, int status)
{
    char path[128], headers[2600], *token = house_token(&t->h, &t->people[kind]);
    struct reply *r;

    snprintf(path, sizeof path, "/api/v1/appointments/%s", t->appointment);
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n", token);
    r = http_ask(&t->h, "GET", path, headers, "");
    CHECK_INT(r->status, status);
    reply_free(r);
    free(token);
}

TEST(authz, who_looked_at_an_appointment_is_known_and_who_may_not_leaves_nothing)
{
    struct town t;

    town_open(&t);
    appointment_look(&t, STRANGER, 404);
    CHECK_INT(audit_count(&t.h.d, "appointment.view"), 0);
    appointment_look(&t, STAFF, 200);
    appointment_look(&t, STAFF, 200);           /* within ten minutes it is one look                  */
    appointment_look(&t, PATIENT, 200);
    CHECK_INT(audit_count(&t.h.d, "appointment.view"), 2);
    CHECK_INT(store_number(&t.h.d.s, "SELECT count(*) FROM audit_event WHERE action = 'appointment.view' "
                           "AND actor_id = $1 AND object = $2",
                           ARGS(INT(t.people[STAFF].session.user.id), TEXT(t.appointment))), 1);
    t.h.d.s.now += AUDIT_VIEW_S;
    appointment_look(&t, STAFF, 200);
    CHECK_INT(audit_count(&t.h.d, "appointment.view"), 3);
    house_close(&t.h);
}
