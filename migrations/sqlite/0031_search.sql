-- Words are found without being read: a keyed number for each two characters that stand together in a message.

CREATE TABLE message_token(
  consultation_id INTEGER NOT NULL REFERENCES consultation(id), -- the key is of the consult: the same word is another number elsewhere
  token           INTEGER NOT NULL,             -- the first 8 bytes of an HMAC
  message_id      INTEGER NOT NULL,             -- of that consult; without REFERENCES, which would want an index of its own
  PRIMARY KEY(consultation_id, token, message_id)
) STRICT, WITHOUT ROWID;

-- What was said before there were tokens gets them bit by bit, the newest first.
CREATE TABLE message_token_backlog(
  id          INTEGER PRIMARY KEY CHECK(id = 1), -- one row
  next_id     INTEGER NOT NULL                  -- messages up to it have none yet; 0: all have
) STRICT;
INSERT INTO message_token_backlog SELECT 1, coalesce(max(id), 0) FROM message;
