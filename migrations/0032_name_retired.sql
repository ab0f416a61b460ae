-- +goose Up
-- What an import did not take because its version no longer asks for it: the
-- columns by title, and of every row the cells.
ALTER TABLE imports ADD COLUMN retired text[] NOT NULL DEFAULT '{}';
ALTER TABLE import_rows ADD COLUMN untaken jsonb NOT NULL DEFAULT '[]';
