-- +goose Up
-- Shared fields (共) as they were taken: from which revisions, what, when.
ALTER TABLE drafts ADD COLUMN pins jsonb NOT NULL DEFAULT '[]';
ALTER TABLE revisions ADD COLUMN pins jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN revisions.pins IS 'append-only like the row; its leaf covers it where it is not empty';
GRANT INSERT (pins) ON revisions TO taizhang_app;
