-- The form a patient fills in before a visit: of a service, in versions; and what he answered.

CREATE TABLE service_form(
  service_id INTEGER NOT NULL REFERENCES service(id),
  version    INTEGER NOT NULL CHECK(version > 0), -- the newest is in force; answers say to which they are
  questions  TEXT NOT NULL, -- JSON, as clinic/form.h has it; no words of a patient
  made_by    INTEGER NOT NULL REFERENCES users(id), -- of the clinic's desk
  made_utc   INTEGER NOT NULL,                  -- when
  PRIMARY KEY(service_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE form_answer(
  series_id    TEXT PRIMARY KEY,                -- the appointment's: they go along when it is moved
  service_id   INTEGER NOT NULL,                -- whose form
  form_version INTEGER NOT NULL,                -- … and which
  version      INTEGER NOT NULL CHECK(version > 0), -- how often they were saved
  answers_enc  BLOB NOT NULL,                   -- {answers}, sealed with where = 'form:' || series_id || ':' || version
  red_flags    INTEGER NOT NULL CHECK(red_flags >= 0), -- how many answers alarm
  is_complete  INTEGER NOT NULL CHECK(is_complete IN(0,1)), -- nothing that is required is missing
  is_said      INTEGER NOT NULL DEFAULT 0 CHECK(is_said IN(0,1)), -- a card in the conversation names them
  saved_by     INTEGER NOT NULL REFERENCES users(id), -- who acts for the patient
  saved_utc    INTEGER NOT NULL,                -- when
  FOREIGN KEY(service_id, form_version) REFERENCES service_form(service_id, version)
) STRICT, WITHOUT ROWID;
