/* test_status.c - every error has one name outside. */
#include <errno.h>

#include "status.h"
#include "storage/db.h"
#include "test.h"

TEST(status, names_each_error_once)
{
    static const struct { int err, http; const char *code; } cases[] = {
        { -EINVAL, 400, "bad-request" }, { -EACCES, 401, "unauthorized" }, { -EPERM, 403, "forbidden" },
        { -EKEYREVOKED, 403, "forbidden" }, { -ENOENT, 404, "not-found" }, { -EEXIST, 409, "conflict" },
        { -ESHUTDOWN, 409, "conflict" },
        { DB_BAD_TRANSITION, 409, "bad-transition" }, { DB_DOCTOR_BUSY, 409, "doctor-busy" },
        { DB_PATIENT_BUSY, 409, "patient-busy" }, { -EMSGSIZE, 413, "too-large" },
        { -EALREADY, 422, "key-reused" }, { -EDQUOT, 429, "rate-limited" }, { -EBUSY, 503, "busy" },
        { -ENOSPC, 503, "busy" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK_INT(status_of(cases[i].err)->http, cases[i].http);
        CHECK_STR(status_of(cases[i].err)->code, cases[i].code);
    }
}

TEST(status, tells_nothing_of_what_it_does_not_know)
{
    static const int unknown[] = { -EIO, -ENOMEM, -EBADMSG, DB_APPEND_ONLY, DB_OTHER_WORD, 0, 12345 };

    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        CHECK_INT(status_of(unknown[i])->http, 500);
        CHECK_STR(status_of(unknown[i])->code, "internal");
    }
}
