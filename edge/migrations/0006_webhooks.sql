-- Webhook deliveries. Documented in docs/storage.md.
CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  event TEXT NOT NULL CHECK (event IN ('start', 'completed')),
  explanation TEXT NOT NULL,
  url TEXT NOT NULL,
  body TEXT NOT NULL CHECK (json_valid(body)),
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'gone')),
  attempts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(attempts)),
  next_attempt_at TEXT,
  created_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;

CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at DESC, id);
CREATE INDEX webhook_deliveries_by_owner ON webhook_deliveries (owner, created_at DESC, id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (owner) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_gone ON webhook_deliveries (owner, url) WHERE state = 'gone';
