-- +goose Up
-- An area is of one prison. Without this the planner multiplies both, expects a row of an
-- area's half year where there are thousands, and reads all of them for the newest few.
CREATE STATISTICS facts_units (dependencies, ndistinct) ON prison_id, area_id FROM facts;
ANALYZE facts;
