-- +goose Up
-- A batch (验收批次) of a year: its window and the day on which applications for it close. What
-- changes of it is a row after the last, which counts.
CREATE TABLE batches (
  year        int NOT NULL CHECK (year BETWEEN 2000 AND 2200),
  batch       int NOT NULL CHECK (batch BETWEEN 1 AND 99),
  n           int NOT NULL CHECK (n > 0),
  level       text NOT NULL CHECK (level <> ''),
  closes_on   date NOT NULL,
  from_day    date NOT NULL,
  to_day      date NOT NULL,
  planned_by  uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (year, batch, n),
  CHECK (closes_on <= from_day AND from_day <= to_day)
);

-- The annual pre-acceptance bulletin (年度预验收公告), written by the program from the cases. An
-- issue never changes: the next one stands in its place.
CREATE TABLE bulletins (
  year        int NOT NULL,
  issue       int NOT NULL CHECK (issue > 0),
  body        bytea NOT NULL,
  digest      bytea NOT NULL,
  issued_by   uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (year, issue),
  CONSTRAINT bulletins_digest CHECK (digest = sha256(body))
);

CREATE TABLE bulletin_acks (
  year        int NOT NULL,
  issue       int NOT NULL,
  department  text NOT NULL REFERENCES departments,
  acked_by    uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (year, issue, department),
  FOREIGN KEY (year, issue) REFERENCES bulletins
);

-- +goose StatementBegin
CREATE FUNCTION app.guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM batches WHERE year = NEW.year AND batch = NEW.batch) THEN
    RAISE EXCEPTION 'the batch was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'batches_pkey';
  END IF;
  IF EXISTS (SELECT FROM batches WHERE year = NEW.year AND batch = NEW.batch AND level <> NEW.level) THEN
    RAISE EXCEPTION 'a batch keeps its level' USING ERRCODE = 'check_violation', CONSTRAINT = 'batches_level';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_bulletin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.issue <> (SELECT coalesce(max(issue), 0) + 1 FROM bulletins WHERE year = NEW.year) THEN
    RAISE EXCEPTION 'another was issued meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'bulletins_pkey';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guards BEFORE INSERT ON batches FOR EACH ROW EXECUTE FUNCTION app.guard_batch();
CREATE TRIGGER guards BEFORE INSERT ON bulletins FOR EACH ROW EXECUTE FUNCTION app.guard_bulletin();
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['batches', 'bulletins', 'bulletin_acks'] LOOP
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('GRANT SELECT ON %I TO taizhang_app, taizhang_verify', t);
  END LOOP;
END $$;
-- +goose StatementEnd
GRANT INSERT (year, batch, n, level, closes_on, from_day, to_day, planned_by) ON batches TO taizhang_app;
GRANT INSERT (year, issue, body, digest, issued_by) ON bulletins TO taizhang_app;
GRANT INSERT (year, issue, department, acked_by) ON bulletin_acks TO taizhang_app;
INSERT INTO notice_kinds VALUES ('bulletin_issued'), ('bulletin_unread');
