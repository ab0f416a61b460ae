-- +goose Up
-- What was written without the network is a draft: its writer's, and the entry's
-- author's, who resolves it. The empty person is the program at work.
DROP POLICY sees ON draft_branches;
CREATE POLICY sees ON draft_branches USING (EXISTS (SELECT FROM entries e
  WHERE e.prison_id = draft_branches.prison_id AND e.entry_id = draft_branches.entry_id
    AND coalesce(app.setting('person'), '') IN ('', draft_branches.written_by::text, e.author::text)));
