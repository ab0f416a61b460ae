-- +goose Up
-- Changes of the catalogue (删、减、转、并、共、增): proposed with their dry run,
-- decided by others, carried out once. Append-only but for the head's state.
CREATE TABLE proposals (
  prison_id   uuid NOT NULL REFERENCES prisons,
  proposal_id uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('add', 'version', 'delete', 'transfer', 'merge', 'share')),
  ledger      text NOT NULL,
  department  text NOT NULL REFERENCES departments (code),
  body        bytea NOT NULL,
  report      jsonb NOT NULL,
  digest      bytea NOT NULL CHECK (length(digest) = 32),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  state       text NOT NULL CHECK (state IN ('proposed', 'approved', 'executed', 'refused', 'withdrawn')),
  step        int NOT NULL DEFAULT 0,
  executed    jsonb,
  executed_at timestamptz,
  PRIMARY KEY (prison_id, proposal_id),
  UNIQUE (prison_id, proposal_id, author)
);
COMMENT ON COLUMN proposals.prison_id IS 'where it was proposed: its leaves stand in that prison''s log; the catalogue is the province''s';
COMMENT ON COLUMN proposals.digest IS 'of body and report: what a decision binds to';
CREATE INDEX proposals_state ON proposals (state, recorded_at);

CREATE TABLE proposal_decisions (
  prison_id   uuid NOT NULL,
  proposal_id uuid NOT NULL,
  decision_id uuid NOT NULL,
  step        int NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('approve', 'refuse', 'withdraw')),
  author      uuid NOT NULL,
  decided_by  uuid NOT NULL REFERENCES persons,
  of_digest   bytea NOT NULL CHECK (length(of_digest) = 32),
  comment     text NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, proposal_id, decision_id),
  UNIQUE (prison_id, proposal_id, step),
  UNIQUE (prison_id, proposal_id, decided_by),
  CHECK ((verdict = 'withdraw') = (decided_by = author)),
  FOREIGN KEY (prison_id, proposal_id, author) REFERENCES proposals (prison_id, proposal_id, author)
);

ALTER TABLE ledger_versions ADD COLUMN proposal_id uuid;
ALTER TABLE ledger_owners ADD COLUMN proposal_id uuid;
CREATE TABLE ledger_ends (
  ledger      text PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('delete', 'transfer', 'merge', 'share')),
  target      text NOT NULL,
  notice_zh   text NOT NULL,
  notice_en   text NOT NULL,
  ended_at    timestamptz NOT NULL DEFAULT now(),
  proposal_id uuid NOT NULL
);

-- What is published stays as it is, whoever asks: the service's role has no
-- UPDATE, and this holds for the owner of the database too.
-- +goose StatementBegin
CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
-- +goose StatementEnd
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON ledger_versions FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON ledger_owners FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON ledger_ends FOR EACH ROW EXECUTE FUNCTION app.refuse_change();

-- The catalogue is no secret within the house; a proposal is seen where its prison is.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['proposals', 'proposal_decisions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY sees ON %I USING (coalesce(string_to_array(app.setting(''prisons''), '','') && ARRAY[prison_id::text, ''*''], false))', t);
  END LOOP;
END $$;
-- +goose StatementEnd

GRANT SELECT ON proposals, proposal_decisions, ledger_ends TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, proposal_id, kind, ledger, department, body, report, digest, author, salt, state) ON proposals TO taizhang_app;
GRANT UPDATE (state, step, executed, executed_at) ON proposals TO taizhang_app;
GRANT INSERT (prison_id, proposal_id, decision_id, step, verdict, author, decided_by, of_digest, comment, salt) ON proposal_decisions TO taizhang_app;
GRANT INSERT ON ledger_ends TO taizhang_app;
-- Duties still ahead are a forecast: they go when the ledger ends or its cadence changes.
GRANT DELETE ON duties TO taizhang_app;
