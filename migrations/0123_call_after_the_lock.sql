-- +goose Up
-- Who is called and what is said of them meet at one lock, which the program takes before it reads what
-- stands of them. It is the lock of app.guard_inspector (0118).
-- +goose StatementBegin
CREATE FUNCTION app.lock_inspector(in_person uuid) RETURNS void LANGUAGE sql AS $$
  SELECT pg_advisory_xact_lock(hashtextextended('inspector/' || in_person, 0))
$$;

-- Days away are ahead: from today on, and what is over is called off no more.
CREATE OR REPLACE FUNCTION app.guard_away() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  today date := (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date;
  span inspector_aways;
BEGIN
  IF NEW.from_day < today THEN
    RAISE EXCEPTION 'what is over keeps nobody away' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspector_aways_day';
  END IF;
  IF NEW.calls_off IS NOT NULL THEN
    SELECT * INTO span FROM inspector_aways a WHERE a.person_id = NEW.person_id AND a.n = NEW.calls_off AND a.calls_off IS NULL;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'there is no such span' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspector_aways_there';
    ELSIF span.to_day < today THEN
      RAISE EXCEPTION 'it is over' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspector_aways_over';
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- Nobody is called for days on which they are away; what is over by now is not asked, and who is called
-- after the last day is wanted today.
CREATE OR REPLACE FUNCTION app.refuse_away() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE today date := (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date;
BEGIN
  PERFORM app.lock_inspector(NEW.person_id);
  IF EXISTS (SELECT FROM checks c JOIN inspector_aways a ON a.person_id = NEW.person_id
        AND a.from_day <= greatest(c.to_day, today) AND a.to_day >= greatest(c.from_day, today)
      WHERE c.prison_id = NEW.prison_id AND c.check_id = NEW.check_id
        AND NOT EXISTS (SELECT FROM inspector_aways o WHERE o.person_id = a.person_id AND o.calls_off = a.n)) THEN
    RAISE EXCEPTION 'they are away on these days' USING ERRCODE = 'check_violation', CONSTRAINT = 'check_members_away';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
