-- What a doctor prescribes, and a pharmacist's word on it: nothing is effective without one. The rules stand here, so
-- that no program can go past them.

CREATE TABLE drug(
  id            INTEGER PRIMARY KEY,
  code          TEXT NOT NULL UNIQUE,           -- of the list it came with
  name_zh       TEXT NOT NULL,
  name_en       TEXT NOT NULL,
  ingredient    TEXT NOT NULL,                  -- what is in it: the same in two drugs is a duplicate
  classes       TEXT NOT NULL,                  -- JSON: [{"zh": …, "en": …}], what it is of
  form          TEXT NOT NULL,                  -- tablet, capsule, syrup …: pages have the words
  unit          TEXT NOT NULL,                  -- of a dose
  max_per_day   REAL CHECK(max_per_day > 0),    -- of that unit; NULL: not known
  min_age_years INTEGER CHECK(min_age_years BETWEEN 0 AND 120), -- not for younger ones; NULL: for all
  banned        INTEGER NOT NULL CHECK(banned IN(0,1)) -- narcotic or psychotropic: never prescribed here
) STRICT;

-- How a drug is found: the beginning of any of these.
CREATE TABLE drug_word(
  word    TEXT NOT NULL,                        -- lower case: a name from each character on, pinyin, initials, code
  drug_id INTEGER NOT NULL REFERENCES drug(id),
  PRIMARY KEY(word, drug_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX drug_word_drug ON drug_word(drug_id);

CREATE TABLE prescription(
  id               INTEGER PRIMARY KEY,
  public_id        TEXT NOT NULL UNIQUE,        -- rx_…
  consultation_id  INTEGER NOT NULL REFERENCES consultation(id),
  clinic_id        INTEGER NOT NULL REFERENCES clinic(id), -- whose pharmacists review it
  signer_id        INTEGER NOT NULL REFERENCES doctor(user_id),
  note_version     INTEGER NOT NULL CHECK(note_version > 0), -- of the record it was signed with
  replaces_id      INTEGER UNIQUE REFERENCES prescription(id), -- the one before, which is not effective
  items_enc        BLOB NOT NULL,               -- JSON, sealed with where = 'rx:' || public_id
  state            TEXT NOT NULL,               -- moves: prescription_edge
  signed_utc       INTEGER NOT NULL,
  token_hash       BLOB UNIQUE CHECK(length(token_hash) = 32), -- SHA-256 of what its code shows; from approval on
  token_enc        BLOB,                        -- the token itself, sealed with where = 'rx-token:' || public_id
  expires_utc      INTEGER,                     -- approved, but not dispensed until then
  ended_utc        INTEGER,                     -- dispensed, cancelled, expired
  ended_by         INTEGER REFERENCES users(id), -- NULL: the clock
  ended_reason_enc BLOB,                        -- sealed with where = 'rx-end:' || public_id
  CHECK((token_hash IS NULL) = (token_enc IS NULL) AND (token_hash IS NULL) = (expires_utc IS NULL)),
  CHECK(state NOT IN('approved','dispensed','expired') OR token_hash IS NOT NULL),
  CHECK((state IN('dispensed','cancelled','expired')) = (ended_utc IS NOT NULL))
) STRICT;
CREATE INDEX prescription_queue ON prescription(clinic_id, state, id);
CREATE INDEX prescription_signer ON prescription(signer_id, id);
CREATE INDEX prescription_consult ON prescription(consultation_id, id);
CREATE INDEX prescription_expires ON prescription(expires_utc) WHERE state = 'approved';

-- What a prescription may become; '' is before the first state.
CREATE TABLE prescription_edge(
  from_s TEXT NOT NULL,
  to_s   TEXT NOT NULL,
  PRIMARY KEY(from_s, to_s)
) STRICT, WITHOUT ROWID;
INSERT INTO prescription_edge VALUES
 ('','in_review'), ('in_review','approved'), ('in_review','rejected'), ('in_review','cancelled'),
 ('approved','dispensed'), ('approved','cancelled'), ('approved','expired');

-- The pharmacist's word: one for each prescription, and never by who signed it.
CREATE TABLE review(
  prescription_id INTEGER PRIMARY KEY REFERENCES prescription(id),
  signer_id       INTEGER NOT NULL REFERENCES users(id), -- the prescription's
  reviewer_id     INTEGER NOT NULL REFERENCES users(id),
  verdict         TEXT NOT NULL CHECK(verdict IN('approved','rejected')),
  reason_enc      BLOB,                         -- why not; sealed with where = 'rx-review:' || the prescription's public_id
  reviewed_utc    INTEGER NOT NULL,
  CHECK(signer_id <> reviewer_id),
  CHECK((verdict = 'rejected') = (reason_enc IS NOT NULL))
) STRICT;
CREATE INDEX review_reviewer ON review(reviewer_id);

CREATE TRIGGER prescription_first BEFORE INSERT ON prescription
 WHEN NOT EXISTS(SELECT 1 FROM prescription_edge e WHERE e.from_s = '' AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;
CREATE TRIGGER prescription_move BEFORE UPDATE OF state ON prescription WHEN OLD.state <> NEW.state
 AND NOT EXISTS(SELECT 1 FROM prescription_edge e WHERE e.from_s = OLD.state AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;
CREATE TRIGGER prescription_reviewed BEFORE UPDATE OF state ON prescription WHEN NEW.state IN('approved','rejected')
 AND OLD.state <> NEW.state
 AND NOT EXISTS(SELECT 1 FROM review r WHERE r.prescription_id = OLD.id AND r.verdict = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;
-- A pharmacist of its clinic, and only of what waits for one, once: REPLACE, too.
CREATE TRIGGER review_first BEFORE INSERT ON review
 WHEN NOT EXISTS(SELECT 1 FROM prescription p JOIN users u ON u.id = NEW.reviewer_id AND u.role = 'pharmacist'
   AND u.clinic_id = p.clinic_id
   WHERE p.id = NEW.prescription_id AND p.signer_id = NEW.signer_id AND p.state = 'in_review')
 OR EXISTS(SELECT 1 FROM review r WHERE r.prescription_id = NEW.prescription_id)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;

-- Signed is signed. REPLACE deletes without asking the triggers of deletion, so it is refused where it inserts.
CREATE TRIGGER prescription_signed BEFORE UPDATE OF id, public_id, consultation_id, clinic_id, signer_id,
 note_version, replaces_id, items_enc, signed_utc ON prescription BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER prescription_effective BEFORE UPDATE OF token_hash, token_enc, expires_utc ON prescription
 WHEN NOT (OLD.state = 'in_review' AND NEW.state = 'approved')
 OR EXISTS(SELECT 1 FROM prescription p WHERE p.token_hash = NEW.token_hash)
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER prescription_ended BEFORE UPDATE OF ended_utc, ended_by, ended_reason_enc ON prescription
 WHEN OLD.state = NEW.state BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER prescription_no_replace BEFORE INSERT ON prescription
 WHEN EXISTS(SELECT 1 FROM prescription p WHERE p.id = NEW.id OR p.public_id = NEW.public_id
   OR p.replaces_id = NEW.replaces_id OR p.token_hash = NEW.token_hash)
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER prescription_no_del BEFORE DELETE ON prescription BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER review_no_upd BEFORE UPDATE ON review BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER review_no_del BEFORE DELETE ON review BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
