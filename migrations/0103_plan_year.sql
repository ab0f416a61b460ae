-- +goose Up
-- The plan of a year (创建计划): which step of the road each unit of a prison takes by which month.
-- A version never changes; the next one says why. It is in force once the prison's leader agreed.
-- What was reached is nowhere here: it is worked out of the cases and titles.
CREATE TABLE plans (
  prison_id   uuid NOT NULL REFERENCES prisons,
  year        int NOT NULL CHECK (year BETWEEN 2000 AND 2200),
  version     int NOT NULL CHECK (version > 0),
  reason      text NOT NULL CHECK (version = 1 OR reason <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT plans_pkey PRIMARY KEY (prison_id, year, version)
);

CREATE TABLE plan_marks (
  prison_id uuid NOT NULL,
  year      int NOT NULL,
  version   int NOT NULL,
  mark      int NOT NULL CHECK (mark > 0),
  area_id   uuid,
  level     text NOT NULL CHECK (level <> ''),
  state     text NOT NULL CHECK (state <> ''),
  month     int NOT NULL CHECK (month BETWEEN 1 AND 12),
  PRIMARY KEY (prison_id, year, version, mark),
  UNIQUE NULLS NOT DISTINCT (prison_id, year, version, area_id, state),
  FOREIGN KEY (prison_id, year, version) REFERENCES plans,
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON TABLE plan_marks IS 'in the record of their plan, and made with it';
COMMENT ON COLUMN plan_marks.area_id IS 'null: the prison as a whole';

CREATE TABLE plan_decisions (
  prison_id   uuid NOT NULL,
  year        int NOT NULL,
  version     int NOT NULL,
  agreed      boolean NOT NULL,
  comment     text NOT NULL CHECK (agreed OR comment <> ''),
  decided_by  uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT plan_decisions_pkey PRIMARY KEY (prison_id, year, version),
  FOREIGN KEY (prison_id, year, version) REFERENCES plans
);

-- +goose StatementBegin
CREATE FUNCTION app.guard_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last int := coalesce((SELECT max(version) FROM plans WHERE prison_id = NEW.prison_id AND year = NEW.year), 0);
BEGIN
  IF NEW.version <> last + 1 THEN
    RAISE EXCEPTION 'the plan was changed meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_pkey';
  END IF;
  IF last > 0 AND NOT EXISTS (SELECT FROM plan_decisions WHERE prison_id = NEW.prison_id AND year = NEW.year AND version = last) THEN
    RAISE EXCEPTION 'a version waits for its decision' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_waits';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_plan_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT recorded_at FROM plans WHERE prison_id = NEW.prison_id AND year = NEW.year AND version = NEW.version) <> app.transaction_time() THEN
    RAISE EXCEPTION 'a plan does not grow' USING ERRCODE = 'check_violation', CONSTRAINT = 'plans_pkey';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_plan_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM plans WHERE prison_id = NEW.prison_id AND year = NEW.year AND version = NEW.version AND author = NEW.decided_by) THEN
    RAISE EXCEPTION 'nobody agrees to what is their own' USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_decisions_other';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON plans FOR EACH ROW EXECUTE FUNCTION app.guard_plan();
CREATE TRIGGER guards BEFORE INSERT ON plan_marks FOR EACH ROW EXECUTE FUNCTION app.guard_plan_mark();
CREATE TRIGGER guards BEFORE INSERT ON plan_decisions FOR EACH ROW EXECUTE FUNCTION app.guard_plan_decision();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['plans', 'plan_marks', 'plan_decisions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['plans', 'plan_decisions'] LOOP
    EXECUTE format($p$CREATE POLICY sees ON %I USING (coalesce(string_to_array(app.setting('prisons'), ',') && ARRAY[prison_id::text, '*'], false))$p$, t);
  END LOOP;
END $$;
-- +goose StatementEnd
-- That there is a plan, and who agreed, is no secret in the prison; what a unit is to reach is seen with its case.
CREATE POLICY sees ON plan_marks USING (coalesce(string_to_array(app.setting('cases'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
GRANT SELECT ON plans, plan_marks, plan_decisions TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, year, version, reason, author, salt) ON plans TO taizhang_app;
GRANT INSERT (prison_id, year, version, mark, area_id, level, state, month) ON plan_marks TO taizhang_app;
GRANT INSERT (prison_id, year, version, agreed, comment, decided_by, salt) ON plan_decisions TO taizhang_app;
