-- +goose Up
-- The document itself (R42), as it was put in: whoever reads a clause opens what it stands in. A
-- better scan is the next version. They are few and of the province, which has no bucket of a
-- prison's: they stand here, and are in every backup.
CREATE TABLE basis_files (
  title    text NOT NULL REFERENCES basis_documents,
  version  int NOT NULL CHECK (version > 0),
  name     text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  sha256   bytea NOT NULL CHECK (sha256 = sha256(body)),
  body     bytea NOT NULL CHECK (length(body) BETWEEN 1 AND 20971520),
  added_by uuid NOT NULL REFERENCES persons,
  added_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (title, version)
);
ALTER TABLE basis_files ALTER COLUMN body SET STORAGE EXTERNAL; -- scans are compressed already
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON basis_files FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON basis_files FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON basis_files TO taizhang_app, taizhang_verify;
GRANT INSERT (title, version, name, sha256, body, added_by) ON basis_files TO taizhang_app;
