/* store_dispute.h - a patient's word against his no-show, and the desk's decision.
 *
 * Dispute { reason, at, decision?, note?, decidedAt? }      a member of Appointment */
#ifndef STORAGE_STORE_DISPUTE_H
#define STORAGE_STORE_DISPUTE_H

#include "storage/store_appointment.h"

enum { STORE_DISPUTE_MAX = 500 };               /* code points of a reason                            */

/* Until when a no-show can be disputed: a day after it was noted. -ENOENT: it is none. */
int store_dispute_end(struct db *db, int64_t appointment, int64_t *ret_utc);
/* Both count as a change of the appointment: -ESTALE, it has moved since `now`. -EEXIST: it was disputed
 * before. -EINVAL: empty. -EMSGSIZE. */
int store_dispute_add(struct db *db, const struct appointment_access *now, int64_t user, const char *reason);
/* -ENOENT: nothing to decide. `note`: or NULL. */
int store_dispute_decide(struct db *db, const struct appointment_access *now, int64_t user,
                         const char *decision, const char *note);

/* Members `dispute` and `disputableUntilAt` of an appointment `a`; their columns begin at `first`. */
#define STORE_DISPUTE_COLUMNS                                                                                \
    "y.reason_enc AS \"_dispute\", y.at_utc AS \"_at\", y.decision AS \"dispute.decision\", "                \
    "y.note AS \"dispute.note\", y.decided_utc AS \"dispute.decidedAt\", "                                   \
    "CASE WHEN a.status = 'noshow_patient' AND y.at_utc IS NULL THEN " STORE_DISPUTE_END("a.id")             \
    " END AS \"disputableUntilAt\", "
#define STORE_DISPUTE_TABLE "LEFT JOIN appointment_dispute y ON y.appointment_id = a.id "
#define STORE_DISPUTE_END(id)                                                                                \
    "(SELECT max(h.at_utc) + 86400 FROM appointment_history h WHERE h.appointment_id = " id                  \
    " AND h.to_s = 'noshow_patient')"
int store_dispute_show(struct db *db, const struct db_query *q, int first, const char *appointment,
                       json_t *row);

#endif
