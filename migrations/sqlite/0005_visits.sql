-- An appointment's consult: opened when the patient has checked in, and it ends with it.

ALTER TABLE consultation ADD COLUMN appointment_id INTEGER REFERENCES appointment(id); -- NULL: a patient began it without
CREATE UNIQUE INDEX consultation_appointment ON consultation(appointment_id) WHERE appointment_id IS NOT NULL;
INSERT INTO consultation_edge VALUES ('open','abandoned');      -- the doctor never came to it
