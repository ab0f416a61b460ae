-- +goose Up
-- Forms that an officer keeps to begin others with (常用模板). They are no
-- evidence: they may be replaced and thrown away, by their owner alone.
CREATE TABLE templates (
  prison_id   uuid NOT NULL REFERENCES prisons,
  template_id uuid NOT NULL,
  person_id   uuid NOT NULL REFERENCES persons,
  ledger      text NOT NULL,
  version     int NOT NULL,
  name        text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 40),
  body        bytea NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, template_id),
  UNIQUE (prison_id, person_id, ledger, name),
  FOREIGN KEY (ledger, version) REFERENCES ledger_versions
);
ALTER TABLE templates ENABLE ROW LEVEL SECURITY;
ALTER TABLE templates FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON templates USING (person_id::text = app.setting('person'));

GRANT SELECT, INSERT, DELETE ON templates TO taizhang_app;
GRANT UPDATE (template_id, version, body, created_at) ON templates TO taizhang_app;
