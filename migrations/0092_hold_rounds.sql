-- +goose Up
-- A check and a confirmation belong to the round in which they are made: whose transaction
-- waited for the act that ended it has looked at what is no more.
-- +goose StatementBegin
CREATE FUNCTION app.guard_check_round() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF NEW.recorded_at <= (SELECT max(recorded_at) FROM case_events WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id) THEN
    RAISE EXCEPTION 'the case was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'case_events_pkey';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_confirmation() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF (SELECT seq FROM case_records WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id AND record_id = NEW.record_id)
      < (SELECT max(seq) FROM case_events WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id AND from_state <> to_state) THEN
    RAISE EXCEPTION 'the record is of a round that is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'case_confirmations_round';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.guard_check_round, app.guard_confirmation FROM PUBLIC;
CREATE TRIGGER rounds BEFORE INSERT ON checks FOR EACH ROW WHEN (NEW.case_id IS NOT NULL) EXECUTE FUNCTION app.guard_check_round();
CREATE TRIGGER guards BEFORE INSERT ON case_confirmations FOR EACH ROW EXECUTE FUNCTION app.guard_confirmation();
