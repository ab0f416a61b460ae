-- +goose Up
-- A run names its standard by what it says, not by its number alone.
ALTER TABLE score_runs ADD COLUMN standard_digest bytea CHECK (length(standard_digest) = 32);
COMMENT ON COLUMN score_runs.standard_digest IS 'of the three artefacts; null: kept before runs pinned it';
ALTER TABLE score_runs ADD CONSTRAINT score_runs_pinned CHECK (standard_digest IS NOT NULL) NOT VALID;
COMMENT ON CONSTRAINT score_runs_pinned ON score_runs IS 'not valid: of new rows only';
GRANT INSERT (standard_digest) ON score_runs TO taizhang_app;
