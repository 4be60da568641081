-- Whose time was taken while he paid hears what is free instead.

ALTER TABLE notification ADD COLUMN alternatives TEXT; -- JSON: [{ doctor, service, start }] as it was then; NULL: none are told
