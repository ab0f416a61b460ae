-- +goose Up
-- All looks go along with every route: of one line there are no more than anybody reads. Those that are
-- there stay.
ALTER TABLE looks ADD CONSTRAINT looks_full CHECK (n <= 50) NOT VALID;
