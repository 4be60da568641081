/* record.h - the record of a consult, as a doctor writes it: of what shape it is, what it lacks to be signed.
 *
 * Record { note?: { complaint?, history?, findings?, plan? }, summary?, advice?,
 *          followUp?: null or { days, text? },
 *          diagnoses?: [{ system, code, label?, certainty, rank? }], noDiagnosisReason?,
 *          prescription?: { items: [RxItem] } } */
#ifndef CLINIC_RECORD_H
#define CLINIC_RECORD_H

#include <jansson.h>

enum { RECORD_TEXT_MAX = 4000, RECORD_LIST_MAX = 20, RECORD_DAYS_MAX = 730 };   /* texts: code points */

/* 0. -EINVAL: it is none, and *ret_why, a literal, says why. -EMSGSIZE: a text is too long. What is inside of
 * items is not looked at. */
int record_check(const json_t *record, const char **ret_why);

/* Adds to `checks` what stands against signing it: { code, level }. -ENOMEM. */
int record_gaps(const json_t *record, json_t *checks);

#endif
