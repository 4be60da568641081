-- Who: clinics, users, their logins. Times are UTC epoch seconds (_utc). Internal ids never leave SQL; public ids
-- are a type prefix and 22 random characters.

CREATE TABLE clinic(
  id           INTEGER PRIMARY KEY,
  public_id    TEXT NOT NULL UNIQUE,            -- cln_…
  name         TEXT NOT NULL UNIQUE,            -- as patients see it
  tz           TEXT NOT NULL,                   -- IANA zone of its opening hours
  currency     TEXT NOT NULL,                   -- ISO 4217, of its fees
  disabled_utc INTEGER                          -- since when it takes nobody; NULL: it does
) STRICT;

CREATE TABLE users(
  id            INTEGER PRIMARY KEY,
  public_id     TEXT NOT NULL UNIQUE,           -- usr_…
  clinic_id     INTEGER REFERENCES clinic(id),  -- of those who work for one; a patient belongs to none
  role          TEXT NOT NULL CHECK(role IN('patient','doctor','pharmacist','staff','admin','system','guest')),
  login         TEXT UNIQUE CHECK(length(login) BETWEEN 3 AND 64), -- lower case; NULL: comes by an identity, or a guest
  password_hash TEXT,                           -- auth/password.h; NULL: no login by password
  display_name  TEXT NOT NULL,                  -- as others in a consult see it
  locale        TEXT NOT NULL DEFAULT 'zh-CN',  -- language of pages and mail
  tz            TEXT NOT NULL DEFAULT 'Asia/Shanghai', -- IANA zone of the times he reads
  created_utc   INTEGER NOT NULL,               -- when the row was made
  disabled_utc  INTEGER,                        -- since when he may not log in; NULL: he may
  erased_utc    INTEGER,                        -- when his personal data went; NULL: still there
  CHECK((role IN('doctor','pharmacist','staff','admin')) = (clinic_id IS NOT NULL)),
  CHECK(password_hash IS NULL OR login IS NOT NULL)
) STRICT;

CREATE TABLE doctor(
  user_id           INTEGER PRIMARY KEY REFERENCES users(id),
  title             TEXT NOT NULL,              -- 主任医师, Consultant …; '' when none was given
  licence_no        TEXT,                       -- as the authority writes it
  licence_until_utc INTEGER,                    -- past it he is not bookable; NULL: not checked
  fee_minor         INTEGER,                    -- of a text consult, in minor units
  currency          TEXT,                       -- ISO 4217, of the fee
  tz                TEXT NOT NULL               -- IANA zone of his availability rules
) STRICT;

CREATE TABLE patient(
  id                  INTEGER PRIMARY KEY,
  public_id           TEXT NOT NULL UNIQUE,     -- pat_…
  account_id          INTEGER NOT NULL REFERENCES users(id), -- who acts for him; registering makes the account's own
  real_name_enc       BLOB,                     -- sealed; NULL: known by the account's display name only
  id_no_enc           BLOB,                     -- identity card number, sealed
  id_no_hmac          BLOB UNIQUE,              -- the same, to find it by
  birth_date          TEXT,                     -- YYYY-MM-DD
  verified_utc        INTEGER,                  -- when the real name was checked
  guardian_patient_id INTEGER REFERENCES patient(id), -- of a child
  CHECK(verified_utc IS NULL OR real_name_enc IS NOT NULL)
) STRICT;
CREATE INDEX patient_account ON patient(account_id);

-- A login; the family of its refresh tokens. Revoking it ends access tokens (claim sid) and sockets too.
CREATE TABLE session(
  id            INTEGER PRIMARY KEY,
  public_id     TEXT NOT NULL UNIQUE,           -- ses_…
  user_id       INTEGER NOT NULL REFERENCES users(id),
  ip            TEXT,                           -- where it was begun
  created_utc   INTEGER NOT NULL,               -- when it was begun
  last_used_utc INTEGER NOT NULL,               -- its last refresh
  expires_utc   INTEGER NOT NULL,               -- ends then, used or not
  revoked_utc   INTEGER,                        -- ended by logout, an admin, or a reused token; NULL: it lives
  revoked_why   TEXT CHECK(revoked_why IN('logout','user','reuse')),
  CHECK((revoked_utc IS NULL) = (revoked_why IS NULL))
) STRICT;
CREATE INDEX session_user ON session(user_id);

CREATE TABLE refresh_token(
  hash        BLOB PRIMARY KEY CHECK(length(hash) = 32), -- SHA-256 of the token; the token itself is nowhere
  session_id  INTEGER NOT NULL REFERENCES session(id),
  created_utc INTEGER NOT NULL,                 -- when it was given out
  expires_utc INTEGER NOT NULL,                 -- unused until then, it is worth nothing
  rotated_utc INTEGER,                          -- when it was exchanged; NULL: it is the current one
  next_hash   BLOB CHECK(length(next_hash) = 32), -- for which
  CHECK((rotated_utc IS NULL) = (next_hash IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_token_session ON refresh_token(session_id);

-- Who did what, who saw what. Chained by a later file.
CREATE TABLE audit_event(
  id       INTEGER PRIMARY KEY,
  at_utc   INTEGER NOT NULL,                    -- when
  actor_id INTEGER REFERENCES users(id),        -- who; NULL: nobody we know (a failed login)
  action   TEXT NOT NULL,                       -- login, consult.start, consult.view …
  object   TEXT NOT NULL,                       -- public id it was done to
  ip       TEXT,                                -- from where
  detail   TEXT                                 -- what else; never message text, never a token
) STRICT;
CREATE INDEX audit_view ON audit_event(actor_id, object, action, at_utc);
CREATE TRIGGER audit_no_upd BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER audit_no_del BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
