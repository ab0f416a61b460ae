-- +goose Up
-- A row of a file that names an entry, or was written before, and says something else.
ALTER TABLE imports ADD COLUMN differs int NOT NULL DEFAULT 0;
ALTER TABLE import_rows DROP CONSTRAINT import_rows_outcome_check;
ALTER TABLE import_rows ADD CONSTRAINT import_rows_outcome_check CHECK (outcome IN ('good', 'bad', 'written', 'skipped', 'differs'));
