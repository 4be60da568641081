-- The canvas of a consult: what both draw on, as operations in one order. What is seen is their fold.

CREATE TABLE canvas(
  consultation_id INTEGER PRIMARY KEY REFERENCES consultation(id),
  last_seq        INTEGER NOT NULL DEFAULT 0,   -- of its ops
  bytes           INTEGER NOT NULL DEFAULT 0,   -- of all its ops, erased ones too: it is bounded
  locked          INTEGER NOT NULL DEFAULT 0 CHECK(locked IN(0,1)) -- only the doctor draws
) STRICT;

CREATE TABLE canvas_op(
  consultation_id INTEGER NOT NULL REFERENCES canvas(consultation_id),
  seq             INTEGER NOT NULL,             -- 1, 2, 3 …: the order in which they are folded
  op_id           TEXT NOT NULL CHECK(length(op_id) BETWEEN 8 AND 64), -- the client's: a retry is known by it
  author_id       INTEGER NOT NULL REFERENCES users(id),
  kind            TEXT NOT NULL CHECK(kind IN('stroke','arrow','text','measure','background','erase','undo')),
  target          TEXT,                         -- op_id of what it erases or takes back
  payload_enc     BLOB,                         -- the rest of it, sealed with where = 'canvas:' || consultation_id || ':' || seq
  made_utc        INTEGER NOT NULL,             -- when it came
  undone_seq      INTEGER,                      -- seq of what took it back, for good; NULL: it stands
  PRIMARY KEY(consultation_id, seq),
  UNIQUE(consultation_id, op_id),
  CHECK((target IS NOT NULL) = (kind IN('erase','undo'))),
  CHECK((payload_enc IS NULL) = (target IS NOT NULL)),
  CHECK(undone_seq > seq)
) STRICT;
CREATE TRIGGER canvas_op_gapless BEFORE INSERT ON canvas_op
 WHEN NEW.seq <> 1 + coalesce((SELECT max(o.seq) FROM canvas_op o WHERE o.consultation_id = NEW.consultation_id), 0)
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
-- What was drawn stays as it was drawn; only that it was taken back is noted, once.
CREATE TRIGGER canvas_op_no_upd BEFORE UPDATE ON canvas_op
 WHEN OLD.undone_seq IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.consultation_id <> OLD.consultation_id
  OR NEW.op_id <> OLD.op_id OR NEW.author_id <> OLD.author_id OR NEW.kind <> OLD.kind
  OR NEW.target IS NOT OLD.target OR NEW.payload_enc IS NOT OLD.payload_enc OR NEW.made_utc <> OLD.made_utc
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
