/* sim_twin.c - sessions, sockets and what they hear. */
#include "sim_twin_inside.h"

enum { LATE_MS = 50, FIRST_MADE = 2 };          /* spaces from there on are made of a pattern       */

const char *const twin_spaces[TWIN_SPACES] = { "/", "/chat", "/org-1", "/org-two" };

/* Packets. */

struct twin_packet twin_parse(const char *text)
{
    struct twin_packet p = { .type = text[1], .id = TWIN_NO_ID };
    char *at = (char *)(uintptr_t)text + (p.type == '\0' ? 1 : 2);
    size_t size;

    if (p.type == '5' || p.type == '6')
        p.attachments = (int)strtol(at, &at, 10), at++;
    if (*at == '/') {
        size = strcspn(at, ",");
        p.space = TWIN_NOWHERE;
        for (int i = 0; i < TWIN_SPACES; i++)
            if (strlen(twin_spaces[i]) == size && strncmp(at, twin_spaces[i], size) == 0)
                p.space = i;
        at += size + (at[size] == ',');
    }
    if (*at >= '0' && *at <= '9')
        p.id = strtol(at, &at, 10);
    p.rest = at;
    return p;
}

void twin_print(struct buf *b, char type, int space, int attachments, long id)
{
    buf_clear(b);
    assert_int_equal(buf_printf(b, "4%c", attachments > 0 ? type + 3 : type), 0);
    if (attachments > 0)
        assert_int_equal(buf_printf(b, "%d-", attachments), 0);
    if (space != 0)
        assert_int_equal(buf_printf(b, "%s,", twin_spaces[space]), 0);
    if (id != TWIN_NO_ID)
        assert_int_equal(buf_printf(b, "%ld", id), 0);
}

/* Sockets. */

struct twin_socket *twin_find(struct twin *t, const char *id, struct twin_client **ret_client)
{
    for (int i = 0; i < TWIN_CLIENTS; i++)
        for (int j = 0; j < TWIN_SOCKETS; j++) {
            struct twin_socket *s = &t->clients[i].sockets[j];

            if (s->state == TWIN_GONE || strcmp(s->id, id) != 0)
                continue;
            *ret_client = &t->clients[i];
            return s;
        }
    return NULL;
}

struct twin_socket *twin_current(struct twin_client *c, int space)
{
    struct twin_socket *found = NULL;

    for (int i = 0; i < TWIN_SOCKETS; i++) {
        struct twin_socket *s = &c->sockets[i];

        if (s->state != TWIN_GONE && s->space == space && (found == NULL || found->state == TWIN_LEAVING))
            found = s;
    }
    return found;
}

struct twin_socket *twin_oldest(struct twin_client *c)
{
    struct twin_socket *oldest = NULL;

    for (int i = 0; i < TWIN_SOCKETS; i++) {
        struct twin_socket *s = &c->sockets[i];

        if (s->state != TWIN_PENDING && s->state != TWIN_JOINED)
            continue;
        if (oldest == NULL || s->born < oldest->born)
            oldest = s;
    }
    return oldest;
}

bool twin_may_enter(const struct twin_socket *s, int room, int max)
{
    int count = 0;

    for (int i = 0; i < TWIN_ROOMS; i++)
        count += s->in[i];
    return s->in[room] || count < max;
}

static bool is_empty(const struct twin *t, int space)
{
    for (int i = 0; i < TWIN_CLIENTS; i++)
        for (int j = 0; j < TWIN_SOCKETS; j++)
            if (t->clients[i].sockets[j].state != TWIN_GONE && t->clients[i].sockets[j].space == space)
                return false;
    return true;
}

void twin_forget(struct twin_client *c, struct twin_socket *s)
{
    twin_sleeps(c->twin, s);
    s->state = TWIN_GONE;
    buf_clear(&s->held);
    buf_clear(&s->log);
    if (s->space >= FIRST_MADE && !c->twin->recovers && is_empty(c->twin, s->space))
        c->twin->ask_next[s->space] = 0;        /* the next one there makes it anew                 */
}

void twin_leaves(struct twin_socket *s, const char *reason)
{
    if (s->state == TWIN_GONE || s->state == TWIN_LEAVING)
        return;
    s->state = TWIN_LEAVING;
    s->reason = reason;
    buf_clear(&s->held);
}

void twin_all_leave(struct twin_client *c, const char *reason)
{
    for (int i = 0; i < TWIN_SOCKETS; i++)
        twin_leaves(&c->sockets[i], reason);
}

/* Sessions. Sockets of one that is over are told with the tick, and stay what they are until then. */

void twin_opened(struct twin_client *c, bool websocket)
{
    assert_true(!c->open && !c->closing);
    buf_clear(&c->up);
    buf_clear(&c->down);
    c->open = true;
    c->websocket = websocket;
    c->told = c->pinged = c->extended = false;
    c->missing = 0;
    c->reason = c->either = NULL;
    c->beat_ms = c->twin->world->now_ms + TWIN_PING_MS;
    c->joining_ms = c->twin->world->now_ms + TWIN_JOIN_MS;
}

void twin_end(struct twin_client *c, const char *reason)
{
    if (!c->open)
        return;
    c->open = false;
    if (!c->closing)
        c->reason = reason;
    buf_clear(&c->up);
}

void twin_close(struct twin_client *c, const char *reason, const char *session_reason)
{
    twin_all_leave(c, reason);
    if (!c->open || c->closing)
        return;
    c->reason = session_reason;
    c->closing = true;
    if (c->websocket)                           /* the close frame goes behind what is queued       */
        twin_end(c, NULL);
}

void twin_ended(struct twin_client *c, const char *reason)
{
    assert_false(c->told);
    if (c->open && !c->closing)
        fail_msg("a session ended by itself: %s", reason);
    if (c->either != NULL && strcmp(reason, c->either) == 0)
        c->reason = c->either;
    assert_string_equal(reason, c->reason);
    for (int i = 0; i < TWIN_SOCKETS; i++) {
        struct twin_socket *s = &c->sockets[i];

        if (s->state == TWIN_GONE)
            continue;
        assert_false(s->accepted);
        twin_leaves(s, c->reason);
        twin_forget(c, s);
    }
    c->open = c->closing = false;
    c->told = true;
}

/* Time. */

static void beat(struct twin_client *c, int64_t now_ms, bool late)
{
    if (c->pinged && late) {                    /* what came in time is read first                  */
        c->beat_ms = now_ms + 1;
    } else if (c->pinged) {
        twin_end(c, "ping timeout");
    } else {
        twin_says(c, TWIN_MUST, "2");
        c->pinged = true;
        c->extended = false;
        c->beat_ms += TWIN_PONG_MS;
        if (c->beat_ms <= now_ms)
            c->beat_ms = now_ms + TWIN_PONG_MS;
    }
}

void twin_clock(struct twin_client *c, bool tick)
{
    const struct world *w = c->twin->world;
    bool late = w->now_ms - LATE_MS > c->twin->tick_ms + w->sleep_ms;

    while (c->open && !c->closing) {
        bool joins = tick && c->joining_ms >= 0 && c->joining_ms <= w->now_ms;

        if (joins && c->joining_ms <= c->beat_ms) {
            if (c->joining_ms == c->beat_ms && !c->pinged)
                twin_says(c, TWIN_MAY, "2");    /* either may be the first                          */
            c->either = c->joining_ms == c->beat_ms && c->pinged ? "ping timeout" : NULL;
            twin_close(c, "forced server close", "forced close");
        } else if (c->beat_ms <= w->now_ms) {
            beat(c, w->now_ms, late);
        } else {
            break;
        }
    }
}

/* The client hears. */

void twin_says(struct twin_client *c, enum twin_duty duty, const char *text)
{
    if (!c->open || c->closing || duty == TWIN_NEVER)
        return;
    for (char mark = (char)duty; *text != '\0'; mark = '+') {
        size_t size = strcspn(text, "\n");

        assert_int_equal(buf_add_byte(&c->down, (unsigned char)mark), 0);
        assert_int_equal(buf_add(&c->down, text, size), 0);
        assert_int_equal(buf_add_byte(&c->down, '\0'), 0);
        text += size + (text[size] == '\n');
    }
}

/* Takes the last argument, an offset, out of an event. */
static void take_offset(const char *packet, char *plain, char offset[32])
{
    size_t size = strlen(packet);
    const char *comma = packet + size;

    while (comma > packet && strncmp(comma, ",\"", 2) != 0)
        comma--;
    if (comma == packet || packet + size - comma > 32 || strcmp(packet + size - 2, "\"]") != 0)
        fail_msg("no offset in %s", packet);
    (void)snprintf(offset, 32, "%.*s", (int)(packet + size - 2 - (comma + 2)), comma + 2);
    (void)snprintf(plain, SIM_PACKET_MAX, "%.*s]\t", (int)(comma - packet), packet);
}

const char *twin_hears(struct twin_client *c, const char *packet, char offset[32])
{
    const char *first;

    while ((first = sim_packet_first(&c->down)) != NULL && *first == '?' && strcmp(first + 1, packet) != 0)
        do
            sim_packet_drop(&c->down);
        while ((first = sim_packet_first(&c->down)) != NULL && *first == '+');
    if (first == NULL)
        fail_msg("nobody said %s", packet);
    *offset = '\0';
    (void)snprintf(c->heard, sizeof c->heard, "%s", packet);
    if (first[strlen(first) - 1] == '\t')
        take_offset(packet, c->heard, offset);
    assert_string_equal(c->heard, first + 1);
    sim_packet_drop(&c->down);
    return c->heard;
}

bool twin_is_quiet(const struct twin_client *c)
{
    const char *at = (const char *)c->down.at, *end = at + c->down.size;

    for (bool may = false; at < end; at += strlen(at) + 1) {
        may = *at == '?' || (*at == '+' && may);
        if (!may)
            return false;
    }
    return true;
}

/* Life. */

static void socket_init(struct twin_socket *s)
{
    buf_init(&s->held, BUF_NO_LIMIT);
    buf_init(&s->log, BUF_NO_LIMIT);
}

static void socket_finish(struct twin_socket *s)
{
    buf_finish(&s->held);
    buf_finish(&s->log);
}

void twin_init(struct twin *t, struct world *w)
{
    *t = (struct twin){ .world = w };
    for (int i = 0; i < TWIN_CLIENTS; i++) {
        struct twin_client *c = &t->clients[i];

        c->twin = t;
        c->told = true;
        buf_init(&c->up, BUF_NO_LIMIT);
        buf_init(&c->down, BUF_NO_LIMIT);
        for (int j = 0; j < TWIN_SOCKETS; j++)
            socket_init(&c->sockets[j]);
    }
    for (int i = 0; i < TWIN_AWAY; i++)
        socket_init(&t->away[i]);
}

void twin_finish(struct twin *t)
{
    for (int i = 0; i < TWIN_CLIENTS; i++) {
        struct twin_client *c = &t->clients[i];

        buf_finish(&c->up);
        buf_finish(&c->down);
        for (int j = 0; j < TWIN_SOCKETS; j++)
            socket_finish(&c->sockets[j]);
    }
    for (int i = 0; i < TWIN_AWAY; i++)
        socket_finish(&t->away[i]);
}
