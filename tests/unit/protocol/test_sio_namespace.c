/* test_sio_namespace.c - namespaces by name and by pattern. */
#include "sio_fixture.h"

static void handle(const struct sio_call *c)
{
    world_note(world_of(c->socket), "handle in %s\n", sio_namespace_name(sio_namespace(c->socket)));
}

static const struct sio_event events[] = { { "x", handle, NULL }, { 0 } };
static const struct sio_handlers org = { .on_connect = on_connect, .on_disconnect = on_disconnect,
                                         .events = events };

static void orgs_init(struct world *w)
{
    world_init(w, 1);
    world_server(w, NULL, NULL);
    CHECK(sio_namespace_add(w->io, "/org-*", &org) != NULL);
    CHECK(sio_namespace_add(w->io, "/org-exact", &app_handlers) != NULL);
}

TEST(sio_namespace, is_made_of_a_pattern)
{
    struct world w;
    struct peer *p, *q;

    orgs_init(&w);
    p = app_client(&w);
    q = app_client(&w);
    world_send(p, "40/org-1,");
    world_send(q, "40/org-1,");
    CHECK(strncmp(world_next(p), "40/org-1,{\"sid\":\"", 17) == 0);
    world_send(p, "42/org-1,[\"x\"]");
    CHECK_STR(world_log(&w), "connect /org-1 \nconnect /org-1 \nhandle in /org-1\n");
    world_send(p, "41/org-1,");
    world_cut(q);                               /* the last one: the namespace goes                 */
    CHECK_STR(world_log(&w), "disconnect client namespace disconnect\ndisconnect transport close\n");
    world_send(p, "40/org-1,");
    CHECK_STR(world_log(&w), "connect /org-1 \n");
    world_finish(&w);
}

TEST(sio_namespace, of_an_exact_name_wins_over_a_pattern)
{
    struct world w;
    struct peer *p;

    orgs_init(&w);
    p = app_client(&w);
    world_send(p, "40/org-exact,");
    (void)world_next(p);
    world_send(p, "42/org-exact,[\"x\"]");
    CHECK_STR(world_log(&w), "connect /org-exact \nevent x \n");
    world_finish(&w);
}

TEST(sio_namespace, that_fits_no_pattern_is_none)
{
    static const struct { const char *connect, *error; } cases[] = {
        { "40/org-,", "44/org-,{\"message\":\"Invalid namespace\"}" },
        { "40/org,", "44/org,{\"message\":\"Invalid namespace\"}" },
        { "40/xorg-1,", "44/xorg-1,{\"message\":\"Invalid namespace\"}" },
        { "40/,", "44{\"message\":\"Invalid namespace\"}" },
        { "40/\xe4\xbd\xa0,", "44/\xe4\xbd\xa0,{\"message\":\"Invalid namespace\"}" },
    };
    struct world w;
    struct peer *p;

    orgs_init(&w);
    p = app_client(&w);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        world_send(p, cases[i].connect);
        CHECK_GOT(p, cases[i].error);
    }
    world_finish(&w);
}

TEST(sio_namespace, with_a_name_too_long_closes_the_client)
{
    struct world w;
    struct peer *p;
    char packet[256];

    orgs_init(&w);
    memset(packet, 'x', sizeof packet);
    memcpy(packet, "40/org-", 7);
    packet[2 + 128] = '\0';
    p = app_client(&w);
    world_send(p, packet);
    CHECK(strncmp(world_next(p), "40/org-xxx", 10) == 0);
    packet[2 + 128] = 'x';
    packet[2 + 129] = '\0';
    world_send(p, packet);
    CHECK_STR(world_next(p), "(close)");
    world_finish(&w);
}
