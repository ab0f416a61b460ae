-- +goose Up
-- The road of a unit to its title (schemas/accreditation). A case shows what its last
-- event left; every event is a row beside it, by which alone it changes: the service may
-- insert an event, and the database carries it to the case.
CREATE TABLE cases (
  prison_id   uuid NOT NULL REFERENCES prisons,
  case_id     uuid NOT NULL,
  area_id     uuid,
  track       text NOT NULL,
  previous    uuid,
  begun_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  seq         int NOT NULL DEFAULT 0,
  at          timestamptz NOT NULL DEFAULT app.transaction_time(),
  state       text NOT NULL DEFAULT 'DRAFT' CHECK (state <> ''),
  level       text NOT NULL,
  machine     int NOT NULL,
  standard    text,
  version     int,
  digest      bytea CHECK (length(digest) = 32),
  standing    bytea NOT NULL,
  PRIMARY KEY (prison_id, case_id),
  CHECK ((standard IS NULL) = (version IS NULL) AND (standard IS NULL) = (digest IS NULL)),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (prison_id, previous) REFERENCES cases,
  FOREIGN KEY (standard, version) REFERENCES standard_sets
);
COMMENT ON COLUMN cases.area_id IS 'null: the prison as a whole';
COMMENT ON COLUMN cases.machine IS 'the version of the road that the case is held to, pinned when it is submitted';
COMMENT ON COLUMN cases.standing IS 'the case as package lifecycle writes it';
-- One application at a time; what is named goes on while another level is applied for.
CREATE UNIQUE INDEX cases_open ON cases (prison_id, coalesce(area_id, '00000000-0000-0000-0000-000000000000'))
  WHERE state NOT IN ('NAMED', 'LOOKBACK', 'RECHECK', 'NOT_PASSED', 'REVOKED', 'WITHDRAWN');

CREATE TABLE case_events (
  prison_id   uuid NOT NULL,
  case_id     uuid NOT NULL,
  seq         int NOT NULL CHECK (seq > 0),
  transition  text NOT NULL CHECK (transition <> ''),
  from_state  text NOT NULL,
  to_state    text NOT NULL CHECK (to_state <> ''),
  acted_as    text NOT NULL CHECK (acted_as IN ('U', 'PO', 'BO', 'DL', 'TL', 'PC', 'RC', 'SYS')),
  acted_by    uuid REFERENCES persons,
  reason      text NOT NULL DEFAULT '',
  document    text NOT NULL DEFAULT '',
  document_on date,
  record      text NOT NULL DEFAULT '',
  detail      bytea NOT NULL,
  level       text NOT NULL,
  machine     int NOT NULL,
  standard    text,
  version     int,
  digest      bytea,
  standing    bytea NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, case_id, seq),
  CHECK ((acted_as = 'SYS') = (acted_by IS NULL)),
  -- No title is taken by a clock, nor without an order.
  CONSTRAINT case_events_order CHECK (to_state <> 'REVOKED' OR acted_by IS NOT NULL AND document <> '' AND document_on IS NOT NULL),
  FOREIGN KEY (prison_id, case_id) REFERENCES cases
);
COMMENT ON COLUMN case_events.record IS 'the confirmed record of the step that was left';
COMMENT ON COLUMN case_events.detail IS 'what was known and said besides: the proposal, opinions cited, a look-back waived';

-- +goose StatementBegin
CREATE FUNCTION app.step_case() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE c cases;
BEGIN
  SELECT * INTO c FROM cases WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id FOR UPDATE;
  IF c.seq <> NEW.seq - 1 OR c.state <> NEW.from_state THEN
    RAISE EXCEPTION 'the case was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'case_events_pkey';
  END IF;
  -- A title of before is taken up in the moment its case begins.
  IF NEW.recorded_at < c.at OR NEW.recorded_at = c.at AND c.seq > 0 THEN
    RAISE EXCEPTION 'an act is later than the one before it' USING ERRCODE = 'check_violation', CONSTRAINT = 'case_events_later';
  END IF;
  UPDATE cases SET seq = NEW.seq, at = NEW.recorded_at, state = NEW.to_state, level = NEW.level, machine = NEW.machine,
    standard = NEW.standard, version = NEW.version, digest = NEW.digest, standing = NEW.standing
    WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.step_case FROM PUBLIC;
CREATE TRIGGER steps BEFORE INSERT ON case_events FOR EACH ROW EXECUTE FUNCTION app.step_case();

-- What a step leaves behind, and what an act rests on: only in the step, only now.
CREATE TABLE case_records (
  prison_id   uuid NOT NULL,
  case_id     uuid NOT NULL,
  record_id   uuid NOT NULL,
  seq         int NOT NULL,
  state       text NOT NULL,
  kind        text NOT NULL CHECK (kind <> ''),
  department  text NOT NULL DEFAULT '',
  body        bytea NOT NULL,
  made_by     uuid REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, case_id, record_id),
  UNIQUE (prison_id, case_id, record_id, made_by),
  FOREIGN KEY (prison_id, case_id) REFERENCES cases
);
COMMENT ON COLUMN case_records.seq IS 'of the case when it was made: a step that is taken anew has records of its own';
COMMENT ON COLUMN case_records.department IS 'whose it is: an opinion, a result';
COMMENT ON COLUMN case_records.made_by IS 'null: the program, of what it had before it';
-- A department has one opinion of a round; a result it may give anew.
CREATE UNIQUE INDEX case_records_opinion ON case_records (prison_id, case_id, seq, department) WHERE kind = 'opinion';

-- +goose StatementBegin
CREATE FUNCTION app.place_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM FROM cases WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id AND seq = NEW.seq AND state = NEW.state FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the case was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'case_events_pkey';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.place_record FROM PUBLIC;
CREATE TRIGGER places BEFORE INSERT ON case_records FOR EACH ROW EXECUTE FUNCTION app.place_record();

-- Some records stand only when a second person has confirmed them.
CREATE TABLE case_confirmations (
  prison_id    uuid NOT NULL,
  case_id      uuid NOT NULL,
  record_id    uuid NOT NULL,
  made_by      uuid NOT NULL,
  confirmed_by uuid NOT NULL REFERENCES persons,
  salt         bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, case_id, record_id),
  CONSTRAINT case_confirmations_other CHECK (confirmed_by <> made_by),
  FOREIGN KEY (prison_id, case_id, record_id, made_by) REFERENCES case_records (prison_id, case_id, record_id, made_by)
);

-- Whose opinion was asked for in a round of the baseline check, and until when. What a
-- department says is its record of that round.
CREATE TABLE opinions (
  prison_id  uuid NOT NULL,
  case_id    uuid NOT NULL,
  seq        int NOT NULL,
  department text NOT NULL REFERENCES departments,
  due_on     date NOT NULL,
  PRIMARY KEY (prison_id, case_id, seq, department),
  FOREIGN KEY (prison_id, case_id, seq) REFERENCES case_events
);

INSERT INTO notice_kinds VALUES ('case_moved'), ('case_due'), ('opinion_asked'), ('conditions_lost');

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['cases', 'case_events', 'case_records', 'case_confirmations', 'opinions'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('GRANT SELECT ON %I TO taizhang_app, taizhang_verify', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['case_events', 'case_records', 'case_confirmations', 'opinions'] LOOP
    EXECUTE format('CREATE POLICY sees ON %1$I USING (EXISTS (SELECT FROM cases c WHERE c.prison_id = %1$I.prison_id AND c.case_id = %1$I.case_id))', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY sees ON cases USING (coalesce(string_to_array(app.setting('cases'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
GRANT INSERT (prison_id, case_id, area_id, track, previous, begun_by, salt, level, machine, standing) ON cases TO taizhang_app;
GRANT INSERT (prison_id, case_id, seq, transition, from_state, to_state, acted_as, acted_by, reason, document, document_on, record, detail, level, machine,
  standard, version, digest, standing, salt) ON case_events TO taizhang_app;
GRANT INSERT (prison_id, case_id, record_id, seq, state, kind, department, body, made_by, salt) ON case_records TO taizhang_app;
GRANT INSERT (prison_id, case_id, record_id, made_by, confirmed_by, salt) ON case_confirmations TO taizhang_app;
GRANT INSERT ON opinions TO taizhang_app;
