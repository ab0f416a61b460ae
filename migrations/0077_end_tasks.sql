-- +goose Up
-- What does a task is looked up, never stored: an entry that is reworked, withdrawn or
-- voided changes it at once, and everybody who looks finds the same.

-- What an entry says that does a task: of somebody's arrival whom it names, of another
-- entry what of its contents the task asks for.
-- +goose StatementBegin
CREATE FUNCTION app.task_names(t tasks) RETURNS jsonb LANGUAGE sql STABLE
RETURN (SELECT jsonb_object_agg(named.key, named.value) FROM jsonb_each(app.document(t.body)) named
  WHERE CASE WHEN t.entry_id IS NULL THEN named.value @> to_jsonb(t.source)
    ELSE named.value = to_jsonb(t.source) OR EXISTS (SELECT FROM entries asks
      JOIN revisions told ON told.prison_id = asks.prison_id AND told.entry_id = asks.entry_id AND told.revision = asks.revision
      CROSS JOIN jsonb_each(told.document) said
      WHERE asks.prison_id = t.prison_id AND asks.entry_id = t.entry_id AND said.value = named.value) END);
-- +goose StatementEnd

-- An entry that was begun for the task does it, and no other task.
-- +goose StatementBegin
CREATE FUNCTION app.task_own(t tasks) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM entries e
  LEFT JOIN task_entries b ON b.prison_id = e.prison_id AND b.entry_id = e.entry_id
  LEFT JOIN revisions r ON r.prison_id = e.prison_id AND r.entry_id = e.entry_id AND r.revision = e.revision
  WHERE e.prison_id = t.prison_id AND e.ledger = t.ledger AND e.submitted_at IS NOT NULL AND e.state NOT IN ('voided', 'discarded')
    AND (e.entry_id = t.opened OR e.entry_id IN (SELECT entry_id FROM task_entries WHERE prison_id = t.prison_id AND task_id = t.task_id)
      OR e.opened_by = t.entry_id AND b.task_id IS NULL
        AND NOT EXISTS (SELECT FROM tasks o WHERE o.prison_id = t.prison_id AND o.entry_id = t.entry_id AND o.opened = e.entry_id))
    AND (t.entry_id IS NOT NULL OR e.entry_id = t.opened OR app.task_names(t) IS NULL
      OR EXISTS (SELECT FROM jsonb_object_keys(app.task_names(t)) key WHERE r.document -> key @> to_jsonb(t.source))));
-- +goose StatementEnd

-- Those that nobody began for a task and that say all it asks, the first filed first: of
-- somebody's arrival one that names them; of another entry one that says the whole. What
-- happened before there was anything to do does nothing; a day without an hour, which
-- is kept as its noon, is compared as a day.
-- +goose StatementBegin
CREATE FUNCTION app.task_fits(t tasks) RETURNS TABLE (entry_id uuid) LANGUAGE sql STABLE AS $$
  SELECT e.entry_id FROM entries e
  JOIN revisions r ON r.prison_id = e.prison_id AND r.entry_id = e.entry_id AND r.revision = e.revision
  LEFT JOIN entries asks ON asks.prison_id = t.prison_id AND asks.entry_id = t.entry_id
  WHERE e.prison_id = t.prison_id AND e.area_id = t.area_id AND e.ledger = t.ledger AND e.opened_by IS NULL
    AND e.submitted_at IS NOT NULL AND e.state NOT IN ('voided', 'discarded')
    AND NOT EXISTS (SELECT FROM task_entries b WHERE b.prison_id = e.prison_id AND b.entry_id = e.entry_id)
    AND NOT EXISTS (SELECT FROM tasks o WHERE o.prison_id = e.prison_id AND o.opened = e.entry_id)
    AND CASE WHEN t.entry_id IS NULL THEN e.submitted_at >= t.recorded_at
        AND NOT EXISTS (SELECT FROM inmates i WHERE i.prison_id = t.prison_id AND i.inmate_no = t.source AND e.occurred_day < i.admitted_on)
        AND EXISTS (SELECT FROM jsonb_object_keys(app.task_names(t)) key WHERE r.document -> key @> to_jsonb(t.source))
      ELSE e.submitted_at >= asks.submitted_at
        AND (e.occurred_at IS NULL OR asks.occurred_at IS NULL OR e.occurred_at >= asks.occurred_at
          OR e.occurred_day = asks.occurred_day AND '12:00' IN ((e.occurred_at AT TIME ZONE 'Asia/Shanghai')::time, (asks.occurred_at AT TIME ZONE 'Asia/Shanghai')::time))
        AND r.document @> app.document(t.body) AND app.task_names(t) IS NOT NULL END
  ORDER BY e.submitted_at, e.entry_id
$$;
-- +goose StatementEnd

-- The entry nobody began for it that does a task. Of tasks of one ledger that name the
-- same, each takes one entry, the oldest first the one filed first: one talk is not two.
-- +goose StatementBegin
CREATE FUNCTION app.task_entry(t tasks) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
  names jsonb := app.task_names(t);
  taken uuid[] := '{}';
  entry uuid;
  o tasks;
BEGIN
  IF NOT EXISTS (SELECT FROM app.task_fits(t)) THEN
    RETURN NULL;
  END IF;
  FOR o IN SELECT older.* FROM tasks older WHERE older.prison_id = t.prison_id AND older.area_id = t.area_id AND older.ledger = t.ledger
    AND (older.recorded_at, older.task_id) < (t.recorded_at, t.task_id)
    AND EXISTS (SELECT FROM jsonb_each(names) n WHERE app.document(older.body) -> n.key = n.value)
    AND NOT EXISTS (SELECT FROM task_acts a WHERE a.prison_id = older.prison_id AND a.task_id = older.task_id)
    ORDER BY older.recorded_at, older.task_id
  LOOP
    IF NOT app.task_own(o) THEN
      SELECT f.entry_id INTO entry FROM app.task_fits(o) WITH ORDINALITY AS f (entry_id, nth) WHERE f.entry_id <> ALL (taken) ORDER BY nth LIMIT 1;
      IF FOUND THEN
        taken := taken || entry;
      END IF;
    END IF;
  END LOOP;
  SELECT f.entry_id INTO entry FROM app.task_fits(t) WITH ORDINALITY AS f (entry_id, nth) WHERE f.entry_id <> ALL (taken) ORDER BY nth LIMIT 1;
  RETURN entry;
END $$;
-- +goose StatementEnd
CREATE INDEX tasks_opened ON tasks (prison_id, opened) WHERE opened IS NOT NULL;
