-- +goose Up
-- A void (作废) is asked for by one and decided by another, in a round of its
-- own beside the approval of a correction. Append-only.
CREATE TABLE voids (
  prison_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  void_id     uuid NOT NULL,
  revision    int NOT NULL,
  of_digest   bytea NOT NULL CHECK (length(of_digest) = 32),
  author      uuid NOT NULL,
  asked_by    uuid NOT NULL REFERENCES persons,
  role        text NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, void_id),
  UNIQUE (prison_id, entry_id, void_id, asked_by),
  FOREIGN KEY (prison_id, entry_id, revision, author) REFERENCES revisions (prison_id, entry_id, revision, author)
);
COMMENT ON COLUMN voids.revision IS 'that was in force when it was asked for';
CREATE INDEX voids_entry ON voids (prison_id, entry_id);

-- What is decided of a void names it; of one void there is one decision, however
-- often another is asked for. Who asked comes through the key, as the author does.
-- Voids from before were decided without having been asked for.
ALTER TABLE decisions DROP CONSTRAINT decisions_pkey, DROP CONSTRAINT decisions_prison_id_decision_id_key, DROP CONSTRAINT decisions_verdict_check;
ALTER TABLE decisions
  ADD COLUMN void_id uuid,
  ADD COLUMN asked_by uuid,
  ADD PRIMARY KEY (prison_id, decision_id),
  ADD CONSTRAINT decisions_verdict_check CHECK (verdict IN ('approve', 'return', 'void', 'keep')),
  ADD CONSTRAINT decisions_of_void CHECK ((verdict IN ('void', 'keep')) = (void_id IS NOT NULL) AND (void_id IS NULL) = (asked_by IS NULL)) NOT VALID,
  ADD CONSTRAINT decisions_asker CHECK (asked_by <> decided_by AND (for_person IS NULL OR asked_by <> for_person)),
  ADD CONSTRAINT decisions_void_fkey FOREIGN KEY (prison_id, entry_id, void_id, asked_by) REFERENCES voids (prison_id, entry_id, void_id, asked_by);
DROP INDEX decisions_seat;
CREATE UNIQUE INDEX decisions_once ON decisions (prison_id, entry_id, revision, step, decided_by) WHERE void_id IS NULL;
CREATE UNIQUE INDEX decisions_seat ON decisions (prison_id, entry_id, revision, step, (coalesce(for_person, decided_by))) WHERE void_id IS NULL;
CREATE UNIQUE INDEX decisions_void ON decisions (prison_id, void_id) WHERE void_id IS NOT NULL;
CREATE INDEX decisions_entry ON decisions (prison_id, entry_id);

-- The void that is asked for and not decided: for lists and walls.
ALTER TABLE entries
  ADD COLUMN void_id    uuid,
  ADD COLUMN void_by    uuid,
  ADD COLUMN void_roles text[] NOT NULL DEFAULT '{}',
  ADD COLUMN void_unit  text NOT NULL DEFAULT '';
COMMENT ON COLUMN entries.void_roles IS 'who decides the void at hand';
DROP INDEX entries_inbox;
CREATE INDEX entries_inbox ON entries (prison_id, resubmitted_at, entry_id) WHERE state = 'submitted' OR void_id IS NOT NULL;

ALTER TABLE notices DROP CONSTRAINT notices_kind_check;
ALTER TABLE notices ADD CONSTRAINT notices_kind_check
  CHECK (kind IN ('due_soon', 'overdue', 'escalated', 'transferred', 'added', 'delegated', 'void_asked', 'voided', 'void_refused'));

ALTER TABLE voids ENABLE ROW LEVEL SECURITY;
ALTER TABLE voids FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON voids USING (EXISTS (SELECT FROM entries e WHERE e.prison_id = voids.prison_id AND e.entry_id = voids.entry_id));

GRANT SELECT ON voids TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, entry_id, void_id, revision, of_digest, author, asked_by, role, reason, salt) ON voids TO taizhang_app;
GRANT INSERT (void_id, asked_by) ON decisions TO taizhang_app;
GRANT UPDATE (void_id, void_by, void_roles, void_unit) ON entries TO taizhang_app;

-- An outage moves the deadline of a step as it moves that of a duty; beside it
-- stay when the time began to run and what was planned. Without these two the
-- deadline is not moved: it was set because nobody was left to decide.
ALTER TABLE entries
  ADD COLUMN step_reached_at  timestamptz,
  ADD COLUMN step_planned_due timestamptz;
UPDATE entries SET step_planned_due = step_due, step_reached_at = coalesce(decided_at, resubmitted_at) WHERE step_due IS NOT NULL;
GRANT UPDATE (step_reached_at, step_planned_due) ON entries TO taizhang_app;
