/* presence.c - a tree of (consult, user) with the number of sockets and the timer of the grace. */
#include "presence.h"

#include <assert.h>
#include <pthread.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "net/timer.h"
#include "xalloc.h"

enum { REMEMBER_MS = 3600 * 1000 };            /* who has gone, for presence_look()                 */

struct seat {
    char            *consult, *user;
    int              sockets;                   /* 0: in the grace, or gone                          */
    bool             gone;
    int64_t          came_ms, left_ms;
    struct timer    *grace;
    struct presence *presence;
};

struct presence {
    pthread_mutex_t lock;                       /* of the tree; seats change on the loop only        */
    void           *seats;
    struct timers  *timers;
    int64_t         grace_ms, began_ms;
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

static void seat_forget(struct presence *p, struct seat *seat)
{
    (void)pthread_mutex_lock(&p->lock);
    (void)tdelete(seat, &p->seats, seat_compare);
    (void)pthread_mutex_unlock(&p->lock);
    seat_free(seat);
}

static void grace_over(void *data)
{
    struct seat *seat = data;
    struct presence *p = seat->presence;

    assert(seat->sockets == 0);
    if (seat->gone) {
        seat_forget(p, seat);
        return;
    }
    (void)pthread_mutex_lock(&p->lock);
    seat->gone = true;
    (void)pthread_mutex_unlock(&p->lock);
    timer_set(seat->grace, REMEMBER_MS);
    p->changed(p->data, seat->consult, seat->user, false);
}

struct presence *presence_new(struct timers *timers, int64_t grace_ms, presence_fn *changed, void *data)
{
    struct presence *p = xalloc(sizeof *p);

    *p = (struct presence){ .timers = timers, .grace_ms = grace_ms, .changed = changed, .data = data,
                             .began_ms = clock_ms() };
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

    if (seat != NULL && !seat->gone) {
        seat->sockets++;
        timer_stop(seat->grace);
        return;
    }
    if (seat == NULL) {
        seat = xalloc(sizeof *seat);
        *seat = (struct seat){ .consult = xstrdup(consult), .user = xstrdup(user), .presence = p };
        seat->grace = timer_new(p->timers, false, grace_over, seat);
    }
    timer_stop(seat->grace);
    (void)pthread_mutex_lock(&p->lock);
    seat->sockets = 1;
    seat->gone = false;
    seat->came_ms = clock_ms();
    (void)tsearch(seat, &p->seats, seat_compare);       /* finds it, if it is there already          */
    (void)pthread_mutex_unlock(&p->lock);
    p->changed(p->data, consult, user, true);
}

void presence_leave(struct presence *p, const char *consult, const char *user)
{
    struct seat *seat = seat_find(p, consult, user);

    assert(seat != NULL && seat->sockets > 0);
    if (--seat->sockets > 0)
        return;
    (void)pthread_mutex_lock(&p->lock);
    seat->left_ms = clock_ms();
    (void)pthread_mutex_unlock(&p->lock);
    timer_set(seat->grace, p->grace_ms);
}

bool presence_is_online(struct presence *p, const char *consult, const char *user)
{
    const struct seat *seat;
    bool online;

    (void)pthread_mutex_lock(&p->lock);
    seat = seat_find(p, consult, user);
    online = seat != NULL && !seat->gone;
    (void)pthread_mutex_unlock(&p->lock);
    return online;
}

struct presence_look presence_look(struct presence *p, const char *consult, const char *user)
{
    struct presence_look look = { 0 };
    const struct seat *seat;
    int64_t since_ms;

    (void)pthread_mutex_lock(&p->lock);
    seat = seat_find(p, consult, user);
    look.here = seat != NULL && !seat->gone;
    since_ms = seat == NULL ? p->began_ms : look.here ? seat->came_ms : seat->left_ms;
    (void)pthread_mutex_unlock(&p->lock);
    look.for_s = (clock_ms() - since_ms) / 1000;
    return look;
}
