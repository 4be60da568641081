/* presence.h - who has a socket in which consult, or at all. Online at the first, offline a while after the
 * last left, so that a reload does not blink. Changed on the loop, asked from any thread. */
#ifndef PRESENCE_H
#define PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

struct presence;
struct timers;

#define PRESENCE_ANYWHERE ""                    /* instead of a consult: connected to the product    */

typedef void presence_fn(void *data, const char *consult, const char *user, bool online);

struct presence *presence_new(struct timers *, int64_t grace_ms, presence_fn *changed, void *data);
void presence_free(struct presence *);
void presence_enter(struct presence *, const char *consult, const char *user);
void presence_leave(struct presence *, const char *consult, const char *user);  /* once for each enter */
bool presence_is_online(struct presence *, const char *consult, const char *user);

struct presence_look { bool here; int64_t for_s; };
/* For how long he has been there, or gone: from when his last socket left; at the longest from the start. */
struct presence_look presence_look(struct presence *, const char *consult, const char *user);

#endif
