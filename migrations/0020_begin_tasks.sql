-- +goose Up
-- Which entry was begun to do a task. Not every document names whom the task is
-- about: a body search says nothing of those on whom nothing was found.
CREATE TABLE task_entries (
  prison_id uuid NOT NULL,
  entry_id  uuid NOT NULL,
  task_id   uuid NOT NULL,
  PRIMARY KEY (prison_id, entry_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries,
  FOREIGN KEY (prison_id, task_id) REFERENCES tasks
);
CREATE INDEX task_entries_task ON task_entries (prison_id, task_id);
ALTER TABLE task_entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE task_entries FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON task_entries USING (EXISTS (SELECT FROM tasks t WHERE t.prison_id = task_entries.prison_id AND t.task_id = task_entries.task_id));
GRANT SELECT ON task_entries TO taizhang_app, taizhang_verify;
GRANT INSERT ON task_entries TO taizhang_app;

-- The body says in which field the inmate is named. That of a group did not.
UPDATE tasks SET body = convert_to(jsonb_build_object('member_refs', jsonb_build_array(source))::text, 'UTF8') WHERE trigger = 'arrival/group';
