/* fault_sio.c - every allocation of whole conversations fails once, and once all from there on.
 *
 * Who is still there and whose application was told of no error has heard exactly what he hears without a
 * fault; anybody else a part of it, and then a clean end. Afterwards whoever is left, and whoever comes new,
 * is served as ever; everybody let in is told to have left, every question has one end, nothing stays. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "fault.h"
#include "play.h"
#include "test.h"

#define PLACE(number) "{\"_placeholder\":true,\"num\":" number "}"

struct hall {
    struct play play;                           /* first                                            */
    struct sio_namespace *ns;
    char late[32];                              /* who is let in by !late                           */
    bool shut;
    int  connects, disconnects, returned;
    int  put, ended;                            /* of questions: put to clients, and their ends     */
};

static struct hall *hall_of(const struct sio_socket *s)
{
    return eio_app(sio_session(s));
}

/* The application takes every error for what it is. */

static void note(struct hall *h, int err)
{
    if (err == -ENOMEM)
        h->play.errors++;
}

/* How many it reached is all that a broadcast says. */
static void note_reached(const struct sio_call *c, int reached)
{
    hall_of(c->socket)->play.errors += reached < (int)sio_room_size(sio_namespace(c->socket), "a");
}

static void on_connect(struct sio_socket *s, struct sio_args auth)
{
    struct hall *h = hall_of(s);
    int err;

    if (auth.text.size > 0 && memmem(auth.text.at, auth.text.size, "late", 4) != NULL) {
        memcpy(h->late, sio_id(s), strlen(sio_id(s)) + 1);
        return;
    }
    err = sio_accept(s, NULL);
    h->connects += err == 0;
    h->returned += err == 0 && sio_recovered(s);
    note(h, err);
}

static void on_refused(struct sio_socket *s, struct sio_args auth)
{
    sio_reject(s, "no", auth);
}

static void on_disconnect(struct sio_socket *s, const char *reason)
{
    CHECK(strlen(reason) > 0);
    hall_of(s)->disconnects++;
}

static void on_answer(void *data, int error, struct sio_args args)
{
    (void)args;
    note(data, error);
    ((struct hall *)data)->ended++;
}

static void on_answers(void *data, int error, bool last, struct sio_args args)
{
    (void)args;
    note(data, error);
    ((struct hall *)data)->ended += last;
}

static void on_echo(const struct sio_call *c)
{
    note(hall_of(c->socket), sio_emit(c->socket, "needs \"quotes\"", c->args, 0));
    note(hall_of(c->socket), sio_answer(c->ack, c->args));
}

static void on_join(const struct sio_call *c)
{
    note(hall_of(c->socket), sio_join(c->socket, "a"));
    note(hall_of(c->socket), sio_join(c->socket, "b"));
    sio_leave(c->socket, "b");
    note(hall_of(c->socket), sio_answer(c->ack, SIO_NONE));
}

static void on_say(const struct sio_call *c)
{
    const struct sio_to to = { .rooms = SIO_ROOMS("a") };

    note_reached(c, sio_broadcast(sio_namespace(c->socket), to, "said", c->args));
}

static void on_ask(const struct sio_call *c)
{
    struct hall *h = hall_of(c->socket);
    int err = sio_ask(c->socket, "asked", c->args, 300, on_answer, h);

    h->put += err == 0;
    note(h, err);
}

static void on_ask_all(const struct sio_call *c)
{
    struct hall *h = hall_of(c->socket);
    int err = sio_broadcast_ask(sio_namespace(c->socket), (struct sio_to){ .rooms = SIO_ROOMS("a") }, "all",
                                c->args, 300, on_answers, h);

    h->put += err >= 0;
    note_reached(c, err);
}

static void on_bye(const struct sio_call *c)
{
    sio_disconnect(c->socket, c->args.text.size == 4);          /* true, or false                   */
}

static const struct sio_event events[] = {
    { "echo", on_echo, NULL }, { "join", on_join, NULL }, { "say", on_say, NULL }, { "ask", on_ask, NULL },
    { "ask-all", on_ask_all, NULL }, { "bye", on_bye, NULL }, { 0 },
};
static const struct sio_handlers handlers = { .on_connect = on_connect, .on_disconnect = on_disconnect,
                                              .events = events };
static const struct sio_handlers refuses = { .on_connect = on_refused };

static void act(struct play *play, const char *word)
{
    struct hall *h = (struct hall *)play;
    struct sio_socket *s = h->late[0] != '\0' ? sio_find(h->ns, h->late) : NULL;

    fault_inside(true);
    if (strcmp(word, "late") == 0 && s != NULL) {
        int err = sio_accept(s, NULL);

        h->connects += err == 0;
        note(h, err);
        h->late[0] = '\0';
    } else if (strcmp(word, "kick") == 0) {
        sio_disconnect_all(h->ns, (struct sio_to){ .rooms = SIO_ROOMS("a") }, true);
    } else if (strcmp(word, "tell") == 0) {
        const struct sio_to to = { .rooms = SIO_ROOMS("a", "b"), .except = SIO_ROOMS("c") };
        const struct ws_bytes file = WS_LITERAL("bytes");
        struct sio_args args = { WS_LITERAL(PLACE("0")), &file, 1, NULL };

        play->errors += sio_broadcast(h->ns, to, "told", args) < (int)sio_room_size(h->ns, "a");
    } else if (strcmp(word, "shut") == 0) {
        eio_server_close(play->world.engine);
        h->shut = true;
    }
    fault_inside(false);
}

/* The conversations. The second client came before, by WebSocket, and is in room a; what it says and hears
 * there is part of them. */

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))
enum { LINES_MAX = 24 };
struct conversation { const char *name, *lines[LINES_MAX]; };

static const struct conversation conversations[] = {
    { "polling", { "poll", "40", "get", "421[\"join\"]|42[\"say\",\"one\"]", "get",
                   "452-2[\"echo\"," PLACE("1") "," PLACE("0") "]|bAQID|bBAU=", "get",
                   "42[\"ask\",{\"n\":1}]", "get", "430[true]", "b:42[\"say\",\"two\"]", "get", "get",
                   "b:42[\"say\",\"three\"]", "41", "1" } },
    { "websocket", { "open", "40", "421[\"join\"]", "422[\"echo\",\"x\",2,null]",
                     "451-3[\"echo\",[" PLACE("0") "]]", "#bytes", "42[\"say\",\"one\"]",
                     "b:42[\"say\",\"two\"]", "42[\"ask\",1]", "430[]", "42[\"ask\",2]", "wait 400", "3",
                     "42[\"ask\",3]", "41", "cut" } },
    { "deflate", { "open deflate", "40", "421[\"join\"]", "42[\"echo\",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]",
                   "b:42[\"say\",\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\"]",
                   "42[\"say\",\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"]",
                   "42[\"bye\",true]" } },
    { "upgrade", { "poll", "40", "get", "421[\"join\"]", "get", "probe", "over 2probe", "get",
                   "b:42[\"say\",\"between\"]", "get", "over 5", "switch", "b:42[\"say\",\"two\"]",
                   "423[\"echo\",\"moved\"]", "42[\"bye\",false]" } },
    { "upgrade that fails", { "poll", "40", "get", "probe", "over 2probe", "over 4wrong", "get",
                              "421[\"echo\",1]", "get", "probe", "wait 300", "3", "cut" } },
    { "namespaces", { "open", "40", "40/org-1,", "40/org-2,{\"late\":1}", "40/no,{\"why\":1}", "40/nowhere,",
                      "421[\"join\"]", "42/org-1,1[\"join\"]", "42/org-1,[\"say\",\"here\"]", "41/org-1,",
                      "42/org-2,[\"echo\",1]", "b:40/org-2,", "b:42/org-2,[\"bye\",true]", "41" } },
    { "let in late", { "open", "40{\"late\":1}", "421[\"join\"]", "42[\"echo\",\"held\"]",
                       "451-[\"echo\"," PLACE("0") "]", "#held", "!late",
                       "42[\"say\",\"one\"]", "b:42[\"say\",\"two\"]", "cut" } },
    { "broadcast with acks", { "open", "40", "42[\"join\"]", "42[\"ask-all\",1]", "430[\"mine\"]",
                               "b:430[\"theirs\"]", "42[\"ask-all\",2]", "431[]", "wait 400", "3",
                               "42[\"ask-all\",3]", "b:432[]", "cut" } },
    { "a broken packet", { "open", "40", "42[\"join\"]", "42[\"ask\",1]", "42[", "b:42[\"say\",1]" } },
    { "a broken poll", { "poll", "40", "get", "42[\"join\"]|9", "b:42[\"say\",1]" } },
    { "two polls", { "poll", "40", "get", "42[\"join\"]", "get", "b:42[\"say\",1]", "get", "cut" } },
    { "silence", { "open", "40", "42[\"join\"]", "42[\"ask\",1]", "wait 1500" } },
    { "silence at a poll", { "poll", "40", "get", "42[\"join\"]", "get", "wait 1500" } },
    { "kicked", { "poll", "40", "get", "42[\"join\"]", "get", "!kick", "get" } },
    { "the server ends", { "open", "40", "42[\"join\"]", "b:42[\"say\",1]", "!shut" } },
};

/* With recovery. */
static const struct conversation returns[] = {
    { "a return", { "open", "40", "421[\"join\"]", "42[\"say\",\"one\"]", "cut",
                    "b:42[\"say\",\"missed\"]", "!tell", "return", "42[\"say\",\"back\"]",
                    "422[\"echo\",1]" } },
    { "a return of who left", { "open", "40", "421[\"join\"]", "42[\"say\",\"one\"]", "41", "cut", "!tell",
                                "return", "42[\"echo\",2]" } },
    { "a return too late", { "open", "40", "421[\"join\"]", "42[\"say\",\"one\"]", "cut",
                             "b:42[\"say\",\"two\"]", "wait 400", "b:3", "wait 400", "b:3", "return",
                             "42[\"echo\",1]" } },
    { "sent away while away", { "open", "40", "421[\"join\"]", "42[\"echo\",1]", "cut", "!kick", "return",
                                "42[\"echo\",2]" } },
};

static void hall_open(struct hall *h, int recovery_ms)
{
    const struct sio_options options = {
        .eio = { .ws = { .deflate = true, .deflate_min = 16, .close_timeout_ms = 200 },
                 .ping_interval_ms = 350, .ping_timeout_ms = 1000, .upgrade_timeout_ms = 200,
                 .cookie = "io", .keep_request = true },
        .recovery_ms = recovery_ms,
    };

    *h = (struct hall){ .play = { .act = act, .recovery = recovery_ms > 0 } };
    world_init(&h->play.world, 7);
    world_server(&h->play.world, &options, NULL);
    h->ns = sio_namespace_add(h->play.world.io, "/", &handlers);
    CHECK(h->ns != NULL && sio_namespace_add(h->play.world.io, "/org-*", &handlers) != NULL);
    CHECK(sio_namespace_add(h->play.world.io, "/no", &refuses) != NULL);
    play_begin(&h->play);
    h->play.world.core = fault_inside;
    fault_inside(false);
    play_line(&h->play, "b:open");
    play_line(&h->play, "b:40");
    play_line(&h->play, "b:420[\"join\"]");
}

/* What a client hears of this, and nobody else. */
static void check_served(struct hall *h, const char *who, struct player *p)
{
    size_t before = p->heard.size;
    char line[64];
    char *heard;

    (void)snprintf(line, sizeof line, "%s421[\"echo\",\"again\"]", who);
    play_line(&h->play, line);
    CHECK_INT(buf_add_byte(&p->heard, '\0'), 0);
    heard = strdup((char *)p->heard.at + before);
    buf_cut(&p->heard, p->heard.size - 1);
    CHECK_STR(heard, h->play.recovery ? "42[\"needs \\\"quotes\\\"\",\"again\",\"\"]\n431[\"again\"]\n"
                                      : "42[\"needs \\\"quotes\\\"\",\"again\"]\n431[\"again\"]\n");
    free(heard);
}

/* The second client if it is left, and a new one in the place of the first. */
static void check_after(struct hall *h)
{
    struct player *first = &h->play.players[0], *second = &h->play.players[1];

    if (!second->ended)
        check_served(h, "b:", second);
    play_line(&h->play, "cut");
    first->ended = false;
    first->sid[0] = '\0';
    play_line(&h->play, "open");
    play_line(&h->play, "40");
    play_line(&h->play, "42[\"join\"]");
    check_served(h, "", first);
}

struct result { char *heard[2]; bool lost[2]; int errors, returned; long count; };

static void result_free(struct result *r)
{
    free(r->heard[0]);
    free(r->heard[1]);
}

static bool is_return(const struct conversation *c)
{
    return c >= returns && c < returns + COUNT_OF(returns);
}

static struct result run(const struct conversation *c, long fail_at, bool for_good)
{
    struct result r = { .errors = 0 };
    long blocks = fault_blocks();
    struct hall h;

    hall_open(&h, is_return(c) ? 600 : 0);
    fault_arm(fail_at, for_good);
    for (int i = 0; i < LINES_MAX && c->lines[i] != NULL; i++)
        play_line(&h.play, c->lines[i]);
    r.count = fault_disarm();
    r.errors = h.play.errors;
    r.returned = h.returned;
    for (int i = 0; i < 2; i++) {
        CHECK_INT(buf_add_byte(&h.play.players[i].heard, '\0'), 0);
        r.heard[i] = strdup((char *)h.play.players[i].heard.at);
        buf_cut(&h.play.players[i].heard, h.play.players[i].heard.size - 1);
        r.lost[i] = h.play.players[i].lost;
    }
    if (!h.shut)
        check_after(&h);
    play_finish(&h.play);
    CHECK_INT(h.connects, h.disconnects);
    CHECK_INT(h.put, h.ended);
    CHECK_INT(fault_blocks(), blocks + 2);      /* what was heard                                   */
    return r;
}

static void check(const struct conversation *c, long n, const struct result *clean, bool for_good)
{
    struct result r = run(c, n, for_good);

    for (int i = 0; i < 2; i++) {
        bool lost = r.lost[0] || r.lost[1] || clean->lost[0] || clean->lost[1];
        bool exact = r.errors == clean->errors && r.returned == clean->returned && !lost;

        if (exact ? strcmp(r.heard[i], clean->heard[i]) != 0 : !play_is_part(r.heard[i], clean->heard[i]))
            fail_msg("%s, allocation %ld%s, client %d heard%s\n%s\nnot\n%s", c->name, n,
                     for_good ? " and all behind it" : "", i, exact ? "" : ", after an error,", r.heard[i],
                     clean->heard[i]);
    }
    result_free(&r);
}

static void check_all(const struct conversation *c, size_t count, bool for_good)
{
    for (size_t i = 0; i < count; i++) {
        struct result clean = run(&c[i], -1, false);

        CHECK(clean.count > 10);
        for (long n = 0; n < clean.count; n++)
            check(&c[i], n, &clean, for_good);
        print_message("# %s: %ld allocations\n", c[i].name, clean.count);
        result_free(&clean);
    }
}

TEST(fault_sio, any_allocation_of_a_conversation_may_fail)
{
    check_all(conversations, COUNT_OF(conversations), false);
}

TEST(fault_sio, memory_may_end_at_any_allocation)
{
    check_all(conversations, COUNT_OF(conversations), true);
}

TEST(fault_sio, any_allocation_of_a_return_may_fail)
{
    struct result clean = run(&returns[0], -1, false);

    CHECK_INT(clean.returned, 1);
    result_free(&clean);
    check_all(returns, COUNT_OF(returns), false);
    check_all(returns, COUNT_OF(returns), true);
}
