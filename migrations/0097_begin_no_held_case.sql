-- +goose Up
-- Nothing is begun for a title that waits for its second person: confirmed, the unit would walk the
-- whole road to what it holds. Nor is it confirmed while a case is begun: both take the register's lock.
-- +goose StatementBegin
CREATE FUNCTION app.guard_begin() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('titles/' || NEW.prison_id, 0));
  IF EXISTS (SELECT FROM titles t WHERE t.prison_id = NEW.prison_id AND t.area_id IS NOT DISTINCT FROM NEW.area_id AND t.level = NEW.level AND t.origin = 'imported'
      AND NOT EXISTS (SELECT FROM title_decisions d WHERE d.prison_id = t.prison_id AND d.title_id = t.title_id)
      AND NOT EXISTS (SELECT FROM title_acts a WHERE a.prison_id = t.prison_id AND a.title_id = t.title_id AND a.act = 'revoked'
        AND a.on_day <= (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date)) THEN
    RAISE EXCEPTION 'a title waits for its second person' USING ERRCODE = 'check_violation', CONSTRAINT = 'cases_title_waits';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.guard_begin FROM PUBLIC;
CREATE TRIGGER guards_begin BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION app.guard_begin();
