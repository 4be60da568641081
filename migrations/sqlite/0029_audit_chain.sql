-- Who did what becomes a chain: the hash of a row is an HMAC of the hash before it and of the row. The key is
-- derived from the key file and is in no database; rows that are here get their hashes when it is first opened.

ALTER TABLE audit_event ADD COLUMN patient_id INTEGER REFERENCES patient(id); -- whose record; NULL: nobody's
ALTER TABLE audit_event ADD COLUMN clinic_id INTEGER REFERENCES clinic(id); -- of the record, else of the actor
ALTER TABLE audit_event ADD COLUMN purpose TEXT; -- why, where it is not plain: break-glass …; NULL: to treat, or one's own
ALTER TABLE audit_event ADD COLUMN hash BLOB CHECK(length(hash) = 36); -- id of the key, and the HMAC
CREATE INDEX audit_patient ON audit_event(patient_id, id) WHERE patient_id IS NOT NULL;
CREATE INDEX audit_clinic ON audit_event(clinic_id, id) WHERE clinic_id IS NOT NULL;

DROP TRIGGER audit_no_upd;
UPDATE audit_event SET
  patient_id = (SELECT patient_id FROM consultation WHERE public_id = object),
  clinic_id = (SELECT clinic_id FROM consultation WHERE public_id = object) WHERE substr(object, 1, 4) = 'con_';
UPDATE audit_event SET
  patient_id = (SELECT patient_id FROM appointment WHERE public_id = object),
  clinic_id = (SELECT clinic_id FROM appointment WHERE public_id = object) WHERE substr(object, 1, 4) = 'apt_';
UPDATE audit_event SET
  patient_id = (SELECT c.patient_id FROM file f JOIN consultation c ON c.id = f.consultation_id WHERE f.public_id = object),
  clinic_id = (SELECT c.clinic_id FROM file f JOIN consultation c ON c.id = f.consultation_id WHERE f.public_id = object)
  WHERE substr(object, 1, 4) = 'fil_';
UPDATE audit_event SET patient_id = (SELECT id FROM patient WHERE public_id = object) WHERE substr(object, 1, 4) = 'pat_';
UPDATE audit_event SET clinic_id = (SELECT clinic_id FROM users WHERE id = actor_id) WHERE clinic_id IS NULL;

-- Its hash, once; nothing else ever.
CREATE TRIGGER audit_no_upd BEFORE UPDATE ON audit_event
 WHEN OLD.hash IS NOT NULL OR NEW.hash IS NULL OR NEW.id IS NOT OLD.id OR NEW.at_utc IS NOT OLD.at_utc
   OR NEW.actor_id IS NOT OLD.actor_id OR NEW.action IS NOT OLD.action OR NEW.object IS NOT OLD.object
   OR NEW.ip IS NOT OLD.ip OR NEW.detail IS NOT OLD.detail OR NEW.patient_id IS NOT OLD.patient_id
   OR NEW.clinic_id IS NOT OLD.clinic_id OR NEW.purpose IS NOT OLD.purpose
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
-- 1, 2, 3 … without gaps, each chained.
CREATE TRIGGER audit_chained BEFORE INSERT ON audit_event
 WHEN NEW.hash IS NULL OR NEW.id IS NOT coalesce((SELECT max(id) FROM audit_event), 0) + 1
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
