-- Attempts before the last redelivery request, which restarts the schedule. Documented in docs/storage.md.
ALTER TABLE webhook_deliveries ADD COLUMN earlier_attempts INTEGER NOT NULL DEFAULT 0 CHECK (earlier_attempts >= 0);
