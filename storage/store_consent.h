/* store_consent.h - what patients agree to, by version, and who has.
 *
 * Document { docType, docVersion, title, text }        docVersion is a text: "3"
 * Consent  { docType, docVersion, givenAt } */
#ifndef STORAGE_STORE_CONSENT_H
#define STORAGE_STORE_CONSENT_H

#include "storage/db.h"

enum { STORE_CONSENT_TYPE_MAX = 32, STORE_CONSENT_LANGS_MAX = 8 };

struct consent_text { const char *lang, *title, *body; };
/* The next version of the type, in force from now on. -EEXIST: a language twice. */
int store_consent_publish(struct db *db, const char *doc_type, const struct consent_text *texts, size_t count,
                          int64_t *ret_version);
/* [Document] in force, in this language or else the first there is, by type. */
int store_consent_current(struct db *db, const char *lang, json_t **ret_documents);
/* [{ lang, title, text }] of a version, by language. -ENOENT: it is not in force. */
int store_consent_texts(struct db *db, const char *doc_type, const char *doc_version, json_t **ret_texts);

struct consent_given {
    int64_t     account;                        /* its own patient's                                  */
    const char *doc_type, *doc_version, *ip;
    unsigned char evidence[32];
};
/* 1 given now, 0 before. -EPERM: the account has no patient. */
int store_consent_give(struct db *db, const struct consent_given *given);
int store_consent_list(struct db *db, int64_t account, json_t **ret_consents);
/* [{ docType, docVersion }] in force that the account has not agreed to. */
int store_consent_missing(struct db *db, int64_t account, json_t **ret_documents);

#endif
