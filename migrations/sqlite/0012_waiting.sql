-- The waiting room, and the rest of a consult's life: paused, to be signed, signed; expired when nobody accepts it.

ALTER TABLE consultation ADD COLUMN line_utc INTEGER; -- place in the line: the appointment's start, or when he came (back)
ALTER TABLE consultation ADD COLUMN left_utc INTEGER; -- when he was found to have left the waiting room; NULL: he waits
ALTER TABLE consultation ADD COLUMN accept_by_utc INTEGER; -- expires then unless it was accepted; NULL: it has an appointment
ALTER TABLE consultation ADD COLUMN begun_utc INTEGER; -- first accepted
ALTER TABLE consultation ADD COLUMN ended_utc INTEGER; -- the doctor finished
ALTER TABLE consultation ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK(held IN(0,1)); -- paused by the doctor, not the clock
UPDATE consultation SET line_utc = coalesce((SELECT a.start_utc FROM appointment a WHERE a.id = appointment_id), opened_utc);
CREATE INDEX consultation_accept_by ON consultation(accept_by_utc) WHERE state = 'open' AND accept_by_utc IS NOT NULL;
CREATE INDEX consultation_state ON consultation(state) WHERE state IN('open','active','paused','awaiting_signature');
CREATE INDEX appointment_requested ON appointment(start_utc) WHERE status = 'requested';
CREATE INDEX appointment_checked_in ON appointment(start_utc) WHERE status = 'checked_in';

DELETE FROM consultation_edge WHERE from_s = 'active' AND to_s = 'closed'; -- nothing is closed unsigned
INSERT INTO consultation_edge VALUES
 ('open','expired'),                            -- a text consult that no doctor accepted in time
 ('active','paused'), ('paused','active'),
 ('active','awaiting_signature'), ('paused','awaiting_signature'), ('awaiting_signature','closed');

-- What the doctor signed. A correction is another version; rows stay as they are.
CREATE TABLE consultation_note(
  consultation_id INTEGER NOT NULL REFERENCES consultation(id),
  version         INTEGER NOT NULL CHECK(version > 0),
  author_id       INTEGER NOT NULL REFERENCES users(id),
  advice_enc      BLOB NOT NULL,                -- sealed with where = 'note:' || the consult's public_id || ':' || version
  hash            BLOB NOT NULL,                -- SHA-256 of what was signed
  signed_utc      INTEGER NOT NULL,
  PRIMARY KEY(consultation_id, version)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER consultation_note_no_upd BEFORE UPDATE ON consultation_note BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER consultation_note_no_del BEFORE DELETE ON consultation_note BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
