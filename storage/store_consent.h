/* store_consent.h - what patients agree to, by version, and who has.
 *
 * Document { docType, docVersion, title, text, clinic?: { id, name } }       docVersion is a text: "3"
 * Consent  { docType, docVersion, givenAt, withdrawnAt?, clinic?: { id, name } }
 * A document is the server's, or a clinic's own, which is in force there instead of the server's. Versions of
 * a type count over all of them, so that a version says whose it is. */
#ifndef STORAGE_STORE_CONSENT_H
#define STORAGE_STORE_CONSENT_H

#include "storage/db.h"

enum { STORE_CONSENT_TYPE_MAX = 32, STORE_CONSENT_LANGS_MAX = 8 };

/* The row of a clinic by its public id; NULL: 0, which is the server below. -ENOENT. */
int store_consent_clinic(struct db *db, const char *public_id, int64_t *ret_clinic);

struct consent_text { const char *lang, *title, *body; };
/* The next version of the type, in force from now on. -EEXIST: a language twice. */
int store_consent_publish(struct db *db, int64_t clinic, const char *doc_type,
                          const struct consent_text *texts, size_t count, int64_t *ret_version);
/* [Document] in force in this clinic, in this language or else the first there is, by type. */
int store_consent_current(struct db *db, int64_t clinic, const char *lang, json_t **ret_documents);
/* [{ lang, title, text }] of a version, by language. -ENOENT: it is not in force where it is of. */
int store_consent_texts(struct db *db, const char *doc_type, const char *doc_version, json_t **ret_texts);

struct consent_given {
    int64_t     patient;
    const char *doc_type, *doc_version, *ip;
    unsigned char evidence[32];
};
/* 1 given now, 0 before. */
int store_consent_give(struct db *db, const struct consent_given *given);
/* Of every version of this type and of whose document it is. -ENOENT: none stands. */
int store_consent_withdraw(struct db *db, int64_t patient, int64_t clinic, const char *doc_type);
/* [Consent], the newest 100 first, withdrawn ones as well. */
int store_consent_list(struct db *db, int64_t patient, json_t **ret_consents);
/* [{ docType, docVersion }] in force in this clinic that stand for the patient no more, or never did. */
int store_consent_missing(struct db *db, int64_t patient, int64_t clinic, json_t **ret_documents);

#endif
