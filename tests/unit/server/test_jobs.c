/* test_jobs.c - the clock and the keys, in the product served whole. */
#include "api_house.h"

#include "storage/store_schedule.h"

#define AT "/api/v1/appointments"

/* The house's doctor gets a service, and an hour of Mondays. */
static void practice_make(struct house *h, char ret_service[DB_ID_SIZE])
{
    const struct rule_new mondays = { .weekday = 1, .start = "09:00", .end = "10:00", .from = "2025-01-01",
                                      .step_min = 20 };
    const struct service_new new = { .clinic = 1, .name = "visit", .mode = "video", .minutes = 20 };
    struct store *s = &h->d.s;
    json_t *made = NULL;
    int64_t id = 0;

    CHECK_INT(JOB(s, store_rule_add(s->db, h->d.doctor.session.user.id, &mondays, &made)), 0);
    json_decref(made);
    CHECK_INT(JOB(s, store_service_add(s->db, &new, &id)), 0);
    CHECK_INT(store_service_get(s->db, id, &made), 0);
    snprintf(ret_service, DB_ID_SIZE, "%s", text_at(made, "id"));
    json_decref(made);
}

static struct reply *book(struct house *h, const char *service, const char *key, const char *start)
{
    char body[512], headers[2600], *token = house_token(h, &h->d.patient);
    struct reply *r;

    snprintf(body, sizeof body, "{\"doctor\":\"%s\",\"service\":\"%s\",\"startAt\":\"%s\"}",
             h->d.doctor.session.user.public_id, service, start);
    snprintf(headers, sizeof headers, "Authorization: Bearer %s\r\n" JSON_TYPE "%s%s%s", token,
             *key ? "Idempotency-Key: " : "", key, *key ? "\r\n" : "");
    r = http_ask(h, "POST", AT, headers, body);
    free(token);
    return r;
}

TEST(jobs, a_hold_ends_when_its_time_is_over)
{
    struct house h;
    struct live *doctor;
    struct reply *r;
    char service[DB_ID_SIZE];

    house_open(&h);
    practice_make(&h, service);
    doctor = live_open(&h, &h.d.doctor);
    r = book(&h, service, "key-0001", "2025-12-01T01:00:00Z");
    CHECK_INT(r->status, 201);
    (void)live_wait(doctor, "\"status\":\"held\"");
    h.d.s.now += 600;
    jobs_due(h.d.api->jobs, 0);                 /* in the server a minute may pass before it looks   */
    (void)live_wait(doctor, "\"status\":\"expired\"");
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM appointment_history WHERE to_s = 'expired' AND "
                                   "by_id IS NULL",
                           NO_ARGS), 1);
    reply_free(r);
    live_free(doctor);
    house_close(&h);
}

TEST(jobs, keys_are_forgotten_after_a_day)
{
    struct house h;
    char service[DB_ID_SIZE];

    house_open(&h);
    practice_make(&h, service);
    reply_free(book(&h, service, "key-0001", "2025-12-01T01:00:00Z"));
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM idempotency", NO_ARGS), 1);
    h.d.s.now += 86400;
    jobs_due(h.d.api->jobs, 0);
    for (int i = 0; i < GIVE_UP_MS && store_number(&h.d.s, "SELECT count(*) FROM idempotency",
                                                   NO_ARGS) > 0; i++)
        world_turn(&h.d.w, 1);
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM idempotency", NO_ARGS), 0);
    house_close(&h);
}

TEST(idempotency, a_request_that_comes_again_gets_the_first_answer)
{
    struct house h;
    struct reply *first, *again;
    char service[DB_ID_SIZE];

    house_open(&h);
    practice_make(&h, service);
    first = book(&h, service, "key-0001", "2025-12-01T01:00:00Z");
    CHECK_INT(first->status, 201);
    check_has(first->head, "ETag: \"0\"\r\n");
    again = book(&h, service, "key-0001", "2025-12-01T01:00:00Z");
    CHECK_INT(again->status, 201);
    check_has(again->head, "ETag: \"0\"\r\n");
    CHECK_STR(again->text, first->text);
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM appointment", NO_ARGS), 1);
    reply_free(first);
    reply_free(again);
    house_close(&h);
}

TEST(idempotency, a_key_is_for_one_request_and_is_asked_for)
{
    struct house h;
    char service[DB_ID_SIZE];

    house_open(&h);
    practice_make(&h, service);
    check_problem(book(&h, service, "", "2025-12-01T01:00:00Z"), 400, "bad-request");
    check_problem(book(&h, service, "short", "2025-12-01T01:00:00Z"), 400, "bad-request");
    reply_free(book(&h, service, "key-0001", "2025-12-01T01:00:00Z"));
    check_problem(book(&h, service, "key-0001", "2025-12-01T01:20:00Z"), 422, "key-reused");
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM appointment", NO_ARGS), 1);
    house_close(&h);
}

TEST(idempotency, a_refusal_is_not_kept)
{
    struct house h;
    struct reply *r;
    char service[DB_ID_SIZE];

    house_open(&h);
    practice_make(&h, service);
    r = book(&h, service, "key-0001", "2025-12-01T01:10:00Z");
    CHECK_INT(r->status, 409);
    CHECK_STR(text_at(r->body, "why"), "off-grid");
    CHECK_INT(json_array_size(json_at(r->body, "slots")), 3);
    reply_free(r);
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM idempotency", NO_ARGS), 0);
    house_close(&h);
}

TEST(jobs, for_a_thousand_who_come_within_a_moment_it_looks_behind_them)
{
    struct house h;
    char service[DB_ID_SIZE];

    house_open(&h);
    practice_make(&h, service);
    reply_free(book(&h, service, "key-0001", "2025-12-01T01:00:00Z"));
    h.d.s.now += 86400;
    for (int i = 0; i < 1000; i++)
        jobs_soon(h.d.api->jobs);
    for (int i = 0; i < GIVE_UP_MS && store_number(&h.d.s, "SELECT count(*) FROM idempotency",
                                                   NO_ARGS) > 0; i++)
        world_turn(&h.d.w, 1);
    CHECK_INT(store_number(&h.d.s, "SELECT count(*) FROM idempotency", NO_ARGS), 0);
    house_close(&h);
}
