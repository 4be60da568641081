-- A provider is also asked: what it tells may be lost.

ALTER TABLE payment_order ADD COLUMN ask_utc INTEGER; -- asked next, as long as it is pending or refunding; NULL: never
ALTER TABLE payment_order ADD COLUMN asks INTEGER NOT NULL DEFAULT 0; -- since ask_utc was last set: later each time
UPDATE payment_order SET ask_utc = created_utc WHERE state IN('pending','refunding');
CREATE INDEX payment_order_ask ON payment_order(ask_utc) WHERE state IN('pending','refunding');

-- The sandbox's side of it.
ALTER TABLE sandbox_charge ADD COLUMN settles_utc INTEGER NOT NULL DEFAULT 0; -- nobody knows of it before
ALTER TABLE sandbox_charge ADD COLUMN silent INTEGER NOT NULL DEFAULT 0 CHECK(silent IN(0,1)); -- its webhooks are lost
ALTER TABLE sandbox_refund ADD COLUMN failed INTEGER NOT NULL DEFAULT 0 CHECK(failed IN(0,1)); -- refused: no money moved
