-- Listeners of a key, and explanations to them. Documented in docs/storage.md.
CREATE INDEX listeners_by_owner ON listeners (owner) WHERE owner IS NOT NULL;

CREATE TABLE listener_artefacts (
  listener TEXT NOT NULL,
  explanation TEXT NOT NULL,
  PRIMARY KEY (listener, explanation)
) STRICT, WITHOUT ROWID;

-- Pooled features of uploads: not in a block, so that they are deleted with the row of the track.
CREATE TABLE own_features (
  track TEXT NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
  encoder_version TEXT NOT NULL REFERENCES encoders (version) ON DELETE CASCADE,
  sound_sha256 TEXT NOT NULL,
  features BLOB NOT NULL,
  PRIMARY KEY (track, encoder_version)
) STRICT, WITHOUT ROWID;

-- Deliveries are deleted with their explanation.
CREATE INDEX webhook_deliveries_by_explanation ON webhook_deliveries (explanation);
