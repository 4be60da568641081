/* test_record_unsigned.c - what a doctor has not signed, his patient never gets: every GET of the tables is
 * asked by the patient, and no answer has a word of it; nor anything that is said to him. */
#include "api_house.h"
#include "record_fixture.h"

#include "storage/store_drug.h"
#include "storage/store_icd.h"

#define NOTE(words)                                                                                       \
    ",\"note\":{\"complaint\":\"" words "\",\"history\":\"" words "\",\"findings\":\"" words "\","        \
    "\"plan\":\"" words "\"}"
/* In every text of a draft; `mark` tells the drafts apart. */
#define DRAFT(mark)                                                                                       \
    NOTE("canary" mark) ",\"summary\":\"canary" mark "\",\"advice\":\"canary" mark "\",\"followUp\":"        \
    "{\"days\":3,\"text\":\"canary" mark "\"},\"noDiagnosisReason\":\"canary" mark "\",\"diagnoses\":["     \
    "{\"system\":\"ICD-10\",\"code\":\"J99.9\",\"certainty\":\"confirmed\"}],\"prescription\":{"          \
    "\"items\":[{\"drug\":\"D1\",\"text\":\"canary" mark "\"}]}"
/* Only the note is not for him, and the prescription before its review. */
#define SIGNED                                                                                            \
    NOTE("canary") ",\"summary\":\"plain words\",\"advice\":\"rest well\",\"noDiagnosisReason\":"          \
    "\"mild\",\"prescription\":{\"items\":[{\"drug\":\"D1\",\"name\":{\"zh\":\"x\",\"en\":\"x\"},"        \
    "\"dose\":1,\"unit\":\"mg\",\"route\":\"oral\",\"frequency\":\"qd\",\"days\":1,\"quantity\":1,"        \
    "\"text\":\"canary\"}]}"

struct aviary { struct house h; char patient[DB_ID_SIZE], prescription[DB_ID_SIZE]; int answered; };

static void lists_add(struct desk *d)
{
    int64_t version = 0;

    CHECK_INT(JOB(&d->s, store_icd_version_add(d->s.db, "test", &version)), 0);
    CHECK_INT(JOB(&d->s, store_icd_add(d->s.db, version, &(struct icd_new){ .code = "J99.9", .zh = "金丝雀病",
                                       .en = "Canary disease", .pinyin = "jin si que bing" })), 0);
    CHECK_INT(JOB(&d->s, store_drug_put(d->s.db, &(struct drug_new){ .code = "D1", .zh = "药", .en = "Drug",
                                        .pinyin = "yao", .ingredient = "drug", .classes = "[]",
                                        .form = "tablet", .unit = "mg" })), 0);
}

static void aviary_open(struct aviary *v)
{
    struct db_query q;

    *v = (struct aviary){ 0 };
    house_open(&v->h);
    lists_add(&v->h.d);
    CHECK_INT(db_query(v->h.d.s.db, &q, "SELECT public_id FROM patient WHERE account_id = $1",
                       ARGS(INT(v->h.d.patient.session.user.id))), 1);
    snprintf(v->patient, sizeof v->patient, "%s", db_column_text(&q, 0));
    db_done(&q);
    CHECK_INT(ASK_ERR(&v->h.d, &v->h.d.doctor, "consult:accept", "{\"consult\":\"%s\"}", v->h.d.consult), 0);
}

static const char *id_of(const struct aviary *v, const char *name)
{
    return strncmp(name, "consult}", 8) == 0 ? v->h.d.consult
           : strncmp(name, "doctor}", 7) == 0 ? v->h.d.doctor.session.user.public_id
           : strncmp(name, "patient}", 8) == 0 ? v->patient
           : strncmp(name, "prescription}", 13) == 0 && v->prescription[0] != '\0' ? v->prescription : "none";
}

/* As the row has it, with what is here; a search looks for the canary itself. */
static void path_of(const struct aviary *v, const struct route *row, char *path, size_t size)
{
    size_t at = 0;

    for (const char *from = row->path; *from != '\0'; from++) {
        if (*from == '{') {
            at += (size_t)snprintf(path + at, size - at, "%s", id_of(v, from + 1));
            from += strcspn(from, "}");
        } else {
            path[at++] = *from;
        }
        CHECK(at < size - 16);
    }
    snprintf(path + at, size - at, "%s", strcmp(row->path, "/api/v1/search") == 0 ? "?q=canary" : "");
}

static void answer_check(struct aviary *v, const struct route *row, const char *signed_words, bool *said)
{
    char path[256];
    struct reply *r;

    path_of(v, row, path, sizeof path);
    r = http_ask_as(&v->h, &v->h.d.patient, "GET", path, "");
    if (strcasestr(r->text, "canary") != NULL || strstr(r->text, "金丝雀") != NULL ||
        strstr(r->text, "J99.9") != NULL || strstr(r->text, "\"note\"") != NULL)
        fail_msg("GET %s says to the patient: %s", path, r->text);
    *said = *said || (signed_words != NULL && strstr(r->text, signed_words) != NULL);
    v->answered += r->status == 200;
    reply_free(r);
}

/* `signed_words`: one of them says these, so what an answer says would be found; NULL: nothing is signed. */
static void walk(struct aviary *v, const char *signed_words)
{
    bool said = false;
    int routes = 0;

    v->answered = 0;
    for (const struct route *const *table = route_tables; *table != NULL; table++)
        for (const struct route *row = *table; row->method != NULL; row++)
            if (strcmp(row->method, "GET") == 0 && strstr(row->path, "asyncapi") == NULL &&
                strcmp(row->path, "/api/openapi.json") != 0) {
                answer_check(v, row, signed_words, &said);
                routes++;
            }
    CHECK(routes >= 40);
    CHECK(v->answered >= 15);
    CHECK(said == (signed_words != NULL));
}

/* Nothing that it says has a canary, but to the doctor himself. */
static void said_check(const struct aviary *v, struct action *a)
{
    char own[ROOM_SIZE];

    room_name(own, "user", v->h.d.doctor.session.user.public_id);
    for (const struct effect *e = a->effects; e != NULL; e = e->next)
        if (e->kind == EFFECT_PUBLISH && strcmp(e->room, own) != 0 && strcasestr(e->text, "canary") != NULL)
            fail_msg("%s in %s: %s", e->event, e->room, e->text);
    CHECK_INT(a->job.err, 0);
    action_drop(a);
}

static void save(struct aviary *v, int version, const char *members)
{
    said_check(v, ask_with(&v->h.d, &v->h.d.doctor, "PUT " RECORD_DOOR,
                           "{\"consult\":\"%s\",\"version\":%d%s}", v->h.d.consult, version, members));
}

static void sign(struct aviary *v, int version, const char *reason)
{
    said_check(v, ask_with(&v->h.d, &v->h.d.doctor, SIGN_DOOR,
                           "{\"consult\":\"%s\",\"version\":%d%s}", v->h.d.consult, version, reason));
}

static void prescription_find(struct aviary *v)
{
    struct db_query q;

    CHECK_INT(db_query(v->h.d.s.db, &q, "SELECT public_id FROM prescription", NO_ARGS), 1);
    snprintf(v->prescription, sizeof v->prescription, "%s", db_column_text(&q, 0));
    db_done(&q);
}

static void joined_check(struct aviary *v)
{
    struct action *a = ask_with(&v->h.d, &v->h.d.patient, "consult:join", "{\"consult\":\"%s\"}",
                                v->h.d.consult);

    CHECK_INT(a->job.err, 0);
    check_has_not(a->answer_text, "anary");
    check_has_not(a->answer_text, "\"note\"");
    action_drop(a);
}

TEST(record_unsigned, no_answer_to_the_patient_has_a_word_that_is_not_signed)
{
    struct aviary v;

    aviary_open(&v);
    save(&v, 0, DRAFT("1"));
    walk(&v, NULL);                             /* while it is written                                */
    joined_check(&v);
    said_check(&v, ask_with(&v.h.d, &v.h.d.doctor, "consult:finish", "{\"consult\":\"%s\"}", v.h.d.consult));
    walk(&v, NULL);                             /* while it waits for the signature                   */
    save(&v, 1, SIGNED);
    sign(&v, 2, "");
    prescription_find(&v);
    walk(&v, "rest well");                      /* signed: his words, and neither note nor prescription */
    joined_check(&v);
    save(&v, 2, DRAFT("2"));
    walk(&v, "rest well");                      /* while an amendment is written                      */
    save(&v, 3, SIGNED ",\"followUp\":{\"days\":3,\"text\":\"come again\"}");
    sign(&v, 4, ",\"reason\":\"forgot when\"");
    walk(&v, "come again");
    house_close(&v.h);
}
