-- +goose Up
-- Append-only: the form of a revision as it was filed, made once. A re-print
-- sends exactly these bytes, whatever became of the type or the layout since.
CREATE TABLE prints (
  prison_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  revision    int NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('filed', 'voided')),
  code        text NOT NULL CHECK (code ~ '^[0-9A-HJKMNP-TV-Z]{16}$'),
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  version_id  text NOT NULL,
  size        bigint NOT NULL,
  pages       int NOT NULL CHECK (pages > 0),
  maker       int NOT NULL,
  missing     text[] NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, entry_id, revision, kind),
  FOREIGN KEY (prison_id, entry_id, revision) REFERENCES revisions,
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
COMMENT ON COLUMN prints.maker IS 'version of the layout';
COMMENT ON COLUMN prints.missing IS 'characters that the font did not have, as U+XXXX; they are boxes on paper';
-- Whoever holds the paper knows the code and not the prison.
CREATE INDEX prints_code ON prints (code);
CREATE INDEX prints_object ON prints (prison_id, sha256);

-- A bound volume (装订成册): which forms is fixed when it is asked for.
CREATE TABLE volumes (
  prison_id   uuid NOT NULL,
  volume_id   uuid NOT NULL,
  ledger      text NOT NULL,
  area_id     uuid NOT NULL,
  from_day    date NOT NULL,
  to_day      date NOT NULL,
  made_by     uuid NOT NULL REFERENCES persons,
  created_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'binding', 'done', 'failed')),
  total       int NOT NULL CHECK (total > 0),
  done        int NOT NULL DEFAULT 0,
  pages       int NOT NULL DEFAULT 0,
  sha256      bytea,
  version_id  text,
  size        bigint NOT NULL DEFAULT 0,
  touched_at  timestamptz,
  finished_at timestamptz,
  PRIMARY KEY (prison_id, volume_id),
  CHECK ((state = 'done') = (sha256 IS NOT NULL)),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
COMMENT ON COLUMN volumes.touched_at IS 'when its worker last made progress; a worker that died is followed by another';
CREATE INDEX volumes_made ON volumes (prison_id, made_by, created_at DESC);
CREATE INDEX volumes_object ON volumes (prison_id, sha256);
CREATE INDEX volumes_open ON volumes (created_at) WHERE state IN ('waiting', 'binding');

CREATE TABLE volume_entries (
  prison_id uuid NOT NULL,
  volume_id uuid NOT NULL,
  n         int NOT NULL,
  entry_id  uuid NOT NULL,
  revision  int NOT NULL,
  kind      text NOT NULL,
  PRIMARY KEY (prison_id, volume_id, n),
  FOREIGN KEY (prison_id, volume_id) REFERENCES volumes,
  FOREIGN KEY (prison_id, entry_id, revision) REFERENCES revisions
);

ALTER TABLE prints ENABLE ROW LEVEL SECURITY;
ALTER TABLE prints FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON prints USING (EXISTS (SELECT FROM entries e WHERE e.prison_id = prints.prison_id AND e.entry_id = prints.entry_id));
-- A volume is its maker's; the empty person is the program at work.
ALTER TABLE volumes ENABLE ROW LEVEL SECURITY;
ALTER TABLE volumes FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON volumes USING (coalesce(string_to_array(app.setting('prisons'), ',') && ARRAY[prison_id::text, '*'], false)
  AND coalesce(app.setting('person'), '') IN ('', made_by::text));
ALTER TABLE volume_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE volume_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON volume_entries USING (EXISTS (SELECT FROM volumes v WHERE v.prison_id = volume_entries.prison_id AND v.volume_id = volume_entries.volume_id));

GRANT SELECT ON prints, volumes, volume_entries TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, entry_id, revision, kind, code, sha256, version_id, size, pages, maker, missing, salt) ON prints TO taizhang_app;
GRANT INSERT (prison_id, volume_id, ledger, area_id, from_day, to_day, made_by, total) ON volumes TO taizhang_app;
GRANT UPDATE (state, done, pages, sha256, version_id, size, touched_at, finished_at) ON volumes TO taizhang_app;
GRANT INSERT ON volume_entries TO taizhang_app;
