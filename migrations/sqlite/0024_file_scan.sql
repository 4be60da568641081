-- What a scanner says of files.

ALTER TABLE file ADD COLUMN blocked_utc INTEGER -- found harmful then: never ready, never served; it goes as what was not sent
  CHECK(blocked_utc IS NULL OR state = 'uploading');
