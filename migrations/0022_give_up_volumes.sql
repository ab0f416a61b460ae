-- +goose Up
-- How often a volume was taken on in vain, and what kept it from being bound: one
-- that cannot be bound must come to an end, one that waits for a store must not.
ALTER TABLE volumes ADD COLUMN attempts int NOT NULL DEFAULT 0, ADD COLUMN failure text NOT NULL DEFAULT '', ADD COLUMN paused_till timestamptz;
COMMENT ON COLUMN volumes.attempts IS 'that ended without a word, or with what will hardly pass; the one under way counts';
COMMENT ON COLUMN volumes.failure IS 'code of the last attempt''s problem';
COMMENT ON COLUMN volumes.paused_till IS 'no attempt before it';
GRANT UPDATE (attempts, failure, paused_till) ON volumes TO taizhang_app;
