-- Scheduled recomputation. Documented in docs/storage.md and docs/batch.md.
CREATE TABLE batches (
  id TEXT PRIMARY KEY,
  origin TEXT NOT NULL CHECK (origin IN ('schedule', 'request')),
  request TEXT NOT NULL CHECK (json_valid(request)),
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled')),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;

CREATE INDEX batches_by_age ON batches (created_at DESC, id);

-- One piece of work. `id` is a content address if there is one, so the same work is the same row.
CREATE TABLE batch_items (
  batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('plan', 'scores', 'table', 'explanation', 'sweep')),
  state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'done', 'failed', 'skipped')),
  ready INTEGER NOT NULL CHECK (ready IN (0, 1)),
  listener TEXT,
  track TEXT,
  type TEXT,
  needs TEXT,
  cursor TEXT,
  turn INTEGER NOT NULL DEFAULT 0,
  losses INTEGER NOT NULL DEFAULT 0,
  flights INTEGER NOT NULL DEFAULT 0,
  due_at TEXT,
  started_at TEXT,
  changed_at TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY (batch, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX batch_items_ready ON batch_items (kind, batch, id) WHERE state = 'planned' AND ready = 1;
CREATE INDEX batch_items_running ON batch_items (kind, due_at) WHERE state = 'running';
CREATE INDEX batch_items_failed ON batch_items (batch, id) WHERE state = 'failed';
CREATE INDEX batch_items_waiting ON batch_items (batch, needs) WHERE ready = 0;

-- The number of items of each kind in each state. Only the triggers below write here, in the
-- transaction that changes the counted rows.
CREATE TABLE batch_tallies (
  batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  planned INTEGER NOT NULL DEFAULT 0,
  running INTEGER NOT NULL DEFAULT 0,
  done INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  started_at TEXT,
  PRIMARY KEY (batch, kind)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER batch_items_counted AFTER INSERT ON batch_items BEGIN
  INSERT INTO batch_tallies (batch, kind) VALUES (new.batch, new.kind)
    ON CONFLICT (batch, kind) DO NOTHING;
  UPDATE batch_tallies SET
    planned = planned + (new.state = 'planned'),
    running = running + (new.state = 'running'),
    done = done + (new.state = 'done'),
    failed = failed + (new.state = 'failed'),
    skipped = skipped + (new.state = 'skipped')
  WHERE batch = new.batch AND kind = new.kind;
  UPDATE batches SET updated_at = new.changed_at WHERE id = new.batch;
END;

CREATE TRIGGER batch_items_recounted AFTER UPDATE OF state ON batch_items
WHEN old.state <> new.state BEGIN
  UPDATE batch_tallies SET
    planned = planned - (old.state = 'planned') + (new.state = 'planned'),
    running = running - (old.state = 'running') + (new.state = 'running'),
    done = done - (old.state = 'done') + (new.state = 'done'),
    failed = failed - (old.state = 'failed') + (new.state = 'failed'),
    skipped = skipped - (old.state = 'skipped') + (new.state = 'skipped'),
    started_at = coalesce(started_at, new.started_at)
  WHERE batch = new.batch AND kind = new.kind;
  UPDATE batches SET updated_at = new.changed_at WHERE id = new.batch;
END;

CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  body TEXT NOT NULL,
  reason TEXT NOT NULL,
  received_at TEXT NOT NULL
) STRICT;

-- When the sweep first found an object unused.
CREATE TABLE retired_objects (
  key TEXT PRIMARY KEY,
  seen_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tracks_by_sound ON tracks (sound_sha256);

CREATE TABLE usage_days (
  day TEXT NOT NULL,
  name TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (day, name)
) STRICT, WITHOUT ROWID;
