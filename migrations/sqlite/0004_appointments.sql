-- Appointments: who is expected when, what became of it. Double booking is impossible here, not in the code.

CREATE TABLE appointment(
  id               INTEGER PRIMARY KEY,
  public_id        TEXT NOT NULL UNIQUE,        -- apt_…
  series_id        TEXT NOT NULL,               -- ser_…, copied to the new row by a move: the iCalendar UID
  clinic_id        INTEGER NOT NULL REFERENCES clinic(id),
  doctor_id        INTEGER NOT NULL REFERENCES doctor(user_id),
  patient_id       INTEGER NOT NULL REFERENCES patient(id),
  service_id       INTEGER NOT NULL REFERENCES service(id),
  policy_id        INTEGER NOT NULL REFERENCES policy(id), -- as it was when it was booked
  start_utc        INTEGER NOT NULL,
  end_utc          INTEGER NOT NULL,
  busy_until_utc   INTEGER NOT NULL,            -- end + buffer
  booked_tz        TEXT NOT NULL,               -- IANA zone of the doctor when it was booked
  tzdb             TEXT NOT NULL,               -- release of the zone database it was computed with
  fee_minor        INTEGER NOT NULL CHECK(fee_minor >= 0), -- as it was when it was booked
  currency         TEXT NOT NULL,               -- ISO 4217, of the fee
  status           TEXT NOT NULL,               -- moves: appointment_edge
  hold_expires_utc INTEGER,                     -- the UPDATE that leaves held or pending_payment clears it
  version          INTEGER NOT NULL DEFAULT 0,  -- counts its changes: ETag
  ics_seq          INTEGER NOT NULL DEFAULT 0,  -- the iCalendar SEQUENCE of its series
  rescheduled_from INTEGER REFERENCES appointment(id), -- the row that a move closed
  moves            INTEGER NOT NULL DEFAULT 0,  -- by the patient, in its series
  overbook         INTEGER NOT NULL DEFAULT 0 CHECK(overbook IN(0,1)), -- the clinic put it beside another
  created_by       INTEGER NOT NULL REFERENCES users(id),
  created_utc      INTEGER NOT NULL,
  occupies         INTEGER GENERATED ALWAYS AS (overbook = 0 AND status IN(
                     'held','pending_payment','requested','booked','checked_in','in_consult')) STORED,
  CHECK(end_utc > start_utc AND busy_until_utc >= end_utc AND busy_until_utc - start_utc <= 14400),
  CHECK((status IN('held','pending_payment')) = (hold_expires_utc IS NOT NULL))
) STRICT;
CREATE INDEX appointment_doctor ON appointment(doctor_id, start_utc) WHERE occupies = 1;
CREATE INDEX appointment_patient ON appointment(patient_id, start_utc) WHERE occupies = 1;
CREATE INDEX appointment_hold ON appointment(hold_expires_utc) WHERE hold_expires_utc IS NOT NULL;
CREATE INDEX appointment_of_doctor ON appointment(doctor_id, start_utc);
CREATE INDEX appointment_of_patient ON appointment(patient_id, start_utc);
CREATE INDEX appointment_of_clinic ON appointment(clinic_id, start_utc);
CREATE INDEX appointment_series ON appointment(series_id);

-- SQLite has one writer, so a BEFORE trigger sees every committed row. 14400: the longest, so that it is a range.
CREATE TRIGGER appointment_no_overlap_ins BEFORE INSERT ON appointment
 WHEN NEW.overbook = 0 AND NEW.status IN('held','pending_payment','requested','booked','checked_in','in_consult') BEGIN
 SELECT RAISE(ABORT,'DOCTOR_BUSY') FROM appointment a WHERE a.occupies = 1 AND a.doctor_id = NEW.doctor_id
   AND a.start_utc < NEW.busy_until_utc AND a.busy_until_utc > NEW.start_utc AND a.start_utc > NEW.start_utc - 14400;
 SELECT RAISE(ABORT,'PATIENT_BUSY') FROM appointment a WHERE a.occupies = 1 AND a.patient_id = NEW.patient_id
   AND a.start_utc < NEW.end_utc AND a.end_utc > NEW.start_utc AND a.start_utc > NEW.start_utc - 14400;
END;
CREATE TRIGGER appointment_no_overlap_upd
 BEFORE UPDATE OF doctor_id, patient_id, start_utc, end_utc, busy_until_utc, status, overbook ON appointment
 WHEN NEW.overbook = 0 AND NEW.status IN('held','pending_payment','requested','booked','checked_in','in_consult') BEGIN
 SELECT RAISE(ABORT,'DOCTOR_BUSY') FROM appointment a WHERE a.occupies = 1 AND a.id <> NEW.id AND a.doctor_id = NEW.doctor_id
   AND a.start_utc < NEW.busy_until_utc AND a.busy_until_utc > NEW.start_utc AND a.start_utc > NEW.start_utc - 14400;
 SELECT RAISE(ABORT,'PATIENT_BUSY') FROM appointment a WHERE a.occupies = 1 AND a.id <> NEW.id AND a.patient_id = NEW.patient_id
   AND a.start_utc < NEW.end_utc AND a.end_utc > NEW.start_utc AND a.start_utc > NEW.start_utc - 14400;
END;

-- What an appointment may become; '' is before the first status.
CREATE TABLE appointment_edge(
  from_s TEXT NOT NULL,                         -- from this status …
  to_s   TEXT NOT NULL,                         -- … to this one
  PRIMARY KEY(from_s, to_s)
) STRICT, WITHOUT ROWID;
INSERT INTO appointment_edge VALUES
 ('','held'), ('','booked'),                    -- booked at once: by the clinic, moved, paid late
 ('held','expired'), ('held','requested'), ('held','pending_payment'), ('held','booked'),
 ('requested','booked'), ('requested','rejected'), ('requested','cancelled_by_patient'),
 ('pending_payment','booked'), ('pending_payment','expired'),
 ('booked','rescheduled'), ('booked','cancelled_by_patient'), ('booked','cancelled_by_clinic'), ('booked','checked_in'),
 ('booked','noshow_patient'), ('booked','noshow_doctor'),
 ('checked_in','booked'), ('checked_in','in_consult'), ('checked_in','cancelled_by_clinic'),
 ('checked_in','noshow_patient'), ('checked_in','noshow_doctor'),
 ('in_consult','fulfilled'), ('in_consult','cancelled_by_clinic');
INSERT INTO appointment_edge SELECT DISTINCT to_s, 'entered_in_error' FROM appointment_edge;
CREATE TRIGGER appointment_first BEFORE INSERT ON appointment
 WHEN NOT EXISTS(SELECT 1 FROM appointment_edge e WHERE e.from_s = '' AND e.to_s = NEW.status)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;
CREATE TRIGGER appointment_move BEFORE UPDATE OF status ON appointment WHEN OLD.status <> NEW.status
 AND NOT EXISTS(SELECT 1 FROM appointment_edge e WHERE e.from_s = OLD.status AND e.to_s = NEW.status)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;

CREATE TABLE appointment_history(
  id             INTEGER PRIMARY KEY,
  appointment_id INTEGER NOT NULL REFERENCES appointment(id),
  from_s         TEXT NOT NULL,                 -- '' of a new row
  to_s           TEXT NOT NULL,
  by_id          INTEGER REFERENCES users(id),  -- who; NULL: the clock
  reason         TEXT,                          -- as given
  at_utc         INTEGER NOT NULL,
  version        INTEGER NOT NULL               -- of the appointment after it
) STRICT;
CREATE INDEX appointment_history_of ON appointment_history(appointment_id, id);
CREATE TRIGGER appointment_history_no_upd BEFORE UPDATE ON appointment_history BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER appointment_history_no_del BEFORE DELETE ON appointment_history BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
