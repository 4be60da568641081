-- Who did not come pays what the policy says, and may say why it was not so.

ALTER TABLE policy ADD COLUMN noshow_fee_percent INTEGER NOT NULL DEFAULT 100
 CHECK(noshow_fee_percent BETWEEN 0 AND 100);   -- of the fee is kept from a patient who did not come

CREATE TABLE appointment_dispute(
  appointment_id INTEGER PRIMARY KEY REFERENCES appointment(id), -- a noshow_patient: once
  by_id          INTEGER NOT NULL REFERENCES users(id),
  reason_enc     BLOB NOT NULL,                 -- his words, sealed with where = 'dispute:' || the appointment's public_id
  at_utc         INTEGER NOT NULL,
  decision       TEXT CHECK(decision IN('waived','kept')), -- the fee; NULL: the desk has not decided
  decided_by     INTEGER REFERENCES users(id),
  note           TEXT,                          -- the desk's, for the patient to read
  decided_utc    INTEGER,
  CHECK((decision IS NULL) = (decided_utc IS NULL))
) STRICT;
