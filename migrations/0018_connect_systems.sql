-- +goose Up
-- Data from existing systems (转、共): what the files of the connectors folder
-- say, what each run brought, and what leaves the house.
CREATE TABLE connectors (
  prison_id     uuid NOT NULL REFERENCES prisons,
  connector     text NOT NULL,
  kind          text NOT NULL CHECK (kind IN ('rest_pull', 'rest_push', 'csv_drop', 'webhook')),
  system        text NOT NULL,
  target        text NOT NULL CHECK (target IN ('inmates', 'rosters', '')),
  title_zh      text NOT NULL,
  title_en      text NOT NULL,
  events        text[] NOT NULL DEFAULT '{}',
  ledgers       text[] NOT NULL DEFAULT '{}',
  configured    boolean NOT NULL DEFAULT true,
  paused        boolean NOT NULL DEFAULT false,
  next_at       timestamptz NOT NULL DEFAULT now(),
  leased_until  timestamptz NOT NULL DEFAULT '-infinity',
  failures      int NOT NULL DEFAULT 0,
  open_run      jsonb,
  etag          text NOT NULL DEFAULT '',
  last_modified text NOT NULL DEFAULT '',
  replays       bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (prison_id, connector)
);
COMMENT ON COLUMN connectors.open_run IS 'a run under way: who goes on with it after a fall begins where it stood';
COMMENT ON COLUMN connectors.configured IS 'false once its file is gone; its runs stay';

CREATE TABLE connector_runs (
  prison_id   uuid NOT NULL REFERENCES prisons,
  run_id      uuid NOT NULL,
  connector   text NOT NULL,
  system      text NOT NULL,
  target      text NOT NULL,
  state       text NOT NULL CHECK (state IN ('done', 'failed')),
  problem     text NOT NULL,
  started_at  timestamptz NOT NULL,
  ended_at    timestamptz NOT NULL,
  read        int NOT NULL,
  changed     int NOT NULL,
  unchanged   int NOT NULL,
  rejected    int NOT NULL,
  cursor      text NOT NULL,
  idem_key    text NOT NULL,
  body_digest bytea NOT NULL,
  records     bytea NOT NULL CHECK (length(records) = 32),
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, run_id)
);
COMMENT ON COLUMN connector_runs.records IS 'hash over what the run brought and what it refused, so that its leaf covers them';
CREATE INDEX connector_runs_newest ON connector_runs (prison_id, connector, run_id DESC);
CREATE UNIQUE INDEX connector_runs_key ON connector_runs (prison_id, connector, idem_key) WHERE idem_key <> '';

-- Every version of every record, once. The one with the greatest version stands,
-- in whatever order they came.
CREATE TABLE source_records (
  prison_id   uuid NOT NULL REFERENCES prisons,
  system      text NOT NULL,
  target      text NOT NULL,
  key         text NOT NULL,
  version     bigint NOT NULL,
  run_id      uuid NOT NULL,
  deleted     boolean NOT NULL,
  fields      bytea NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, system, target, key, version)
);
CREATE INDEX source_records_number ON source_records (prison_id, system, target, (app.document(fields)->>'number'));
CREATE INDEX source_records_run ON source_records (prison_id, run_id);

CREATE TABLE connector_rejected (
  prison_id   uuid NOT NULL REFERENCES prisons,
  run_id      uuid NOT NULL,
  number      int NOT NULL,
  connector   text NOT NULL,
  system      text NOT NULL,
  target      text NOT NULL,
  key         text NOT NULL,
  version     bigint,
  raw         bytea NOT NULL,
  problems    jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, run_id, number)
);
CREATE INDEX connector_rejected_key ON connector_rejected (prison_id, system, target, key);

-- What a finished run says of an area on a day; the latest row stands. A value
-- of null says that the source cannot be relied on just now.
CREATE TABLE deliveries (
  prison_id   uuid NOT NULL,
  system      text NOT NULL,
  area_id     uuid NOT NULL,
  day         date NOT NULL,
  run_id      uuid NOT NULL,
  value       jsonb,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, system, area_id, day, run_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);

CREATE TABLE delivered_rosters (
  prison_id uuid NOT NULL,
  area_id   uuid NOT NULL,
  day       date NOT NULL,
  shift     text NOT NULL,
  person_id uuid NOT NULL,
  PRIMARY KEY (prison_id, area_id, day, shift, person_id)
);

-- What is to leave the house, written with the change it tells of.
CREATE TABLE outbox (
  prison_id   uuid NOT NULL REFERENCES prisons,
  message_id  uuid NOT NULL,
  connector   text NOT NULL,
  event       text NOT NULL,
  ref         text NOT NULL,
  body        bytea NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  state       text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dead')),
  attempts    int NOT NULL DEFAULT 0,
  next_at     timestamptz NOT NULL DEFAULT now(),
  problem     text NOT NULL DEFAULT '',
  sent_at     timestamptz,
  PRIMARY KEY (prison_id, message_id),
  UNIQUE (prison_id, connector, event, ref)
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'waiting';

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['connectors', 'connector_runs', 'source_records', 'connector_rejected', 'deliveries', 'delivered_rosters', 'outbox'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY connected ON %I USING (coalesce(string_to_array(app.setting(''prisons''), '','') && ARRAY[prison_id::text, ''*''], false))', t);
  END LOOP;
END $$;
-- +goose StatementEnd

GRANT SELECT ON connectors, connector_runs, source_records, connector_rejected, deliveries, delivered_rosters, outbox TO taizhang_app, taizhang_verify;
GRANT INSERT ON connectors, connector_runs, source_records, connector_rejected, deliveries, delivered_rosters, outbox TO taizhang_app;
GRANT UPDATE (kind, system, target, title_zh, title_en, events, ledgers, configured, paused, next_at, leased_until, failures, open_run,
  etag, last_modified, replays) ON connectors TO taizhang_app;
GRANT UPDATE (state, attempts, next_at, problem, sent_at) ON outbox TO taizhang_app;
GRANT DELETE ON delivered_rosters TO taizhang_app;
GRANT UPDATE (name, admitted_on) ON inmates TO taizhang_app;
