/* test_presence.c - online at the first socket, offline once the grace after the last is over. */
#include <stdio.h>
#include <uv.h>

#include "net/timer.h"
#include "presence.h"
#include "test.h"

struct world {
    uv_loop_t        loop;
    uv_async_t       stays;                     /* graces do not keep a loop turning            */
    struct timers   *timers;
    struct presence *presence;
    char             heard[512];
};

static void changed(void *data, const char *consult, const char *user, bool online)
{
    struct world *w = data;
    size_t size = strlen(w->heard);

    (void)snprintf(w->heard + size, sizeof w->heard - size, "%s %s %s;", consult, user,
                   online ? "on" : "off");
}

static void begin(struct world *w, int64_t grace_ms)
{
    *w = (struct world){ 0 };
    CHECK_INT(uv_loop_init(&w->loop), 0);
    CHECK_INT(uv_async_init(&w->loop, &w->stays, NULL), 0);
    w->timers = timers_new(&w->loop);
    w->presence = presence_new(w->timers, grace_ms, changed, w);
}

/* Turns of the loop until `want` was heard; gives up after seconds. */
static void turns_until(struct world *w, const char *want)
{
    for (int i = 0; i < 5000 && strcmp(w->heard, want) != 0; i++) {
        (void)uv_run(&w->loop, UV_RUN_NOWAIT);
        uv_sleep(1);
    }
    CHECK_STR(w->heard, want);
}

static void end(struct world *w)
{
    presence_free(w->presence);
    timers_free(w->timers);
    uv_close((uv_handle_t *)&w->stays, NULL);
    (void)uv_run(&w->loop, UV_RUN_DEFAULT);
    CHECK_INT(uv_loop_close(&w->loop), 0);
}

TEST(presence, speaks_at_the_first_and_after_the_last_socket)
{
    struct world w;

    begin(&w, 0);
    presence_enter(w.presence, "con_a", "usr_1");
    presence_enter(w.presence, "con_a", "usr_1");
    presence_leave(w.presence, "con_a", "usr_1");
    CHECK(presence_is_online(w.presence, "con_a", "usr_1"));
    presence_leave(w.presence, "con_a", "usr_1");
    turns_until(&w, "con_a usr_1 on;con_a usr_1 off;");
    CHECK(!presence_is_online(w.presence, "con_a", "usr_1"));
    end(&w);
}

TEST(presence, a_return_within_the_grace_is_not_noticed)
{
    struct world w;

    begin(&w, 3600000);
    presence_enter(w.presence, "con_a", "usr_1");
    presence_leave(w.presence, "con_a", "usr_1");
    turns_until(&w, "con_a usr_1 on;");
    CHECK(presence_is_online(w.presence, "con_a", "usr_1"));
    presence_enter(w.presence, "con_a", "usr_1");
    (void)uv_run(&w.loop, UV_RUN_NOWAIT);
    CHECK_STR(w.heard, "con_a usr_1 on;");
    end(&w);
}

TEST(presence, tells_consults_and_users_apart)
{
    struct world w;

    begin(&w, 0);
    presence_enter(w.presence, "con_a", "usr_1");
    presence_enter(w.presence, "con_b", "usr_1");
    presence_enter(w.presence, "con_a", "usr_2");
    presence_leave(w.presence, "con_a", "usr_1");
    turns_until(&w, "con_a usr_1 on;con_b usr_1 on;con_a usr_2 on;con_a usr_1 off;");
    CHECK(!presence_is_online(w.presence, "con_a", "usr_1"));
    CHECK(presence_is_online(w.presence, "con_b", "usr_1"));
    CHECK(presence_is_online(w.presence, "con_a", "usr_2"));
    CHECK(!presence_is_online(w.presence, "con_a", "usr_3"));
    end(&w);
}
