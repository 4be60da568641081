-- What a doctor says often: his own list, in his order.

CREATE TABLE quick_reply(
  user_id INTEGER NOT NULL REFERENCES users(id), -- whose
  place   INTEGER NOT NULL CHECK(place >= 0),   -- 0, 1, 2 … in his list
  text    TEXT NOT NULL CHECK(length(text) > 0), -- with {variables} that the page fills in; about no patient
  PRIMARY KEY(user_id, place)
) STRICT, WITHOUT ROWID;
