-- +goose Up
-- A title from before the system is entered by one and confirmed, or refused, by another:
-- until then it counts for nothing. Those entered before this wait for it too.
ALTER TABLE titles ADD CONSTRAINT titles_adder UNIQUE (prison_id, title_id, added_by);

CREATE TABLE title_decisions (
  prison_id   uuid NOT NULL,
  title_id    uuid NOT NULL,
  added_by    uuid NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('confirmed', 'refused')),
  reason      text NOT NULL,
  decided_by  uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, title_id),
  CONSTRAINT title_decisions_other CHECK (decided_by <> added_by),
  CHECK (verdict <> 'refused' OR reason <> ''),
  FOREIGN KEY (prison_id, title_id, added_by) REFERENCES titles (prison_id, title_id, added_by)
);

-- A title that was refused is held by nobody; one from before was given before today, and
-- before the unit had a case: since then titles come by the road.
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
  IF EXISTS (SELECT FROM titles t WHERE t.prison_id = NEW.prison_id AND t.area_id IS NOT DISTINCT FROM NEW.area_id AND t.level = NEW.level
      AND NOT EXISTS (SELECT FROM title_decisions d WHERE d.prison_id = t.prison_id AND d.title_id = t.title_id AND d.verdict = 'refused')
      AND NOT EXISTS (SELECT FROM title_acts a WHERE a.prison_id = t.prison_id AND a.title_id = t.title_id AND a.act = 'revoked' AND a.on_day <= NEW.named_on)) THEN
    RAISE EXCEPTION 'the unit holds this title' USING ERRCODE = 'unique_violation', CONSTRAINT = 'titles_held';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_title_decision() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM titles t WHERE t.prison_id = NEW.prison_id AND t.title_id = NEW.title_id AND t.origin = 'imported') THEN
    RAISE EXCEPTION 'a title of the system is decided by its case' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_case';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.guard_title_decision FROM PUBLIC;
CREATE TRIGGER guards BEFORE INSERT ON title_decisions FOR EACH ROW EXECUTE FUNCTION app.guard_title_decision();

ALTER TABLE title_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE title_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON title_decisions USING (EXISTS (SELECT FROM titles t WHERE t.prison_id = title_decisions.prison_id AND t.title_id = title_decisions.title_id));
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON title_decisions FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON title_decisions TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, title_id, added_by, verdict, reason, decided_by, salt) ON title_decisions TO taizhang_app;
