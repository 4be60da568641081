-- Pictures of a consult's canvas, as somebody saved them: cards in the conversation, kept with the record.

CREATE TABLE canvas_picture(
  file_id         INTEGER PRIMARY KEY REFERENCES file(id), -- sent with the card
  consultation_id INTEGER NOT NULL REFERENCES canvas(consultation_id),
  seq             INTEGER NOT NULL CHECK(seq > 0), -- of the canvas: what it shows
  saved_by        INTEGER NOT NULL REFERENCES users(id),
  saved_utc       INTEGER NOT NULL
) STRICT;
CREATE INDEX canvas_picture_consult ON canvas_picture(consultation_id, saved_utc);
