-- +goose Up
-- A step of the road is of a case. Checks of before that were of none go on to their end.
-- +goose StatementBegin
CREATE FUNCTION app.ask_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.kind IN ('self_check', 'mock', 'joint')) <> (NEW.case_id IS NULL) THEN
    RAISE EXCEPTION 'a step of the road is of a case, and no other check is' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_of_case';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER asks BEFORE INSERT ON checks FOR EACH ROW EXECUTE FUNCTION app.ask_case();
ALTER TABLE checks ADD CONSTRAINT checks_run_fkey FOREIGN KEY (prison_id, run_id) REFERENCES score_runs DEFERRABLE;

-- The last day of appeals stands in the act that gives it, and so in its leaf.
ALTER TABLE check_acts
  ADD COLUMN appeal_until date,
  ADD CONSTRAINT check_acts_run_fkey FOREIGN KEY (prison_id, run_id) REFERENCES score_runs DEFERRABLE,
  ADD CONSTRAINT check_acts_until CHECK ((kind = 'confirmed') = (appeal_until IS NOT NULL)) NOT VALID;
COMMENT ON COLUMN check_acts.appeal_until IS 'of a confirmation; null: kept before the act named it';
GRANT INSERT (appeal_until) ON check_acts TO taizhang_app;
CREATE INDEX checks_case ON checks (prison_id, case_id) WHERE case_id IS NOT NULL;

INSERT INTO notice_kinds VALUES ('check_closed'), ('check_cancelled');
