-- +goose Up
-- Who is on duty, shift by shift. Every change is a new version of the shift's
-- list; the highest stands. Two who change one shift at once meet in the key.
CREATE TABLE rosters (
  prison_id   uuid NOT NULL,
  area_id     uuid NOT NULL,
  day         date NOT NULL,
  shift       text NOT NULL,
  version     int NOT NULL CHECK (version > 0),
  people      jsonb NOT NULL,
  set_by      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, area_id, day, shift, version),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN rosters.people IS '[{"person": uuid, "post": "leader" or "officer"}]; empty when nobody is named any more';

-- What eases duties: a duty excused (免填), an outage declared (停机报备), a
-- lock lifted (解锁). Asked for by one, decided by another; append-only but for
-- the state.
CREATE TABLE reliefs (
  prison_id   uuid NOT NULL REFERENCES prisons,
  relief_id   uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('excuse', 'outage', 'unlock')),
  areas       uuid[] NOT NULL,
  ledger      text NOT NULL,
  period      text NOT NULL,
  from_day    date,
  to_day      date,
  from_at     timestamptz,
  until_at    timestamptz,
  expires_on  date,
  department  text NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  given       boolean NOT NULL,
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  state       text NOT NULL CHECK (state IN ('requested', 'granted', 'refused', 'withdrawn', 'revoked')),
  PRIMARY KEY (prison_id, relief_id),
  UNIQUE (prison_id, relief_id, author),
  CHECK (CASE kind WHEN 'outage' THEN from_at < until_at AND from_day IS NULL
    ELSE from_day <= to_day AND from_at IS NULL AND cardinality(areas) = 1 AND ledger <> '' END),
  CHECK ((kind = 'unlock') = (expires_on IS NOT NULL)),
  CHECK (kind = 'unlock' OR NOT given)
);
COMMENT ON COLUMN reliefs.areas IS 'one area; of an outage any number, none for the whole prison';
COMMENT ON COLUMN reliefs.period IS 'of the one duty that is excused, empty for every duty of the days';
COMMENT ON COLUMN reliefs.given IS 'by the owner''s head without having been asked for';
CREATE INDEX reliefs_recorded ON reliefs (prison_id, kind, state, recorded_at);
CREATE INDEX reliefs_ledger ON reliefs (prison_id, ledger, from_day) WHERE state = 'granted';

CREATE TABLE relief_decisions (
  prison_id   uuid NOT NULL,
  relief_id   uuid NOT NULL,
  decision_id uuid NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('grant', 'refuse', 'withdraw', 'revoke')),
  author      uuid NOT NULL,
  decided_by  uuid NOT NULL REFERENCES persons,
  comment     text NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, relief_id, decision_id),
  UNIQUE (prison_id, relief_id, verdict),
  CONSTRAINT relief_decisions_other CHECK (verdict NOT IN ('grant', 'refuse') OR decided_by <> author),
  CHECK (verdict <> 'withdraw' OR decided_by = author),
  FOREIGN KEY (prison_id, relief_id, author) REFERENCES reliefs (prison_id, relief_id, author)
);

-- An outage moves deadlines; the planned one stays beside it, so that an outage
-- taken back leaves no trace.
ALTER TABLE duties ADD COLUMN planned_due_at timestamptz;
UPDATE duties SET planned_due_at = due_at;
ALTER TABLE duties ALTER COLUMN planned_due_at SET NOT NULL;
CREATE INDEX duties_all_due ON duties (prison_id, due_at);

-- What an entry, or an arrival, makes somebody do elsewhere (catalogue 2.5).
CREATE TABLE tasks (
  prison_id   uuid NOT NULL,
  task_id     uuid NOT NULL,
  area_id     uuid NOT NULL,
  trigger     text NOT NULL,
  source      text NOT NULL,
  entry_id    uuid,
  ledger      text NOT NULL,
  opened      uuid,
  title_zh    text NOT NULL,
  title_en    text NOT NULL,
  roles       text[] NOT NULL,
  department  text NOT NULL,
  due_at      timestamptz,
  body        bytea NOT NULL,
  disputes    boolean NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, task_id),
  UNIQUE (prison_id, trigger, source),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries
);
COMMENT ON COLUMN tasks.source IS 'the entry, or the person who arrived, that opened it: once for each trigger';
COMMENT ON COLUMN tasks.body IS 'what the entry that does it begins with';
COMMENT ON COLUMN tasks.disputes IS 'the entry is doubted: corrected, voided or made a finding, it is done';
COMMENT ON COLUMN tasks.ledger IS 'to be filled to do it; empty for a notice that is taken note of';
CREATE INDEX tasks_area ON tasks (prison_id, area_id, recorded_at);
CREATE INDEX tasks_entry ON tasks (prison_id, entry_id);
CREATE INDEX entries_opened ON entries (prison_id, opened_by) WHERE opened_by IS NOT NULL;

CREATE TABLE task_acts (
  prison_id   uuid NOT NULL,
  task_id     uuid NOT NULL,
  done_by     uuid NOT NULL REFERENCES persons,
  note        text NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, task_id),
  FOREIGN KEY (prison_id, task_id) REFERENCES tasks
);

-- From the inmate master: three months before, the preparation begins.
ALTER TABLE inmates ADD COLUMN release_on date;

-- Seen by those who see the standing of the area; what eases several areas, in
-- the whole prison.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['rosters', 'reliefs', 'relief_decisions', 'tasks', 'task_acts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY sees ON rosters USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
CREATE POLICY sees ON reliefs USING (coalesce(CASE WHEN kind = 'outage' THEN string_to_array(app.setting('prisons'), ',') && ARRAY[prison_id::text, '*']
  ELSE string_to_array(app.setting('scores'), ',') && (areas::text[] || ARRAY[prison_id::text, '*']) END, false) OR author::text = app.setting('person'));
CREATE POLICY sees ON relief_decisions USING (EXISTS (SELECT FROM reliefs r
  WHERE r.prison_id = relief_decisions.prison_id AND r.relief_id = relief_decisions.relief_id));
CREATE POLICY sees ON tasks USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
CREATE POLICY sees ON task_acts USING (EXISTS (SELECT FROM tasks t WHERE t.prison_id = task_acts.prison_id AND t.task_id = task_acts.task_id));

GRANT SELECT ON rosters, reliefs, relief_decisions, tasks, task_acts TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, area_id, day, shift, version, people, set_by, salt) ON rosters TO taizhang_app;
GRANT INSERT (prison_id, relief_id, kind, areas, ledger, period, from_day, to_day, from_at, until_at, expires_on, department, reason, given, author, salt, state)
  ON reliefs TO taizhang_app;
GRANT UPDATE (state) ON reliefs TO taizhang_app;
GRANT INSERT (prison_id, relief_id, decision_id, verdict, author, decided_by, comment, salt) ON relief_decisions TO taizhang_app;
GRANT UPDATE (due_at) ON duties TO taizhang_app;
GRANT INSERT (prison_id, task_id, area_id, trigger, source, entry_id, ledger, opened, title_zh, title_en, roles, department, due_at, body, disputes) ON tasks TO taizhang_app;
GRANT INSERT (prison_id, task_id, done_by, note, salt) ON task_acts TO taizhang_app;
