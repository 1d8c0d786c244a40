-- Documented in docs/storage.md.
CREATE TABLE tracks (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  artist TEXT NOT NULL,
  seconds REAL NOT NULL CHECK (seconds > 0),
  audio_sha256 TEXT NOT NULL,
  audio_type TEXT NOT NULL,
  sound_sha256 TEXT NOT NULL,
  licence TEXT NOT NULL,
  licence_url TEXT,
  changes TEXT NOT NULL,
  origin TEXT NOT NULL,
  tags TEXT NOT NULL CHECK (json_valid(tags)),
  stems TEXT NOT NULL CHECK (json_valid(stems)),
  peaks TEXT CHECK (peaks IS NULL OR json_valid(peaks))
) STRICT;

CREATE TABLE listeners (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  taste TEXT NOT NULL
) STRICT;

CREATE TABLE listens (
  listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
  track TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  plays INTEGER NOT NULL CHECK (plays > 0),
  PRIMARY KEY (listener, track)
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
  id TEXT NOT NULL,
  version TEXT NOT NULL,
  listener TEXT NOT NULL REFERENCES listeners (id) ON DELETE CASCADE,
  encoder_version TEXT NOT NULL,
  head_version TEXT NOT NULL,
  manifest TEXT NOT NULL CHECK (json_valid(manifest)),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  PRIMARY KEY (id, version)
) STRICT;

CREATE UNIQUE INDEX models_active_by_listener ON models (listener) WHERE active = 1;
CREATE INDEX models_active_by_encoder ON models (encoder_version) WHERE active = 1;

CREATE TABLE scores (
  model_id TEXT NOT NULL,
  model_version TEXT NOT NULL,
  track TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  sound_sha256 TEXT NOT NULL,
  logit REAL NOT NULL,
  relevance REAL NOT NULL CHECK (relevance BETWEEN 0 AND 1),
  PRIMARY KEY (model_id, model_version, track),
  FOREIGN KEY (model_id, model_version) REFERENCES models (id, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX scores_by_relevance ON scores (model_id, model_version, relevance DESC, track);

CREATE TABLE score_failures (
  encoder_version TEXT NOT NULL,
  track TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  sound_sha256 TEXT NOT NULL,
  reason TEXT NOT NULL,
  retry_at TEXT NOT NULL,
  PRIMARY KEY (encoder_version, track)
) STRICT, WITHOUT ROWID;
