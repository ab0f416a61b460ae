-- +goose Up
-- A title stands from its day up to that of its revocation, and history is entered in any order:
-- what a unit holds is compared by spans. The revocation of a title of before is written beside it,
-- so the spans are looked at when both are there.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.guard_title() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF NEW.named_on > (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'a title is not given for a day to come' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_day';
  END IF;
  IF NEW.origin = 'system' AND NOT EXISTS (SELECT FROM case_events e JOIN cases c USING (prison_id, case_id) WHERE e.prison_id = NEW.prison_id
      AND e.case_id = NEW.case_id AND e.seq = NEW.seq AND e.to_state = 'NAMED' AND c.area_id IS NOT DISTINCT FROM NEW.area_id AND e.level = NEW.level) THEN
    RAISE EXCEPTION 'no case came to this title' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_case';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('titles/' || NEW.prison_id, 0));
  IF NEW.origin = 'imported' AND NEW.named_on >= (SELECT least((app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date,
      min((c.recorded_at AT TIME ZONE 'Asia/Shanghai')::date)) FROM cases c WHERE c.prison_id = NEW.prison_id AND c.area_id IS NOT DISTINCT FROM NEW.area_id) THEN
    RAISE EXCEPTION 'a title from before is older than the unit''s first case' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_before';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.title_ends(of_prison uuid, of_title uuid) RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
  SELECT coalesce((SELECT a.on_day FROM title_acts a WHERE a.prison_id = of_prison AND a.title_id = of_title AND a.act = 'revoked'), 'infinity')
$$;
CREATE FUNCTION app.guard_title_span() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF EXISTS (SELECT FROM titles t WHERE t.prison_id = NEW.prison_id AND t.title_id <> NEW.title_id AND t.area_id IS NOT DISTINCT FROM NEW.area_id AND t.level = NEW.level
      AND NOT EXISTS (SELECT FROM title_decisions d WHERE d.prison_id = t.prison_id AND d.title_id = t.title_id AND d.verdict = 'refused')
      AND t.named_on < app.title_ends(NEW.prison_id, NEW.title_id) AND NEW.named_on < app.title_ends(t.prison_id, t.title_id)) THEN
    RAISE EXCEPTION 'the unit holds this title at the same time' USING ERRCODE = 'unique_violation', CONSTRAINT = 'titles_held';
  END IF;
  RETURN NULL;
END $$;
-- Nothing is kept after it ended.
CREATE FUNCTION app.guard_title_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF EXISTS (SELECT FROM title_acts a WHERE a.prison_id = NEW.prison_id AND a.title_id = NEW.title_id AND a.act <> NEW.act
      AND CASE NEW.act WHEN 'kept' THEN NEW.on_day > a.on_day ELSE NEW.on_day < a.on_day END) THEN
    RAISE EXCEPTION 'a title is not kept after it was revoked' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_day';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.title_ends FROM PUBLIC;
REVOKE ALL ON FUNCTION app.guard_title_span FROM PUBLIC;
REVOKE ALL ON FUNCTION app.guard_title_order FROM PUBLIC;
CREATE CONSTRAINT TRIGGER titles_spans AFTER INSERT ON titles DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.guard_title_span();
CREATE TRIGGER in_order BEFORE INSERT ON title_acts FOR EACH ROW EXECUTE FUNCTION app.guard_title_order();
