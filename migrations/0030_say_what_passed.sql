-- +goose Up
-- A new version overtakes what was checked under the one before: an import is
-- checked again, a change approved for a later day may be impossible by then.
-- Both say so where their people look.
ALTER TABLE imports ADD COLUMN passed int CHECK (passed > 0);
COMMENT ON COLUMN imports.passed IS 'the version its rows were checked under before; they were checked again';

ALTER TABLE proposals DROP CONSTRAINT proposals_state_check;
ALTER TABLE proposals ADD CONSTRAINT proposals_state_check CHECK (state IN ('proposed', 'approved', 'executed', 'refused', 'withdrawn', 'failed'));
ALTER TABLE proposals ADD COLUMN failure jsonb CHECK ((failure IS NOT NULL) = (state = 'failed'));
COMMENT ON COLUMN proposals.failure IS 'why what was approved could not be carried out on its day';
GRANT UPDATE (failure) ON proposals TO taizhang_app;

ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check CHECK (kind IN ('due_soon', 'overdue', 'escalated', 'transferred', 'added', 'delegated', 'void_asked', 'voided', 'void_refused', 'discarded', 'not_executed'));
