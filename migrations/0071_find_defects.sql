-- +goose Up
-- What stands open of an area is little beside what is settled, and is looked for by
-- the self-check; so is what struck the program, and what was written without the network.
CREATE INDEX entries_open ON entries (prison_id, area_id) WHERE state IN ('draft', 'submitted', 'returned') OR void_id IS NOT NULL;
CREATE INDEX entries_hinted ON entries (prison_id, area_id, occurred_day) WHERE hints > 0;
CREATE INDEX events_offline ON events (prison_id, recorded_at) WHERE kind = 'written_offline';
