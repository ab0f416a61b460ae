-- +goose Up
-- What was typed without the network is judged by what arrived, not by what the
-- sources made of it.
ALTER TABLE drafts ADD COLUMN arrived bytea;
COMMENT ON COLUMN drafts.arrived IS 'what body was made of, where sources stand over what was typed; null: body is as typed';
