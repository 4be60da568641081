/* presence.c - a tree of (consult, user) with the number of sockets and the timer of the grace. */
#include "presence.h"

#include <assert.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "net/timer.h"
#include "xalloc.h"

struct seat {
    char            *consult, *user;
    int              sockets;                   /* 0: in the grace                                   */
    struct timer    *grace;
    struct presence *presence;
};

struct presence {
    pthread_mutex_t lock;                       /* of the tree; seats change on the loop only        */
    void           *seats;
    struct timers  *timers;
    int64_t         grace_ms;
    presence_fn    *changed;
    void           *data;
};

static int seat_compare(const void *a, const void *b)
{
    const struct seat *one = a, *other = b;
    int order = strcmp(one->consult, other->consult);

    return order != 0 ? order : strcmp(one->user, other->user);
}

static struct seat *seat_find(struct presence *p, const char *consult, const char *user)
{
    struct seat key = { .consult = (char *)(uintptr_t)consult, .user = (char *)(uintptr_t)user };
    void *found = tfind(&key, &p->seats, seat_compare);

    return found != NULL ? *(struct seat **)found : NULL;
}

static void seat_free(void *data)
{
    struct seat *seat = data;

    timer_free(seat->grace);
    free(seat->consult);
    free(seat->user);
    free(seat);
}

static void grace_over(void *data)
{
    struct seat *seat = data;
    struct presence *p = seat->presence;

    assert(seat->sockets == 0);
    (void)pthread_mutex_lock(&p->lock);
    (void)tdelete(seat, &p->seats, seat_compare);
    (void)pthread_mutex_unlock(&p->lock);
    p->changed(p->data, seat->consult, seat->user, false);
    seat_free(seat);
}

struct presence *presence_new(struct timers *timers, int64_t grace_ms, presence_fn *changed, void *data)
{
    struct presence *p = xalloc(sizeof *p);

    *p = (struct presence){ .timers = timers, .grace_ms = grace_ms, .changed = changed, .data = data };
    (void)pthread_mutex_init(&p->lock, NULL);
    return p;
}

void presence_free(struct presence *p)
{
    if (p == NULL)
        return;
    tdestroy(p->seats, seat_free);
    (void)pthread_mutex_destroy(&p->lock);
    free(p);
}

void presence_enter(struct presence *p, const char *consult, const char *user)
{
    struct seat *seat = seat_find(p, consult, user);

    if (seat != NULL) {
        seat->sockets++;
        timer_stop(seat->grace);
        return;
    }
    seat = xalloc(sizeof *seat);
    *seat = (struct seat){ .consult = xstrdup(consult), .user = xstrdup(user), .sockets = 1, .presence = p };
    seat->grace = timer_new(p->timers, false, grace_over, seat);
    (void)pthread_mutex_lock(&p->lock);
    (void)tsearch(seat, &p->seats, seat_compare);
    (void)pthread_mutex_unlock(&p->lock);
    p->changed(p->data, consult, user, true);
}

void presence_leave(struct presence *p, const char *consult, const char *user)
{
    struct seat *seat = seat_find(p, consult, user);

    assert(seat != NULL && seat->sockets > 0);
    if (--seat->sockets == 0)
        timer_set(seat->grace, p->grace_ms);
}

bool presence_is_online(struct presence *p, const char *consult, const char *user)
{
    bool online;

    (void)pthread_mutex_lock(&p->lock);
    online = seat_find(p, consult, user) != NULL;
    (void)pthread_mutex_unlock(&p->lock);
    return online;
}
