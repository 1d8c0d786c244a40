-- A row with a network is a visitor of the pages without an API key. Documented in docs/storage.md.
ALTER TABLE api_keys ADD COLUMN visitor_network TEXT;

CREATE INDEX api_keys_visitors ON api_keys (visitor_network, expires_at) WHERE visitor_network IS NOT NULL;
CREATE INDEX api_keys_visitors_by_expiry ON api_keys (expires_at) WHERE visitor_network IS NOT NULL;
