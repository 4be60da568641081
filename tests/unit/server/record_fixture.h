/* record_fixture.h - a doctor writes a record and signs it. */
#ifndef RECORD_FIXTURE_H
#define RECORD_FIXTURE_H

#include "api_fixture.h"

#define RECORD_DOOR "/api/v1/consultations/{consult}/record"
#define SIGN_DOOR "POST /api/v1/consultations/{consult}/sign"
#define RESULT_DOOR "/api/v1/consultations/{consult}/result"

/* Writes on `version`; `members`: what is in it, with a comma before. The error. */
static inline int record_write(struct desk *d, const char *consult, int64_t version, const char *members)
{
    return ASK_ERR(d, &d->doctor, "PUT " RECORD_DOOR, "{\"consult\":\"%s\",\"version\":%lld%s}", consult,
                   (long long)version, members);
}

#define RECORD_WHOLE ",\"advice\":\"rest well\",\"noDiagnosisReason\":\"mild\""

/* The first words, and the signature. The error of it. */
static inline int record_signed(struct desk *d, const char *consult)
{
    struct action *a = ask_with(d, &d->doctor, "GET " RECORD_DOOR, "{\"consult\":\"%s\"}", consult);
    long long version = a->job.err == 0 ? (long long)int_at(a->answer, "version") : 0;

    action_drop(a);
    if (version == 0) {
        int err = record_write(d, consult, 0, RECORD_WHOLE);

        if (err)
            return err;
        version = 1;
    }
    return ASK_ERR(d, &d->doctor, SIGN_DOOR, "{\"consult\":\"%s\",\"version\":%lld}", consult, version);
}

#endif
