-- +goose Up
-- The row that guards a key of the object store: reuse touches it, a
-- submission locks it FOR SHARE, the sweeper FOR UPDATE and looks again.
CREATE TABLE objects (
  prison_id   uuid NOT NULL REFERENCES prisons,
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  version_id  text NOT NULL,
  size        bigint NOT NULL,
  touched_at  timestamptz NOT NULL DEFAULT now(),
  retained_until timestamptz,
  PRIMARY KEY (prison_id, sha256)
);

-- An upload under way: resumable, its hash carried from part to part.
CREATE TABLE uploads (
  prison_id   uuid NOT NULL,
  upload_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  slot        text NOT NULL,
  name        text NOT NULL,
  size        bigint NOT NULL CHECK (size > 0),
  received    bigint NOT NULL DEFAULT 0,
  parts       int NOT NULL DEFAULT 0,
  hash_state  bytea NOT NULL,
  created_by  uuid NOT NULL REFERENCES persons,
  created_at  timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (prison_id, upload_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries
);

-- A file that lies beside a draft: it may still be taken off.
CREATE TABLE attachments (
  prison_id   uuid NOT NULL,
  evidence_id uuid NOT NULL,
  entry_id    uuid NOT NULL,
  slot        text NOT NULL,
  name        text NOT NULL,
  media_type  text NOT NULL,
  size        bigint NOT NULL,
  sha256      bytea NOT NULL,
  width       int NOT NULL DEFAULT 0,
  height      int NOT NULL DEFAULT 0,
  taken_at    timestamptz,
  uploaded_by uuid NOT NULL REFERENCES persons,
  uploaded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, evidence_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries,
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
CREATE INDEX attachments_entry ON attachments (prison_id, entry_id);

-- Append-only: what a submitted revision rests on.
CREATE TABLE evidence (
  prison_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  revision    int NOT NULL,
  evidence_id uuid NOT NULL,
  slot        text NOT NULL,
  name        text NOT NULL,
  media_type  text NOT NULL,
  size        bigint NOT NULL,
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  version_id  text NOT NULL,
  width       int NOT NULL,
  height      int NOT NULL,
  taken_at    timestamptz,
  uploaded_by uuid NOT NULL,
  uploaded_at timestamptz NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, entry_id, revision, evidence_id),
  FOREIGN KEY (prison_id, entry_id, revision) REFERENCES revisions,
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
CREATE INDEX evidence_object ON evidence (prison_id, sha256);

GRANT SELECT ON objects, evidence TO taizhang_app, taizhang_verify;
GRANT INSERT, DELETE ON objects TO taizhang_app;
GRANT UPDATE (touched_at, retained_until, version_id) ON objects TO taizhang_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON uploads, attachments TO taizhang_app;
GRANT INSERT (prison_id, entry_id, revision, evidence_id, slot, name, media_type, size, sha256, version_id, width, height,
  taken_at, uploaded_by, uploaded_at, salt) ON evidence TO taizhang_app;
