-- +goose Up
-- A check (考核) of a unit: an area, or the prison as a whole. It pins its standard,
-- has a team and its findings, and ends in a run that nobody sets.
CREATE TABLE checks (
  prison_id    uuid NOT NULL REFERENCES prisons,
  check_id     uuid NOT NULL,
  area_id      uuid,
  case_id      uuid,
  kind         text NOT NULL CHECK (kind IN ('self_check', 'mock', 'baseline', 'onsite', 'lookback', 'recheck', 'joint')),
  standard     text NOT NULL,
  version      int NOT NULL,
  from_day     date NOT NULL,
  to_day       date NOT NULL,
  purpose      text NOT NULL CHECK (purpose <> ''),
  opened_by    uuid NOT NULL REFERENCES persons,
  salt         bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  state        text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'confirmed', 'closed', 'cancelled')),
  seq          int NOT NULL DEFAULT 1,
  run_id       uuid,
  appeal_until date,
  PRIMARY KEY (prison_id, check_id),
  CHECK (from_day <= to_day),
  CHECK ((state IN ('confirmed', 'closed')) = (run_id IS NOT NULL AND appeal_until IS NOT NULL)),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (standard, version) REFERENCES standard_sets
);
COMMENT ON COLUMN checks.area_id IS 'null: the prison as a whole';
COMMENT ON COLUMN checks.version IS 'of the standard, pinned';
COMMENT ON COLUMN checks.seq IS 'one more with every act: who confirms, confirms what was seen';
COMMENT ON COLUMN checks.run_id IS 'the run in force: of the confirmed sheet, or of the one that followed the appeals';
COMMENT ON COLUMN checks.appeal_until IS 'the last day on which the unit may appeal';
CREATE INDEX checks_area ON checks (prison_id, area_id, state, recorded_at DESC);

-- Rights begin with the team and end with the check.
CREATE TABLE check_members (
  prison_id   uuid NOT NULL,
  check_id    uuid NOT NULL,
  person_id   uuid NOT NULL REFERENCES persons,
  leader      boolean NOT NULL,
  grant_id    uuid NOT NULL,
  added_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, check_id, person_id),
  FOREIGN KEY (prison_id, check_id) REFERENCES checks,
  FOREIGN KEY (prison_id, grant_id) REFERENCES grants
);
CREATE UNIQUE INDEX check_members_leader ON check_members (prison_id, check_id) WHERE leader;

-- What became of the check, and of its team. No row changes.
CREATE TABLE check_acts (
  prison_id   uuid NOT NULL,
  check_id    uuid NOT NULL,
  seq         int NOT NULL CHECK (seq > 1),
  kind        text NOT NULL CHECK (kind IN ('confirmed', 'closed', 'cancelled')),
  run_id      uuid,
  reason      text NOT NULL,
  acted_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, check_id, seq),
  UNIQUE (prison_id, check_id, kind),
  CHECK ((kind = 'cancelled') = (run_id IS NULL)),
  FOREIGN KEY (prison_id, check_id) REFERENCES checks
);

-- A finding of a check says more: criterion (line), evidence, conclusion, severity and scope.
-- Without a line it is advice, which costs nothing.
ALTER TABLE findings
  ALTER COLUMN area_id DROP NOT NULL,
  ADD COLUMN check_id   uuid,
  ADD COLUMN severity   text NOT NULL DEFAULT '' CHECK (severity IN ('', 'low', 'moderate', 'high')),
  ADD COLUMN scope      text NOT NULL DEFAULT '' CHECK (scope IN ('', 'limited', 'pattern', 'widespread')),
  ADD COLUMN sources    text[] NOT NULL DEFAULT '{}' CHECK (sources <@ ARRAY['seen', 'told', 'written', 'filmed', 'tested']),
  ADD COLUMN conclusion text NOT NULL DEFAULT '',
  ADD COLUMN key        boolean NOT NULL DEFAULT false,
  ADD COLUMN at_time    text NOT NULL DEFAULT '' CHECK (at_time ~ '^([01]\d:[0-5]\d|2[0-3]:[0-5]\d)?$'),
  ADD COLUMN video      text NOT NULL DEFAULT '' CHECK (video IN ('', 'match', 'mismatch', 'no_video')),
  ADD COLUMN seed       text NOT NULL DEFAULT '',
  ADD COLUMN roster     text NOT NULL DEFAULT '' CHECK (roster ~ '^([0-9a-f]{64})?$'),
  ADD COLUMN drawn      text[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT findings_of_check_fkey FOREIGN KEY (prison_id, check_id) REFERENCES checks,
  ADD CONSTRAINT findings_named CHECK (check_id IS NOT NULL OR line <> '' AND area_id IS NOT NULL),
  ADD CONSTRAINT findings_whole CHECK (check_id IS NULL OR severity <> '' AND scope <> '' AND cardinality(sources) > 0 AND conclusion <> '');
COMMENT ON COLUMN findings.line IS 'empty: advice outside the standard, without points';
COMMENT ON COLUMN findings.roster IS 'SHA-256 of the roster that was drawn from';
CREATE INDEX findings_of_check ON findings (prison_id, check_id) WHERE check_id IS NOT NULL;

-- Taken back by the team before the sheet is confirmed; corrected by another.
CREATE TABLE finding_ends (
  prison_id   uuid NOT NULL,
  finding_id  uuid NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  ended_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, finding_id),
  FOREIGN KEY (prison_id, finding_id) REFERENCES findings
);

-- The unit's answer, agreeing or not, is part of the sheet.
CREATE TABLE finding_replies (
  prison_id   uuid NOT NULL,
  finding_id  uuid NOT NULL,
  reply_id    uuid NOT NULL,
  agrees      boolean NOT NULL,
  body        text NOT NULL CHECK (body <> ''),
  replied_by  uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, reply_id),
  FOREIGN KEY (prison_id, finding_id) REFERENCES findings
);
CREATE INDEX finding_replies_of ON finding_replies (prison_id, finding_id);

ALTER TABLE score_runs
  ALTER COLUMN area_id DROP NOT NULL,
  ADD COLUMN check_id uuid,
  DROP CONSTRAINT score_runs_kind_check,
  ADD CONSTRAINT score_runs_kind_check CHECK (kind IN ('self_check', 'baseline', 'department', 'onsite', 'lookback', 'recheck', 'mock', 'joint')),
  ADD CONSTRAINT score_runs_check FOREIGN KEY (prison_id, check_id) REFERENCES checks;
COMMENT ON COLUMN score_runs.area_id IS 'null: the prison as a whole';

-- +goose StatementBegin
-- Nobody inspects a prison they were ever posted in, but a unit checks itself by its own people.
CREATE FUNCTION app.refuse_own_prison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.person_id AND p.prison_id = NEW.prison_id)
    AND NOT EXISTS (SELECT FROM checks c WHERE c.prison_id = NEW.prison_id AND c.check_id = NEW.check_id AND c.kind = 'self_check') THEN
    RAISE EXCEPTION 'nobody inspects a prison of their own' USING ERRCODE = 'check_violation', CONSTRAINT = 'check_members_own_prison';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER own_prison BEFORE INSERT ON check_members FOR EACH ROW EXECUTE FUNCTION app.refuse_own_prison();

-- +goose StatementBegin
-- A confirmed sheet is never changed, only followed by another.
CREATE FUNCTION app.keep_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('open', 'open'), ('open', 'confirmed'), ('open', 'cancelled'), ('confirmed', 'confirmed'), ('confirmed', 'closed'))
    OR NEW.seq <> OLD.seq + 1
    OR OLD.state = NEW.state AND (OLD.run_id, OLD.appeal_until) IS DISTINCT FROM (NEW.run_id, NEW.appeal_until) THEN
    RAISE EXCEPTION 'a confirmed check is not changed' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_frozen';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER keeps BEFORE UPDATE ON checks FOR EACH ROW EXECUTE FUNCTION app.keep_check();

-- +goose StatementBegin
-- Findings, their ends and their answers belong to a check that is open.
CREATE FUNCTION app.ask_open_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of uuid;
BEGIN
  IF TG_TABLE_NAME = 'findings' THEN
    of := NEW.check_id;
    IF of IS NULL THEN RETURN NEW; END IF;
  ELSE
    SELECT f.check_id INTO of FROM findings f WHERE f.prison_id = NEW.prison_id AND f.finding_id = NEW.finding_id;
  END IF;
  IF NOT EXISTS (SELECT FROM checks c WHERE c.prison_id = NEW.prison_id AND c.check_id = of AND c.state = 'open') THEN
    RAISE EXCEPTION 'the check is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_frozen';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER asks BEFORE INSERT ON findings FOR EACH ROW EXECUTE FUNCTION app.ask_open_check();
CREATE TRIGGER asks BEFORE INSERT ON finding_ends FOR EACH ROW EXECUTE FUNCTION app.ask_open_check();
CREATE TRIGGER asks BEFORE INSERT ON finding_replies FOR EACH ROW EXECUTE FUNCTION app.ask_open_check();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['checks', 'check_members', 'check_acts', 'finding_ends', 'finding_replies'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['check_members', 'check_acts'] LOOP
    EXECUTE format($p$CREATE POLICY sees ON %I USING (EXISTS (SELECT FROM checks c
      WHERE c.prison_id = %I.prison_id AND c.check_id = %I.check_id))$p$, t, t, t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['finding_ends', 'finding_replies'] LOOP
    EXECUTE format($p$CREATE POLICY sees ON %I USING (EXISTS (SELECT FROM findings f
      WHERE f.prison_id = %I.prison_id AND f.finding_id = %I.finding_id))$p$, t, t, t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY sees ON checks USING (coalesce(
  string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));

GRANT SELECT ON checks, check_members, check_acts, finding_ends, finding_replies TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, check_id, area_id, case_id, kind, standard, version, from_day, to_day, purpose, opened_by, salt) ON checks TO taizhang_app;
GRANT UPDATE (state, seq, run_id, appeal_until) ON checks TO taizhang_app;
GRANT INSERT (prison_id, check_id, person_id, leader, grant_id, added_by, salt) ON check_members TO taizhang_app;
GRANT INSERT (prison_id, check_id, seq, kind, run_id, reason, acted_by, salt) ON check_acts TO taizhang_app;
GRANT INSERT (check_id, severity, scope, sources, conclusion, key, at_time, video, seed, roster, drawn) ON findings TO taizhang_app;
GRANT INSERT (prison_id, finding_id, reason, ended_by, salt) ON finding_ends TO taizhang_app;
GRANT INSERT (prison_id, finding_id, reply_id, agrees, body, replied_by, salt) ON finding_replies TO taizhang_app;
GRANT INSERT (check_id) ON score_runs TO taizhang_app;
