-- Counters of tracks, so that no request counts the whole catalogue. Documented in docs/storage.md.

-- Rows of an earlier sound counted for nothing but stayed. From here on they go when the sound changes.
DELETE FROM features WHERE NOT EXISTS (
  SELECT 1 FROM tracks WHERE tracks.id = features.track AND tracks.sound_sha256 = features.sound_sha256);
DELETE FROM own_features WHERE NOT EXISTS (
  SELECT 1 FROM tracks WHERE tracks.id = own_features.track AND tracks.sound_sha256 = own_features.sound_sha256);
DELETE FROM scores WHERE NOT EXISTS (
  SELECT 1 FROM tracks WHERE tracks.id = scores.track AND tracks.sound_sha256 = scores.sound_sha256);
DELETE FROM score_failures WHERE NOT EXISTS (
  SELECT 1 FROM tracks WHERE tracks.id = score_failures.track AND tracks.sound_sha256 = score_failures.sound_sha256);

CREATE TRIGGER tracks_sound_changed AFTER UPDATE OF sound_sha256 ON tracks
WHEN old.sound_sha256 <> new.sound_sha256 BEGIN
  DELETE FROM features WHERE track = new.id;
  DELETE FROM own_features WHERE track = new.id;
  DELETE FROM scores WHERE track = new.id;
  DELETE FROM score_failures WHERE track = new.id;
END;

-- Public tracks: one row.
CREATE TABLE catalogue_tally (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  tracks INTEGER NOT NULL
) STRICT;
INSERT INTO catalogue_tally (id, tracks) SELECT 1, count(*) FROM tracks WHERE owner IS NULL;

CREATE TRIGGER tracks_counted AFTER INSERT ON tracks WHEN new.owner IS NULL BEGIN
  UPDATE catalogue_tally SET tracks = tracks + 1;
END;

-- The scores go first, while their trigger can still see whose track it is: cascades come after the row.
CREATE TRIGGER tracks_uncounted BEFORE DELETE ON tracks WHEN old.owner IS NULL BEGIN
  DELETE FROM scores WHERE track = old.id;
  UPDATE catalogue_tally SET tracks = tracks - 1;
END;

-- Public tracks with features of an encoder: only those have rows in `features`.
ALTER TABLE encoders ADD COLUMN pooled_tracks INTEGER NOT NULL DEFAULT 0;
UPDATE encoders SET pooled_tracks = (
  SELECT count(*) FROM features WHERE features.encoder_version = encoders.version);

CREATE TRIGGER features_counted AFTER INSERT ON features BEGIN
  UPDATE encoders SET pooled_tracks = pooled_tracks + 1 WHERE version = new.encoder_version;
END;

CREATE TRIGGER features_uncounted AFTER DELETE ON features BEGIN
  UPDATE encoders SET pooled_tracks = pooled_tracks - 1 WHERE version = old.encoder_version;
END;

-- Public tracks that a model without a head has scored. Of models with a head only the best scores are kept.
ALTER TABLE models ADD COLUMN scored_tracks INTEGER NOT NULL DEFAULT 0;
UPDATE models SET scored_tracks = (
  SELECT count(*) FROM scores JOIN tracks ON tracks.id = scores.track AND tracks.owner IS NULL
  WHERE scores.model_id = models.id AND scores.model_version = models.version) WHERE head IS NULL;

CREATE TRIGGER scores_counted AFTER INSERT ON scores BEGIN
  UPDATE models SET scored_tracks = scored_tracks + 1
  WHERE id = new.model_id AND version = new.model_version AND head IS NULL
    AND EXISTS (SELECT 1 FROM tracks WHERE tracks.id = new.track AND tracks.owner IS NULL);
END;

CREATE TRIGGER scores_uncounted AFTER DELETE ON scores BEGIN
  UPDATE models SET scored_tracks = scored_tracks - 1
  WHERE id = old.model_id AND version = old.model_version AND head IS NULL
    AND EXISTS (SELECT 1 FROM tracks WHERE tracks.id = old.track AND tracks.owner IS NULL);
END;

-- The triggers on listens find a listener's models by index, and write only what they change.
CREATE INDEX models_by_listener ON models (listener);
DROP TRIGGER listens_added;
DROP TRIGGER listens_removed;

CREATE TRIGGER listens_added AFTER INSERT ON listens BEGIN
  UPDATE models SET scored_revision = NULL
  WHERE listener = new.listener AND scored_revision IS NOT NULL;
END;

CREATE TRIGGER listens_removed AFTER DELETE ON listens BEGIN
  UPDATE models SET scored_revision = NULL
  WHERE listener = old.listener AND scored_revision IS NOT NULL;
END;
