-- A consult is offered to a colleague of the clinic, who takes it over or does not.

CREATE TABLE consult_transfer(
  id              INTEGER PRIMARY KEY,
  consultation_id INTEGER NOT NULL REFERENCES consultation(id),
  from_id         INTEGER NOT NULL REFERENCES doctor(user_id), -- its doctor, who offers it
  to_id           INTEGER NOT NULL REFERENCES doctor(user_id), -- the colleague
  reason_enc      BLOB NOT NULL,                -- sealed with where = 'transfer:' || the consult's public_id
  offered_utc     INTEGER NOT NULL,
  ended_utc       INTEGER,                      -- NULL: it stands
  outcome         TEXT CHECK(outcome IN('accepted','declined','withdrawn','lapsed')), -- lapsed: the consult was over first
  CHECK(from_id <> to_id),
  CHECK((ended_utc IS NULL) = (outcome IS NULL))
) STRICT;
CREATE UNIQUE INDEX consult_transfer_open ON consult_transfer(consultation_id) WHERE ended_utc IS NULL; -- one at a time
CREATE INDEX consult_transfer_to ON consult_transfer(to_id) WHERE ended_utc IS NULL;
