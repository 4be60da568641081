-- A doctor's leave: what it took from whom, so that it can be taken back.

CREATE TABLE doctor_leave(
  id             INTEGER PRIMARY KEY,
  public_id      TEXT NOT NULL UNIQUE,          -- lea_…
  doctor_id      INTEGER NOT NULL REFERENCES doctor(user_id),
  exception_id   INTEGER REFERENCES availability_exception(id) ON DELETE SET NULL, -- NULL: his hours are back
  start_utc      INTEGER NOT NULL,
  end_utc        INTEGER NOT NULL,
  reason         TEXT NOT NULL,                 -- the patients read it
  created_by     INTEGER NOT NULL REFERENCES users(id),
  created_utc    INTEGER NOT NULL,
  undo_until_utc INTEGER NOT NULL,              -- later it stands
  undone_utc     INTEGER,                       -- when it was taken back; NULL: it was not
  CHECK(end_utc > start_utc)
) STRICT;
CREATE INDEX doctor_leave_of ON doctor_leave(doctor_id, id);

CREATE TABLE doctor_leave_change(
  leave_id       INTEGER NOT NULL REFERENCES doctor_leave(id),
  appointment_id INTEGER NOT NULL REFERENCES appointment(id), -- as it was
  next_id        INTEGER REFERENCES appointment(id),          -- what it was moved to; NULL: called off
  status         TEXT NOT NULL,                 -- that it had
  PRIMARY KEY(leave_id, appointment_id)
) STRICT, WITHOUT ROWID;

-- A request that a leave rejected comes back as one.
INSERT INTO appointment_edge VALUES('', 'requested');
