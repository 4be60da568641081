-- Consents of each patient, not of the account; documents of a clinic's own; what was given may be withdrawn.

ALTER TABLE consent_document ADD COLUMN clinic_id INTEGER REFERENCES clinic(id); -- whose own; NULL: the server's, of clinics that have none of the type. Versions count over all of them

ALTER TABLE consent RENAME TO consent_of_account;
CREATE TABLE consent(
  id            INTEGER PRIMARY KEY,
  patient_id    INTEGER NOT NULL REFERENCES patient(id), -- whose; who acts for him has said it
  doc_type      TEXT NOT NULL,
  doc_version   INTEGER NOT NULL,
  given_utc     INTEGER NOT NULL,
  withdrawn_utc INTEGER,                        -- NULL: it stands. Given again, it is another row
  ip            TEXT,                           -- from where it was given
  evidence_hash BLOB NOT NULL CHECK(length(evidence_hash) = 32), -- SHA-256 of the version's texts
  CHECK(withdrawn_utc >= given_utc)
) STRICT;
INSERT INTO consent(patient_id, doc_type, doc_version, given_utc, withdrawn_utc, ip, evidence_hash) -- an account agreed for its family, too
 SELECT p.id, c.doc_type, c.doc_version, c.given_utc, c.withdrawn_utc, c.ip, c.evidence_hash FROM consent_of_account c
 JOIN patient o ON o.id = c.patient_id JOIN patient p ON p.account_id = o.account_id ORDER BY c.id, p.id;
DROP TABLE consent_of_account;
CREATE UNIQUE INDEX consent_standing ON consent(patient_id, doc_type, doc_version) WHERE withdrawn_utc IS NULL;
CREATE INDEX consent_patient ON consent(patient_id);
CREATE TRIGGER consent_only_withdrawn BEFORE UPDATE ON consent
 WHEN OLD.withdrawn_utc IS NOT NULL OR NEW.patient_id <> OLD.patient_id OR NEW.doc_type <> OLD.doc_type
 OR NEW.doc_version <> OLD.doc_version OR NEW.given_utc <> OLD.given_utc OR NEW.ip IS NOT OLD.ip
 OR NEW.evidence_hash <> OLD.evidence_hash BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER consent_no_del BEFORE DELETE ON consent BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
