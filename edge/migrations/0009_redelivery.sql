-- Attempts before the delivery was last asked for again: the schedule begins anew then. Documented in docs/storage.md.
ALTER TABLE webhook_deliveries ADD COLUMN earlier_attempts INTEGER NOT NULL DEFAULT 0 CHECK (earlier_attempts >= 0);
