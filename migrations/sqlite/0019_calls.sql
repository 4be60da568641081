-- Calls inside a consult, who is in them, and links for a third person. None of it moves the consult.

CREATE TABLE call_session(
  id              INTEGER PRIMARY KEY,
  public_id       TEXT NOT NULL UNIQUE,         -- cal_…
  consultation_id INTEGER NOT NULL REFERENCES consultation(id),
  state           TEXT NOT NULL CHECK(state IN('ringing','connecting','connected','reconnecting','ended')), -- moves: call_edge
  media           TEXT NOT NULL CHECK(media IN('audio','video')), -- as it is now
  started_by      INTEGER NOT NULL REFERENCES users(id),
  started_utc     INTEGER NOT NULL,             -- when it began to ring
  ring_until_utc  INTEGER NOT NULL,             -- then it ends, if nobody has accepted
  answered_utc    INTEGER,                      -- when the second one came; NULL: nobody did
  connected_utc   INTEGER,                      -- when media first flowed
  ended_utc       INTEGER,                      -- when it ended
  end_reason      TEXT CHECK(end_reason IN('hangup','timeout','declined','busy','failed')),
  CHECK((state = 'ended') = (ended_utc IS NOT NULL)),
  CHECK((ended_utc IS NULL) = (end_reason IS NULL))
) STRICT;
CREATE UNIQUE INDEX call_session_live ON call_session(consultation_id) WHERE state <> 'ended'; -- one at a time
CREATE INDEX call_session_consult ON call_session(consultation_id, id);
CREATE INDEX call_session_ringing ON call_session(ring_until_utc) WHERE state = 'ringing';

-- What a call may become; '' is before the first state.
CREATE TABLE call_edge(
  from_s TEXT NOT NULL,                         -- from this state …
  to_s   TEXT NOT NULL,                         -- … to this one
  PRIMARY KEY(from_s, to_s)
) STRICT, WITHOUT ROWID;
INSERT INTO call_edge VALUES ('','ringing'), ('','ended'), ('ringing','connecting'), ('ringing','ended'),
 ('connecting','connected'), ('connecting','ended'), ('connected','reconnecting'), ('connected','ended'),
 ('reconnecting','connected'), ('reconnecting','ended');
CREATE TRIGGER call_first BEFORE INSERT ON call_session
 WHEN NOT EXISTS(SELECT 1 FROM call_edge e WHERE e.from_s = '' AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;
CREATE TRIGGER call_moves BEFORE UPDATE OF state ON call_session WHEN OLD.state <> NEW.state
 AND NOT EXISTS(SELECT 1 FROM call_edge e WHERE e.from_s = OLD.state AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;

-- One join of one user with one device. A reload is another leg.
CREATE TABLE call_leg(
  id             INTEGER PRIMARY KEY,
  public_id      TEXT NOT NULL UNIQUE,          -- leg_…: signals are addressed to it, TURN credentials made for it
  call_id        INTEGER NOT NULL REFERENCES call_session(id),
  user_id        INTEGER NOT NULL REFERENCES users(id),
  device         TEXT NOT NULL CHECK(length(device) BETWEEN 1 AND 64), -- as the page calls itself
  joined_utc     INTEGER NOT NULL,              -- when it came
  lost_utc       INTEGER,                       -- its socket has been gone since; NULL: it is there
  left_utc       INTEGER,                       -- when it left, or was replaced; NULL: it is in the call
  setup_ms       INTEGER,                       -- from joining to media, as it reported first
  candidate_type TEXT CHECK(candidate_type IN('host','srflx','prflx','relay')), -- of the pair it uses
  loss_permille  INTEGER,                       -- the worst it reported
  rtt_ms         INTEGER,                       -- the worst it reported
  reconnects     INTEGER NOT NULL DEFAULT 0,    -- how often it reported that media had stopped
  failed         INTEGER NOT NULL DEFAULT 0 CHECK(failed IN(0,1)) -- it reported that media cannot flow
) STRICT;
CREATE UNIQUE INDEX call_leg_live ON call_leg(user_id) WHERE left_utc IS NULL; -- nobody is in two calls, or in one twice
CREATE INDEX call_leg_call ON call_leg(call_id, id);
CREATE INDEX call_leg_user ON call_leg(user_id, joined_utc);
CREATE INDEX call_leg_lost ON call_leg(lost_utc) WHERE left_utc IS NULL AND lost_utc IS NOT NULL;

-- A relative or an interpreter: a user of role guest, who may be in this consult's calls and see nothing else.
CREATE TABLE call_guest(
  user_id         INTEGER PRIMARY KEY REFERENCES users(id),
  consultation_id INTEGER NOT NULL REFERENCES consultation(id),
  relation        TEXT NOT NULL CHECK(relation IN('relative','interpreter')),
  token_hash      BLOB NOT NULL UNIQUE CHECK(length(token_hash) = 32), -- SHA-256 of the link's secret
  invited_by      INTEGER NOT NULL REFERENCES users(id),
  created_utc     INTEGER NOT NULL,             -- when the link was made
  expires_utc     INTEGER NOT NULL,             -- unused until then, it is worth nothing
  used_utc        INTEGER,                      -- when it was used: once
  removed_utc     INTEGER                       -- with the end of the consult
) STRICT;
CREATE INDEX call_guest_consult ON call_guest(consultation_id);
