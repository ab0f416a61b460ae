-- +goose Up
-- What the service only adds to is not emptied either, not even by the database's
-- owner by mistake: the grants do not hold him, and a trigger for rows does not
-- see TRUNCATE.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['areas', 'checkpoints', 'connector_rejected', 'connector_runs', 'custody_events', 'decisions', 'delegation_ends',
    'delegations', 'deliveries', 'departments', 'events', 'evidence', 'findings', 'ledger_ends', 'ledger_owners', 'ledger_versions', 'log_hashes',
    'log_leaves', 'persons', 'prints', 'proposal_decisions', 'relief_decisions', 'revisions', 'rosters', 'signers', 'source_records', 'standards',
    'task_acts', 'task_entries', 'tasks', 'voids', 'volume_entries'] LOOP
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
