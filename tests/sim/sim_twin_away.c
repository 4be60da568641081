/* sim_twin_away.c - who was lost and may come back, and what he then has missed: a list for each. */
#include "sim_twin_inside.h"

void twin_logs(struct twin_socket *s, const char *text)
{
    sim_packet_add(&s->log, text);
}

static struct twin_socket *find_any(struct twin *t, const char *id)
{
    struct twin_client *c;
    struct twin_socket *s = twin_find(t, id, &c);

    for (int i = 0; i < TWIN_AWAY && s == NULL; i++)
        if (t->away[i].state != TWIN_GONE && strcmp(t->away[i].id, id) == 0)
            s = &t->away[i];
    return s;
}

/* The first line of what was said is enough: no two are the same. */
static bool is_same(const char *logged, const char *text)
{
    size_t size = strlen(text);

    return strncmp(logged, text, size) == 0 && (logged[size] == '\0' || logged[size] == '\n');
}

void twin_has(struct twin *t, const char *id, const char *text)
{
    struct twin_socket *s = find_any(t, id);
    const char *first;
    bool found = false;

    while (s != NULL && !found) {
        first = sim_packet_first(&s->log);
        if (first == NULL)
            fail_msg("%s was not for %s", text, id);
        found = is_same(first, text);
        sim_packet_drop(&s->log);
    }
}

void twin_knows(struct twin *t, const char *id, const char *pid)
{
    struct twin_socket *s = find_any(t, id);

    if (s != NULL)
        (void)snprintf(s->pid, sizeof s->pid, "%s", pid);
}

/* Not who has left, was sent away, refused, or spoke nonsense. */
static bool was_lost(const struct twin_socket *s)
{
    return s->reason != NULL && *s->reason != '\0' && strstr(s->reason, "namespace") == NULL
           && strcmp(s->reason, "parse error") != 0;
}

/* Of those who wait to be accepted, only who comes back. */
void twin_sleeps(struct twin *t, struct twin_socket *s)
{
    struct twin_socket *away = t->away, kept;

    if (!t->recovers || !was_lost(s) || (!s->accepted && !s->recovered))
        return;
    while (away->state != TWIN_GONE && away->due_ms > t->world->now_ms)
        assert_true(++away < t->away + TWIN_AWAY);
    kept = *away;
    *away = *s;
    away->state = TWIN_LEAVING;
    if (s->accepted)
        away->due_ms = t->world->now_ms + TWIN_RECOVERY_MS;
    s->held = kept.held;
    s->log = kept.log;
}

static bool read_pid(const char *text, char pid[32])
{
    const char *at = strstr(text, "\"pid\":\"");

    if (at == NULL)
        return false;
    (void)snprintf(pid, 32, "%.*s", (int)strcspn(at + 7, "\""), at + 7);
    return true;
}

/* A pid is good for one try in its namespace, and needs an offset. */
void twin_wakes(struct twin_client *c, struct twin_socket *s, const char *text)
{
    struct twin *t = c->twin;
    char pid[32];

    for (int i = 0; read_pid(text, pid) && i < TWIN_AWAY; i++) {
        struct twin_socket *away = &t->away[i];

        if (away->state == TWIN_GONE || strcmp(away->pid, pid) != 0 || away->space != s->space)
            continue;
        away->state = TWIN_GONE;
        if (away->due_ms <= t->world->now_ms || strstr(text, "\"offset\":\"wrong") != NULL)
            continue;
        if (away->unsure && strcmp(s->id, away->id) != 0)
            continue;
        memcpy(s->id, away->id, sizeof s->id);
        memcpy(s->in, away->in, sizeof s->in);
        memcpy(s->pid, away->pid, sizeof s->pid);
        buf_clear(&s->log);
        assert_int_equal(buf_add(&s->log, away->log.at, away->log.size), 0);
        s->due_ms = away->due_ms;
        s->unsure = away->unsure;
        s->recovered = true;
    }
}

void twin_doubts(struct twin *t)
{
    for (int i = 0; i < TWIN_CLIENTS * TWIN_SOCKETS; i++)
        t->clients[i / TWIN_SOCKETS].sockets[i % TWIN_SOCKETS].unsure = true;
    for (int i = 0; i < TWIN_AWAY; i++)
        t->away[i].unsure = true;
}

void twin_renews(struct twin_client *c, struct twin_socket *s)
{
    if (s->recovered && s->due_ms > c->twin->world->now_ms)
        return;
    s->recovered = false;
    s->pid[0] = '\0';                           /* a new one, not heard yet                         */
    memset(s->in, 0, sizeof s->in);
    buf_clear(&s->log);
}
