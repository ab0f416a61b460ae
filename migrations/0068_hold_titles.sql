-- +goose Up
-- The register of titles, those from before the system included. A title ends only by
-- an act of persons: on a day those stand that were given until then and not revoked.
CREATE TABLE titles (
  prison_id   uuid NOT NULL REFERENCES prisons,
  title_id    uuid NOT NULL,
  area_id     uuid,
  level       text NOT NULL,
  wording     text NOT NULL CHECK (wording <> ''),
  document_no text NOT NULL CHECK (document_no <> ''),
  named_on    date NOT NULL,
  body        text NOT NULL CHECK (body <> ''),
  origin      text NOT NULL CHECK (origin IN ('system', 'imported')),
  case_id     uuid,
  seq         int,
  added_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, title_id),
  CHECK ((origin = 'system') = (case_id IS NOT NULL) AND (case_id IS NULL) = (seq IS NULL)),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (prison_id, case_id, seq) REFERENCES case_events
);
COMMENT ON COLUMN titles.area_id IS 'null: the prison''s own';
COMMENT ON COLUMN titles.body IS 'who gave it';
COMMENT ON COLUMN titles.seq IS 'the event by which the case came to it';

CREATE TABLE title_acts (
  prison_id   uuid NOT NULL,
  title_id    uuid NOT NULL,
  act_id      uuid NOT NULL,
  act         text NOT NULL CHECK (act IN ('kept', 'revoked')),
  on_day      date NOT NULL,
  document_no text NOT NULL,
  reason      text NOT NULL,
  case_id     uuid,
  seq         int,
  acted_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, title_id, act_id),
  CHECK (act <> 'revoked' OR document_no <> '' AND reason <> ''),
  CHECK ((case_id IS NULL) = (seq IS NULL)),
  FOREIGN KEY (prison_id, title_id) REFERENCES titles,
  FOREIGN KEY (prison_id, case_id, seq) REFERENCES case_events
);
CREATE UNIQUE INDEX title_acts_revoked ON title_acts (prison_id, title_id) WHERE act = 'revoked';

-- A title of the system is what its case came to, and a case that goes on from a title of
-- before ends it as any other does.
-- +goose StatementBegin
CREATE FUNCTION app.guard_title() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF NEW.named_on > (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'a title is not given for a day to come' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_day';
  END IF;
  IF NEW.origin = 'system' AND NOT EXISTS (SELECT FROM case_events e JOIN cases c USING (prison_id, case_id) WHERE e.prison_id = NEW.prison_id
      AND e.case_id = NEW.case_id AND e.seq = NEW.seq AND e.to_state = 'NAMED' AND c.area_id IS NOT DISTINCT FROM NEW.area_id AND e.level = NEW.level) THEN
    RAISE EXCEPTION 'no case came to this title' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_case';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('titles/' || NEW.prison_id, 0));
  IF EXISTS (SELECT FROM titles t WHERE t.prison_id = NEW.prison_id AND t.area_id IS NOT DISTINCT FROM NEW.area_id AND t.level = NEW.level
      AND NOT EXISTS (SELECT FROM title_acts a WHERE a.prison_id = t.prison_id AND a.title_id = t.title_id AND a.act = 'revoked' AND a.on_day <= NEW.named_on)) THEN
    RAISE EXCEPTION 'the unit holds this title' USING ERRCODE = 'unique_violation', CONSTRAINT = 'titles_held';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_title_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE t titles;
BEGIN
  SELECT * INTO t FROM titles WHERE prison_id = NEW.prison_id AND title_id = NEW.title_id;
  IF NEW.on_day < t.named_on OR NEW.on_day > (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'an act on a title is not before it was given nor in days to come' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_day';
  END IF;
  IF t.origin = 'system' AND NEW.case_id IS DISTINCT FROM t.case_id OR NEW.case_id IS NOT NULL AND NOT EXISTS (SELECT FROM case_events e
      WHERE e.prison_id = NEW.prison_id AND e.case_id = NEW.case_id AND e.seq = NEW.seq
        AND e.to_state = CASE NEW.act WHEN 'revoked' THEN 'REVOKED' ELSE 'NAMED' END) THEN
    RAISE EXCEPTION 'no case came to this' USING ERRCODE = 'check_violation', CONSTRAINT = 'titles_case';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.guard_title FROM PUBLIC;
REVOKE ALL ON FUNCTION app.guard_title_act FROM PUBLIC;
CREATE TRIGGER guards BEFORE INSERT ON titles FOR EACH ROW EXECUTE FUNCTION app.guard_title();
CREATE TRIGGER guards BEFORE INSERT ON title_acts FOR EACH ROW EXECUTE FUNCTION app.guard_title_act();

-- What a unit is called is no secret in its prison nor at the bureau.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['titles', 'title_acts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY sees ON %I USING (coalesce(string_to_array(app.setting(''prisons''), '','') && ARRAY[prison_id::text, ''*''], false))', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('GRANT SELECT ON %I TO taizhang_app, taizhang_verify', t);
  END LOOP;
END $$;
-- +goose StatementEnd
GRANT INSERT (prison_id, title_id, area_id, level, wording, document_no, named_on, body, origin, case_id, seq, added_by, salt) ON titles TO taizhang_app;
GRANT INSERT (prison_id, title_id, act_id, act, on_day, document_no, reason, case_id, seq, acted_by, salt) ON title_acts TO taizhang_app;

-- A check of a case is of a case that there is.
ALTER TABLE checks ADD CONSTRAINT checks_case_fkey FOREIGN KEY (prison_id, case_id) REFERENCES cases;
