-- +goose Up
-- A file being imported: checked whole first, then written row by row. The
-- cursor is the last row dealt with in the phase at hand.
CREATE TABLE imports (
  prison_id   uuid NOT NULL REFERENCES prisons,
  import_id   uuid NOT NULL,
  ledger      text NOT NULL,
  version     int NOT NULL,
  area_id     uuid,
  as_draft    boolean NOT NULL,
  name        text NOT NULL,
  size        bigint NOT NULL,
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  format      text NOT NULL DEFAULT '',
  encoding    text NOT NULL DEFAULT '',
  person_id   uuid NOT NULL REFERENCES persons,
  address     text NOT NULL,
  state       text NOT NULL CHECK (state IN ('reading', 'checked', 'writing', 'stopped', 'done', 'failed')),
  etag        bigint NOT NULL DEFAULT 1,
  phase_row   int NOT NULL DEFAULT 0,
  total       int NOT NULL DEFAULT 0,
  good        int NOT NULL DEFAULT 0,
  bad         int NOT NULL DEFAULT 0,
  written     int NOT NULL DEFAULT 0,
  skipped     int NOT NULL DEFAULT 0,
  failure     jsonb,
  created_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  touched_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (prison_id, import_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
CREATE INDEX imports_person ON imports (prison_id, person_id, import_id);
CREATE INDEX imports_working ON imports (touched_at) WHERE state IN ('reading', 'writing');

CREATE TABLE import_rows (
  prison_id   uuid NOT NULL,
  import_id   uuid NOT NULL,
  row         int NOT NULL,
  line        int NOT NULL,
  area_id     uuid,
  area_text   text NOT NULL,
  label       text NOT NULL,
  names       bytea[] NOT NULL,
  document    bytea NOT NULL,
  outcome     text NOT NULL CHECK (outcome IN ('good', 'bad', 'written', 'skipped')),
  errors      jsonb NOT NULL DEFAULT '[]',
  entry_id    uuid,
  PRIMARY KEY (prison_id, import_id, row),
  FOREIGN KEY (prison_id, import_id) REFERENCES imports ON DELETE CASCADE
);
CREATE INDEX import_rows_outcome ON import_rows (prison_id, import_id, outcome, row);
COMMENT ON COLUMN import_rows.names IS 'by which the row is known again: its content, and the label an error workbook carries';

-- Which row of any file became which entry: written with the entry, so that no
-- row is written twice, whoever sends it and however often.
CREATE TABLE imported (
  prison_id   uuid NOT NULL REFERENCES prisons,
  name        bytea NOT NULL CHECK (length(name) = 32),
  entry_id    uuid NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, name)
);

CREATE TABLE exports (
  prison_id   uuid NOT NULL REFERENCES prisons,
  export_id   uuid NOT NULL,
  ledger      text NOT NULL,
  query       jsonb NOT NULL,
  format      text NOT NULL CHECK (format IN ('xlsx', 'csv-utf8-bom', 'csv-gb18030')),
  reason      text NOT NULL,
  person_id   uuid NOT NULL REFERENCES persons,
  address     text NOT NULL,
  state       text NOT NULL CHECK (state IN ('writing', 'done', 'failed')),
  total       int NOT NULL DEFAULT 0,
  rows        int NOT NULL DEFAULT 0,
  size        bigint NOT NULL DEFAULT 0,
  sha256      bytea,
  failure     jsonb,
  created_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  touched_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (prison_id, export_id)
);
CREATE INDEX exports_person ON exports (prison_id, person_id, export_id);
CREATE INDEX exports_working ON exports (touched_at) WHERE state = 'writing';

GRANT SELECT, INSERT, UPDATE, DELETE ON imports, import_rows, exports TO taizhang_app;
GRANT SELECT, INSERT, UPDATE (entry_id, recorded_at) ON imported TO taizhang_app;

-- A file is its sender's own, and the program's, which goes on with it and sweeps it.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['imports', 'exports'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format($p$CREATE POLICY own ON %I USING (coalesce(person_id::text = app.setting('person'), false)
      OR coalesce(app.setting('restricted') = '*' AND app.setting('sealed') = '*', false))$p$, t);
  END LOOP;
END $$;
-- +goose StatementEnd
ALTER TABLE import_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE import_rows FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON import_rows USING (EXISTS (SELECT FROM imports i WHERE i.prison_id = import_rows.prison_id AND i.import_id = import_rows.import_id));
ALTER TABLE imported ENABLE ROW LEVEL SECURITY;
ALTER TABLE imported FORCE ROW LEVEL SECURITY;
CREATE POLICY here ON imported USING (coalesce(prison_id::text = app.setting('prison'), false));
