-- +goose Up
-- Who answers for what (责任分工): an area, a step of the road, an indicator of a standard; of the
-- whole prison or of one area. A row begins on its day and ends the one before it, so that there is
-- never more than one. Nothing is altered: a hand-over is the next row, and says why.
CREATE TABLE responsibilities (
  prison_id   uuid NOT NULL REFERENCES prisons,
  kind        text NOT NULL CHECK (kind IN ('area', 'step', 'indicator')),
  area_id     uuid CHECK (kind <> 'area' OR area_id IS NOT NULL),
  what        text NOT NULL CHECK ((kind = 'area') = (what = '')),
  n           int NOT NULL CHECK (n > 0),
  person_id   uuid NOT NULL REFERENCES persons,
  from_day    date NOT NULL,
  reason      text NOT NULL CHECK (n = 1 OR reason <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT responsibilities_next UNIQUE NULLS NOT DISTINCT (prison_id, kind, area_id, what, n),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN responsibilities.area_id IS 'null: for all units of the prison, where none of their own is named';
COMMENT ON COLUMN responsibilities.what IS 'standard/code of an indicator, track/state of a step';

-- +goose StatementBegin
CREATE FUNCTION app.guard_responsibility() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last responsibilities;
BEGIN
  SELECT * INTO last FROM responsibilities WHERE prison_id = NEW.prison_id AND kind = NEW.kind AND area_id IS NOT DISTINCT FROM NEW.area_id AND what = NEW.what ORDER BY n DESC LIMIT 1;
  IF NEW.n <> coalesce(last.n, 0) + 1 THEN
    RAISE EXCEPTION 'another was named meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'responsibilities_next';
  END IF;
  IF NEW.from_day < last.from_day OR NEW.from_day < (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'nobody answered yesterday who is named today' USING ERRCODE = 'check_violation', CONSTRAINT = 'responsibilities_day';
  END IF;
  IF NEW.person_id = last.person_id THEN
    RAISE EXCEPTION 'that is so already' USING ERRCODE = 'check_violation', CONSTRAINT = 'responsibilities_same';
  END IF;
  IF NOT EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.person_id AND p.prison_id = NEW.prison_id
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time())) THEN
    RAISE EXCEPTION 'nobody of the prison' USING ERRCODE = 'check_violation', CONSTRAINT = 'responsibilities_person';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON responsibilities FOR EACH ROW EXECUTE FUNCTION app.guard_responsibility();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON responsibilities FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON responsibilities FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
ALTER TABLE responsibilities ENABLE ROW LEVEL SECURITY;
ALTER TABLE responsibilities FORCE ROW LEVEL SECURITY;
-- Who answers is no secret in the prison, nor at the bureau.
CREATE POLICY sees ON responsibilities USING (coalesce(string_to_array(app.setting('prisons'), ',') && ARRAY[prison_id::text, '*'], false));
GRANT SELECT ON responsibilities TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, kind, area_id, what, n, person_id, from_day, reason, author, salt) ON responsibilities TO taizhang_app;
