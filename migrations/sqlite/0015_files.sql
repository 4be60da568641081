-- What people show each other: photos, voice notes, documents. The bytes are in data/files, sealed in segments.

CREATE TABLE file(
  id              INTEGER PRIMARY KEY,
  public_id       TEXT NOT NULL UNIQUE,         -- fil_…; also its name on the disk
  consultation_id INTEGER NOT NULL REFERENCES consultation(id),
  owner_id        INTEGER NOT NULL REFERENCES users(id), -- who sends it
  kind            TEXT NOT NULL CHECK(kind IN('image','voice','file')),
  about_enc       BLOB NOT NULL,                -- {name, waveform?}, sealed with where = 'file:' || public_id || ':about'
  size            INTEGER NOT NULL CHECK(size > 0), -- bytes, as promised at the start
  segment         INTEGER NOT NULL CHECK(segment > 0), -- bytes of each of its segments but the last
  received        INTEGER NOT NULL DEFAULT 0 CHECK(received BETWEEN 0 AND size), -- acknowledged, and on the disk
  tail_enc        BLOB,                         -- of received, what is behind the last whole segment; 'file:' || public_id || ':tail'
  state           TEXT NOT NULL DEFAULT 'uploading' CHECK(state IN('uploading','ready')),
  mime            TEXT,                         -- by its content; NULL: not all is here
  sha256          BLOB,                         -- of the content; NULL: not all is here
  width           INTEGER,                      -- pixels, as the sender says
  height          INTEGER,
  duration_ms     INTEGER,                      -- of a voice note, as the sender says
  message_id      INTEGER UNIQUE REFERENCES message(id), -- it was sent with; once
  active_utc      INTEGER NOT NULL,             -- its last byte came; unsent, it goes a while after that
  CHECK((state = 'ready') = (mime IS NOT NULL AND sha256 IS NOT NULL AND received = size)),
  CHECK(message_id IS NULL OR state = 'ready')
) STRICT;
CREATE INDEX file_consultation ON file(consultation_id);
CREATE INDEX file_owner ON file(owner_id);
CREATE INDEX file_unsent ON file(active_utc) WHERE message_id IS NULL;
