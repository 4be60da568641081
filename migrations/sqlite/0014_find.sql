-- What a doctor is found by.

ALTER TABLE doctor ADD COLUMN languages TEXT; -- JSON: ["zh-CN", "en"] he consults in; NULL: his account's

CREATE TABLE department_keyword(
  department_id INTEGER NOT NULL REFERENCES department(id),
  word          TEXT NOT NULL CHECK(length(word) BETWEEN 1 AND 64), -- a complaint, in lower case, in any language
  PRIMARY KEY(department_id, word)
) STRICT, WITHOUT ROWID;
