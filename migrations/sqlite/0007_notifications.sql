-- What a user is told, stored: a page that was closed shows it later. No words of a consult, only what happened to what.

CREATE TABLE notification(
  id          INTEGER PRIMARY KEY,
  public_id   TEXT NOT NULL UNIQUE,             -- ntf_…
  user_id     INTEGER NOT NULL REFERENCES users(id), -- whom it is for
  kind        TEXT NOT NULL,                    -- appointment-booked, reminder-1h …: pages have the words
  object      TEXT NOT NULL,                    -- public id of what it is about
  about_utc   INTEGER,                          -- the time it is about, as it was then
  dedupe_key  TEXT NOT NULL,                    -- of its occasion: told once
  created_utc INTEGER NOT NULL,
  read_utc    INTEGER,                          -- NULL: unread
  UNIQUE(user_id, dedupe_key)
) STRICT;
CREATE INDEX notification_list ON notification(user_id, id);
CREATE INDEX notification_unread ON notification(user_id) WHERE read_utc IS NULL;
CREATE INDEX appointment_booked ON appointment(start_utc) WHERE status = 'booked'; -- who is to be reminded
