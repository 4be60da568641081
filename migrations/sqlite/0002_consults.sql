-- The consult: its states, who takes part, what was said.

CREATE TABLE consultation(
  id          INTEGER PRIMARY KEY,
  public_id   TEXT NOT NULL UNIQUE,             -- con_…
  clinic_id   INTEGER NOT NULL REFERENCES clinic(id), -- the doctor's at the start
  doctor_id   INTEGER NOT NULL REFERENCES doctor(user_id),
  patient_id  INTEGER NOT NULL REFERENCES patient(id),
  kind        TEXT NOT NULL CHECK(kind IN('text','voice','video')),
  state       TEXT NOT NULL CHECK(state IN('open','active','paused','transferred','referred_offline',
                'awaiting_signature','followup_open','closed','abandoned','expired')), -- moves: consultation_edge
  version     INTEGER NOT NULL DEFAULT 0,       -- counts its moves
  last_seq    INTEGER NOT NULL DEFAULT 0,       -- of its last message: last_seq + 1 RETURNING, never max() + 1
  started_by  INTEGER NOT NULL REFERENCES users(id),
  client_id   TEXT NOT NULL,                    -- made by who started it: a retry finds the first answer
  opened_utc  INTEGER NOT NULL,                 -- when it was started
  last_utc    INTEGER NOT NULL,                 -- its last message or move: lists show the newest first
  closed_utc  INTEGER,                          -- when it ended; then nothing more is said
  UNIQUE(started_by, client_id),
  CHECK((state IN('closed','abandoned','expired')) = (closed_utc IS NOT NULL))
) STRICT;
CREATE INDEX consultation_doctor ON consultation(doctor_id, state);
CREATE INDEX consultation_patient ON consultation(patient_id, state);

-- What a consult may become; '' is before the first state. The rest of the life cycle comes as it is built.
CREATE TABLE consultation_edge(
  from_s TEXT NOT NULL,                         -- from this state …
  to_s   TEXT NOT NULL,                         -- … to this one
  PRIMARY KEY(from_s, to_s)
) STRICT, WITHOUT ROWID;
INSERT INTO consultation_edge VALUES ('','open'),('open','active'),('active','closed');
CREATE TRIGGER con_first BEFORE INSERT ON consultation
 WHEN NOT EXISTS(SELECT 1 FROM consultation_edge e WHERE e.from_s = '' AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;
CREATE TRIGGER con_edge BEFORE UPDATE OF state ON consultation WHEN OLD.state <> NEW.state
 AND NOT EXISTS(SELECT 1 FROM consultation_edge e WHERE e.from_s = OLD.state AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;

CREATE TABLE participant(
  consultation_id    INTEGER NOT NULL REFERENCES consultation(id),
  user_id            INTEGER NOT NULL REFERENCES users(id),
  role               TEXT NOT NULL,             -- in this consult: patient, doctor
  joined_first_utc   INTEGER,                   -- first time he opened it; NULL: not yet
  joined_last_utc    INTEGER,                   -- last time
  removed_utc        INTEGER,                   -- since when he takes no part any more
  last_read_seq      INTEGER NOT NULL DEFAULT 0,      -- how far he has read; only grows
  last_delivered_seq INTEGER NOT NULL DEFAULT 0,      -- how far his devices have received; only grows
  PRIMARY KEY(consultation_id, user_id),
  CHECK(last_delivered_seq >= last_read_seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX participant_user ON participant(user_id);
CREATE TRIGGER participant_only_grows BEFORE UPDATE OF last_read_seq, last_delivered_seq ON participant
 WHEN NEW.last_read_seq < OLD.last_read_seq OR NEW.last_delivered_seq < OLD.last_delivered_seq
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

CREATE TABLE message(
  id              INTEGER PRIMARY KEY,
  public_id       TEXT NOT NULL UNIQUE,         -- msg_…; a body is sealed to it
  consultation_id INTEGER NOT NULL REFERENCES consultation(id),
  seq             INTEGER NOT NULL CHECK(seq > 0), -- 1, 2, 3 … in its consult, without gaps
  sender_id       INTEGER NOT NULL REFERENCES users(id),
  client_id       TEXT NOT NULL CHECK(length(client_id) BETWEEN 8 AND 64), -- the sender's: a retry finds the first answer
  kind            TEXT NOT NULL CHECK(kind IN('text','image','voice','file','card','system')),
  body_enc        BLOB,                         -- sealed with where = 'message:' || public_id
  reply_to        INTEGER REFERENCES message(id), -- in the same consult
  sent_utc        INTEGER NOT NULL,             -- when it was stored
  recalled_utc    INTEGER,                      -- since when its body is not shown
  UNIQUE(consultation_id, seq),
  UNIQUE(consultation_id, sender_id, client_id)
) STRICT;
