-- +goose Up
-- A document is not replaced before it or its successor was issued, nor before the day on which it
-- replaced another: what rested on that one would be left without any.
-- +goose StatementBegin
CREATE FUNCTION app.guard_replacement_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM basis_documents d WHERE d.title IN (NEW.title, NEW.by_title) AND d.issued_on > NEW.on_day)
      OR EXISTS (SELECT FROM basis_replacements r WHERE r.by_title = NEW.title AND r.on_day > NEW.on_day) THEN
    RAISE EXCEPTION 'it is replaced before its time' USING ERRCODE = 'check_violation', CONSTRAINT = 'basis_replacements_day';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
-- After the guard of 0114, whose lock it needs.
CREATE TRIGGER guards_day BEFORE INSERT ON basis_replacements FOR EACH ROW EXECUTE FUNCTION app.guard_replacement_day();
