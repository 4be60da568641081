/* ics.h - a calendar as RFC 5545 has it, for a program that subscribes to it. Pure. */
#ifndef ICS_H
#define ICS_H

#include <stddef.h>
#include <stdint.h>

enum ics_status { ICS_TENTATIVE, ICS_CONFIRMED, ICS_CANCELLED };

struct ics_event {
    const char *uid;                            /* stable for life */
    const char *summary, *url;                  /* url: or NULL */
    int64_t     start_utc, end_utc;
    int64_t     changed_utc;                    /* DTSTAMP: the same event is the same text */
    int64_t     sequence;                       /* rises with each change */
    enum ics_status status;
};

/* All of VCALENDAR: CRLF, lines of 75 octets at most, times in UTC. Texts are UTF-8; what RFC 5545 forbids in
 * them is left out. The result is free()'d by the caller. -ENOMEM. */
int ics_print(const char *name, const struct ics_event *events, size_t count, char **ret_text);

#endif
