-- +goose Up
-- Who returned an entry hears that its author gave it up.
ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check
  CHECK (kind IN ('due_soon', 'overdue', 'escalated', 'transferred', 'added', 'delegated', 'void_asked', 'voided', 'void_refused', 'discarded'));
