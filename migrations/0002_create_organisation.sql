-- +goose Up
CREATE TABLE departments (
  code     text PRIMARY KEY,
  title_zh text NOT NULL,
  title_en text NOT NULL
);

CREATE TABLE prisons (
  prison_id     uuid PRIMARY KEY,
  code          text NOT NULL UNIQUE,
  name_zh       text NOT NULL,
  name_en       text NOT NULL,
  -- A demonstration prison may be written on a clock of its own, so that 60
  -- days can be lived through the ordinary use cases. Only its creator says so:
  -- the service has no UPDATE on this column.
  demonstration boolean NOT NULL DEFAULT false,
  opened_at     timestamptz
);
COMMENT ON COLUMN prisons.opened_at IS 'null while the demonstration is still being filled: nobody else writes then';

-- One time per transaction, from the server.
-- +goose StatementBegin
CREATE FUNCTION app.transaction_time() RETURNS timestamptz
LANGUAGE sql STABLE
RETURN coalesce(
  (SELECT app.setting('clock')::timestamptz
   WHERE app.setting('clock') IS NOT NULL
     AND EXISTS (SELECT FROM prisons p WHERE p.prison_id = app.setting('prison')::uuid AND p.demonstration)),
  now());
-- +goose StatementEnd

CREATE TABLE areas (
  prison_id  uuid NOT NULL REFERENCES prisons,
  area_id    uuid NOT NULL,
  code       text NOT NULL,
  name_zh    text NOT NULL,
  name_en    text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('ordinary', 'functional')),
  function   text NOT NULL,
  has_labour boolean NOT NULL,
  PRIMARY KEY (prison_id, area_id),
  UNIQUE (prison_id, code)
);

CREATE TABLE inmates (
  prison_id   uuid NOT NULL,
  inmate_no   text NOT NULL CHECK (inmate_no ~ '^\d{10}$'),
  name        text NOT NULL,
  area_id     uuid NOT NULL,
  admitted_on date NOT NULL,
  released_on date,
  PRIMARY KEY (prison_id, inmate_no),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
CREATE INDEX inmates_area ON inmates (prison_id, area_id);

CREATE TABLE persons (
  person_id uuid PRIMARY KEY,
  number    text NOT NULL UNIQUE CHECK (number ~ '^\d{7}$'),
  name      text NOT NULL
);

CREATE TABLE postings (
  posting_id uuid PRIMARY KEY,
  person_id  uuid NOT NULL REFERENCES persons,
  role       text NOT NULL,
  prison_id  uuid,
  area_id    uuid,
  department text,
  from_at    timestamptz NOT NULL DEFAULT now(),
  until_at   timestamptz,
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
CREATE INDEX postings_person ON postings (person_id);

-- The three administrators exclude each other (等保 2.0, 三员分立), here, where
-- no screen can forget it.
-- +goose StatementBegin
CREATE FUNCTION app.keep_administrators_apart() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.role IN ('system_admin', 'security_admin', 'audit_admin') AND EXISTS (
    SELECT FROM postings p WHERE p.person_id = NEW.person_id AND p.until_at IS NULL
      AND p.role IN ('system_admin', 'security_admin', 'audit_admin') AND p.role <> NEW.role) THEN
    RAISE EXCEPTION 'administrators exclude each other' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER administrators_apart BEFORE INSERT ON postings
  FOR EACH ROW EXECUTE FUNCTION app.keep_administrators_apart();

CREATE TABLE grants (
  prison_id  uuid NOT NULL REFERENCES prisons,
  grant_id   uuid NOT NULL,
  person_id  uuid NOT NULL REFERENCES persons,
  areas      uuid[] NOT NULL DEFAULT '{}',
  from_at    timestamptz NOT NULL,
  until_at   timestamptz NOT NULL CHECK (until_at > from_at),
  reason     text NOT NULL CHECK (reason <> ''),
  granted_by uuid NOT NULL REFERENCES persons,
  PRIMARY KEY (prison_id, grant_id)
);
CREATE INDEX grants_person ON grants (person_id);

CREATE TABLE ledger_versions (
  ledger       text NOT NULL,
  version      int NOT NULL CHECK (version > 0),
  schema       bytea NOT NULL,
  definition   bytea NOT NULL,
  form         bytea NOT NULL,
  digest       bytea NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (ledger, version)
);

CREATE TABLE ledger_owners (
  ledger     text NOT NULL,
  from_at    timestamptz NOT NULL,
  department text NOT NULL REFERENCES departments,
  PRIMARY KEY (ledger, from_at)
);
COMMENT ON TABLE ledger_owners IS 'the row with the latest from_at that has come is the one owner';

CREATE TABLE standards (
  standard     text NOT NULL,
  version      int NOT NULL,
  body         bytea NOT NULL,
  published_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (standard, version)
);

GRANT SELECT ON departments, prisons, areas, inmates, persons, postings, grants, ledger_versions, ledger_owners, standards
  TO taizhang_app, taizhang_verify;
GRANT INSERT ON departments, areas, inmates, persons, postings, grants, ledger_versions, ledger_owners, standards TO taizhang_app;
GRANT INSERT (prison_id, code, name_zh, name_en) ON prisons TO taizhang_app;
GRANT UPDATE (opened_at) ON prisons TO taizhang_app;
GRANT UPDATE (until_at) ON postings, grants TO taizhang_app;
GRANT UPDATE (area_id, released_on) ON inmates TO taizhang_app;
