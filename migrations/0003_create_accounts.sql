-- +goose Up
CREATE TABLE users (
  user_id       uuid PRIMARY KEY,
  person_id     uuid NOT NULL REFERENCES persons,
  password      text NOT NULL,
  disabled_at   timestamptz,
  failures      int NOT NULL DEFAULT 0,
  locked_until  timestamptz,
  last_sign_in  timestamptz
);
CREATE UNIQUE INDEX users_person ON users (person_id) WHERE disabled_at IS NULL;

CREATE TABLE address_failures (
  address      text PRIMARY KEY,
  failures     int NOT NULL,
  last_failure timestamptz NOT NULL,
  locked_until timestamptz
);

CREATE TABLE sessions (
  token_hash  bytea PRIMARY KEY,
  session_id  uuid NOT NULL UNIQUE,
  user_id     uuid NOT NULL REFERENCES users,
  created_at  timestamptz NOT NULL,
  seen_at     timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  address     text NOT NULL,
  agent       text NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id) WHERE ended_at IS NULL;

-- Every reading of L3 material, every pack, every export (custody record of
-- ISO/IEC 27037: what, who, when, where from, why).
CREATE TABLE custody_events (
  prison_id   uuid NOT NULL REFERENCES prisons,
  custody_id  uuid NOT NULL,
  kind        text NOT NULL,
  subject     text NOT NULL,
  person_id   uuid NOT NULL REFERENCES persons,
  address     text NOT NULL,
  reason      text NOT NULL,
  detail      jsonb NOT NULL DEFAULT '{}',
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, custody_id)
);

GRANT SELECT, INSERT ON users, address_failures, sessions TO taizhang_app;
GRANT UPDATE (password, disabled_at, failures, locked_until, last_sign_in) ON users TO taizhang_app;
GRANT UPDATE (failures, last_failure, locked_until), DELETE ON address_failures TO taizhang_app;
GRANT UPDATE (seen_at, expires_at, ended_at) ON sessions TO taizhang_app;
GRANT SELECT ON custody_events TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, custody_id, kind, subject, person_id, address, reason, detail, salt)
  ON custody_events TO taizhang_app;
