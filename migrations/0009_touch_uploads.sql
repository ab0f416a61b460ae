-- +goose Up
-- An upload that nobody went on with for a day is swept.
ALTER TABLE uploads DROP COLUMN finished_at;
ALTER TABLE uploads ADD COLUMN touched_at timestamptz NOT NULL DEFAULT now();
-- The sweeper asks of each object whether a draft still shows it.
CREATE INDEX attachments_object ON attachments (prison_id, sha256);
