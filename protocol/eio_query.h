/* eio_query.h - what Engine.IO reads in the query of a request. */
#ifndef EIO_QUERY_H
#define EIO_QUERY_H

#include <stdbool.h>

enum { EIO_SID_RANDOM = 24, EIO_SID_PREFIX_MAX = 39, EIO_SID_MAX = EIO_SID_PREFIX_MAX + EIO_SID_RANDOM };

struct eio_query {                              /* percent-decoded; "" = missing; "?" = too long    */
    char transport[16], sid[EIO_SID_MAX + 1], revision[8];
};

/* The last of two equal names counts. Names like __proto__ are data. */
void eio_query_read(const char *query, struct eio_query *ret_query);

#endif
