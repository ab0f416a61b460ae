-- +goose Up
-- The liaison (联络人) of a department of the bureau: each row begins on its day and ends the one
-- before it, so that there is never more than one.
CREATE TABLE liaisons (
  department  text NOT NULL REFERENCES departments,
  n           int NOT NULL CHECK (n > 0),
  person_id   uuid REFERENCES persons,
  from_day    date NOT NULL,
  reason      text NOT NULL,
  named_by    uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (department, n)
);
COMMENT ON COLUMN liaisons.person_id IS 'null: the last one left, and nobody is named yet';

-- +goose StatementBegin
CREATE FUNCTION app.guard_liaison() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last liaisons;
BEGIN
  SELECT * INTO last FROM liaisons WHERE department = NEW.department ORDER BY n DESC LIMIT 1;
  IF NEW.n <> coalesce(last.n, 0) + 1 THEN
    RAISE EXCEPTION 'another was named meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'liaisons_pkey';
  END IF;
  IF NEW.from_day < last.from_day OR NEW.from_day < (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'nobody was liaison yesterday who is named today' USING ERRCODE = 'check_violation', CONSTRAINT = 'liaisons_day';
  END IF;
  IF NEW.person_id IS NOT DISTINCT FROM last.person_id THEN
    RAISE EXCEPTION 'that is so already' USING ERRCODE = 'check_violation', CONSTRAINT = 'liaisons_same';
  END IF;
  IF NEW.person_id IS NOT NULL AND NOT EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.person_id AND p.prison_id IS NULL AND p.department = NEW.department
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time())) THEN
    RAISE EXCEPTION 'a liaison is of the department' USING ERRCODE = 'check_violation', CONSTRAINT = 'liaisons_posted';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON liaisons FOR EACH ROW EXECUTE FUNCTION app.guard_liaison();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON liaisons FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON liaisons FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON liaisons TO taizhang_app, taizhang_verify;
GRANT INSERT (department, n, person_id, from_day, reason, named_by) ON liaisons TO taizhang_app;
INSERT INTO notice_kinds VALUES ('liaison_vacant');
