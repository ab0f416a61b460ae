-- +goose Up
-- Append-only: the paper of a kept score as it was drawn when somebody first asked for it.
-- A re-print sends exactly these bytes, whatever became of names and layout since.
CREATE TABLE sheet_prints (
  prison_id   uuid NOT NULL,
  run_id      uuid NOT NULL,
  code        text NOT NULL CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  version_id  text NOT NULL,
  size        bigint NOT NULL,
  pages       int NOT NULL CHECK (pages > 0),
  maker       int NOT NULL,
  missing     text[] NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, run_id),
  FOREIGN KEY (prison_id, run_id) REFERENCES score_runs,
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
COMMENT ON COLUMN sheet_prints.maker IS 'version of the layout';
-- Whoever holds the paper knows the code and not the prison.
CREATE INDEX sheet_prints_code ON sheet_prints (code);
CREATE INDEX sheet_prints_object ON sheet_prints (prison_id, sha256);
ALTER TABLE sheet_prints ENABLE ROW LEVEL SECURITY;
ALTER TABLE sheet_prints FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON sheet_prints USING (EXISTS (SELECT FROM score_runs r WHERE r.prison_id = sheet_prints.prison_id AND r.run_id = sheet_prints.run_id));
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON sheet_prints FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON sheet_prints TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, run_id, code, sha256, version_id, size, pages, maker, missing, salt) ON sheet_prints TO taizhang_app;
