/* store_consent.c - what patients agree to, by version, and who has. */
#include "storage/store_consent.h"

/* In the clinic $1: its own version of the type, or else the server's. */
#define IN_FORCE                                                                                             \
    "d.doc_version = coalesce((SELECT max(m.doc_version) FROM consent_document m WHERE m.doc_type = "        \
    "d.doc_type AND m.clinic_id = $1), (SELECT max(m.doc_version) FROM consent_document m "                  \
    "WHERE m.doc_type = d.doc_type AND m.clinic_id IS NULL)) "

int store_consent_clinic(struct db *db, const char *public_id, int64_t *ret_clinic)
{
    if (public_id == NULL) {
        *ret_clinic = 0;
        return 0;
    }
    return db_int(db, ret_clinic, "SELECT id FROM clinic WHERE public_id = $1", ARGS(TEXT(public_id)));
}

int store_consent_publish(struct db *db, int64_t clinic, const char *doc_type,
                          const struct consent_text *texts, size_t count, int64_t *ret_version)
{
    int64_t version;
    int err = db_int(db, &version,
                     "SELECT coalesce(max(doc_version), 0) + 1 FROM consent_document WHERE doc_type = $1",
                     ARGS(TEXT(doc_type)));

    for (size_t i = 0; i < count && err == 0; i++) {
        err = db_run(db,
                     "INSERT INTO consent_document(doc_type, doc_version, lang, title, body, created_utc, "
                     "clinic_id) VALUES($1, $2, $3, $4, $5, $6, nullif($7, 0))",
                     ARGS(TEXT(doc_type), INT(version), TEXT(texts[i].lang), TEXT(texts[i].title),
                          TEXT(texts[i].body), INT(db_now(db)), INT(clinic)));
        err = err < 0 ? err : 0;
    }
    if (err == 0)
        *ret_version = version;
    return err;
}

int store_consent_current(struct db *db, int64_t clinic, const char *lang, json_t **ret_documents)
{
    return db_all(
        db, ret_documents,
        "SELECT d.doc_type AS \"docType\", CAST(d.doc_version AS TEXT) AS \"docVersion\", "
        "d.title AS \"title\", d.body AS \"text\", k.public_id AS \"clinic.id\", k.name AS \"clinic.name\" "
        "FROM consent_document d LEFT JOIN clinic k ON k.id = d.clinic_id WHERE " IN_FORCE
        "AND d.lang = (SELECT e.lang FROM consent_document e WHERE e.doc_type = d.doc_type "
        "AND e.doc_version = d.doc_version ORDER BY e.lang <> $2, e.lang LIMIT 1) ORDER BY d.doc_type",
        ARGS(INT(clinic), TEXT(lang)));
}

int store_consent_texts(struct db *db, const char *doc_type, const char *doc_version, json_t **ret_texts)
{
    json_t *texts;
    int err =
        db_all(db, &texts,
               "SELECT d.lang AS \"lang\", d.title AS \"title\", d.body AS \"text\" FROM consent_document d "
               "WHERE d.doc_type = $1 AND CAST(d.doc_version AS TEXT) = $2 AND d.doc_version = "
               "(SELECT max(m.doc_version) FROM consent_document m WHERE m.doc_type = d.doc_type "
               "AND m.clinic_id IS d.clinic_id) ORDER BY d.lang",
               ARGS(TEXT(doc_type), TEXT(doc_version)));

    if (err)
        return err;
    if (json_array_size(texts) == 0) {
        json_decref(texts);
        return -ENOENT;
    }
    *ret_texts = texts;
    return 0;
}

int store_consent_give(struct db *db, const struct consent_given *given)
{
    return db_run(db,
                  "INSERT INTO consent(patient_id, doc_type, doc_version, given_utc, ip, evidence_hash) "
                  "VALUES($1, $2, CAST($3 AS INTEGER), $4, $5, $6) "
                  "ON CONFLICT(patient_id, doc_type, doc_version) WHERE withdrawn_utc IS NULL DO NOTHING",
                  ARGS(INT(given->patient), TEXT(given->doc_type), TEXT(given->doc_version), INT(db_now(db)),
                       TEXT(given->ip), BLOB(given->evidence, sizeof given->evidence)));
}

int store_consent_withdraw(struct db *db, int64_t patient, int64_t clinic, const char *doc_type)
{
    int count = db_run(db,
                       "UPDATE consent SET withdrawn_utc = max($4, given_utc) WHERE patient_id = $1 "
                       "AND doc_type = $3 AND withdrawn_utc IS NULL AND doc_version IN (SELECT doc_version "
                       "FROM consent_document WHERE doc_type = $3 AND clinic_id IS nullif($2, 0))",
                       ARGS(INT(patient), INT(clinic), TEXT(doc_type), INT(db_now(db))));

    return count < 0 ? count : count == 0 ? -ENOENT : 0;
}

int store_consent_list(struct db *db, int64_t patient, json_t **ret_consents)
{
    return db_all(db, ret_consents,
                  "SELECT c.doc_type AS \"docType\", CAST(c.doc_version AS TEXT) AS \"docVersion\", "
                  "c.given_utc AS \"givenAt\", c.withdrawn_utc AS \"withdrawnAt\", "
                  "k.public_id AS \"clinic.id\", k.name AS \"clinic.name\" FROM consent c "
                  "LEFT JOIN clinic k ON k.id = (SELECT d.clinic_id FROM consent_document d "
                  "WHERE d.doc_type = c.doc_type AND d.doc_version = c.doc_version LIMIT 1) "
                  "WHERE c.patient_id = $1 ORDER BY c.id DESC LIMIT 100",
                  ARGS(INT(patient)));
}

int store_consent_missing(struct db *db, int64_t patient, int64_t clinic, json_t **ret_documents)
{
    return db_all(db, ret_documents,
                  "SELECT DISTINCT d.doc_type AS \"docType\", CAST(d.doc_version AS TEXT) AS \"docVersion\" "
                  "FROM consent_document d WHERE " IN_FORCE
                  "AND NOT EXISTS(SELECT 1 FROM consent c WHERE c.patient_id = $2 "
                  "AND c.withdrawn_utc IS NULL AND c.doc_type = d.doc_type "
                  "AND c.doc_version = d.doc_version) ORDER BY d.doc_type",
                  ARGS(INT(clinic), INT(patient)));
}
