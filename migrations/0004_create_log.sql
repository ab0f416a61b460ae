-- +goose Up
-- One Merkle log a prison. The head is locked last in every writing
-- transaction, so that acknowledged means sequenced and there are no gaps.
CREATE TABLE log_heads (
  prison_id   uuid PRIMARY KEY REFERENCES prisons,
  size        bigint NOT NULL DEFAULT 0,
  recorded_at timestamptz NOT NULL DEFAULT '-infinity'
);

CREATE TABLE log_leaves (
  prison_id      uuid NOT NULL REFERENCES prisons,
  idx            bigint NOT NULL,
  kind           text NOT NULL,
  ref            text NOT NULL,
  meta           bytea NOT NULL,
  content_digest bytea NOT NULL CHECK (length(content_digest) = 32),
  leaf_hash      bytea NOT NULL CHECK (length(leaf_hash) = 32),
  recorded_at    timestamptz NOT NULL,
  PRIMARY KEY (prison_id, idx),
  UNIQUE (prison_id, kind, ref)
);

CREATE TABLE log_hashes (
  prison_id uuid NOT NULL REFERENCES prisons,
  idx       bigint NOT NULL,
  hash      bytea NOT NULL CHECK (length(hash) = 32),
  PRIMARY KEY (prison_id, idx)
);

CREATE TABLE checkpoints (
  prison_id  uuid NOT NULL REFERENCES prisons,
  size       bigint NOT NULL,
  note       bytea NOT NULL,
  signed_at  timestamptz NOT NULL,
  PRIMARY KEY (prison_id, size)
);

GRANT SELECT ON log_heads, log_leaves, log_hashes, checkpoints TO taizhang_app, taizhang_verify;
GRANT INSERT ON log_heads, log_leaves, log_hashes, checkpoints TO taizhang_app;
GRANT UPDATE (size, recorded_at) ON log_heads TO taizhang_app;
