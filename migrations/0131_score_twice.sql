-- +goose Up
-- Of lines that are drawn by lot two of the team say their value, neither knowing the other's: how far they
-- agree is a figure of the check and of each of them. It costs nothing.
ALTER TABLE draws DROP CONSTRAINT draws_kind_check, ADD CONSTRAINT draws_kind_check CHECK (kind IN ('prisoners', 'officers', 'slots', 'lines'));

CREATE TABLE draw_values (
  prison_id    uuid NOT NULL,
  draw_id      uuid NOT NULL,
  item         text NOT NULL,
  author       uuid NOT NULL REFERENCES persons,
  count        int NOT NULL CHECK (count BETWEEN 0 AND 1000),
  measured_of  numeric CHECK (measured_of >= 0),
  measured_per numeric CHECK (measured_per > 0),
  note         text NOT NULL,
  salt         bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT draw_values_pkey PRIMARY KEY (prison_id, draw_id, item, author),
  FOREIGN KEY (prison_id, draw_id) REFERENCES draws,
  CHECK ((measured_of IS NULL) = (measured_per IS NULL))
);
CREATE INDEX draw_values_author ON draw_values (author);
COMMENT ON COLUMN draw_values.count IS 'how often; 0 is met';

-- +goose StatementBegin
CREATE FUNCTION app.guard_draw_value() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE d draws;
BEGIN
  SELECT * INTO d FROM draws WHERE prison_id = NEW.prison_id AND draw_id = NEW.draw_id;
  IF NOT EXISTS (SELECT FROM checks c WHERE c.prison_id = NEW.prison_id AND c.check_id = d.check_id AND c.state = 'open') THEN
    RAISE EXCEPTION 'the check is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_frozen';
  END IF;
  IF NOT EXISTS (SELECT FROM check_members m WHERE (m.prison_id, m.check_id, m.person_id) = (NEW.prison_id, d.check_id, NEW.author)) THEN
    RAISE EXCEPTION 'they are not of the team' USING ERRCODE = 'check_violation', CONSTRAINT = 'looks_team';
  END IF;
  IF d.kind <> 'lines' OR NEW.item <> ALL (d.drawn) THEN
    RAISE EXCEPTION 'it is no line that was drawn' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_marks_item';
  END IF;
  IF (SELECT count(*) FROM draw_values v WHERE (v.prison_id, v.draw_id, v.item) = (NEW.prison_id, NEW.draw_id, NEW.item)) >= 2 THEN
    RAISE EXCEPTION 'two have said it' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_values_two';
  END IF;
  -- Who can read what another saw there says nothing of their own.
  IF EXISTS (SELECT FROM looks l WHERE (l.prison_id, l.check_id, l.line) = (NEW.prison_id, d.check_id, NEW.item) AND l.author <> NEW.author)
      OR EXISTS (SELECT FROM findings f WHERE (f.prison_id, f.check_id, f.line) = (NEW.prison_id, d.check_id, NEW.item) AND f.found_by <> NEW.author) THEN
    RAISE EXCEPTION 'another said already what was seen there' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_values_blind';
  END IF;
  RETURN NEW;
END $$;
-- A line has no mark, it has values.
CREATE FUNCTION app.refuse_line_mark() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM draws d WHERE d.prison_id = NEW.prison_id AND d.draw_id = NEW.draw_id AND d.kind = 'lines') THEN
    RAISE EXCEPTION 'a line has values, no mark' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_marks_item';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
ALTER TABLE draw_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE draw_values FORCE ROW LEVEL SECURITY;
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON draw_values FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON draw_values FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER guards BEFORE INSERT ON draw_values FOR EACH ROW EXECUTE FUNCTION app.guard_draw_value();
CREATE TRIGGER no_lines BEFORE INSERT ON draw_marks FOR EACH ROW EXECUTE FUNCTION app.refuse_line_mark();
CREATE POLICY sees ON draw_values USING (EXISTS (SELECT FROM draws d WHERE d.prison_id = draw_values.prison_id AND d.draw_id = draw_values.draw_id));
GRANT SELECT ON draw_values TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, draw_id, item, author, count, measured_of, measured_per, note, salt) ON draw_values TO taizhang_app;
