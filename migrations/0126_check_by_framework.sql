-- +goose Up
-- A check by a framework that is not the accreditation's is a kind of its own: nothing of the road asks for
-- that kind, so nothing of the road rests on it.
ALTER TABLE checks
  DROP CONSTRAINT checks_kind_check,
  ADD CONSTRAINT checks_kind_check CHECK (kind IN ('self_check', 'mock', 'baseline', 'onsite', 'lookback', 'recheck', 'joint', 'other'));
ALTER TABLE score_runs
  DROP CONSTRAINT score_runs_kind_check,
  ADD CONSTRAINT score_runs_kind_check CHECK (kind IN ('self_check', 'baseline', 'department', 'onsite', 'lookback', 'recheck', 'mock', 'joint', 'other'));

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.ask_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.kind IN ('self_check', 'mock', 'joint', 'other')) <> (NEW.case_id IS NULL) THEN
    RAISE EXCEPTION 'a step of the road is of a case, and no other check is' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_of_case';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION app.ask_framework() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.kind = 'other') <> EXISTS (SELECT FROM standard_sets s WHERE s.standard = NEW.standard AND s.version = NEW.version AND s.unit_kind = 'other') THEN
    RAISE EXCEPTION 'what is held by a framework of another field is of that kind, and nothing else is' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_by_framework';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER asks_framework BEFORE INSERT ON checks FOR EACH ROW EXECUTE FUNCTION app.ask_framework();
CREATE TRIGGER asks_framework BEFORE INSERT ON score_runs FOR EACH ROW EXECUTE FUNCTION app.ask_framework();
