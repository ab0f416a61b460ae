-- +goose Up
-- Where each field of a merged ledger lives now, by stable ids: what its old entries are read by.
ALTER TABLE ledger_ends ADD COLUMN places jsonb NOT NULL DEFAULT '[]';
ALTER TABLE ledger_ends DISABLE TRIGGER immutable;
SELECT set_config('app.prisons', '*', true);
UPDATE ledger_ends e SET places = app.document(p.body)->'map' FROM proposals p
  WHERE p.proposal_id = e.proposal_id AND jsonb_typeof(app.document(p.body)->'map') = 'array';
ALTER TABLE ledger_ends ENABLE TRIGGER immutable;
