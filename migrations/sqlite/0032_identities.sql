-- Who comes by an account center. He is (issuer, subject), never an e-mail address: those are given to others.

CREATE TABLE identity(
  id          INTEGER PRIMARY KEY,
  user_id     INTEGER NOT NULL REFERENCES users(id), -- whose login it is
  issuer      TEXT NOT NULL,                    -- iss, as the tokens say it
  subject     TEXT NOT NULL,                    -- sub
  role        TEXT,                             -- by the claims that made the account; NULL: linked by one that was there
  created_utc INTEGER NOT NULL,                 -- first login, or when it was linked
  UNIQUE(issuer, subject)
) STRICT;
CREATE INDEX identity_user ON identity(user_id);

ALTER TABLE session ADD COLUMN identity_id INTEGER REFERENCES identity(id); -- begun by it; NULL: by a password, a link
ALTER TABLE session ADD COLUMN idp_sid TEXT;    -- sid of the account center's own session; NULL: it did not say
ALTER TABLE session ADD COLUMN authenticated_utc INTEGER; -- when it last asked him who he is; NULL: it did not say
ALTER TABLE session ADD COLUMN token_hash BLOB CHECK(length(token_hash) = 32); -- of the token a socket brought, unsigned
CREATE INDEX session_identity ON session(identity_id) WHERE identity_id IS NOT NULL;
CREATE INDEX session_idp ON session(idp_sid) WHERE idp_sid IS NOT NULL;
CREATE UNIQUE INDEX session_token ON session(token_hash) WHERE token_hash IS NOT NULL;

-- Logged out by the account center: what it signed before logs nobody in any more.
CREATE TABLE identity_logout(
  id          INTEGER PRIMARY KEY,
  issuer      TEXT NOT NULL,                    -- iss
  subject     TEXT,                             -- sub; NULL: the session of whoever it is
  idp_sid     TEXT,                             -- sid; NULL: all sessions of the subject
  issued_utc  INTEGER NOT NULL,                 -- iat of the logout token
  CHECK(subject IS NOT NULL OR idp_sid IS NOT NULL)
) STRICT;
CREATE INDEX identity_logout_subject ON identity_logout(issuer, subject) WHERE subject IS NOT NULL;
CREATE INDEX identity_logout_sid ON identity_logout(issuer, idp_sid) WHERE idp_sid IS NOT NULL;
CREATE INDEX identity_logout_issued ON identity_logout(issued_utc);

-- What counts once: the state of a login under way, the jti of a logout token.
CREATE TABLE oidc_once(
  key         TEXT PRIMARY KEY,                 -- kind, then the value
  expires_utc INTEGER NOT NULL                  -- worth nothing from then on, used or not
) STRICT, WITHOUT ROWID;
CREATE INDEX oidc_once_expires ON oidc_once(expires_utc);
