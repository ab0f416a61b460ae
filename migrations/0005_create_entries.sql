-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION app.document(canonical bytea) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN convert_from(canonical, 'UTF8')::jsonb;
-- +goose StatementEnd

CREATE TABLE entries (
  prison_id    uuid NOT NULL,
  entry_id     uuid NOT NULL,
  area_id      uuid NOT NULL,
  ledger       text NOT NULL,
  version      int NOT NULL,
  level        text NOT NULL CHECK (level IN ('L1', 'L2', 'L3')),
  sealed       boolean NOT NULL DEFAULT false,
  author       uuid NOT NULL REFERENCES persons,
  state        text NOT NULL CHECK (state IN ('draft', 'submitted', 'returned', 'approved', 'voided', 'discarded')),
  etag         bigint NOT NULL DEFAULT 1,
  revision     int NOT NULL DEFAULT 0,
  in_force     int NOT NULL DEFAULT 0,
  step         int NOT NULL DEFAULT 0,
  step_roles   text[] NOT NULL DEFAULT '{}',
  step_unit    text NOT NULL DEFAULT '',
  nil_return   boolean NOT NULL DEFAULT false,
  counts       boolean NOT NULL DEFAULT false,
  warnings     int NOT NULL DEFAULT 0,
  occurred_at  timestamptz,
  occurred_day date,
  opened_by    uuid,
  summary      jsonb NOT NULL DEFAULT '[]',
  created_at   timestamptz NOT NULL DEFAULT app.transaction_time(),
  changed_at   timestamptz NOT NULL DEFAULT app.transaction_time(),
  submitted_at timestamptz,
  resubmitted_at timestamptz,
  decided_at   timestamptz,
  PRIMARY KEY (prison_id, entry_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (ledger, version) REFERENCES ledger_versions
);
COMMENT ON COLUMN entries.revision IS 'number of the latest submitted revision, 0 while never submitted';
COMMENT ON COLUMN entries.in_force IS 'number of the approved revision in force, 0 while none';
COMMENT ON COLUMN entries.submitted_at IS 'first submission, by the server clock; timeliness is judged by it';
CREATE INDEX entries_day ON entries (prison_id, area_id, ledger, occurred_day);
CREATE INDEX entries_ledger ON entries (prison_id, ledger, occurred_at DESC, entry_id);
CREATE INDEX entries_changed ON entries (prison_id, changed_at DESC, entry_id);
CREATE INDEX entries_author ON entries (prison_id, author, changed_at DESC);
CREATE INDEX entries_inbox ON entries (prison_id, resubmitted_at, entry_id) WHERE state = 'submitted';

CREATE TABLE drafts (
  prison_id  uuid NOT NULL,
  entry_id   uuid NOT NULL,
  body       bytea NOT NULL,
  remarks    jsonb NOT NULL DEFAULT '[]',
  changed_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, entry_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries
);

-- Append-only. The canonical bytes are the record; the jsonb beside them is
-- derived by the database itself, for queries.
CREATE TABLE revisions (
  prison_id    uuid NOT NULL,
  entry_id     uuid NOT NULL,
  revision     int NOT NULL CHECK (revision > 0),
  author       uuid NOT NULL REFERENCES persons,
  ledger       text NOT NULL,
  version      int NOT NULL,
  canonical    bytea NOT NULL,
  document     jsonb GENERATED ALWAYS AS (app.document(canonical)) STORED,
  salt         bytea NOT NULL CHECK (length(salt) = 32),
  digest       bytea NOT NULL CHECK (length(digest) = 32),
  nil_return   boolean NOT NULL,
  reason       text NOT NULL,
  chain        jsonb NOT NULL,
  warnings     jsonb NOT NULL,
  occurred_at  timestamptz NOT NULL,
  recorded_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, entry_id, revision),
  UNIQUE (prison_id, entry_id, revision, author),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries,
  FOREIGN KEY (ledger, version) REFERENCES ledger_versions
);
COMMENT ON COLUMN revisions.digest IS 'what a decision binds to: document, evidence and schema version together';

-- The author comes from the revision itself, through the composite key, so the
-- database refuses an approval of one's own whatever the program says.
CREATE TABLE decisions (
  prison_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  revision    int NOT NULL,
  step        int NOT NULL,
  decision_id uuid NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('approve', 'return', 'void')),
  author      uuid NOT NULL,
  decided_by  uuid NOT NULL REFERENCES persons,
  role        text NOT NULL,
  of_digest   bytea NOT NULL CHECK (length(of_digest) = 32),
  comment     text NOT NULL,
  remarks     jsonb NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, entry_id, revision, step),
  UNIQUE (prison_id, decision_id),
  CHECK (decided_by <> author),
  FOREIGN KEY (prison_id, entry_id, revision, author)
    REFERENCES revisions (prison_id, entry_id, revision, author)
);
CREATE INDEX decisions_by ON decisions (prison_id, decided_by, recorded_at DESC);

CREATE TABLE events (
  prison_id   uuid NOT NULL,
  event_id    uuid NOT NULL,
  entry_id    uuid NOT NULL,
  kind        text NOT NULL,
  revision    int NOT NULL,
  person_id   uuid NOT NULL REFERENCES persons,
  detail      jsonb NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, event_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries
);
CREATE INDEX events_entry ON events (prison_id, entry_id, recorded_at);

CREATE TABLE idempotency (
  prison_id  uuid NOT NULL REFERENCES prisons,
  person_id  uuid NOT NULL REFERENCES persons,
  key        text NOT NULL CHECK (length(key) BETWEEN 8 AND 100),
  route      text NOT NULL,
  body_hash  bytea NOT NULL,
  response   bytea,
  replays    int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (prison_id, person_id, key)
);

GRANT SELECT, INSERT, UPDATE ON drafts TO taizhang_app;
GRANT DELETE ON drafts TO taizhang_app;
GRANT SELECT ON entries, revisions, decisions, events, drafts TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, entry_id, area_id, ledger, version, level, sealed, author, state, nil_return, opened_by, occurred_at, occurred_day)
  ON entries TO taizhang_app;
GRANT UPDATE (version, sealed, state, etag, revision, in_force, step, step_roles, step_unit, nil_return, counts, warnings,
  occurred_at, occurred_day, summary, changed_at, submitted_at, resubmitted_at, decided_at) ON entries TO taizhang_app;
GRANT INSERT (prison_id, entry_id, revision, author, ledger, version, canonical, salt, digest, nil_return, reason, chain,
  warnings, occurred_at) ON revisions TO taizhang_app;
GRANT INSERT (prison_id, entry_id, revision, step, decision_id, verdict, author, decided_by, role, of_digest, comment, remarks,
  salt) ON decisions TO taizhang_app;
GRANT INSERT (prison_id, event_id, entry_id, kind, revision, person_id, detail, salt) ON events TO taizhang_app;
GRANT SELECT, INSERT ON idempotency TO taizhang_app;
GRANT UPDATE (response, replays) ON idempotency TO taizhang_app;
