-- +goose Up
-- Who is named for a day to come ends whoever is liaison then, and keeps nobody from being named
-- for a day before it; of two for one day the later naming counts.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.guard_liaison() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last liaisons;
BEGIN
  IF NEW.n <> coalesce((SELECT max(n) FROM liaisons WHERE department = NEW.department), 0) + 1 THEN
    RAISE EXCEPTION 'another was named meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'liaisons_pkey';
  END IF;
  IF NEW.from_day < (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'nobody was liaison yesterday who is named today' USING ERRCODE = 'check_violation', CONSTRAINT = 'liaisons_day';
  END IF;
  SELECT * INTO last FROM liaisons WHERE department = NEW.department AND from_day <= NEW.from_day ORDER BY from_day DESC, n DESC LIMIT 1;
  IF NEW.person_id IS NOT DISTINCT FROM last.person_id THEN
    RAISE EXCEPTION 'that is so already' USING ERRCODE = 'check_violation', CONSTRAINT = 'liaisons_same';
  END IF;
  IF NEW.person_id IS NOT NULL AND NOT EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.person_id AND p.prison_id IS NULL AND p.department = NEW.department
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time())) THEN
    RAISE EXCEPTION 'a liaison is of the department' USING ERRCODE = 'check_violation', CONSTRAINT = 'liaisons_posted';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
