-- +goose Up
-- An export of text goes on where it was interrupted.
ALTER TABLE exports ADD COLUMN parts uuid[] NOT NULL DEFAULT '{}', ADD COLUMN after jsonb NOT NULL DEFAULT '{}', ADD COLUMN ground bytea;
COMMENT ON COLUMN exports.parts IS 'staged objects that hold the rows so far, in order';
COMMENT ON COLUMN exports.after IS 'the last entry looked at';
COMMENT ON COLUMN exports.ground IS 'hash of the versions and rights that the parts were made by; others begin anew';
