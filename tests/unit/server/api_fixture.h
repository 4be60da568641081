/* api_fixture.h - the product's functions over an in-memory database: whom, what, and what came of it.
 *
 * ask() looks a door up in the tables, runs its function in a transaction as admission would have let it
 * through, and hands the action back: its error, its answer and its effects are there to be looked at. */
#ifndef API_FIXTURE_H
#define API_FIXTURE_H

#include "net_fixture.h"

#include "unit/storage/store_fixture.h"

#include "auth/token.h"
#include "clock.h"
#include "config.h"
#include "door.h"
#include "storage/store_audit.h"
#include "storage/store_health.h"
#include "storage/store_transfer.h"

struct person { const char *name; struct store_session session; };

struct desk {
    struct store      s;
    struct world      w;                        /* its loop                                          */
    struct config     config;
    struct token_key *token_key;
    struct timers    *timers;
    struct api       *api;
    struct person     patient, doctor, stranger;        /* a stranger is a patient of another consult */
    char              consult[DB_ID_SIZE], other[DB_ID_SIZE];
    char              said[32768];              /* of effects()                                      */
};

/* --- people -------------------------------------------------------------------------------------------- */

static inline void person_login(struct desk *d, struct person *p, const char *name, struct store_user user)
{
    unsigned char hash[STORE_HASH_SIZE];

    seal_random(NULL, hash, sizeof hash);
    p->name = name;
    CHECK_INT(JOB(&d->s, store_session_add(d->s.db, user.id, hash, NULL, &p->session)), 0);
}

static inline void desk_start(struct desk *d, const struct person *who, const char *client_id, char *ret_id)
{
    int64_t id = store_start(&d->s, who->session.user.id, d->doctor.session.user.public_id, client_id);
    struct db_query q;

    CHECK_INT(db_query(d->s.db, &q, "SELECT public_id FROM consultation WHERE id = $1", ARGS(INT(id))), 1);
    snprintf(ret_id, DB_ID_SIZE, "%s", db_column_text(&q, 0));
    db_done(&q);
}

static inline void desk_people(struct desk *d)
{
    int64_t clinic = store_clinic(&d->s, "North");

    person_login(d, &d->doctor, "doctor", store_doctor(&d->s, clinic, "dr.li"));
    person_login(d, &d->patient, "patient", store_patient(&d->s, "wang"));
    person_login(d, &d->stranger, "stranger", store_patient(&d->s, "zhao"));
    desk_start(d, &d->patient, "client-start-1", d->consult);
    desk_start(d, &d->stranger, "client-start-2", d->other);
}

/* --- the parts ----------------------------------------------------------------------------------------- */

static inline void desk_config(struct desk *d, const char *const *flags)
{
    char *argv[16] = { NULL }, *none[] = { NULL }, why[128];
    int argc = 1;

    argv[0] = strdup("consultd");
    for (; flags != NULL && *flags != NULL; flags++)
        argv[argc++] = strdup(*flags);
    argv[argc++] = strdup("--cheap-passwords");
    argv[argc++] = strdup("--payment-provider=sandbox");
    CHECK_INT(config_read(&d->config, argc, argv, none, why, sizeof why), 0);
    while (argc > 0)
        free(argv[--argc]);
}

static inline struct token_key *desk_token_key(void)
{
    char folder[] = "/tmp/api-keys-XXXXXX", path[48];
    struct token_key *key = NULL;

    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/token.key", folder);
    CHECK_INT(token_key_load_or_make(path, &key), 0);
    CHECK_INT(unlink(path), 0);
    CHECK_INT(rmdir(folder), 0);
    return key;
}

static inline void desk_open(struct desk *d)
{
    *d = (struct desk){ 0 };
    store_open(&d->s);
    desk_config(d, NULL);
    CHECK_INT(uv_loop_init(&d->w.loop), 0);
    d->token_key = desk_token_key();
    d->timers = timers_new(&d->w.loop);
    d->api = api_new(&(struct api_parts){ .config = &d->config, .timers = d->timers,
                                          .token_key = d->token_key, .seal_keys = d->s.keys });
    assert_non_null(d->api);
    desk_people(d);
}

static inline void desk_close(struct desk *d)
{
    api_free(d->api);
    timers_free(d->timers);
    CHECK_INT(uv_run(&d->w.loop, UV_RUN_DEFAULT), 0);
    CHECK_INT(uv_loop_close(&d->w.loop), 0);
    token_key_free(d->token_key);
    config_free(&d->config);
    store_close(&d->s);
}

/* --- asking -------------------------------------------------------------------------------------------- */

struct door { action_fn *run; enum may may; unsigned flags; bool live; };

/* What a list of steps does on the writer, behind a password that was said again; else its first. */
static inline action_fn *work_of(const struct step *steps)
{
    const struct step *step = steps;

    while (step->where != ON_WRITER && step->where != STEP_END)
        step++;
    return step->where == ON_WRITER ? step->run : steps->run;
}

/* "message:send", or a row's own words: "GET /api/v1/consultations/{consult}". */
static inline struct door door_find(const char *name)
{
    size_t method = strcspn(name, " ");

    for (const struct live_event *const *table = event_tables; *table != NULL; table++)
        for (const struct live_event *row = *table; row->name != NULL; row++)
            if (strcmp(row->name, name) == 0)
                return (struct door){ row->run, row->may, 0, true };
    for (const struct route *const *table = route_tables; *table != NULL; table++)
        for (const struct route *row = *table; row->method != NULL; row++)
            if (strncmp(row->method, name, method) == 0 && row->method[method] == '\0' &&
                name[method] == ' ' && strcmp(row->path, name + method + 1) == 0)
                return (struct door){ row->run != NULL ? row->run : work_of(row->steps), row->may,
                                      row->flags, false };
    fail_msg("no door is called \"%s\"", name);
    return (struct door){ 0 };
}

/* An object of the permission is no longer in the input. */
static inline void object_of(struct action *a, const char *name, enum policy_object object, char id[64])
{
    json_t *value = json_object_get(a->input, name);

    if (value == NULL || (policy_object(a->may) != object && object != POLICY_CONSULT))
        return;
    snprintf(id, 64, "%s", json_string_value(value));
    CHECK_INT(json_object_del(a->input, name), 0);
}

/* The action as it is behind the door; `input` may hold a `consult`, like an event's argument. */
static inline struct action *action_made(struct desk *d, const struct person *who, const char *name,
                                         const char *input)
{
    struct door door = door_find(name);
    struct action *a = action_new(d->api, name, door.may, door.flags);

    a->live = door.live;
    a->logged_in = who != NULL;
    if (who != NULL)
        a->session = who->session;
    snprintf(a->address, sizeof a->address, "192.0.2.7");
    a->input = json_loads(input, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(a->input);
    object_of(a, "consult", POLICY_CONSULT, a->consult_id);
    object_of(a, "doctor", POLICY_DOCTOR, a->object_id);
    object_of(a, "appointment", POLICY_APPOINTMENT, a->object_id);
    object_of(a, "patient", POLICY_PATIENT, a->object_id);
    object_of(a, "prescription", POLICY_PRESCRIPTION, a->object_id);
    return a;
}

/* As the writer does it: a->job.err is what came of it. The action is the caller's: action_drop(). */
static inline struct action *ask(struct desk *d, const struct person *who, const char *name,
                                 const char *input)
{
    struct action *a = action_made(d, who, name, input);
    struct door door = door_find(name);

    store_job_begin(&d->s);
    if (door.may == MAY_TAKE_OVER)
        CHECK_INT(store_transfer_access(d->s.db, a->consult_id, a->session.user.id, &a->access), 0);
    else if (policy_needs_consult(door.may))
        CHECK_INT(store_consult_access(d->s.db, a->consult_id, a->session.user.id, &a->access), 0);
    if (policy_object(door.may) == POLICY_DOCTOR)
        CHECK_INT(store_doctor_access(d->s.db, a->object_id, &a->session.user, &a->doctor), 0);
    if (policy_object(door.may) == POLICY_APPOINTMENT)
        CHECK_INT(store_appointment_access(d->s.db, a->object_id, &a->session.user, &a->appointment), 0);
    if (policy_object(door.may) == POLICY_PATIENT)
        CHECK_INT(store_health_access(d->s.db, a->object_id, a->session.user.id, &a->patient), 0);
    if (policy_object(door.may) == POLICY_PRESCRIPTION)
        CHECK_INT(store_prescription_access(d->s.db, a->object_id, &a->session.user, &a->prescription), 0);
    a->job.err = store_job_end(&d->s, door.run(a, d->s.db));
    if (a->job.err == 0 && a->answer != NULL)
        a->answer_text = json_dumps(a->answer, JSON_COMPACT);
    return a;
}

/* ASK(d, who, door, "{...%s...}", ...) */
__attribute__((format(printf, 4, 5))) static inline struct action *
ask_with(struct desk *d, const struct person *who, const char *name, const char *format, ...)
{
    char input[8192];
    va_list args;

    va_start(args, format);
    CHECK(vsnprintf(input, sizeof input, format, args) < (int)sizeof input);
    va_end(args);
    return ask(d, who, name, input);
}

/* Only the error is of interest. */
#define ASK_ERR(...) ask_err(ask_with(__VA_ARGS__))
static inline int ask_err(struct action *a)
{
    int err = a->job.err;

    action_drop(a);
    return err;
}

/* --- what came of it ----------------------------------------------------------------------------------- */

static inline const char *room_said(const struct desk *d, const char *room)
{
    const struct person *people[] = { &d->patient, &d->doctor, &d->stranger };
    char name[ROOM_SIZE];

    for (size_t i = 0; i < COUNT_OF(people); i++) {
        room_name(name, "user", people[i]->session.user.public_id);
        if (strcmp(name, room) == 0)
            return people[i]->name;
        room_name(name, "session", people[i]->session.public_id);
        if (strcmp(name, room) == 0)
            return people[i]->name;
    }
    room_name(name, "consult", d->consult);
    return strcmp(name, room) == 0 ? "room" : room;
}

static inline bool is_of_queue(const struct effect *e)
{
    return e->kind == EFFECT_PUBLISH && strcmp(e->event, "queue:changed") == 0;
}

/* All effects in order: "message:new>room -self; unread:changed>doctor; cut>patient; ". Those of the waiting
 * room come with nearly everything: they alone with `queue`, or left out. */
static inline const char *effects_of(struct desk *d, const struct action *a, bool queue)
{
    static const char *const kinds[] = { [EFFECT_JOIN] = "join", [EFFECT_LEAVE] = "leave",
                                         [EFFECT_RENEW] = "renew", [EFFECT_CUT] = "cut",
                                         [EFFECT_OUT] = "out" };
    size_t at = 0;

    d->said[0] = '\0';
    for (const struct effect *e = a->effects; e != NULL; e = e->next) {
        if (is_of_queue(e) != queue)
            continue;
        at += (size_t)snprintf(d->said + at, sizeof d->said - at, "%s>%s%s; ",
                               e->kind == EFFECT_PUBLISH ? e->event : kinds[e->kind], room_said(d, e->room),
                               e->but_self ? " -self" : "");
        CHECK(at < sizeof d->said);
    }
    return d->said;
}

static inline const char *effects(struct desk *d, const struct action *a)
{
    return effects_of(d, a, false);
}

/* The body of the n-th of effects(); json_decref() is the caller's. */
static inline json_t *effect_body(const struct action *a, int n)
{
    const struct effect *e = a->effects;
    json_t *body;

    for (; e != NULL && (is_of_queue(e) || n > 0); e = e->next)
        n -= !is_of_queue(e);
    assert_non_null(e);
    body = json_loads(e->text, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(body);
    return body;
}

static inline int64_t audit_count(struct desk *d, const char *action)
{
    return store_number(&d->s, "SELECT count(*) FROM audit_event WHERE action = $1", ARGS(TEXT(action)));
}

#endif
