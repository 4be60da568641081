/* newcomers.h - sessions that have not logged in: so many in all, and so many of one address (of IPv6: of one
 * net of 64 bits). Who has logged in does not count any more, for a whole hospital may be one address. */
#ifndef NEWCOMERS_H
#define NEWCOMERS_H

struct eio_session;
struct newcomers;

struct newcomers *newcomers_new(int max, int per_address_max);
void newcomers_free(struct newcomers *);                        /* NULL is fine                      */
int  newcomers_allow(const struct newcomers *, const char *address);    /* 0, or -EBUSY: one too many */
void newcomers_enter(struct newcomers *, const struct eio_session *, const char *address);
/* It has logged in, or is gone; one that is not in: nothing. */
void newcomers_leave(struct newcomers *, const struct eio_session *);

#endif
