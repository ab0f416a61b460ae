-- +goose Up
-- Criteria that others keep (the smart-prison acceptance rules): indicators answer their clauses. A list
-- comes in as a table; what came in stands, and the next table is its next version.
CREATE TABLE external_lists (
  list     text NOT NULL CHECK (length(list) BETWEEN 1 AND 200),
  version  int NOT NULL CHECK (version > 0),
  clauses  bytea NOT NULL,
  added_by uuid NOT NULL REFERENCES persons,
  added_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (list, version)
);
COMMENT ON COLUMN external_lists.clauses IS 'JSON: number and text of each, in its order';
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON external_lists FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON external_lists FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON external_lists TO taizhang_app, taizhang_verify;
GRANT INSERT (list, version, clauses, added_by) ON external_lists TO taizhang_app;
