-- +goose Up
-- What fulfils a planned visit is not of a day before it was planned: what was over by then fulfils no plan.
-- +goose StatementBegin
CREATE FUNCTION app.guard_visit_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM planned_visits p WHERE p.prison_id = NEW.prison_id AND p.planned_id = NEW.planned_id
      AND NEW.day < (p.recorded_at AT TIME ZONE 'Asia/Shanghai')::date) THEN
    RAISE EXCEPTION 'the visit was over before it was planned' USING ERRCODE = 'check_violation', CONSTRAINT = 'visits_planned_day';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards_day BEFORE INSERT ON visits FOR EACH ROW WHEN (NEW.planned_id IS NOT NULL) EXECUTE FUNCTION app.guard_visit_day();
