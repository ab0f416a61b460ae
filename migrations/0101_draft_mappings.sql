-- +goose Up
-- A draft says itself what became of the version before it. It is reviewed with the draft, for saving it
-- is a revision; issued with it, it stands among the mappings, which do not change.
ALTER TABLE standard_sets ADD COLUMN mapping bytea;
COMMENT ON COLUMN standard_sets.mapping IS 'mapping.json from the version before; null: the codes lead';
GRANT UPDATE (mapping) ON standard_sets TO taizhang_app;
