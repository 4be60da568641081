-- When: what a clinic offers, the hours of its doctors, its rules of cancelling. Slots are computed, never stored.

ALTER TABLE clinic ADD COLUMN notice_min INTEGER NOT NULL DEFAULT 60 CHECK(notice_min BETWEEN 0 AND 43200); -- not booked later than so long before
ALTER TABLE clinic ADD COLUMN horizon_days INTEGER NOT NULL DEFAULT 60 CHECK(horizon_days BETWEEN 1 AND 730); -- nor farther ahead than that

CREATE TABLE department(
  id           INTEGER PRIMARY KEY,
  public_id    TEXT NOT NULL UNIQUE,            -- dep_…
  clinic_id    INTEGER NOT NULL REFERENCES clinic(id),
  name         TEXT NOT NULL,                   -- as patients see it
  disabled_utc INTEGER,                         -- since when it takes nobody; NULL: it does
  UNIQUE(clinic_id, name)
) STRICT;
ALTER TABLE doctor ADD COLUMN department_id INTEGER REFERENCES department(id); -- of the same clinic; NULL: none

CREATE TABLE service(
  id             INTEGER PRIMARY KEY,
  public_id      TEXT NOT NULL UNIQUE,          -- svc_…
  clinic_id      INTEGER NOT NULL REFERENCES clinic(id),
  department_id  INTEGER REFERENCES department(id), -- its doctors offer it; NULL: all doctors of the clinic
  name           TEXT NOT NULL,                 -- as patients see it
  mode           TEXT NOT NULL CHECK(mode IN('text','voice','video')),
  minutes        INTEGER NOT NULL CHECK(minutes BETWEEN 5 AND 240),
  buffer_min     INTEGER NOT NULL DEFAULT 0 CHECK(buffer_min >= 0), -- after it the doctor is kept free
  fee_minor      INTEGER NOT NULL CHECK(fee_minor >= 0), -- in minor units
  currency       TEXT NOT NULL,                 -- ISO 4217, of the fee
  needs_approval INTEGER NOT NULL DEFAULT 0 CHECK(needs_approval IN(0,1)), -- the doctor says yes first
  disabled_utc   INTEGER,                       -- since when it is not offered; NULL: it is
  CHECK(minutes + buffer_min <= 240)
) STRICT;
CREATE INDEX service_clinic ON service(clinic_id);

CREATE TABLE availability_rule(
  id          INTEGER PRIMARY KEY,
  public_id   TEXT NOT NULL UNIQUE,             -- rul_…
  doctor_id   INTEGER NOT NULL REFERENCES doctor(user_id),
  weekday     INTEGER NOT NULL CHECK(weekday BETWEEN 1 AND 7), -- 1 Monday … 7 Sunday
  start_local TEXT NOT NULL,                    -- HH:MM on the wall of the doctor's zone
  end_local   TEXT NOT NULL,                    -- HH:MM, 24:00 is the end of the day
  valid_from  TEXT NOT NULL,                    -- YYYY-MM-DD, the first day
  valid_to    TEXT,                             -- the last one; NULL: until further notice
  slot_min    INTEGER NOT NULL CHECK(slot_min BETWEEN 5 AND 240), -- from one start to the next
  CHECK(end_local > start_local),
  CHECK(valid_to IS NULL OR valid_to >= valid_from)
) STRICT;
CREATE INDEX availability_rule_doctor ON availability_rule(doctor_id);

CREATE TABLE availability_exception(
  id        INTEGER PRIMARY KEY,
  public_id TEXT NOT NULL UNIQUE,               -- exc_…
  doctor_id INTEGER NOT NULL REFERENCES doctor(user_id),
  kind      TEXT NOT NULL CHECK(kind IN('off','extra')), -- takes hours away, adds some
  start_utc INTEGER NOT NULL,
  end_utc   INTEGER NOT NULL,
  reason    TEXT,                               -- for the clinic's eyes only
  CHECK(end_utc > start_utc),
  CHECK(kind = 'off' OR end_utc - start_utc <= 86400)
) STRICT;
CREATE INDEX availability_exception_doctor ON availability_exception(doctor_id, end_utc);

-- What cancelling costs. A change is a new version; appointments keep the one they were booked under.
CREATE TABLE policy(
  id              INTEGER PRIMARY KEY,
  clinic_id       INTEGER NOT NULL REFERENCES clinic(id),
  service_id      INTEGER REFERENCES service(id), -- NULL: of all services without one of their own
  version         INTEGER NOT NULL CHECK(version > 0), -- 1, 2, 3 … of this clinic and service
  tiers           TEXT NOT NULL,                -- JSON: [{"hours": 24, "percent": 100}, …], hours falling: refund of the fee
  grace_min       INTEGER NOT NULL CHECK(grace_min BETWEEN 5 AND 120), -- how late one may come
  move_cutoff_min INTEGER NOT NULL CHECK(move_cutoff_min >= 0), -- a patient moves it no later than so long before
  moves_max       INTEGER NOT NULL CHECK(moves_max >= 0), -- how often a patient may move it
  created_utc     INTEGER NOT NULL              -- since when it holds for new bookings
) STRICT;
CREATE UNIQUE INDEX policy_version ON policy(clinic_id, coalesce(service_id, 0), version);
CREATE TRIGGER policy_no_upd BEFORE UPDATE ON policy BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER policy_no_del BEFORE DELETE ON policy BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
INSERT INTO policy(clinic_id, version, tiers, grace_min, move_cutoff_min, moves_max, created_utc)
 SELECT id, 1, '[{"hours":24,"percent":100},{"hours":2,"percent":50}]', 15, 120, 2, 0 FROM clinic;
CREATE TRIGGER clinic_policy AFTER INSERT ON clinic BEGIN       -- no clinic is without one
 INSERT INTO policy(clinic_id, version, tiers, grace_min, move_cutoff_min, moves_max, created_utc)
  VALUES(NEW.id, 1, '[{"hours":24,"percent":100},{"hours":2,"percent":50}]', 15, 120, 2, 0);
END;

-- A repeated POST gets the first answer; the same key with another request is refused. Kept for a day.
CREATE TABLE idempotency(
  user_id      INTEGER NOT NULL REFERENCES users(id),
  key          TEXT NOT NULL CHECK(length(key) BETWEEN 8 AND 64), -- made by the client
  route        TEXT NOT NULL,                   -- the row it came through
  request_hash BLOB NOT NULL CHECK(length(request_hash) = 32), -- SHA-256 of path parameters and body
  body_enc     BLOB NOT NULL,                   -- the answer, sealed with where = 'idempotency:' || user || ':' || key
  created_utc  INTEGER NOT NULL,
  PRIMARY KEY(user_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_old ON idempotency(created_utc);
