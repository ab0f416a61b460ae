-- +goose Up
-- Who can read what another saw at a line says no value of their own: in the check, and since the draw in
-- another check of the unit or outside of any.
-- +goose StatementBegin
CREATE FUNCTION app.told_of(d draws) RETURNS TABLE (line text, author uuid) LANGUAGE sql STABLE AS $$
  SELECT l.line, l.author FROM checks c JOIN checks o ON o.prison_id = c.prison_id AND (o.check_id = c.check_id OR o.area_id IS NOT DISTINCT FROM c.area_id)
    JOIN looks l ON l.prison_id = o.prison_id AND l.check_id = o.check_id AND (l.check_id = d.check_id OR l.recorded_at > d.recorded_at)
    WHERE c.prison_id = d.prison_id AND c.check_id = d.check_id
  UNION SELECT f.line, f.found_by FROM checks c JOIN findings f ON f.prison_id = c.prison_id
    AND (f.check_id = d.check_id OR f.area_id IS NOT DISTINCT FROM c.area_id AND f.recorded_at > d.recorded_at)
    WHERE c.prison_id = d.prison_id AND c.check_id = d.check_id
$$;

CREATE OR REPLACE FUNCTION app.guard_draw_value() RETURNS trigger LANGUAGE plpgsql AS $$
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
  IF EXISTS (SELECT FROM app.told_of(d) t WHERE t.line = NEW.item AND t.author <> NEW.author) THEN
    RAISE EXCEPTION 'another said already what was seen there' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_values_blind';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
