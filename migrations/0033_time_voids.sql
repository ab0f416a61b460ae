-- +goose Up
-- A void that is asked for has the deadline of the ledger's own steps, moved by
-- outages like theirs, and the higher post that may decide it once that is over.
ALTER TABLE entries
  ADD COLUMN void_due         timestamptz,
  ADD COLUMN void_reached_at  timestamptz,
  ADD COLUMN void_planned_due timestamptz,
  ADD COLUMN void_higher      text[] NOT NULL DEFAULT '{}',
  ADD COLUMN void_higher_unit text NOT NULL DEFAULT '';
GRANT UPDATE (void_due, void_reached_at, void_planned_due, void_higher, void_higher_unit) ON entries TO taizhang_app;

-- Who was to decide it hears that it was withdrawn.
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN
  ('due_soon', 'overdue', 'escalated', 'transferred', 'added', 'delegated', 'void_asked', 'voided', 'void_refused', 'void_withdrawn', 'discarded', 'not_executed'));
