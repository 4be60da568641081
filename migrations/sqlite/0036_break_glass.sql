-- Who opened the results of a patient who is not his, in an emergency; and how such a patient is found.

CREATE TABLE break_glass(
  id         INTEGER PRIMARY KEY,
  public_id  TEXT NOT NULL UNIQUE,              -- brk_…
  user_id    INTEGER NOT NULL REFERENCES users(id), -- who
  patient_id INTEGER NOT NULL REFERENCES patient(id), -- whose
  clinic_id  INTEGER NOT NULL REFERENCES clinic(id), -- whose results: those of his own clinic
  reason_enc BLOB NOT NULL,                     -- in his words, sealed with where = 'glass:' || public_id
  begun_utc  INTEGER NOT NULL,
  until_utc  INTEGER NOT NULL CHECK(until_utc > begun_utc) -- then it is closed again by itself
) STRICT;
CREATE INDEX break_glass_open ON break_glass(user_id, patient_id, until_utc);
CREATE INDEX break_glass_clinic ON break_glass(clinic_id, id);
CREATE TRIGGER break_glass_no_upd BEFORE UPDATE ON break_glass BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER break_glass_no_del BEFORE DELETE ON break_glass BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

CREATE INDEX patient_name ON patient(display_name) WHERE display_name IS NOT NULL;
CREATE INDEX users_patient_name ON users(display_name) WHERE role = 'patient';
