-- +goose Up
-- What is not under lock yet is little beside what is, and is looked for every minute.
CREATE INDEX objects_unlocked ON objects (prison_id, sha256) WHERE retained_until IS NULL;
