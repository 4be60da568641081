-- What patients agree to, by version. A text that was agreed to is never changed: there is a new version.

CREATE TABLE consent_document(
  doc_type    TEXT NOT NULL CHECK(length(doc_type) BETWEEN 1 AND 32), -- telehealth, privacy …
  doc_version INTEGER NOT NULL CHECK(doc_version > 0), -- the greatest is in force
  lang        TEXT NOT NULL,                    -- zh-CN, en
  title       TEXT NOT NULL,
  body        TEXT NOT NULL,
  created_utc INTEGER NOT NULL,
  PRIMARY KEY(doc_type, doc_version, lang)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER consent_document_no_upd BEFORE UPDATE ON consent_document BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER consent_document_no_del BEFORE DELETE ON consent_document BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

CREATE TABLE consent(
  id            INTEGER PRIMARY KEY,
  patient_id    INTEGER NOT NULL REFERENCES patient(id), -- the account's own: he agrees for his family, too
  doc_type      TEXT NOT NULL,
  doc_version   INTEGER NOT NULL,
  given_utc     INTEGER NOT NULL,
  withdrawn_utc INTEGER,                        -- NULL: it stands
  ip            TEXT,                           -- from where
  evidence_hash BLOB NOT NULL CHECK(length(evidence_hash) = 32), -- SHA-256 of the version's texts
  UNIQUE(patient_id, doc_type, doc_version)
) STRICT;
