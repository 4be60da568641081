-- The record of a consult: what its doctor writes, and what he has signed. A draft is his alone; what is signed is a
-- version, and stays as it is.

CREATE TABLE record_draft(
  consultation_id INTEGER PRIMARY KEY REFERENCES consultation(id),
  version         INTEGER NOT NULL CHECK(version > 0), -- counts its saves: ETag
  author_id       INTEGER NOT NULL REFERENCES users(id), -- who saved it last
  body_enc        BLOB NOT NULL,                -- JSON, sealed with where = 'draft:' || the consult's public_id || ':' || version
  saved_utc       INTEGER NOT NULL
) STRICT;
CREATE TRIGGER record_draft_counts BEFORE UPDATE ON record_draft
 WHEN NEW.version <> OLD.version + 1 OR NEW.consultation_id <> OLD.consultation_id
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

ALTER TABLE consultation_note RENAME COLUMN advice_enc TO body_enc; -- JSON that the hash is of; with draft_version NULL the advice alone
ALTER TABLE consultation_note ADD COLUMN draft_version INTEGER CHECK(draft_version > 0); -- of the draft that was signed; NULL: signed before there were any
ALTER TABLE consultation_note ADD COLUMN diagnoses INTEGER NOT NULL DEFAULT 0 CHECK(diagnoses >= 0); -- so many rows of diagnosis are signed with it
-- 1, 2, 3 … without a gap; and so REPLACE, which deletes without asking the triggers of deletion, finds nothing to replace.
CREATE TRIGGER consultation_note_next BEFORE INSERT ON consultation_note
 WHEN NEW.version <> coalesce((SELECT max(n.version) FROM consultation_note n WHERE n.consultation_id = NEW.consultation_id), 0) + 1
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

-- What was diagnosed, by codes only: to count, and to look back on. Words are in the note.
CREATE TABLE diagnosis(
  consultation_id INTEGER NOT NULL,
  note_version    INTEGER NOT NULL,             -- it was signed with
  rank            INTEGER NOT NULL CHECK(rank > 0), -- 1, 2, 3 …: the first is the main one
  icd_id          INTEGER NOT NULL REFERENCES icd_code(id),
  certainty       TEXT NOT NULL CHECK(certainty IN('provisional','confirmed')),
  PRIMARY KEY(consultation_id, note_version, rank),
  FOREIGN KEY(consultation_id, note_version) REFERENCES consultation_note(consultation_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX diagnosis_icd ON diagnosis(icd_id);
CREATE TRIGGER diagnosis_no_upd BEFORE UPDATE ON diagnosis BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER diagnosis_no_del BEFORE DELETE ON diagnosis BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
-- As many as the note says, one after the other: then there is no room for another.
CREATE TRIGGER diagnosis_next BEFORE INSERT ON diagnosis
 WHEN NEW.rank <> coalesce((SELECT max(d.rank) FROM diagnosis d WHERE d.consultation_id = NEW.consultation_id
   AND d.note_version = NEW.note_version), 0) + 1
 OR NEW.rank > coalesce((SELECT n.diagnoses FROM consultation_note n WHERE n.consultation_id = NEW.consultation_id
   AND n.version = NEW.note_version), 0)
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

-- That the patient, or who acts for him, has seen a version.
CREATE TABLE result_acknowledged(
  consultation_id INTEGER NOT NULL,
  note_version    INTEGER NOT NULL,
  by_id           INTEGER NOT NULL REFERENCES users(id),
  at_utc          INTEGER NOT NULL,
  PRIMARY KEY(consultation_id, note_version),
  FOREIGN KEY(consultation_id, note_version) REFERENCES consultation_note(consultation_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER result_acknowledged_once BEFORE INSERT ON result_acknowledged
 WHEN EXISTS(SELECT 1 FROM result_acknowledged a WHERE a.consultation_id = NEW.consultation_id
   AND a.note_version = NEW.note_version) BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER result_acknowledged_no_upd BEFORE UPDATE ON result_acknowledged BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER result_acknowledged_no_del BEFORE DELETE ON result_acknowledged BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

ALTER TABLE consultation ADD COLUMN result_due_utc INTEGER; -- the clock looks then whether the result was acknowledged; NULL: nothing to look for
CREATE INDEX consultation_result_due ON consultation(result_due_utc) WHERE result_due_utc IS NOT NULL;

-- What is known of a patient's health beside the consults: he says it, and who treats him.
CREATE TABLE patient_health(
  patient_id INTEGER PRIMARY KEY REFERENCES patient(id),
  version    INTEGER NOT NULL CHECK(version > 0), -- counts its saves: ETag
  by_id      INTEGER NOT NULL REFERENCES users(id), -- who saved it last
  body_enc   BLOB NOT NULL,                     -- JSON, sealed with where = 'health:' || the patient's public_id || ':' || version
  saved_utc  INTEGER NOT NULL
) STRICT;
CREATE TRIGGER patient_health_counts BEFORE UPDATE ON patient_health
 WHEN NEW.version <> OLD.version + 1 OR NEW.patient_id <> OLD.patient_id
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
