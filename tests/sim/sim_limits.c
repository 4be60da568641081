/* sim_limits.c - readers that are slow, up to the limit and past it: what is refused is what the header says,
 * and till then every byte arrives. The twin is an array of sizes. */
#include <errno.h>

#include "sim.h"
#include "fixture/world.h"

enum { STEPS = 200, WAITING_MAX = 512, UNSENT_MAX = 6000, PAYLOAD_MAX = 1500, COST = 64 };

struct run {
    struct world world;
    struct peer *peer;                          /* a WebSocket, or NULL: it polls                   */
    char         sid[64], query[128];
    size_t       sizes[WAITING_MAX];            /* of messages that are not out, as they travel     */
    int          first, count;                  /* of them                                          */
    size_t       gone;                          /* of the first one                                 */
    int          sent, heard;
    int          closes;
    bool         over;
};

static void on_close(struct eio_session *s, enum eio_reason reason)
{
    struct run *r = (struct run *)eio_app(s);

    assert_string_equal(eio_reason_text(reason), r->over ? "server shutting down"
                        : r->peer != NULL ? "transport close" : "transport error");
    r->closes++;
}

/* What would be behind the first one, with a message of `size` more: each counts as its frame and 64. */
static size_t behind(const struct run *r, size_t size)
{
    size_t sum = size;

    for (int i = r->first + 1; i < r->count; i++)
        sum += r->sizes[i];
    return r->first == r->count ? 0 : sum + (size_t)(r->count - r->first) * COST;
}

/* The number, and filler up to `size`. */
static size_t write_text(struct run *r, char *text, size_t size)
{
    int digits = snprintf(text, 16, "%d,", r->sent);

    memset(text + digits, 'x', size);
    return (size_t)digits + size;
}

/* True: it was refused, and the session is over. */
static bool say(struct run *r)
{
    struct eio_session *s = eio_find(r->world.engine, r->sid);
    char text[1200];
    size_t size = write_text(r, text, world_random(&r->world, world_random(&r->world, 2) == 0 ? 20 : 1100));
    size_t framed = size + 1 + (size + 1 < 126 ? 2 : 4);
    int err = eio_send(s, WS_TEXT, (struct ws_bytes){ text, size }, 0);

    assert_int_equal(err, behind(r, framed) > UNSENT_MAX ? -ENOBUFS : 0);
    if (err)
        return true;
    assert_true(r->count < WAITING_MAX);
    r->sizes[r->count++] = framed;
    r->sent++;
    assert_true(eio_unsent(s) <= UNSENT_MAX + sizeof text);
    return false;
}

static void hear(struct run *r, const char *packet)
{
    assert_true(*packet == '4');
    assert_int_equal(strtol(packet + 1, NULL, 10), r->heard);
    r->heard++;
}

static void take(struct run *r, size_t max)
{
    size_t before = r->peer->in.size;
    const char *packet;

    world_take(r->peer, max);
    r->gone += r->peer->in.size - before;
    while (r->first < r->count && r->gone >= r->sizes[r->first])
        r->gone -= r->sizes[r->first++];
    while ((packet = world_next(r->peer)) != NULL)
        hear(r, packet);
    assert_int_equal(r->heard, r->first);
}

/* As many as fit into maxPayload, but one at least. */
static void poll(struct run *r)
{
    struct peer *get = world_get(&r->world, r->query);
    char *text = (char *)(uintptr_t)peer_body(get), *end;

    assert_int_equal(get->status, 200);
    assert_true(get->body.size <= PAYLOAD_MAX);
    for (; text != NULL; text = end) {
        end = strchr(text, 0x1e);
        hear(r, text);
        end = end == NULL ? NULL : end + 1;
    }
    world_drop(get);
    r->first = r->heard;
}

static void open_session(struct run *r, bool websocket)
{
    struct peer *get;

    if (websocket) {
        r->peer = world_websocket(&r->world, "EIO=4&transport=websocket", NULL);
        r->peer->stuck = true;
        world_sid(world_next(r->peer), r->sid);
        return;
    }
    get = world_get(&r->world, "EIO=4&transport=polling");
    world_sid(peer_body(get), r->sid);
    (void)snprintf(r->query, sizeof r->query, "EIO=4&transport=polling&sid=%s", r->sid);
    world_drop(get);
}

static void run_seed(uint64_t seed)
{
    static const struct eio_options options = {
        .ws = { .unsent_max = UNSENT_MAX, .message_max = PAYLOAD_MAX }, .ping_interval_ms = 1000000,
    };
    static const struct eio_handlers handlers = { .on_close = on_close };
    struct run r = { .sent = 0 };
    uint64_t takes = 1 + world_random(&(struct world){ .seed = seed + 1 }, 8);
    bool cut = false;

    world_init(&r.world, seed);
    world_engine(&r.world, &options, &handlers);
    open_session(&r, seed % 2 == 0);
    for (int i = 0; i < STEPS && !cut; i++) {
        sim_step();
        if (world_random(&r.world, 10) >= takes)
            cut = say(&r);
        else if (r.peer != NULL)
            take(&r, world_random(&r.world, 2000));
        else if (r.first < r.count)
            poll(&r);
        world_turn(&r.world);
    }
    if (cut && r.peer != NULL)
        r.peer->stuck = false;                  /* the host ends it, whatever it has not taken      */
    world_turn(&r.world);
    assert_int_equal(r.closes, cut);
    assert_int_equal(eio_find(r.world.engine, r.sid) == NULL, cut);
    while (!cut && r.first < r.count)
        r.peer != NULL ? take(&r, 1000) : poll(&r);
    assert_true(cut || r.heard == r.sent);
    r.over = true;
    world_finish(&r.world);
}

SIM_MAIN("sim_limits: a slow reader gets all, or is cut where the header says", run_seed, 1000)
