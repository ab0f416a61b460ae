-- +goose Up
-- An upload that nobody went on with for a day is swept.
-- Parts by name: each try of a part is staged under its own.
ALTER TABLE uploads DROP COLUMN parts;
ALTER TABLE uploads ADD COLUMN parts text[] NOT NULL DEFAULT '{}';
ALTER TABLE uploads ADD COLUMN touched_at timestamptz NOT NULL DEFAULT now();
-- Lists are read in both directions; one index serves both when it runs one way.
DROP INDEX entries_ledger;
DROP INDEX entries_changed;
DROP INDEX entries_inbox;
CREATE INDEX entries_changed ON entries (prison_id, changed_at, entry_id);
CREATE INDEX entries_occurred ON entries (prison_id, coalesce(occurred_at, '-infinity'), entry_id);
CREATE INDEX entries_ledger ON entries (prison_id, ledger, coalesce(occurred_at, '-infinity'), entry_id);
CREATE INDEX entries_inbox ON entries (prison_id, coalesce(resubmitted_at, '-infinity'), entry_id) WHERE state = 'submitted';
-- What a finding names is there.
ALTER TABLE findings ADD FOREIGN KEY (prison_id, entry_id) REFERENCES entries;
-- How far the deadlines that pass by themselves have been reckoned.
CREATE TABLE reckonings (
  prison_id    uuid PRIMARY KEY REFERENCES prisons,
  reckoned_to  timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON reckonings TO taizhang_app;
-- The sweeper asks of each object whether a draft still shows it.
CREATE INDEX attachments_object ON attachments (prison_id, sha256);

-- Duties, facts and findings are seen by those who may see the area's score,
-- all of them or none: a score of half the facts would be a wrong one.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['duties', 'facts', 'findings'] LOOP
    EXECUTE format('DROP POLICY sees ON %I', t);
    EXECUTE format($p$CREATE POLICY sees ON %I USING (coalesce(
      string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false))$p$, t);
  END LOOP;
END $$;
-- +goose StatementEnd
