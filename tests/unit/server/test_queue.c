/* test_queue.c - places, waits, the board, and who hears of them. */
#include "record_fixture.h"
#include "visit_fixture.h"

#define QUEUE "GET /api/v1/consultations/{consult}/queue"
#define BOARD "GET " DOCTOR "/board"

static void check_place(struct desk *d, const struct person *who, const char *consult, int place,
                        const char *state)
{
    struct action *a = ask_with(d, who, QUEUE, "{\"consult\":\"%s\"}", consult);

    CHECK_INT(a->job.err, 0);
    CHECK_INT(int_at(a->answer, "place"), place);
    CHECK_INT(int_at(a->answer, "ahead"), place > 0 ? place - 1 : 0);
    CHECK_STR(text_at(a->answer, "doctorState"), state);
    CHECK_STR(text_at(a->answer, "emergencyNumber"), "120");
    action_drop(a);
}

TEST(queue, places_follow_the_line)
{
    struct desk d;

    desk_open(&d);
    check_place(&d, &d.patient, d.consult, 1, "away");
    check_place(&d, &d.stranger, d.other, 2, "away");
    presence_enter(d.api->presence, PRESENCE_ANYWHERE, d.doctor.session.user.public_id);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", "{\"consult\":\"%s\"}", d.consult), 0);
    check_place(&d, &d.patient, d.consult, 0, "here");
    check_place(&d, &d.stranger, d.other, 1, "here");
    CHECK_INT(ASK_ERR(&d, &d.patient, QUEUE, "{\"consult\":\"%s\",\"x\":\"1\"}", d.consult), -EINVAL);
    desk_close(&d);
}

/* Text consults: as long as the last ones waited. */
TEST(queue, a_wait_is_told_only_when_enough_is_known)
{
    static const int waited_s[] = { 60, 150, 300 };
    struct desk d;
    struct action *a;

    desk_open(&d);
    presence_enter(d.api->presence, PRESENCE_ANYWHERE, d.doctor.session.user.public_id);
    for (size_t i = 0; i < COUNT_OF(waited_s); i++) {
        char client_id[32], id[DB_ID_SIZE];

        a = ask_with(&d, &d.patient, QUEUE, "{\"consult\":\"%s\"}", d.consult);
        CHECK(json_is_null(json_object_get(a->answer, "estimate")));
        action_drop(a);
        snprintf(client_id, sizeof client_id, "client-wait-%zu", i);
        desk_start(&d, &d.stranger, client_id, id);
        d.s.now += waited_s[i];
        CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", "{\"consult\":\"%s\"}", id), 0);
    }
    a = ask_with(&d, &d.patient, QUEUE, "{\"consult\":\"%s\"}", d.consult);
    CHECK_INT(int_at(a->answer, "estimate.fromMinutes"), 1);
    CHECK_INT(int_at(a->answer, "estimate.toMinutes"), 5);
    action_drop(a);
    desk_close(&d);
}

TEST(queue, whoever_waits_hears_of_each_change_once_and_the_doctor_and_his_desk)
{
    struct desk d;
    struct action *a;
    json_t *body;

    desk_open(&d);
    a = ask_with(&d, &d.doctor, "consult:accept", "{\"consult\":\"%s\"}", d.consult);
    check_has(effects_of(&d, a, true), "queue:changed>stranger; queue:changed>doctor; "
                                       "queue:changed>clinic:cln_");
    check_has_not(effects_of(&d, a, true), ">patient");
    for (const struct effect *e = a->effects; e != NULL; e = e->next)
        if (is_of_queue(e) && strncmp(e->room, "user:", 5) == 0 && strstr(e->text, "place") != NULL) {
            body = json_loads(e->text, 0, NULL);
            check_keys(body, "consult place ahead estimate doctorState");
            CHECK_STR(text_at(body, "consult"), d.other);
            CHECK_INT(int_at(body, "place"), 1);
            json_decref(body);
        }
    action_drop(a);
    a = ask_with(&d, &d.patient, "message:send", "{\"consult\":\"%s\",\"clientId\":\"client-0009\","
                 "\"kind\":\"text\",\"text\":\"hello\"}", d.consult);
    check_has(effects_of(&d, a, true), "queue:changed>doctor; queue:changed>clinic:cln_");
    check_has_not(effects_of(&d, a, true), "stranger");
    action_drop(a);
    desk_close(&d);
}

static const char *column_of(const json_t *board, const char *name, const char *id)
{
    const json_t *item;
    size_t i;

    json_array_foreach(json_object_get(board, "items"), i, item) {
        const char *value = json_string_value(json_object_get(item, name));

        if (value != NULL && strcmp(value, id) == 0)
            return json_string_value(json_object_get(item, "column"));
    }
    return "nowhere";
}

static void check_column(struct visit *v, const char *name, const char *id, const char *column)
{
    struct action *a = ask_with(&v->p.d, &v->p.d.doctor, BOARD, "{\"doctor\":\"%s\"}", v->p.doctor);

    CHECK_INT(a->job.err, 0);
    check_keys(a->answer, "now doctorHere items");
    CHECK_STR(column_of(a->answer, name, id), column);
    action_drop(a);
}

TEST(queue, the_board_shows_each_in_one_column)
{
    struct visit v;
    struct desk *d = &v.p.d;

    visit_book(&v);
    check_column(&v, "appointment", v.appointment, "nowhere");  /* in a week                         */
    desk_close(d);
    visit_open(&v);
    check_column(&v, "appointment", v.appointment, "waiting");
    CHECK_INT(treat(&v, "POST " CON "/accept"), 0);
    check_column(&v, "consult", v.consult, "in_consult");
    CHECK_INT(treat(&v, "POST " CON "/finish"), 0);
    check_column(&v, "consult", v.consult, "to_sign");
    CHECK_INT(record_signed(d, v.consult), 0);
    check_column(&v, "consult", v.consult, "nowhere");

    check_column(&v, "consult", d->consult, "waiting");
    CHECK_INT(ASK_ERR(d, &d->doctor, "consult:accept", "{\"consult\":\"%s\"}", d->consult), 0);
    check_column(&v, "consult", d->consult, "in_consult");      /* who accepts has read it           */
    CHECK_INT(ASK_ERR(d, &d->patient, "message:send", "{\"consult\":\"%s\",\"clientId\":\"client-0009\","
                      "\"kind\":\"text\",\"text\":\"hello\"}", d->consult), 0);
    check_column(&v, "consult", d->consult, "unread");
    desk_close(d);

    visit_book(&v);
    d->s.now = MONDAY_UTC - 7200;
    check_column(&v, "appointment", v.appointment, "later");
    desk_close(d);
}
