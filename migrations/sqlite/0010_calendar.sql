-- A private calendar that programs subscribe to: whoever has the address reads it, so only its hash is here.

CREATE TABLE calendar_feed(
  user_id     INTEGER PRIMARY KEY REFERENCES users(id),
  hash        BLOB NOT NULL UNIQUE CHECK(length(hash) = 32), -- SHA-256 of the token; a new one ends the old
  created_utc INTEGER NOT NULL
) STRICT;
