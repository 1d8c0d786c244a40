-- Without these indexes, removing a track reads every row of each table.
CREATE INDEX listens_by_track ON listens (track);
CREATE INDEX scores_by_track ON scores (track);
CREATE INDEX score_failures_by_track ON score_failures (track);
CREATE INDEX features_by_track ON features (track);
