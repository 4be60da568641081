-- The classification of diagnoses, as imported: another version stands beside the ones before, for what was signed by
-- them names their codes.

CREATE TABLE icd_version(
  id           INTEGER PRIMARY KEY,             -- the greatest of a system is the one that is offered
  system       TEXT NOT NULL,                   -- ICD-10
  version      TEXT NOT NULL,                   -- as its file calls itself
  imported_utc INTEGER NOT NULL,
  UNIQUE(system, version)
) STRICT;

CREATE TABLE icd_code(
  id         INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES icd_version(id),
  code       TEXT NOT NULL CHECK(length(code) BETWEEN 1 AND 16), -- upper case, with its point
  label_zh   TEXT NOT NULL,
  label_en   TEXT NOT NULL,
  UNIQUE(code, version_id)
) STRICT;
CREATE TRIGGER icd_code_no_upd BEFORE UPDATE ON icd_code BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER icd_code_no_del BEFORE DELETE ON icd_code BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

-- How a code is found: by the beginning of any of these.
CREATE TABLE icd_word(
  version_id INTEGER NOT NULL REFERENCES icd_version(id),
  word       TEXT NOT NULL,                     -- lower case: the code, a label from each word or character on, pinyin, initials
  code_id    INTEGER NOT NULL REFERENCES icd_code(id),
  place      INTEGER NOT NULL CHECK(place >= 0), -- how far into the label it begins: the nearer, the earlier it is offered
  PRIMARY KEY(version_id, word, code_id)
) STRICT, WITHOUT ROWID;
