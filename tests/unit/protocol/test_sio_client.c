/* test_sio_client.c - which packets a client may send, where and when, and what they lead to. */
#include "sio_fixture.h"

TEST(sio_client, is_let_in_with_a_socket_id_and_nothing_else)
{
    struct world w;
    struct peer *p;
    const char *packet;

    app_init(&w, NULL);
    p = app_client(&w);
    world_send(p, "40{\"token\":\"x\"}");
    packet = world_next(p);
    CHECK_INT(strlen(packet), strlen("40{\"sid\":\"\"}") + 20);
    CHECK(strncmp(packet, "40{\"sid\":\"", 10) == 0);
    CHECK_STR(world_log(&w), "connect / {\"token\":\"x\"}\n");
    world_finish(&w);
}

TEST(sio_client, joins_a_namespace_of_its_choice)
{
    struct world w;
    struct peer *p;

    app_init(&w, NULL);
    p = app_client(&w);
    world_send(p, "40/custom,{\"a\":1}");
    CHECK(strncmp(world_next(p), "40/custom,{\"sid\":\"", 18) == 0);
    world_send(p, "42/custom,[\"echo\",1]");
    CHECK_GOT(p, "42/custom,[\"echoed\",1]");
    CHECK_STR(world_log(&w), "connect /custom {\"a\":1}\n");
    world_finish(&w);
}

TEST(sio_client, is_told_of_a_namespace_that_is_none)
{
    static const struct { const char *connect, *error; } cases[] = {
        { "40/none", "44/none,{\"message\":\"Invalid namespace\"}" },
        { "40/none,{}", "44/none,{\"message\":\"Invalid namespace\"}" },
        { "40/custom?a=1,", "44/custom?a=1,{\"message\":\"Invalid namespace\"}" },
        { "40/__proto__", "44/__proto__,{\"message\":\"Invalid namespace\"}" },
        { "40/custom/,{}", "44/custom/,{\"message\":\"Invalid namespace\"}" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        struct peer *p;

        app_init(&w, NULL);
        p = app_client(&w);
        world_send(p, cases[i].connect);
        CHECK_GOT(p, cases[i].error);
        world_finish(&w);
    }
}

/* PROTOCOL 3, 10, 11, 15, 16; SECURITY 2: all of it ends the session, and the server lives. */
TEST(sio_client, is_closed_for_a_packet_that_is_broken_or_out_of_place)
{
    static const struct { bool joined; const char *packet, *reason; } cases[] = {
        { true, "4", "forced close" },
        { true, "47", "forced close" },
        { true, "4x", "forced close" },
        { true, "42", "forced close" },
        { true, "42[]", "forced close" },
        { true, "42{}", "forced close" },
        { true, "42[null]", "forced close" },
        { true, "42[{}]", "forced close" },
        { true, "42[true]", "forced close" },
        { true, "42[{\"toString\":\"foo\"}]", "forced close" },
        { true, "42[\"x\"]]", "forced close" },
        { true, "42[\"x\"", "forced close" },
        { true, "42[\"connect\"]", "forced close" },
        { true, "42[\"\\u0063onnect\"]", "forced close" },
        { true, "42[\"connect_error\"]", "forced close" },
        { true, "42[\"disconnect\"]", "forced close" },
        { true, "42[\"disconnecting\"]", "forced close" },
        { true, "42[\"newListener\"]", "forced close" },
        { true, "42[\"removeListener\"]", "forced close" },
        { true, "429007199254740992[\"x\"]", "forced close" },
        { true, "42\xef\xbb\xbf[\"x\"]", "forced close" },
        { true, "43{}", "forced close" },
        { true, "44{\"message\":\"x\"}", "forced close" },
        { true, "41{}", "forced close" },
        { true, "45[\"x\"]", "forced close" },
        { true, "45-[\"x\"]", "forced close" },
        { true, "450-[\"x\"]", "forced close" },
        { true, "4511-[\"x\"]", "forced close" },
        { true, "45999999999-[\"x\"]", "forced close" },
        { true, "45+1-[\"x\"]", "forced close" },
        { true, "45 1-[\"x\"]", "forced close" },
        { true, "450x1-[\"x\"]", "forced close" },
        { true, "451-[\"x\",{\"_placeholder\":true,\"num\":\"splice\"}]", "forced close" },
        { true, "451-[\"x\",{\"_placeholder\":true,\"num\":1}]", "forced close" },
        { true, "451-[\"x\",{\"_placeholder\":true}]", "forced close" },
        { true, "40", "forced server close" },
        { true, "40{}", "forced server close" },
        { true, "42/custom,[\"x\"]", "forced server close" },
        { true, "43/custom,1[]", "forced server close" },
        { true, "41/custom", "forced server close" },
        { true, "451-/custom,[\"x\"]", "forced server close" },
        { false, "42[\"x\"]", NULL },
        { false, "451-[\"x\"]", NULL },
        { false, "40[1]", NULL },
        { false, "40\"x\"", NULL },
        { false, "40null", NULL },
        { false, "40{", NULL },
        { false, "41", NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct world w;
        struct peer *p;
        char id[64], want[64] = "";

        app_init(&w, NULL);
        p = cases[i].joined ? app_joined(&w, id) : app_client(&w);
        world_send(p, cases[i].packet);
        CHECK_GOT(p, "(close)");
        if (cases[i].reason != NULL)
            (void)snprintf(want, sizeof want, "disconnect %s\n", cases[i].reason);
        CHECK_STR(world_log(&w), want);
        world_finish(&w);
    }
}

TEST(sio_client, is_closed_for_binary_nobody_asked_for_and_text_before_its_attachment)
{
    struct world w;
    struct peer *p;
    char id[64];

    app_init(&w, NULL);
    p = app_joined(&w, id);
    world_frame(p, 0x82, "x", 1);
    CHECK_GOT(p, "(close)");
    p = app_joined(&w, id);
    world_send(p, "451-[\"x\",{\"_placeholder\":true,\"num\":0}]");
    world_send(p, "3");                         /* a pong between is fine, a noop too               */
    world_send(p, "6");
    CHECK_SILENT(p);
    world_send(p, "42[\"x\"]");
    CHECK_GOT(p, "(close)");
    world_finish(&w);
}

TEST(sio_client, handles_events_whatever_their_name)
{
    static const struct { const char *packet, *log; } cases[] = {
        { "42[\"error\"]", "event error \n" },
        { "42[\"connection\",1]", "event connection 1\n" },
        { "42[1,2]", "event 1 2\n" },
        { "42[-1.5e3]", "event -1.5e3 \n" },
        { "42[\"\"]", "event  \n" },
        { "42[\"__proto__\",{\"__proto__\":1}]", "event __proto__ {\"__proto__\":1}\n" },
        { "42[\"\\u00e9\\ud83d\\ude00\"]", "event \xc3\xa9\xf0\x9f\x98\x80 \n" },
        { "42[\"a\\u0000b\",\"a\\u0000b\"]", "event a\\u0000b \"a\\u0000b\"\n" },
        { "42[\"\\ud800\"]", "event \\ud800 \n" },
        { "42[\"x\",{\"_placeholder\":true,\"num\":0}]", "event x {\"_placeholder\":true,\"num\":0}\n" },
        { "420[\"x\"]", "event x  ack\n" },
        { "429007199254740991[\"x\"]", "event x  ack\n" },
        { "42/,[\"x\"]", "event x \n" },
        { "42[\"x\",12345678901234567890,1e400,\"\\ud83c\"]",
          "event x 12345678901234567890,1e400,\"\\ud83c\"\n" },
    };
    struct world w;
    struct peer *p;
    char id[64];

    app_init(&w, NULL);
    p = app_joined(&w, id);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world_send(p, cases[i].packet);
        CHECK_STR(world_log(&w), cases[i].log);
        CHECK_SILENT(p);
    }
    world_finish(&w);
}

TEST(sio_client, carries_attachments_both_ways)
{
    struct world w;
    struct peer *p;
    char id[64];

    app_init(&w, NULL);
    p = app_joined(&w, id);
    world_send(p, "452-[\"echo\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]");
    world_frame(p, 0x82, "one", 3);
    CHECK_SILENT(p);
    world_frame(p, 0x82, "", 0);
    CHECK_GOT(p, "452-[\"echoed\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]",
              "#6f6e65", "#");
    world_send(p, "451-7[\"ack\",{\"_placeholder\":true,\"num\":0}]");
    world_frame(p, 0x82, "\x01\x02", 2);
    CHECK_GOT(p, "461-7[{\"_placeholder\":true,\"num\":0}]", "#0102");
    world_send(p, "bAQID");                     /* forceBase64 of the official client               */
    CHECK_GOT(p, "(close)");
    world_finish(&w);
}

TEST(sio_client, may_leave_and_come_back_in_one_session)
{
    struct world w;
    struct peer *p;
    char id[64], again[64];

    app_init(&w, NULL);
    p = app_joined(&w, id);
    world_send(p, "41");
    CHECK_STR(world_log(&w), "disconnect client namespace disconnect\n");
    world_send(p, "40");
    world_sid(world_next(p), again);
    CHECK(strcmp(id, again) != 0);
    CHECK_STR(world_log(&w), "connect / \n");
    world_finish(&w);
}

TEST(sio_client, must_join_a_first_namespace_in_time)
{
    static const struct sio_options options = { .connect_timeout_ms = 1000 };
    struct world w;
    struct peer *idle, *refused, *joined;
    char id[64];

    app_init(&w, &options);
    idle = app_client(&w);
    refused = app_client(&w);
    world_send(refused, "40/none");
    (void)world_next(refused);
    joined = app_joined(&w, id);
    world_send(joined, "41");
    world_run(&w, 999);
    CHECK_SILENT(idle);
    world_run(&w, 1);
    CHECK_GOT(idle, "(close)");
    CHECK_GOT(refused, "(close)");
    CHECK_SILENT(joined);
    world_finish(&w);
}

TEST(sio_client, joins_no_more_namespaces_than_allowed)
{
    static const struct sio_options options = { .namespaces_max = 1 };
    struct world w;
    struct peer *p;
    char id[64];

    app_init(&w, &options);
    p = app_joined(&w, id);
    world_send(p, "40/custom");
    CHECK_GOT(p, "44/custom,{\"message\":\"Too many namespaces\"}");
    world_finish(&w);
}

TEST(sio_client, hears_disconnect_true_in_every_namespace_and_then_the_end)
{
    struct world w;
    struct peer *p;
    char id[64];

    app_init(&w, NULL);
    p = app_joined(&w, id);
    world_send(p, "40/custom");
    (void)world_next(p);
    (void)world_log(&w);
    world_send(p, "42[\"leave-me\",true]");
    CHECK_GOT(p, "41", "41/custom,", "(close)");
    CHECK_STR(world_log(&w), "disconnect server namespace disconnect\n"
                               "disconnect server namespace disconnect\n");
    world_finish(&w);
}

TEST(sio_client, stays_when_it_is_sent_out_of_one_namespace)
{
    struct world w;
    struct peer *p;
    char id[64];

    app_init(&w, NULL);
    p = app_joined(&w, id);
    world_send(p, "42[\"leave-me\",false]");
    CHECK_GOT(p, "41");
    CHECK_STR(world_log(&w), "disconnect server namespace disconnect\n");
    world_run(&w, 24999);
    CHECK_SILENT(p);
    world_run(&w, 1);
    CHECK_GOT(p, "2");
    world_send(p, "42[\"x\"]");
    CHECK_GOT(p, "(close)");
    world_finish(&w);
}

TEST(sio_client, ends_for_each_reason_in_the_words_of_the_reference)
{
    struct world w;
    char id[64];

    app_init(&w, NULL);
    world_cut(app_joined(&w, id));
    CHECK_STR(world_log(&w), "disconnect transport close\n");
    world_frame(app_joined(&w, id), 0x88, "\x03\xe8", 2);
    CHECK_STR(world_log(&w), "disconnect transport close\n");
    world_frame(app_joined(&w, id), 0xc1, "x", 1);
    CHECK_STR(world_log(&w), "disconnect transport error\n");
    world_send(app_joined(&w, id), "1");
    CHECK_STR(world_log(&w), "disconnect transport close\n");
    world_send(app_joined(&w, id), "9");
    CHECK_STR(world_log(&w), "disconnect parse error\n");
    (void)app_joined(&w, id);
    world_run(&w, 45000);
    CHECK_STR(world_log(&w), "disconnect ping timeout\n");
    (void)app_joined(&w, id);
    sio_server_close(w.io);
    world_turn(&w);
    CHECK_STR(world_log(&w), "disconnect server shutting down\n");
    world_finish(&w);
}
