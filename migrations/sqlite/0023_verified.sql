-- Services for patients whom a clinic's desk has seen by name.

ALTER TABLE service ADD COLUMN verified_only INTEGER NOT NULL DEFAULT 0 CHECK(verified_only IN(0,1)); -- is booked only for patients with verified_utc
