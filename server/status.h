/* status.h - the one table that speaks to the outside: a negative errno -> code, HTTP status, text. */
#ifndef STATUS_H
#define STATUS_H

struct status {
    int         err;                            /* negative errno                                    */
    int         http;
    const char *code;                           /* of REST, acks and CONNECT_ERROR alike             */
    const char *text;                           /* in English, for developers; pages go by the code  */
};

const struct status *status_of(int err);        /* never NULL; what it does not know is `internal`   */

#endif
