-- +goose Up
-- A third target: what a system says of an inmate, an asset or an area's day. Its
-- records are versions like all others.
ALTER TABLE connectors DROP CONSTRAINT connectors_target_check;
ALTER TABLE connectors ADD CONSTRAINT connectors_target_check CHECK (target IN ('inmates', 'rosters', 'facts', ''));
CREATE INDEX source_records_day ON source_records
  (prison_id, system, (app.document(fields)->>'area'), (app.document(fields)->>'day')) WHERE target = 'facts';
