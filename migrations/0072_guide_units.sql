-- +goose Up
-- Guidance (指导): what the bureau saw in a unit and advised, and how it ended. Nothing here
-- is altered: a visit is what its acts make of it, and two who act on what they both saw meet
-- at the number of the act.
CREATE TABLE visits (
  prison_id   uuid NOT NULL REFERENCES prisons,
  visit_id    uuid NOT NULL,
  area_id     uuid,
  day         date NOT NULL,
  findings    text NOT NULL CHECK (findings <> ''),
  advice      text NOT NULL CHECK (advice <> ''),
  due_on      date NOT NULL,
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, visit_id),
  CHECK (due_on >= day),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN visits.area_id IS 'null: the prison as a whole';

CREATE TABLE visit_acts (
  prison_id   uuid NOT NULL,
  visit_id    uuid NOT NULL,
  act         int NOT NULL CHECK (act > 0),
  kind        text NOT NULL CHECK (kind IN ('answer', 'return', 'close')),
  comment     text NOT NULL CHECK (comment <> ''),
  acted_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, visit_id, act),
  FOREIGN KEY (prison_id, visit_id) REFERENCES visits
);

-- The unit answers, somebody else looks: an answer follows nothing or a return, a return and
-- the closing follow an answer, and nothing follows the closing.
-- +goose StatementBegin
CREATE FUNCTION app.guard_visit_act() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last visit_acts;
BEGIN
  SELECT * INTO last FROM visit_acts WHERE prison_id = NEW.prison_id AND visit_id = NEW.visit_id ORDER BY act DESC LIMIT 1;
  IF NEW.act <> coalesce(last.act, 0) + 1 THEN
    RAISE EXCEPTION 'the visit was acted on meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_acts_pkey';
  END IF;
  IF (NEW.kind = 'answer') <> (coalesce(last.kind, 'return') = 'return') OR last.kind = 'close' THEN
    RAISE EXCEPTION 'a visit that is % takes no %', coalesce(last.kind, 'open'), NEW.kind USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_acts_order';
  END IF;
  IF NEW.kind <> 'answer' AND EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.acted_by AND p.prison_id = NEW.prison_id
      AND (p.until_at IS NULL OR p.until_at > app.transaction_time())) THEN
    RAISE EXCEPTION 'the unit does not close its own visit' USING ERRCODE = 'check_violation', CONSTRAINT = 'visit_acts_other';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON visit_acts FOR EACH ROW EXECUTE FUNCTION app.guard_visit_act();

-- Training on a version of a standard belongs to the province; who was there and passed is of
-- the prison they serve in, and stands in its log.
CREATE TABLE trainings (
  training_id uuid PRIMARY KEY,
  title       text NOT NULL CHECK (title <> ''),
  standard    text NOT NULL,
  version     int NOT NULL,
  digest      bytea NOT NULL CHECK (length(digest) = 32),
  day         date NOT NULL,
  audience    text[] NOT NULL CHECK (cardinality(audience) > 0),
  author      uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  FOREIGN KEY (standard, version) REFERENCES standard_sets
);
COMMENT ON COLUMN trainings.digest IS 'of the version that was taught: its leaves name it';
CREATE INDEX trainings_version ON trainings (standard, version);

CREATE TABLE attendances (
  prison_id   uuid NOT NULL REFERENCES prisons,
  training_id uuid NOT NULL REFERENCES trainings,
  person_id   uuid NOT NULL REFERENCES persons,
  version     int NOT NULL CHECK (version > 0),
  attended    boolean NOT NULL,
  mark        numeric CHECK (mark BETWEEN 0 AND 100 AND scale(mark) <= 1),
  passed      boolean NOT NULL,
  certificate text NOT NULL,
  reason      text NOT NULL,
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT attendances_pkey PRIMARY KEY (prison_id, training_id, person_id, version),
  CHECK (attended OR NOT passed AND mark IS NULL),
  CHECK (passed OR certificate = ''),
  CHECK (version = 1 OR reason <> ''),
  CONSTRAINT attendances_other CHECK (author <> person_id)
);
COMMENT ON COLUMN attendances.version IS 'the latest counts; a correction has its reason';

-- +goose StatementBegin
CREATE FUNCTION app.guard_attendance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> 1 + coalesce((SELECT max(version) FROM attendances WHERE (prison_id, training_id, person_id) = (NEW.prison_id, NEW.training_id, NEW.person_id)), 0) THEN
    RAISE EXCEPTION 'it was recorded meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'attendances_pkey';
  END IF;
  IF NOT EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.person_id AND p.prison_id = NEW.prison_id) THEN
    RAISE EXCEPTION 'nobody of that prison' USING ERRCODE = 'check_violation', CONSTRAINT = 'attendances_person';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON attendances FOR EACH ROW EXECUTE FUNCTION app.guard_attendance();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['visits', 'visit_acts', 'attendances'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['visits', 'visit_acts', 'attendances', 'trainings'] LOOP
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
-- Who sees the score of a unit sees what it was advised.
CREATE POLICY sees ON visits USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
CREATE POLICY sees ON visit_acts USING (EXISTS (SELECT FROM visits v WHERE v.prison_id = visit_acts.prison_id AND v.visit_id = visit_acts.visit_id));
-- One's own mark, and those of the prison for whoever sees its score.
CREATE POLICY sees ON attendances USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[prison_id::text, '*']
  OR person_id::text = app.setting('person'), false));
GRANT SELECT ON visits, visit_acts, trainings, attendances TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, visit_id, area_id, day, findings, advice, due_on, author, salt) ON visits TO taizhang_app;
GRANT INSERT (prison_id, visit_id, act, kind, comment, acted_by, salt) ON visit_acts TO taizhang_app;
GRANT INSERT (training_id, title, standard, version, digest, day, audience, author) ON trainings TO taizhang_app;
GRANT INSERT (prison_id, training_id, person_id, version, attended, mark, passed, certificate, reason, author, salt) ON attendances TO taizhang_app;
