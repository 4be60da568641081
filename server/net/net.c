/* net.c - the turn of the loop: deadlines, the tick of what lies above, one flush for each connection, one
 * timer. */
#include "net_world.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { ROUNDS_MAX = 8, DESCRIPTORS_KEPT = 64 };

static void fill_int(int *value, int otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static void fill_size(size_t *value, size_t otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static struct sio_http_limits with_defaults(const struct sio_http_limits *given)
{
    struct sio_http_limits l = given != NULL ? *given : (struct sio_http_limits){ 0 };
    struct rlimit files;

    fill_int(&l.conns_max, 20000);
    fill_int(&l.handshake_ms, 10000);
    fill_int(&l.handshakes_max, 2000);
    fill_int(&l.head_ms, 10000);
    fill_int(&l.body_ms, 30000);
    fill_int(&l.unread_ms, 30000);
    fill_int(&l.idle_ms, 60000);
    fill_int(&l.linger_ms, 2000);
    fill_int(&l.lines_max, 100);
    fill_size(&l.head_max, 16384);
    fill_size(&l.target_max, 8192);
    fill_size(&l.body_max, 1000000);
    fill_size(&l.ahead_max, 65536);

    /* Databases and logs need descriptors too: connections never take the last ones. */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY) {
        rlim_t most = files.rlim_cur > 2 * DESCRIPTORS_KEPT ? files.rlim_cur - DESCRIPTORS_KEPT
                                                            : files.rlim_cur / 2;
        if ((rlim_t)l.conns_max > most)
            l.conns_max = (int)most;
    }
    return l;
}

void net_fact(const struct net *net, const char *event, const char *address, int error)
{
    if (net->fact != NULL)
        net->fact(net->app, event, address, error);
}

/* Numbers of connections: a table that grows, the lowest free number first. */

static int slots_grow(struct net *net)
{
    uint32_t size = net->slots_size == 0 ? 64 : net->slots_size * 2;
    struct conn **slots = realloc(net->slots, size * sizeof *slots);

    if (slots == NULL)
        return -ENOMEM;
    for (uint32_t i = net->slots_size; i < size; i++)
        slots[i] = NULL;
    net->slots = slots;
    net->slots_size = size;
    return 0;
}

int net_slot_take(struct net *net, struct conn *c)
{
    uint32_t slot = net->slots_hint;
    size_t deadlines = (size_t)net->conns_open + 1;

    if (net->conns_open >= net->limits.conns_max)
        return -EMFILE;
    /* With room for all of them reserved here, setting a deadline cannot fail later. */
    if (heap_reserve(&net->waits, deadlines) != 0 || heap_reserve(&net->writes, deadlines) != 0)
        return -ENOMEM;
    while (slot < net->slots_size && net->slots[slot] != NULL)
        slot++;
    if (slot == net->slots_size && slots_grow(net) != 0)
        return -ENOMEM;

    net->slots[slot] = c;
    net->slots_hint = slot + 1;
    net->conns_open++;
    c->slot = slot;
    return 0;
}

void net_slot_give(struct net *net, uint32_t slot)
{
    assert(slot < net->slots_size && net->slots[slot] != NULL);
    assert(net->conns_open > 0);

    net->slots[slot] = NULL;
    net->conns_open--;
    if (slot < net->slots_hint)
        net->slots_hint = slot;
}

struct conn *conn_find(struct net *net, uint32_t slot)
{
    return slot < net->slots_size ? net->slots[slot] : NULL;
}

/* The turn. */

static void expire(struct net *net)
{
    int64_t now_ms = (int64_t)uv_now(net->loop);
    struct heap_entry *e;

    while ((e = heap_due(&net->waits, now_ms)) != NULL)
        conn_wait_is_over(CONTAINER_OF(e, struct conn, wait_due));
    while ((e = heap_due(&net->writes, now_ms)) != NULL)
        conn_write_is_late(CONTAINER_OF(e, struct conn, write_due));
}

static void flush(struct net *net)
{
    struct list_link batch, *link;

    list_init(&batch);
    list_splice(&batch, &net->dirty);
    while ((link = list_shift(&batch)) != NULL)
        conn_flush(CONTAINER_OF(link, struct conn, in_dirty));
}

static int64_t sooner(int64_t a_ms, int64_t b_ms)
{
    return a_ms < 0 ? b_ms : b_ms < 0 || a_ms < b_ms ? a_ms : b_ms;
}

static void on_alarm(uv_timer_t *alarm)
{
    (void)alarm;                                /* it only ends the sleep: the turn does the rest   */
}

static void arm(struct net *net, int64_t sleep_ms)
{
    int64_t now_ms = (int64_t)uv_now(net->loop);

    sleep_ms = sooner(sleep_ms, heap_sleep_ms(&net->waits, now_ms));
    sleep_ms = sooner(sleep_ms, heap_sleep_ms(&net->writes, now_ms));
    if (!list_empty(&net->dirty))
        sleep_ms = 0;
    if (sleep_ms < 0)
        (void)uv_timer_stop(&net->alarm);
    else
        (void)uv_timer_start(&net->alarm, on_alarm, (uint64_t)sleep_ms, 0);
}

/* Ticking wakes connections, flushing may hand over what waited: a few rounds, then let others in. */
static void on_turn(uv_prepare_t *turn)
{
    struct net *net = turn->data;
    int64_t sleep_ms = -1;

    expire(net);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        sleep_ms = net->tick != NULL ? net->tick(net->app_tick, round == 0) : -1;
        if (list_empty(&net->dirty))
            break;
        flush(net);
    }
    if (!uv_is_closing((uv_handle_t *)&net->alarm))
        arm(net, sleep_ms);
}

/* Life. */

struct net *net_new(uv_loop_t *loop, const struct sio_http_limits *limits, sio_fact_fn *fact, void *app)
{
    struct net *net = calloc(1, sizeof *net);

    if (net == NULL)
        return NULL;
    net->loop = loop;
    net->limits = with_defaults(limits);
    net->fact = fact;
    net->app = app;
    list_init(&net->dirty);
    list_init(&net->conns);
    list_init(&net->handshakes);

    (void)uv_prepare_init(loop, &net->turn);    /* these four cannot fail                           */
    (void)uv_prepare_start(&net->turn, on_turn);
    (void)uv_timer_init(loop, &net->alarm);
    net->turn.data = net->alarm.data = net;
    uv_unref((uv_handle_t *)&net->turn);        /* connections and listeners keep the loop alive    */
    uv_unref((uv_handle_t *)&net->alarm);
    net->handles_open = 2;
    return net;
}

static void net_free(struct net *net)
{
    assert(net->conns_open == 0 && net->listeners_open == 0 && net->handles_open == 0);

    heap_finish(&net->waits);
    heap_finish(&net->writes);
    free(net->slots);
    if (net->ended != NULL)
        net->ended(net->app_tick);
    free(net);
}

static void on_handle_closed(uv_handle_t *handle)
{
    struct net *net = handle->data;

    if (--net->handles_open == 0 && net->freed)
        net_free(net);
}

void net_closed_one(struct net *net)
{
    if (!net->closing || net->conns_open > 0 || net->listeners_open > 0)
        return;
    if (uv_is_closing((uv_handle_t *)&net->turn))
        return;
    uv_close((uv_handle_t *)&net->turn, on_handle_closed);
    uv_close((uv_handle_t *)&net->alarm, on_handle_closed);
}

void net_close(struct net *net)
{
    net->closing = true;
    net_closed_one(net);
}

void net_finish(struct net *net)
{
    assert(!net->freed);

    net->freed = true;
    net->fact = NULL;                           /* whom it told may be gone                         */
    net->tick = NULL;
    net_close(net);
    if (net->handles_open == 0)
        net_free(net);
}
