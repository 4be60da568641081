/* status.c - every error has one name outside. */
#include "status.h"

#include <errno.h>
#include <stddef.h>

#include "storage/db.h"

static const struct status table[] = {
    { -EINVAL,           400, "bad-request",    "The request is not of the shape that this needs." },
    { -EACCES,           401, "unauthorized",   "Log in first: the token is missing, wrong or has ended." },
    { -EPERM,            403, "forbidden",      "You may see this, but not do that." },
    { -EKEYREVOKED,      403, "forbidden",      "The password is not right." },
    { -ENOENT,           404, "not-found",      "There is no such thing, or not for you." },
    { -EEXIST,           409, "conflict",       "There is one already." },
    { -ETIME,            409, "conflict",       "It is too early or too late for that." },
    { -EADDRNOTAVAIL,    409, "conflict",       "That time is not offered." },
    { -ENOKEY,           409, "conflict",       "The clinic's desk must verify first who the patient is." },
    { -ESHUTDOWN,        409, "conflict",       "The consult is closed." },
    { -EKEYREJECTED,     409, "consent-missing", "Agree first to what is in force." },
    { DB_BAD_TRANSITION, 409, "bad-transition", "The state it is in does not allow that." },
    { DB_DOCTOR_BUSY,    409, "doctor-busy",    "The doctor is taken at that time." },
    { DB_PATIENT_BUSY,   409, "patient-busy",   "The patient is taken at that time." },
    { -ESTALE,           412, "conflict",       "It has changed since you read it." },
    { -EMSGSIZE,         413, "too-large",      "It is larger than allowed." },
    { -EMEDIUMTYPE,      415, "unsupported-file", "Files of that type are not taken." },
    { -EUCLEAN,          415, "infected",       "The virus scan blocked this file." },
    { -ENOMEDIUM,        415, "heic",           "HEIC photos are not taken: send it as JPEG." },
    { -ERANGE,           416, "bad-request",    "It does not have these bytes." },
    { -EALREADY,         422, "key-reused",     "This key was used for another request." },
    { -EDQUOT,           429, "rate-limited",   "Too many of these; wait a little." },
    { -EBUSY,            503, "busy",           "The server cannot take this now; try again." },
    { -ENOSPC,           503, "busy",           "The server cannot store anything now; try again later." },
};

const struct status *status_of(int err)
{
    static const struct status internal = { -EIO, 500, "internal",
                                            "Something went wrong here; it was logged." };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].err == err)
            return &table[i];
    return &internal;
}
