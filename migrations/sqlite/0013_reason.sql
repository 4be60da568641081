-- Why somebody comes, in his own words; they become his first message when he checks in.

ALTER TABLE appointment ADD COLUMN reason_enc BLOB; -- sealed with where = 'reason:' || series_id: it goes with a move; NULL: none given
