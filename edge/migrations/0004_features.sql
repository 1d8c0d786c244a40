-- Pooled features of tracks, and listeners' heads. Documented in docs/storage.md.
CREATE TABLE encoders (
  version TEXT PRIMARY KEY,
  features INTEGER NOT NULL CHECK (features > 0),
  front_end TEXT NOT NULL CHECK (json_valid(front_end)),
  revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0)
) STRICT;

CREATE TABLE features (
  encoder_version TEXT NOT NULL REFERENCES encoders (version) ON DELETE CASCADE,
  track TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  sound_sha256 TEXT NOT NULL,
  block INTEGER NOT NULL CHECK (block >= 0),
  row INTEGER NOT NULL CHECK (row >= 0),
  PRIMARY KEY (encoder_version, track)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX features_by_row ON features (encoder_version, block, row);

ALTER TABLE models ADD COLUMN package TEXT;
ALTER TABLE models ADD COLUMN head BLOB;
ALTER TABLE models ADD COLUMN scored_revision INTEGER;
ALTER TABLE models ADD COLUMN scored_at TEXT;

CREATE INDEX models_by_package ON models (package) WHERE package IS NOT NULL;

-- Only scores of unheard tracks are stored, so a new listen makes them stale.
CREATE TRIGGER listens_added AFTER INSERT ON listens BEGIN
  UPDATE models SET scored_revision = NULL WHERE listener = NEW.listener;
END;

CREATE TRIGGER listens_removed AFTER DELETE ON listens BEGIN
  UPDATE models SET scored_revision = NULL WHERE listener = OLD.listener;
END;
