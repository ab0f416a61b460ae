-- +goose Up
-- Focus units (重点指导单位): the bureau's office marks a prison whose conditions are mature, and plans
-- the visits that guide it. A planned visit is closed by the visit that names it, or called off with a
-- reason; what became of it is worked out.
CREATE TABLE focus_acts (
  prison_id   uuid NOT NULL REFERENCES prisons,
  n           int NOT NULL CHECK (n > 0),
  begins      boolean NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT focus_acts_pkey PRIMARY KEY (prison_id, n),
  CONSTRAINT focus_acts_turn CHECK (begins = (n % 2 = 1))
);
COMMENT ON COLUMN focus_acts.begins IS 'a prison is a focus unit from an odd act to the next';

CREATE TABLE planned_visits (
  prison_id   uuid NOT NULL REFERENCES prisons,
  planned_id  uuid NOT NULL,
  area_id     uuid,
  day         date NOT NULL,
  department  text NOT NULL REFERENCES departments,
  subject     text NOT NULL CHECK (subject <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, planned_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN planned_visits.area_id IS 'null: the prison as a whole';

CREATE TABLE planned_visit_ends (
  prison_id   uuid NOT NULL,
  planned_id  uuid NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT planned_visit_ends_pkey PRIMARY KEY (prison_id, planned_id),
  FOREIGN KEY (prison_id, planned_id) REFERENCES planned_visits
);
COMMENT ON TABLE planned_visit_ends IS 'called off';

ALTER TABLE visits ADD COLUMN planned_id uuid, ADD CONSTRAINT visits_planned UNIQUE (prison_id, planned_id),
  ADD CONSTRAINT visits_planned_there FOREIGN KEY (prison_id, planned_id) REFERENCES planned_visits;
COMMENT ON COLUMN visits.planned_id IS 'the planned visit that this one is; in the record where there is one';

-- +goose StatementBegin
CREATE FUNCTION app.guard_focus() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.n <> 1 + coalesce((SELECT max(n) FROM focus_acts WHERE prison_id = NEW.prison_id), 0) THEN
    RAISE EXCEPTION 'it was marked meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'focus_acts_pkey';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_planned_visit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT coalesce((SELECT begins FROM focus_acts WHERE prison_id = NEW.prison_id ORDER BY n DESC LIMIT 1), false) THEN
    RAISE EXCEPTION 'visits are planned for focus units' USING ERRCODE = 'check_violation', CONSTRAINT = 'planned_visits_focus';
  END IF;
  RETURN NEW;
END $$;
-- A planned visit takes place or is called off, never both: the lock is on its name.
CREATE FUNCTION app.guard_planned_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('planned/' || NEW.planned_id, 0));
  IF EXISTS (SELECT FROM visits WHERE prison_id = NEW.prison_id AND planned_id = NEW.planned_id)
      OR EXISTS (SELECT FROM planned_visit_ends WHERE prison_id = NEW.prison_id AND planned_id = NEW.planned_id) THEN
    RAISE EXCEPTION 'the planned visit is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_planned';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON focus_acts FOR EACH ROW EXECUTE FUNCTION app.guard_focus();
CREATE TRIGGER guards BEFORE INSERT ON planned_visits FOR EACH ROW EXECUTE FUNCTION app.guard_planned_visit();
CREATE TRIGGER guards BEFORE INSERT ON planned_visit_ends FOR EACH ROW EXECUTE FUNCTION app.guard_planned_end();
CREATE TRIGGER guards BEFORE INSERT ON visits FOR EACH ROW WHEN (NEW.planned_id IS NOT NULL) EXECUTE FUNCTION app.guard_planned_end();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['focus_acts', 'planned_visits', 'planned_visit_ends'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
-- As visits are seen: who sees the score of a unit sees what is planned for it.
CREATE POLICY sees ON focus_acts USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[prison_id::text, '*'], false));
CREATE POLICY sees ON planned_visits USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
CREATE POLICY sees ON planned_visit_ends USING (EXISTS (SELECT FROM planned_visits v WHERE v.prison_id = planned_visit_ends.prison_id AND v.planned_id = planned_visit_ends.planned_id));
GRANT SELECT ON focus_acts, planned_visits, planned_visit_ends TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, n, begins, reason, author, salt) ON focus_acts TO taizhang_app;
GRANT INSERT (prison_id, planned_id, area_id, day, department, subject, author, salt) ON planned_visits TO taizhang_app;
GRANT INSERT (prison_id, planned_id, reason, author, salt) ON planned_visit_ends TO taizhang_app;
GRANT INSERT (planned_id) ON visits TO taizhang_app;
