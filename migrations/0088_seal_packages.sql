-- +goose Up
-- What went to the review committee (申报材料): one file, sealed by its hash when the party
-- committee agreed. The record of the case names it too.
CREATE TABLE packages (
  prison_id   uuid NOT NULL,
  package_id  uuid NOT NULL,
  case_id     uuid NOT NULL,
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  version_id  text NOT NULL,
  size        bigint NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, package_id),
  FOREIGN KEY (prison_id, case_id, package_id) REFERENCES case_records (prison_id, case_id, record_id),
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
CREATE INDEX packages_case ON packages (prison_id, case_id);
CREATE INDEX packages_file ON packages (prison_id, sha256);
ALTER TABLE packages ENABLE ROW LEVEL SECURITY;
ALTER TABLE packages FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON packages USING (EXISTS (SELECT FROM cases c WHERE c.prison_id = packages.prison_id AND c.case_id = packages.case_id));
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON packages FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON packages TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, package_id, case_id, sha256, version_id, size, salt) ON packages TO taizhang_app;
