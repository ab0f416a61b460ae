-- +goose Up
-- A row whose entry is not for its sender to read is counted apart from those that say the same.
ALTER TABLE imports ADD COLUMN uncompared int NOT NULL DEFAULT 0;
ALTER TABLE import_rows DROP CONSTRAINT import_rows_outcome_check;
ALTER TABLE import_rows ADD CONSTRAINT import_rows_outcome_check CHECK (outcome IN ('good', 'bad', 'written', 'skipped', 'differs', 'uncompared'));
