-- +goose Up
-- Against a finding of a confirmed sheet the unit appeals within its time; somebody who
-- is neither of the team nor the asker decides.
CREATE TABLE appeals (
  prison_id   uuid NOT NULL,
  appeal_id   uuid NOT NULL,
  check_id    uuid NOT NULL,
  finding_id  uuid NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  asked_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, appeal_id),
  UNIQUE (prison_id, finding_id),
  UNIQUE (prison_id, appeal_id, asked_by),
  FOREIGN KEY (prison_id, check_id) REFERENCES checks,
  FOREIGN KEY (prison_id, finding_id) REFERENCES findings
);
CREATE INDEX appeals_check ON appeals (prison_id, check_id);

CREATE TABLE appeal_decisions (
  prison_id   uuid NOT NULL,
  appeal_id   uuid NOT NULL,
  asked_by    uuid NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('uphold', 'reduce', 'annul')),
  count       int CHECK (count > 0),
  measured_of numeric CHECK (measured_of >= 0),
  reason      text NOT NULL CHECK (reason <> ''),
  decided_by  uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, appeal_id),
  CONSTRAINT appeal_decisions_other CHECK (decided_by <> asked_by),
  CHECK ((verdict = 'reduce') = ((count IS NULL) <> (measured_of IS NULL))),
  CHECK (verdict = 'reduce' OR count IS NULL AND measured_of IS NULL),
  FOREIGN KEY (prison_id, appeal_id, asked_by) REFERENCES appeals (prison_id, appeal_id, asked_by)
);
COMMENT ON COLUMN appeal_decisions.count IS 'what a reduced finding counts instead';
COMMENT ON COLUMN appeal_decisions.measured_of IS 'what a reduced finding measured instead';

-- What a deduction asks to be put right. Nothing closes itself.
CREATE TABLE rectifications (
  prison_id   uuid NOT NULL,
  item_id     uuid NOT NULL,
  area_id     uuid,
  check_id    uuid NOT NULL,
  finding_id  uuid NOT NULL,
  line        text NOT NULL CHECK (line <> ''),
  due_on      date NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'verified', 'annulled')),
  seq         int NOT NULL DEFAULT 0,
  owner       uuid REFERENCES persons,
  PRIMARY KEY (prison_id, item_id),
  UNIQUE (prison_id, finding_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (prison_id, check_id) REFERENCES checks,
  FOREIGN KEY (prison_id, finding_id) REFERENCES findings
);
COMMENT ON COLUMN rectifications.owner IS 'who puts it right; null until the unit names somebody';
CREATE INDEX rectifications_area ON rectifications (prison_id, area_id, state);
CREATE INDEX rectifications_check ON rectifications (prison_id, check_id);

CREATE TABLE rectification_acts (
  prison_id   uuid NOT NULL,
  item_id     uuid NOT NULL,
  seq         int NOT NULL CHECK (seq > 0),
  kind        text NOT NULL CHECK (kind IN ('assigned', 'done', 'verified', 'reopened', 'annulled')),
  owner       uuid REFERENCES persons,
  cause       text NOT NULL,
  action      text NOT NULL,
  entry_id    uuid,
  acted_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, item_id, seq),
  CONSTRAINT rectification_acts_owner CHECK (kind <> 'done' OR acted_by = owner),
  CONSTRAINT rectification_acts_other CHECK (kind NOT IN ('verified', 'reopened') OR acted_by <> owner),
  CHECK (kind = 'annulled' OR owner IS NOT NULL),
  CHECK (kind <> 'assigned' OR cause <> '' AND action <> ''),
  CHECK (kind NOT IN ('done', 'verified', 'reopened') OR action <> ''),
  FOREIGN KEY (prison_id, item_id) REFERENCES rectifications,
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries
);
COMMENT ON COLUMN rectification_acts.owner IS 'of the item at that time: verified by somebody else';
COMMENT ON COLUMN rectification_acts.action IS 'what is to be done, what was done, what was seen';
COMMENT ON COLUMN rectification_acts.entry_id IS 'the entry that proves it';

-- +goose StatementBegin
CREATE FUNCTION app.ask_confirmed_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checks c JOIN findings f ON f.prison_id = c.prison_id AND f.check_id = c.check_id
    WHERE c.prison_id = NEW.prison_id AND c.check_id = NEW.check_id AND f.finding_id = NEW.finding_id AND c.state = 'confirmed') THEN
    RAISE EXCEPTION 'only a finding of a confirmed sheet is appealed' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_frozen';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER asks BEFORE INSERT ON appeals FOR EACH ROW EXECUTE FUNCTION app.ask_confirmed_check();

-- +goose StatementBegin
CREATE FUNCTION app.refuse_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM appeals a JOIN check_members m ON m.prison_id = a.prison_id AND m.check_id = a.check_id
    WHERE a.prison_id = NEW.prison_id AND a.appeal_id = NEW.appeal_id AND m.person_id = NEW.decided_by) THEN
    RAISE EXCEPTION 'nobody of the team decides on its findings' USING ERRCODE = 'check_violation', CONSTRAINT = 'appeal_decisions_team';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER team BEFORE INSERT ON appeal_decisions FOR EACH ROW EXECUTE FUNCTION app.refuse_team();

-- +goose StatementBegin
CREATE FUNCTION app.ask_appeals_decided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'closed' AND EXISTS (SELECT FROM appeals a WHERE a.prison_id = NEW.prison_id AND a.check_id = NEW.check_id
    AND NOT EXISTS (SELECT FROM appeal_decisions d WHERE d.prison_id = a.prison_id AND d.appeal_id = a.appeal_id)) THEN
    RAISE EXCEPTION 'an appeal is open' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_appealed';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER appealed BEFORE UPDATE ON checks FOR EACH ROW EXECUTE FUNCTION app.ask_appeals_decided();

-- +goose StatementBegin
-- The item shows what its acts say: an act is the only way by which it changes.
CREATE FUNCTION app.move_rectification() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  UPDATE rectifications SET seq = NEW.seq, owner = NEW.owner,
      state = CASE NEW.kind WHEN 'assigned' THEN 'open' WHEN 'reopened' THEN 'open' ELSE NEW.kind END
    WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND seq = NEW.seq - 1
      AND (NEW.kind IN ('assigned', 'annulled') OR owner = NEW.owner)
      AND (NEW.kind, state) IN (('assigned', 'open'), ('done', 'open'), ('verified', 'done'), ('reopened', 'done'), ('reopened', 'verified'),
        ('annulled', 'open'), ('annulled', 'done'), ('annulled', 'verified'));
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the item was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'rectification_acts_pkey';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.move_rectification FROM PUBLIC;
CREATE TRIGGER moves BEFORE INSERT ON rectification_acts FOR EACH ROW EXECUTE FUNCTION app.move_rectification();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['appeals', 'appeal_decisions', 'rectifications', 'rectification_acts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY sees ON rectifications USING (coalesce(
  string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
CREATE POLICY sees ON appeals USING (EXISTS (SELECT FROM checks c WHERE c.prison_id = appeals.prison_id AND c.check_id = appeals.check_id));
CREATE POLICY sees ON appeal_decisions USING (EXISTS (SELECT FROM appeals a
  WHERE a.prison_id = appeal_decisions.prison_id AND a.appeal_id = appeal_decisions.appeal_id));
CREATE POLICY sees ON rectification_acts USING (EXISTS (SELECT FROM rectifications r
  WHERE r.prison_id = rectification_acts.prison_id AND r.item_id = rectification_acts.item_id));

GRANT SELECT ON appeals, appeal_decisions, rectifications, rectification_acts TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, appeal_id, check_id, finding_id, reason, asked_by, salt) ON appeals TO taizhang_app;
GRANT INSERT (prison_id, appeal_id, asked_by, verdict, count, measured_of, reason, decided_by, salt) ON appeal_decisions TO taizhang_app;
GRANT INSERT (prison_id, item_id, area_id, check_id, finding_id, line, due_on, salt) ON rectifications TO taizhang_app;
GRANT INSERT (prison_id, item_id, seq, kind, owner, cause, action, entry_id, acted_by, salt) ON rectification_acts TO taizhang_app;
