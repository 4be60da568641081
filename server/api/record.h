/* record.h - the record of a consult: what its doctor writes, what speaks against signing it, and what the
 * patient gets. */
#ifndef RECORD_H
#define RECORD_H

#include "action.h"

/* As it was saved last, with all that is always there. */
int record_draft_get(struct db *db, int64_t consult, json_t **ret_draft);
/* Of its prescription, lent; NULL: it has none. */
json_t *record_items(const json_t *draft);
/* What speaks against signing this draft: [{ code, level: "error"|"warning", item?, why? }]. */
int record_checks(struct db *db, int64_t consult, const json_t *draft, json_t **ret_checks);

/* Who looks: the doctor of the consult has his note, too, and prescriptions that wait for a word. */
enum result_view { RESULT_FOR_PATIENT, RESULT_FOR_DOCTOR };
/* Result of a version; 0: of the newest. -ENOENT: it was not signed. -EBADMSG: the hash is of other words. */
int result_get(struct db *db, int64_t consult, int64_t version, enum result_view, json_t **ret_result);
/* Of this draft, as it would be shown to the patient, without hash. */
int result_preview(struct db *db, int64_t consult, int64_t doctor, const json_t *draft,
                   json_t **ret_result);

/* Signs the draft, which has no gaps, as the consult's next version, by access->user: note and diagnoses.
 * reason: of an amendment, or NULL. */
struct consult_access;
int record_sign(struct db *db, const struct consult_access *, const json_t *draft, const char *reason,
                int64_t *ret_version);

/* A result that nobody has acknowledged: the clock says so again, and then to the desk. */
int results_remind(struct action *, struct db *, int64_t *ret_next_utc);

#endif
