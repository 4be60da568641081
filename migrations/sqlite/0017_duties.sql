-- What the clock reminds of, the evidence of who came, and a consult that goes on in person.

ALTER TABLE consultation ADD COLUMN duty_utc INTEGER; -- the clock looks then whom to remind; NULL: nobody
UPDATE consultation SET duty_utc = coalesce(ended_utc, last_utc) WHERE state = 'awaiting_signature';
UPDATE consultation SET duty_utc = opened_utc WHERE state = 'open' AND accept_by_utc IS NOT NULL;
CREATE INDEX consultation_duty ON consultation(duty_utc) WHERE duty_utc IS NOT NULL;

INSERT INTO consultation_edge VALUES
 ('active','referred_offline'), ('paused','referred_offline');  -- not fit for online: final, nothing to sign

-- When a side of an appointment was there: what a no-show is told by. Intervals, summed.
CREATE TABLE attendance(
  appointment_id INTEGER NOT NULL REFERENCES appointment(id),
  side           TEXT NOT NULL CHECK(side IN('doctor','patient')),
  from_utc       INTEGER NOT NULL,
  to_utc         INTEGER NOT NULL,              -- as far as the clock has seen
  PRIMARY KEY(appointment_id, side, from_utc),
  CHECK(to_utc >= from_utc)
) STRICT, WITHOUT ROWID;
