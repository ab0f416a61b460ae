-- +goose Up
-- What the gate keeps out of the catalogue is kept, also where it came with the files
-- of a release. Like the catalogue it belongs to the province.
CREATE TABLE refused_installs (
  install_id  uuid PRIMARY KEY,
  digest      bytea NOT NULL CHECK (length(digest) = 32),
  failed      jsonb NOT NULL,
  operator    text NOT NULL,
  program     text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time()
);
COMMENT ON COLUMN refused_installs.digest IS 'of the types and the register in the files';
COMMENT ON COLUMN refused_installs.operator IS 'account and machine under which the server was started';
COMMENT ON COLUMN refused_installs.program IS 'its build';
CREATE INDEX refused_installs_newest ON refused_installs (recorded_at DESC);
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON refused_installs FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON refused_installs FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT, INSERT ON refused_installs TO taizhang_app;
