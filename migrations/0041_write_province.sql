-- +goose Up
-- What belongs to the province stands in no prison's log and under no prison's
-- keys: its writes have their own.
CREATE TABLE province_idempotency (
  person_id  uuid NOT NULL REFERENCES persons,
  key        text NOT NULL CONSTRAINT idempotency_key_check CHECK (length(key) BETWEEN 8 AND 100),
  route      text NOT NULL,
  body_hash  bytea NOT NULL,
  response   bytea,
  replays    int NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (person_id, key)
);
GRANT SELECT, INSERT ON province_idempotency TO taizhang_app;
GRANT UPDATE (response, replays) ON province_idempotency TO taizhang_app;

-- One time per transaction, from the server. The demonstration's clock is obeyed
-- in its prisons, and of the province where there are no others.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.transaction_time() RETURNS timestamptz
LANGUAGE sql STABLE
RETURN coalesce(
  (SELECT app.setting('clock')::timestamptz
   WHERE app.setting('clock') IS NOT NULL
     AND CASE app.setting('prison') WHEN '00000000-0000-0000-0000-000000000000'
       THEN EXISTS (SELECT FROM prisons) AND NOT EXISTS (SELECT FROM prisons p WHERE NOT p.demonstration)
       ELSE EXISTS (SELECT FROM prisons p WHERE p.prison_id = app.setting('prison')::uuid AND p.demonstration) END),
  now());
-- +goose StatementEnd
