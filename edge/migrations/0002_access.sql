-- API keys, and the ownership of private things. Documented in docs/storage.md.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  token_sha256 TEXT NOT NULL,
  scopes TEXT NOT NULL CHECK (json_valid(scopes)),
  compute_seconds_per_day INTEGER NOT NULL CHECK (compute_seconds_per_day >= 0),
  storage_bytes INTEGER NOT NULL CHECK (storage_bytes >= 0),
  created_at TEXT NOT NULL,
  expires_at TEXT,
  revoked_at TEXT
) STRICT;

-- NULL: public. Otherwise visible to the holder of that key only.
ALTER TABLE tracks ADD COLUMN owner TEXT REFERENCES api_keys (id);
ALTER TABLE listeners ADD COLUMN owner TEXT REFERENCES api_keys (id);

CREATE INDEX tracks_by_audio ON tracks (audio_sha256);
CREATE INDEX tracks_by_owner ON tracks (owner, id);

CREATE TABLE uploads (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL REFERENCES api_keys (id),
  title TEXT NOT NULL,
  artist TEXT NOT NULL,
  audio_sha256 TEXT NOT NULL,
  audio_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes > 0),
  state TEXT NOT NULL CHECK (state IN ('probing', 'ready', 'unusable')),
  reason TEXT,
  created_at TEXT NOT NULL
) STRICT;

CREATE INDEX uploads_by_owner ON uploads (owner, id);
CREATE INDEX uploads_by_audio ON uploads (audio_sha256);

CREATE TABLE private_artefacts (
  track TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('explanation', 'table')),
  id TEXT NOT NULL,
  PRIMARY KEY (track, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
  owner TEXT NOT NULL REFERENCES api_keys (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  fingerprint TEXT,
  started_at TEXT NOT NULL,
  PRIMARY KEY (owner, key)
) STRICT, WITHOUT ROWID;
