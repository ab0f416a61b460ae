-- +goose Up
-- Which entries were begun to do a task. Not every document names whom the task is
-- about: a body search says nothing of those on whom nothing was found.
CREATE TABLE task_entries (
  prison_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  task_id     uuid NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, entry_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries,
  FOREIGN KEY (prison_id, task_id) REFERENCES tasks
);
CREATE INDEX task_entries_task ON task_entries (prison_id, task_id);
ALTER TABLE task_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE task_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON task_entries USING (EXISTS (SELECT FROM tasks t WHERE t.prison_id = task_entries.prison_id AND t.task_id = task_entries.task_id));
GRANT SELECT ON task_entries TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, entry_id, task_id, salt) ON task_entries TO taizhang_app;

-- The service never changes a task, and no leaf covers one: here the owner brings
-- those from before under the rule from now on.
-- The body says in which field the inmate is named. That of a group did not.
UPDATE tasks SET body = convert_to(jsonb_build_object('member_refs', jsonb_build_array(source))::text, 'UTF8') WHERE trigger = 'arrival/group';

-- What any entry did that mentioned the number stays done where the body names
-- nobody: the first such entry is taken for the one that was asked for. It was not
-- begun from the task, so it has no row and no leaf of its own.
UPDATE tasks t SET opened = (
  SELECT e.entry_id FROM entries e JOIN revisions r ON r.prison_id = e.prison_id AND r.entry_id = e.entry_id AND r.revision = e.revision
  WHERE e.prison_id = t.prison_id AND e.area_id = t.area_id AND e.ledger = t.ledger AND e.submitted_at >= t.recorded_at
    AND e.state NOT IN ('voided', 'discarded') AND position(t.source IN convert_from(r.canonical, 'UTF8')) > 0
  ORDER BY e.submitted_at, e.entry_id LIMIT 1)
WHERE t.entry_id IS NULL AND t.opened IS NULL AND t.ledger <> ''
  AND NOT EXISTS (SELECT FROM jsonb_each(app.document(t.body)) named WHERE named.value @> to_jsonb(t.source));
