-- +goose Up
-- The two bodies that deliberate (审议): who sits in them, from when, and where they come
-- from. They belong to the province; what a body does with a case belongs to the case's
-- prison, and stands in its log. Nothing here is altered: a member leaves by a row beside.
CREATE TABLE body_members (
  member_id   uuid PRIMARY KEY,
  body        text NOT NULL CHECK (body IN ('party', 'committee')),
  person_id   uuid NOT NULL REFERENCES persons,
  prison_id   uuid REFERENCES prisons,
  voting      boolean NOT NULL,
  from_day    date NOT NULL,
  added_by    uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time()
);
COMMENT ON COLUMN body_members.prison_id IS 'where the member comes from: its cases are not theirs to decide; null: from no prison';
CREATE INDEX body_members_person ON body_members (person_id);

CREATE TABLE body_member_ends (
  member_id   uuid PRIMARY KEY REFERENCES body_members,
  last_day    date NOT NULL,
  ended_by    uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time()
);

-- Nobody sits twice, and nothing changes for a day that has passed.
-- +goose StatementBegin
CREATE FUNCTION app.guard_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('body/' || NEW.body, 0));
  IF EXISTS (SELECT FROM body_members m LEFT JOIN body_member_ends e USING (member_id)
      WHERE m.body = NEW.body AND m.person_id = NEW.person_id AND coalesce(e.last_day >= NEW.from_day, true)) THEN
    RAISE EXCEPTION 'the person is a member already' USING ERRCODE = 'unique_violation', CONSTRAINT = 'body_members_once';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON body_members FOR EACH ROW EXECUTE FUNCTION app.guard_member();

CREATE TABLE meetings (
  meeting_id  uuid PRIMARY KEY,
  body        text NOT NULL CHECK (body IN ('party', 'committee')),
  title       text NOT NULL CHECK (title <> ''),
  day         date NOT NULL,
  called_by   uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time()
);

-- An item of the agenda is a case in one of its rounds.
CREATE TABLE meeting_items (
  prison_id   uuid NOT NULL,
  item_id     uuid NOT NULL,
  meeting_id  uuid NOT NULL REFERENCES meetings,
  case_id     uuid NOT NULL,
  seq         int NOT NULL,
  state       text NOT NULL,
  number      int NOT NULL CHECK (number > 0),
  added_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, item_id),
  FOREIGN KEY (prison_id, case_id) REFERENCES cases,
  CONSTRAINT meeting_items_number UNIQUE (meeting_id, number)
);
COMMENT ON COLUMN meeting_items.seq IS 'of the case when it was put on the agenda: a step that is taken anew has items of its own';
CREATE INDEX meeting_items_case ON meeting_items (prison_id, case_id);

-- What is done of an item, one act after the other: who is there, who stays out, who votes
-- how, what the conditions are today, what was decided, the minutes. freeze is the last.
CREATE TABLE meeting_acts (
  prison_id   uuid NOT NULL,
  item_id     uuid NOT NULL,
  act         int NOT NULL CHECK (act > 0),
  kind        text NOT NULL CHECK (kind IN ('presence', 'recuse', 'vote', 'show', 'outcome', 'minutes', 'freeze')),
  person_id   uuid REFERENCES persons,
  value       text NOT NULL DEFAULT '',
  reason      text NOT NULL DEFAULT '',
  body        bytea,
  sha256      bytea CHECK (length(sha256) = 32),
  version_id  text NOT NULL DEFAULT '',
  size        bigint NOT NULL DEFAULT 0,
  acted_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT meeting_acts_pkey PRIMARY KEY (prison_id, item_id, act),
  CHECK ((person_id IS NOT NULL) = (kind IN ('presence', 'recuse', 'vote'))),
  CHECK ((sha256 IS NOT NULL) = (kind = 'minutes')),
  CHECK ((body IS NOT NULL) = (kind IN ('show', 'freeze'))),
  CHECK (kind <> 'recuse' OR reason <> ''),
  CHECK (kind <> 'presence' OR value IN ('present', 'absent')),
  CHECK (kind <> 'vote' OR value IN ('for', 'against', 'abstain')),
  CHECK (kind <> 'outcome' OR value IN ('agree', 'send_back', 'reject', 'adjourn')),
  FOREIGN KEY (prison_id, item_id) REFERENCES meeting_items,
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
COMMENT ON COLUMN meeting_acts.person_id IS 'whose presence, recusal or vote it is; acted_by says who recorded it';
COMMENT ON COLUMN meeting_acts.value IS 'of minutes: the name of the file';
COMMENT ON COLUMN meeting_acts.body IS 'what was put before the body, or the whole item as it was frozen';
CREATE INDEX meeting_acts_file ON meeting_acts (prison_id, sha256) WHERE sha256 IS NOT NULL;

-- Why somebody has no part in a case of the prison: they serve there now, or come from there.
-- +goose StatementBegin
CREATE FUNCTION app.barred(in_prison uuid, in_body text, in_person uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN EXISTS (SELECT FROM postings p WHERE p.person_id = in_person AND p.prison_id = in_prison
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time())) THEN 'posting'
    WHEN EXISTS (SELECT FROM body_members m WHERE m.person_id = in_person AND m.body = in_body AND m.prison_id = in_prison) THEN 'origin'
    ELSE '' END
$$;

-- The round of an item has not passed, it has no other item open, and none that decided it.
CREATE FUNCTION app.guard_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE since int;
BEGIN
  PERFORM FROM cases WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id AND seq = NEW.seq AND state = NEW.state FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the case was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'case_events_pkey';
  END IF;
  SELECT coalesce(max(seq), 0) INTO since FROM case_events WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id AND from_state <> to_state;
  IF EXISTS (SELECT FROM meeting_items i WHERE i.prison_id = NEW.prison_id AND i.case_id = NEW.case_id AND i.seq >= since
      AND NOT EXISTS (SELECT FROM meeting_acts f JOIN meeting_acts o USING (prison_id, item_id)
        WHERE f.prison_id = i.prison_id AND f.item_id = i.item_id AND f.kind = 'freeze' AND o.kind = 'outcome' AND o.value = 'adjourn'
          AND o.act = (SELECT max(act) FROM meeting_acts x WHERE x.prison_id = i.prison_id AND x.item_id = i.item_id AND x.kind = 'outcome'))) THEN
    RAISE EXCEPTION 'the case is on an agenda already' USING ERRCODE = 'unique_violation', CONSTRAINT = 'meeting_items_once';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION app.guard_meeting_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE m meetings;
BEGIN
  SELECT g.* INTO m FROM meetings g JOIN meeting_items i USING (meeting_id) WHERE i.prison_id = NEW.prison_id AND i.item_id = NEW.item_id;
  IF EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'freeze') THEN
    RAISE EXCEPTION 'the item is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_frozen';
  END IF;
  IF NEW.act <> 1 + coalesce((SELECT max(act) FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id), 0) THEN
    RAISE EXCEPTION 'the item was acted on meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'meeting_acts_pkey';
  END IF;
  IF NEW.person_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM body_members b LEFT JOIN body_member_ends e USING (member_id)
        WHERE b.body = m.body AND b.person_id = NEW.person_id AND b.from_day <= m.day AND coalesce(e.last_day >= m.day, true) AND (b.voting OR NEW.kind <> 'vote')) THEN
      RAISE EXCEPTION 'no member who votes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_member';
    END IF;
    IF app.barred(NEW.prison_id, m.body, NEW.person_id) <> '' OR NEW.kind <> 'recuse'
        AND EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'recuse' AND person_id = NEW.person_id) THEN
      RAISE EXCEPTION 'the member is recused' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_recused';
    END IF;
  END IF;
  IF NEW.kind = 'vote' AND coalesce((SELECT value FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'presence'
      AND person_id = NEW.person_id ORDER BY act DESC LIMIT 1), '') <> 'present' THEN
    RAISE EXCEPTION 'who is not there does not vote' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_present';
  END IF;
  IF NEW.kind = 'vote' AND NEW.acted_by <> NEW.person_id AND EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id
      AND kind = 'vote' AND person_id = NEW.person_id AND acted_by = person_id) THEN
    RAISE EXCEPTION 'the member has voted' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_own';
  END IF;
  IF NEW.kind = 'freeze' AND (SELECT count(DISTINCT kind) FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id
      AND kind IN ('outcome', 'minutes')) < 2 THEN
    RAISE EXCEPTION 'nothing is frozen without outcome and minutes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_whole';
  END IF;
  RETURN NEW;
END $$;

-- The cases on the agendas of the person who asks. A member sees them and no others.
CREATE FUNCTION app.agenda() RETURNS TABLE (prison_id uuid, case_id uuid, meeting_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.prison_id, i.case_id, i.meeting_id FROM meeting_items i JOIN meetings m USING (meeting_id)
    JOIN body_members b ON b.body = m.body AND b.from_day <= m.day LEFT JOIN body_member_ends e USING (member_id)
  WHERE b.person_id::text = app.setting('person') AND coalesce(e.last_day >= m.day, true)
    AND EXISTS (SELECT FROM postings p WHERE p.person_id = b.person_id AND p.role = 'committee_member'
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time()))
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.barred, app.guard_item, app.guard_meeting_act, app.agenda FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.barred, app.agenda TO taizhang_app, taizhang_verify;
CREATE TRIGGER guards BEFORE INSERT ON meeting_items FOR EACH ROW EXECUTE FUNCTION app.guard_item();
CREATE TRIGGER guards BEFORE INSERT ON meeting_acts FOR EACH ROW EXECUTE FUNCTION app.guard_meeting_act();

INSERT INTO notice_kinds VALUES ('item_called');

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['body_members', 'body_member_ends', 'meetings', 'meeting_items', 'meeting_acts'] LOOP
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('GRANT SELECT ON %I TO taizhang_app, taizhang_verify', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['body_members', 'body_member_ends', 'meetings'] LOOP
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['meetings', 'meeting_items', 'meeting_acts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
END $$;
-- +goose StatementEnd
-- Who sees every case sees every meeting; a member those with an agenda of theirs. The unit
-- learns of its case what the case shows, and not who voted how.
CREATE POLICY sees ON meetings USING (coalesce(string_to_array(app.setting('cases'), ',') && ARRAY['*'], false)
  OR meeting_id IN (SELECT a.meeting_id FROM app.agenda() a));
CREATE POLICY sees ON meeting_items USING (EXISTS (SELECT FROM meetings m WHERE m.meeting_id = meeting_items.meeting_id));
CREATE POLICY sees ON meeting_acts USING (EXISTS (SELECT FROM meeting_items i WHERE i.prison_id = meeting_acts.prison_id AND i.item_id = meeting_acts.item_id));
CREATE POLICY deliberates ON cases FOR SELECT USING ((prison_id, case_id) IN (SELECT a.prison_id, a.case_id FROM app.agenda() a));
GRANT INSERT (member_id, body, person_id, prison_id, voting, from_day, added_by) ON body_members TO taizhang_app;
GRANT INSERT (member_id, last_day, ended_by) ON body_member_ends TO taizhang_app;
GRANT INSERT (meeting_id, body, title, day, called_by) ON meetings TO taizhang_app;
GRANT INSERT (prison_id, item_id, meeting_id, case_id, seq, state, number, added_by, salt) ON meeting_items TO taizhang_app;
GRANT INSERT (prison_id, item_id, act, kind, person_id, value, reason, body, sha256, version_id, size, acted_by, salt) ON meeting_acts TO taizhang_app;
