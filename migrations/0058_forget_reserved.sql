-- +goose Up
-- What is for professionals (schemas/reserved.json) stood in the texts that entries
-- are found by. They are made anew by `taizhang search rebuild`; nothing finds those entries until then.
ALTER TABLE entries NO FORCE ROW LEVEL SECURITY;
DELETE FROM search_texts s USING entries e
  WHERE e.prison_id = s.prison_id AND e.entry_id = s.entry_id AND e.ledger IN ('medical-visit', 'psych-health');
ALTER TABLE entries FORCE ROW LEVEL SECURITY;
-- Volumes held the whole forms; they are bound anew, of excerpts.
ALTER TABLE volumes NO FORCE ROW LEVEL SECURITY;
UPDATE volumes SET state = 'waiting', sha256 = NULL, version_id = NULL, done = 0, attempts = 0, finished_at = NULL
  WHERE state = 'done' AND ledger IN ('medical-visit', 'psych-health');
ALTER TABLE volumes FORCE ROW LEVEL SECURITY;
