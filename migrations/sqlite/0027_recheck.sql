-- What is booked is looked at again when the world around it changes.

ALTER TABLE appointment ADD COLUMN booked_wall INTEGER; -- its start as the clock of booked_tz showed it with tzdb, seconds as if UTC; NULL: not looked at yet
CREATE INDEX appointment_ahead ON appointment(start_utc, id) WHERE occupies = 1;
