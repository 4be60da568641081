/* test_messages.c - saying something once, and reading it back. */
#include "api_fixture.h"

#define SEND "POST /api/v1/consultations/{consult}/messages"
#define LIST "GET /api/v1/consultations/{consult}/messages"
#define HELLO "{\"consult\":\"%s\",\"clientId\":\"%s\",\"kind\":\"text\",\"text\":\"%s\"}"

TEST(messages, the_room_hears_it_but_the_sender_only_his_receipt)
{
    struct desk d;
    struct action *a;
    json_t *body;

    desk_open(&d);
    a = ask_with(&d, &d.patient, "message:send", HELLO, d.consult, "client-0001", "it hurts");
    CHECK_INT(a->job.err, 0);
    CHECK_STR(effects(&d, a), "message:new>room -self; unread:changed>doctor; ");
    check_keys(a->answer, "ok message");
    check_keys(json_object_get(a->answer, "message"), "id seq sentAt");
    CHECK_INT(int_at(a->answer, "message.seq"), 2);

    body = effect_body(a, 0);
    CHECK_STR(text_at(body, "id"), text_at(a->answer, "message.id"));
    CHECK_STR(text_at(body, "text"), "it hurts");
    CHECK_STR(text_at(body, "consult"), d.consult);
    CHECK_STR(text_at(body, "sender.id"), d.patient.session.user.public_id);
    CHECK_STR(text_at(body, "clientId"), "client-0001");
    json_decref(body);
    body = effect_body(a, 1);
    check_keys(body, "consult lastSeq unread");
    CHECK_INT(int_at(body, "unread"), 2);
    json_decref(body);
    action_drop(a);
    desk_close(&d);
}

TEST(messages, a_retry_gets_the_first_answer_and_publishes_nothing)
{
    struct desk d;
    struct action *first, *again;

    desk_open(&d);
    first = ask_with(&d, &d.doctor, "message:send", HELLO, d.consult, "client-0001", "since when?");
    again = ask_with(&d, &d.doctor, "message:send", HELLO, d.consult, "client-0001", "since when?");
    CHECK_INT(again->job.err, 0);
    CHECK_STR(again->answer_text, first->answer_text);
    CHECK_STR(effects(&d, first), "message:new>room -self; unread:changed>patient; ");
    CHECK_STR(effects(&d, again), "");
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM message WHERE client_id = 'client-0001'", NO_ARGS), 1);
    action_drop(first);
    action_drop(again);
    desk_close(&d);
}

TEST(messages, both_doors_do_the_same)
{
    struct desk d;
    struct action *a;

    desk_open(&d);
    a = ask_with(&d, &d.patient, SEND, HELLO, d.consult, "client-0001", "by REST");
    CHECK_INT(a->job.err, 0);
    check_keys(a->answer, "message");           /* no `ok`: the status says it                       */
    CHECK_STR(effects(&d, a), "message:new>room -self; unread:changed>doctor; ");
    CHECK((a->flags & CREATED) != 0);
    action_drop(a);
    desk_close(&d);
}

TEST(messages, what_is_not_exactly_a_message_is_refused)
{
    static const char *const bad[] = {
        "", ",\"clientId\":\"client-0001\",\"kind\":\"text\"", ",\"clientId\":\"client-0001\",\"text\":\"a\"",
        ",\"clientId\":\"client-0001\",\"kind\":\"system\",\"text\":\"consult-accepted\"",
        ",\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\",\"sender\":\"usr_x\"",
        ",\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"\"",
        ",\"clientId\":\"short\",\"kind\":\"text\",\"text\":\"a\"",
        ",\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":\"a\",\"replyTo\":\"msg_nowhere\"",
        ",\"clientId\":\"client-0001\",\"kind\":\"text\",\"text\":7",
    };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(ASK_ERR(&d, &d.patient, "message:send", "{\"consult\":\"%s\"%s}", d.consult, bad[i]),
                  -EINVAL);
    CHECK_INT(store_number(&d.s, "SELECT count(*) FROM message", NO_ARGS), 2);  /* the two first ones */
    desk_close(&d);
}

TEST(messages, a_reply_names_a_message_of_the_same_consult)
{
    struct desk d;
    struct action *first, *reply, *page;

    desk_open(&d);
    first = ask_with(&d, &d.patient, "message:send", HELLO, d.consult, "client-0001", "it hurts");
    reply = ask_with(&d, &d.doctor, "message:send",
                     "{\"consult\":\"%s\",\"clientId\":\"client-0002\",\"kind\":\"text\",\"text\":\"where?\","
                     "\"replyTo\":\"%s\"}", d.consult, text_at(first->answer, "message.id"));
    CHECK_INT(reply->job.err, 0);
    page = ask_with(&d, &d.doctor, LIST, "{\"consult\":\"%s\"}", d.consult);
    CHECK_STR(text_at(page->answer, "items.2.replyTo"), text_at(first->answer, "message.id"));
    CHECK_INT(
        ASK_ERR(&d, &d.stranger, "message:send",
                "{\"consult\":\"%s\",\"clientId\":\"client-0003\",\"kind\":\"text\",\"text\":\"me too\","
                "\"replyTo\":\"%s\"}",
                d.other, text_at(first->answer, "message.id")),
        -EINVAL);
    action_drop(first);
    action_drop(reply);
    action_drop(page);
    desk_close(&d);
}

TEST(messages, pages_go_forward_from_after_and_back_from_before)
{
    struct desk d;
    struct action *a;
    char client_id[16];

    desk_open(&d);
    for (int i = 2; i <= 5; i++) {
        snprintf(client_id, sizeof client_id, "client-%04d", i);
        CHECK_INT(ASK_ERR(&d, &d.patient, "message:send", HELLO, d.consult, client_id, "more"), 0);
    }
    a = ask_with(&d, &d.doctor, LIST, "{\"consult\":\"%s\",\"after\":\"0\",\"limit\":\"2\"}", d.consult);
    check_keys(a->answer, "items more lastSeq");
    CHECK_INT(int_at(a->answer, "items.0.seq"), 1);
    CHECK_INT(int_at(a->answer, "items.1.seq"), 2);
    CHECK(json_is_true(json_at(a->answer, "more")));
    CHECK_INT(int_at(a->answer, "lastSeq"), 5);
    CHECK_STR(effects(&d, a), "");
    action_drop(a);

    a = ask_with(&d, &d.doctor, LIST, "{\"consult\":\"%s\",\"before\":\"4\",\"limit\":\"2\"}", d.consult);
    CHECK_INT(int_at(a->answer, "items.0.seq"), 2);
    CHECK_INT(int_at(a->answer, "items.1.seq"), 3);
    action_drop(a);

    a = ask_with(&d, &d.doctor, LIST, "{\"consult\":\"%s\",\"limit\":\"2\"}", d.consult);
    CHECK_INT(int_at(a->answer, "items.0.seq"), 4);     /* without after: the newest                 */
    action_drop(a);
    desk_close(&d);
}

TEST(messages, a_page_has_bounds)
{
    static const char *const bad[] = { "\"limit\":\"0\"", "\"limit\":\"101\"", "\"after\":\"-1\"",
                                       "\"after\":\"x\"", "\"before\":\"-1\"", "\"offset\":\"3\"" };
    struct desk d;

    desk_open(&d);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK_INT(ASK_ERR(&d, &d.patient, LIST, "{\"consult\":\"%s\",%s}", d.consult, bad[i]), -EINVAL);
    CHECK_INT(ASK_ERR(&d, &d.patient, LIST, "{\"consult\":\"%s\",\"limit\":\"100\"}", d.consult), 0);
    desk_close(&d);
}

TEST(messages, nothing_is_said_in_a_closed_consult_but_a_retry_is_answered)
{
    struct desk d;

    desk_open(&d);
    CHECK_INT(ASK_ERR(&d, &d.patient, "message:send", HELLO, d.consult, "client-0001", "thank you"), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:accept", "{\"consult\":\"%s\"}", d.consult), 0);
    CHECK_INT(ASK_ERR(&d, &d.doctor, "consult:finish", "{\"consult\":\"%s\"}", d.consult), 0);
    CHECK_INT(ASK_ERR(&d, &d.patient, "message:send", HELLO, d.consult, "client-0002", "one more"),
              -ESHUTDOWN);
    CHECK_INT(ASK_ERR(&d, &d.patient, "message:send", HELLO, d.consult, "client-0001", "thank you"), 0);
    desk_close(&d);
}
