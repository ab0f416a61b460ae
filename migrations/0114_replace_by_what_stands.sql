-- +goose Up
-- A document is replaced by one that stands, so that one always does: two that replaced each other left
-- what rests on them without any.
-- +goose StatementBegin
CREATE FUNCTION app.guard_replacement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Of two at once, the second sees what the first did.
  PERFORM pg_advisory_xact_lock(hashtextextended('basis/replacements', 0));
  IF EXISTS (SELECT FROM basis_replacements WHERE title = NEW.by_title) THEN
    RAISE EXCEPTION 'what replaces it was replaced itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'basis_replacements_stands';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON basis_replacements FOR EACH ROW EXECUTE FUNCTION app.guard_replacement();
