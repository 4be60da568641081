-- What failed or was closed may have been paid after all: it is asked about until its hold is over.

DROP INDEX payment_order_ask;
CREATE INDEX payment_order_ask ON payment_order(ask_utc)
 WHERE state IN('pending','refunding','failed','closed') AND ask_utc IS NOT NULL;
UPDATE payment_order SET ask_utc = NULL WHERE state = 'closed'; -- those were asked about
