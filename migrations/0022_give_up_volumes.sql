-- +goose Up
-- How often a volume was taken on, and what kept it from being bound: one that
-- cannot be bound must come to an end.
ALTER TABLE volumes ADD COLUMN attempts int NOT NULL DEFAULT 0, ADD COLUMN failure text NOT NULL DEFAULT '';
COMMENT ON COLUMN volumes.failure IS 'code of the last attempt''s problem';
GRANT UPDATE (attempts, failure) ON volumes TO taizhang_app;
