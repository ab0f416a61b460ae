-- +goose Up
-- Several people decide a step: in their own name or, by delegation (代), in
-- that of the one whose seat it is. A leaf says of the new columns only what is
-- not their default, so that leaves from before them hold.
ALTER TABLE decisions DROP CONSTRAINT decisions_pkey;
ALTER TABLE decisions
  ADD COLUMN capacity text NOT NULL DEFAULT '' CHECK (capacity IN ('', 'deputy', 'higher')),
  ADD COLUMN for_person uuid REFERENCES persons,
  ADD COLUMN delegation_id uuid,
  ADD CONSTRAINT decisions_pkey PRIMARY KEY (prison_id, entry_id, revision, step, decided_by),
  ADD CONSTRAINT decisions_for_author CHECK (for_person <> author),
  ADD CONSTRAINT decisions_for_self CHECK (for_person <> decided_by),
  ADD CONSTRAINT decisions_deputy CHECK ((capacity = 'deputy') = (for_person IS NOT NULL) AND (capacity = 'deputy') = (delegation_id IS NOT NULL));
CREATE UNIQUE INDEX decisions_seat ON decisions (prison_id, entry_id, revision, step, (coalesce(for_person, decided_by)));
COMMENT ON COLUMN decisions.for_person IS 'whose seat it was, where a deputy (代) decided; null: one''s own';

-- Who signs a step beside or instead of whoever holds the post: the holders
-- found when a step of all (会签) or vote (票决) was reached, those whom a
-- decision was passed on to (转签), those who were added (加签). Append-only.
CREATE TABLE signers (
  prison_id   uuid NOT NULL,
  entry_id    uuid NOT NULL,
  revision    int NOT NULL,
  step        int NOT NULL,
  signer_id   uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('holder', 'transfer', 'before', 'after')),
  person_id   uuid NOT NULL REFERENCES persons,
  role        text NOT NULL,
  for_person  uuid REFERENCES persons,
  author      uuid NOT NULL,
  made_by     uuid NOT NULL REFERENCES persons,
  reason      text NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, entry_id, revision, step, person_id),
  UNIQUE (prison_id, signer_id),
  CONSTRAINT signers_author CHECK (person_id <> author),
  CONSTRAINT signers_reason CHECK (kind = 'holder' OR reason <> ''),
  CONSTRAINT signers_for CHECK ((kind = 'transfer') = (for_person IS NOT NULL) AND for_person <> person_id),
  FOREIGN KEY (prison_id, entry_id, revision, author) REFERENCES revisions (prison_id, entry_id, revision, author)
);
COMMENT ON COLUMN signers.for_person IS 'of a transfer: whose decision was passed on; it is passed on once';
CREATE UNIQUE INDEX signers_for_once ON signers (prison_id, entry_id, revision, step, for_person) WHERE kind = 'transfer';

-- A deputy for a time (委托). Both rows are append-only; which post is meant is
-- copied, and holds only while the one who gave it holds the post.
CREATE TABLE delegations (
  prison_id     uuid NOT NULL REFERENCES prisons,
  delegation_id uuid NOT NULL,
  holder        uuid NOT NULL REFERENCES persons,
  deputy        uuid NOT NULL REFERENCES persons,
  role          text NOT NULL,
  area_id       uuid,
  department    text NOT NULL,
  from_day      date NOT NULL,
  until_day     date NOT NULL,
  reason        text NOT NULL CHECK (reason <> ''),
  salt          bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at   timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, delegation_id),
  CONSTRAINT delegations_self CHECK (holder <> deputy),
  CONSTRAINT delegations_days CHECK (until_day >= from_day)
);
COMMENT ON COLUMN delegations.until_day IS 'the last day on which the deputy decides, in +08:00';
CREATE INDEX delegations_deputy ON delegations (deputy, until_day);
CREATE TABLE delegation_ends (
  prison_id     uuid NOT NULL,
  delegation_id uuid NOT NULL,
  ended_by      uuid NOT NULL REFERENCES persons,
  salt          bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at   timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, delegation_id),
  FOREIGN KEY (prison_id, delegation_id) REFERENCES delegations
);
-- +goose StatementBegin
CREATE FUNCTION app.delegation_in_force(row_prison uuid, row_delegation uuid, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
RETURN EXISTS (
  SELECT FROM delegations d WHERE d.prison_id = row_prison AND d.delegation_id = row_delegation
    AND (at AT TIME ZONE INTERVAL '+08:00')::date BETWEEN d.from_day AND d.until_day
    AND NOT EXISTS (SELECT FROM delegation_ends x WHERE x.prison_id = d.prison_id AND x.delegation_id = d.delegation_id)
    AND EXISTS (SELECT FROM postings p WHERE p.person_id = d.holder AND p.role = d.role AND p.prison_id = d.prison_id
      AND p.area_id IS NOT DISTINCT FROM d.area_id AND coalesce(p.department, '') = d.department
      AND p.from_at <= at AND (p.until_at IS NULL OR p.until_at > at)));
-- +goose StatementEnd

-- The step at hand, as it follows from the rows above: for lists and walls.
ALTER TABLE entries
  ADD COLUMN step_mode        text NOT NULL DEFAULT '',
  ADD COLUMN step_bound       boolean NOT NULL DEFAULT false,
  ADD COLUMN step_seats       uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN step_out         uuid[] NOT NULL DEFAULT '{}',
  ADD COLUMN step_vacant      text[] NOT NULL DEFAULT '{}',
  ADD COLUMN step_due         timestamptz,
  ADD COLUMN step_higher      text[] NOT NULL DEFAULT '{}',
  ADD COLUMN step_higher_unit text NOT NULL DEFAULT '',
  ADD COLUMN hints            int NOT NULL DEFAULT 0;
COMMENT ON COLUMN entries.step_bound IS 'only those in step_seats decide, not whoever holds the post';
COMMENT ON COLUMN entries.step_seats IS 'who has to decide now by name';
COMMENT ON COLUMN entries.step_out IS 'who has decided this step or passed it on';
COMMENT ON COLUMN entries.step_vacant IS 'the posts that nobody holds, where somebody else stands in';

-- What struck the program when the revision was filed: for approvers, without effect.
ALTER TABLE revisions ADD COLUMN hints jsonb NOT NULL DEFAULT '[]';

-- Notices are a service and no evidence: one of a kind for a person and a step.
CREATE TABLE notices (
  prison_id   uuid NOT NULL REFERENCES prisons,
  notice_id   uuid NOT NULL,
  person_id   uuid NOT NULL REFERENCES persons,
  kind        text NOT NULL CHECK (kind IN ('due_soon', 'overdue', 'escalated', 'transferred', 'added', 'delegated')),
  entry_id    uuid,
  subject     uuid NOT NULL,
  revision    int NOT NULL,
  step        int NOT NULL,
  detail      jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  read_at     timestamptz,
  PRIMARY KEY (prison_id, notice_id),
  UNIQUE (prison_id, person_id, kind, subject, revision, step),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries
);
CREATE INDEX notices_person ON notices (prison_id, person_id, recorded_at DESC);

ALTER TABLE signers ENABLE ROW LEVEL SECURITY;
ALTER TABLE signers FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON signers USING (EXISTS (SELECT FROM entries e WHERE e.prison_id = signers.prison_id AND e.entry_id = signers.entry_id));
-- Who stands in for whom is no secret within the prison.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['delegations', 'delegation_ends'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY sees ON %I USING (coalesce(string_to_array(app.setting(''prisons''), '','') && ARRAY[prison_id::text, ''*''], false))', t);
  END LOOP;
END $$;
-- +goose StatementEnd
-- One's own, or, for the program, everybody's.
ALTER TABLE notices ENABLE ROW LEVEL SECURITY;
ALTER TABLE notices FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON notices USING (person_id::text = app.setting('person')
  OR coalesce(app.setting('person'), '') = '' AND app.setting('prisons') = '*');

GRANT SELECT ON signers, delegations, delegation_ends TO taizhang_app, taizhang_verify;
GRANT SELECT ON notices TO taizhang_app;
GRANT INSERT (capacity, for_person, delegation_id) ON decisions TO taizhang_app;
GRANT INSERT (prison_id, entry_id, revision, step, signer_id, kind, person_id, role, for_person, author, made_by, reason, salt) ON signers TO taizhang_app;
GRANT INSERT (prison_id, delegation_id, holder, deputy, role, area_id, department, from_day, until_day, reason, salt) ON delegations TO taizhang_app;
GRANT INSERT (prison_id, delegation_id, ended_by, salt) ON delegation_ends TO taizhang_app;
GRANT INSERT (hints) ON revisions TO taizhang_app;
GRANT UPDATE (step_mode, step_bound, step_seats, step_out, step_vacant, step_due, step_higher, step_higher_unit, hints) ON entries TO taizhang_app;
GRANT INSERT (prison_id, notice_id, person_id, kind, entry_id, subject, revision, step, detail) ON notices TO taizhang_app;
GRANT UPDATE (read_at) ON notices TO taizhang_app;
