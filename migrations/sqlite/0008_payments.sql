-- Money: what is asked, what came and went, what the provider said, and what is still to be told to others.

CREATE TABLE payment_order(
  id             INTEGER PRIMARY KEY,
  public_id      TEXT NOT NULL UNIQUE,          -- ord_…
  appointment_id INTEGER NOT NULL REFERENCES appointment(id), -- it was made for
  series_id      TEXT NOT NULL,                 -- of the appointment: the money stays with it through moves
  provider       TEXT NOT NULL,
  session        TEXT NOT NULL UNIQUE,          -- pay_…: the checkout at the provider
  amount_minor   INTEGER NOT NULL CHECK(amount_minor > 0), -- asked for
  currency       TEXT NOT NULL,                 -- ISO 4217
  state          TEXT NOT NULL,                 -- moves: payment_edge
  balance_minor  INTEGER NOT NULL DEFAULT 0 CHECK(balance_minor >= 0), -- the sum of its lines, kept by a trigger
  expires_utc    INTEGER NOT NULL,              -- of the hold it pays for
  created_utc    INTEGER NOT NULL
) STRICT;
CREATE INDEX payment_order_series ON payment_order(series_id, id);
CREATE UNIQUE INDEX payment_order_open ON payment_order(series_id) WHERE state IN('created','pending');

-- What an order may become; '' is before the first state. Money that comes late makes closed and failed ones paid.
CREATE TABLE payment_edge(
  from_s TEXT NOT NULL,
  to_s   TEXT NOT NULL,
  PRIMARY KEY(from_s, to_s)
) STRICT, WITHOUT ROWID;
INSERT INTO payment_edge VALUES
 ('','created'), ('created','pending'), ('created','closed'),
 ('pending','paid'), ('pending','failed'), ('pending','closed'), ('failed','paid'), ('closed','paid'),
 ('paid','refunding'), ('refunding','refunded'), ('refunding','partially_refunded'), ('refunding','paid'),
 ('partially_refunded','refunding'), ('partially_refunded','paid'), ('refunded','paid'),
 ('refunded','partially_refunded');
CREATE TRIGGER payment_order_first BEFORE INSERT ON payment_order
 WHEN NOT EXISTS(SELECT 1 FROM payment_edge e WHERE e.from_s = '' AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;
CREATE TRIGGER payment_order_move BEFORE UPDATE OF state ON payment_order WHEN OLD.state <> NEW.state
 AND NOT EXISTS(SELECT 1 FROM payment_edge e WHERE e.from_s = OLD.state AND e.to_s = NEW.state)
 BEGIN SELECT RAISE(ABORT,'BAD_TRANSITION'); END;

CREATE TABLE ledger_line(
  id           INTEGER PRIMARY KEY,
  order_id     INTEGER NOT NULL REFERENCES payment_order(id),
  kind         TEXT NOT NULL CHECK(kind IN('charge','refund')),
  amount_minor INTEGER NOT NULL CHECK((kind = 'charge') = (amount_minor > 0) AND amount_minor <> 0),
  ref          TEXT NOT NULL,                   -- the provider's charge, our refund
  at_utc       INTEGER NOT NULL,
  UNIQUE(order_id, kind, ref)                   -- money is booked once
) STRICT;
CREATE TRIGGER ledger_line_no_upd BEFORE UPDATE ON ledger_line BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER ledger_line_no_del BEFORE DELETE ON ledger_line BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER ledger_line_sum AFTER INSERT ON ledger_line BEGIN
 UPDATE payment_order SET balance_minor = balance_minor + NEW.amount_minor WHERE id = NEW.order_id;
END;
CREATE TRIGGER payment_order_balance BEFORE UPDATE OF balance_minor ON payment_order
 WHEN NEW.balance_minor <> (SELECT coalesce(sum(l.amount_minor), 0) FROM ledger_line l WHERE l.order_id = NEW.id)
 BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

CREATE TABLE payment_refund(
  id           INTEGER PRIMARY KEY,
  public_id    TEXT NOT NULL UNIQUE,            -- rfd_…: the provider's idempotency key, too
  order_id     INTEGER NOT NULL REFERENCES payment_order(id),
  key          TEXT NOT NULL,                   -- of its cause: a cause gives money back once
  amount_minor INTEGER NOT NULL CHECK(amount_minor > 0),
  reason       TEXT NOT NULL,                   -- what happened: cancelled_by_clinic, late, twice …
  state        TEXT NOT NULL DEFAULT 'requested' CHECK(state IN('requested','succeeded','failed')),
  created_utc  INTEGER NOT NULL,
  done_utc     INTEGER,                         -- when the provider said so
  UNIQUE(order_id, key)
) STRICT;

CREATE TABLE payment_event(
  id          INTEGER PRIMARY KEY,
  provider    TEXT NOT NULL,
  event_id    TEXT NOT NULL,
  body        TEXT NOT NULL,                    -- as it was signed
  outcome     TEXT NOT NULL,                    -- what we made of it: booked, refund, ignored, mismatch …
  created_utc INTEGER NOT NULL,
  UNIQUE(provider, event_id)                    -- said a hundred times, done once
) STRICT;
CREATE TRIGGER payment_event_no_upd BEFORE UPDATE ON payment_event BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;
CREATE TRIGGER payment_event_no_del BEFORE DELETE ON payment_event BEGIN SELECT RAISE(ABORT,'APPEND_ONLY'); END;

-- What must be told to another server, written with its cause, sent until it is taken.
CREATE TABLE outbox(
  id          INTEGER PRIMARY KEY,
  topic       TEXT NOT NULL,                    -- whom: server/api/outbox.c has the addresses
  key         TEXT NOT NULL,                    -- the receiver's idempotency key
  body        TEXT NOT NULL,                    -- JSON
  state       TEXT NOT NULL DEFAULT 'waiting' CHECK(state IN('waiting','done','dead')),
  attempts    INTEGER NOT NULL DEFAULT 0,
  due_utc     INTEGER NOT NULL,                 -- not before; while it is under way: when that is given up
  error       TEXT,                             -- of the last attempt
  created_utc INTEGER NOT NULL,
  UNIQUE(topic, key)
) STRICT;
CREATE INDEX outbox_due ON outbox(due_utc) WHERE state = 'waiting';

-- The sandbox's own books, another company's: nothing of ours reads them, but reconcile.
CREATE TABLE sandbox_charge(
  id           INTEGER PRIMARY KEY,
  public_id    TEXT NOT NULL UNIQUE,            -- chg_…
  session      TEXT NOT NULL,
  order_ref    TEXT NOT NULL,                   -- as the merchant calls it
  amount_minor INTEGER NOT NULL CHECK(amount_minor > 0),
  currency     TEXT NOT NULL,
  created_utc  INTEGER NOT NULL
) STRICT;
CREATE INDEX sandbox_charge_session ON sandbox_charge(session);
CREATE TABLE sandbox_refund(
  id           INTEGER PRIMARY KEY,
  key          TEXT NOT NULL UNIQUE,            -- the merchant's
  session      TEXT NOT NULL,
  amount_minor INTEGER NOT NULL CHECK(amount_minor > 0),
  created_utc  INTEGER NOT NULL
) STRICT;

INSERT INTO appointment_edge VALUES ('pending_payment','requested'); -- paid, and the doctor approves each
