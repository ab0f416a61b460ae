-- +goose Up
-- Anchors say that something was written after a moment the server knew: they
-- are sealed with a secret of this installation, the same for all its servers.
CREATE TABLE anchor_keys (
  key_id int PRIMARY KEY,
  secret bytea NOT NULL CHECK (length(secret) = 32)
);
INSERT INTO anchor_keys VALUES (1, sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));
GRANT SELECT ON anchor_keys TO taizhang_app;

-- What somebody wrote without the network while the entry went on without them.
-- Nothing of it ever changes but what became of it, once.
CREATE TABLE draft_branches (
  prison_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  branch_id   uuid NOT NULL,
  written_by  uuid NOT NULL REFERENCES persons,
  version     int NOT NULL,
  base_etag   bigint NOT NULL,
  body        bytea NOT NULL,
  written     jsonb,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  resolved_at timestamptz,
  resolved_by uuid REFERENCES persons,
  resolution  text CHECK (resolution IN ('merged', 'dismissed')),
  PRIMARY KEY (prison_id, branch_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries,
  CHECK ((resolved_at IS NULL) = (resolution IS NULL) AND (resolved_at IS NULL) = (resolved_by IS NULL))
);
COMMENT ON COLUMN draft_branches.version IS 'of the ledger type it was typed under';
COMMENT ON COLUMN draft_branches.base_etag IS 'of the draft it was typed over, 0 where there was none';
CREATE INDEX draft_branches_open ON draft_branches (prison_id, entry_id) WHERE resolved_at IS NULL;
ALTER TABLE draft_branches ENABLE ROW LEVEL SECURITY;
ALTER TABLE draft_branches FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON draft_branches USING (EXISTS (SELECT FROM entries e
  WHERE e.prison_id = draft_branches.prison_id AND e.entry_id = draft_branches.entry_id));
GRANT SELECT ON draft_branches TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, entry_id, branch_id, written_by, version, base_etag, body, written) ON draft_branches TO taizhang_app;
GRANT UPDATE (resolved_at, resolved_by, resolution) ON draft_branches TO taizhang_app;
