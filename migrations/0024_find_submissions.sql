-- +goose Up
-- What filling takes is read of some days, among events of all kinds.
CREATE INDEX events_submitted ON events (prison_id, recorded_at) WHERE kind = 'submitted';
