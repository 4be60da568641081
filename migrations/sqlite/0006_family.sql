-- For whom an account acts: himself, and his family.

ALTER TABLE patient ADD COLUMN display_name TEXT; -- as others see it; NULL: the account's
ALTER TABLE patient ADD COLUMN relation TEXT NOT NULL DEFAULT 'self'
  CHECK(relation IN('self','child','parent','spouse','other')); -- what he is to the account
ALTER TABLE patient ADD COLUMN removed_utc INTEGER; -- since when he is not offered any more; what there is of him stays
