-- +goose Up
-- What a deliberation rests on, in the order in which it happened. The conditions of a prison
-- are shown before anybody votes, and a showing begins the voting anew; an item of which
-- nothing was recorded comes off its agenda; nothing is called, begun or ended for a day that
-- has passed, nor for one that lies further ahead than anybody plans.
ALTER TABLE meeting_acts
  DROP CONSTRAINT meeting_acts_kind_check,
  ADD CONSTRAINT meeting_acts_kind_check CHECK (kind IN ('presence', 'recuse', 'vote', 'show', 'outcome', 'minutes', 'freeze', 'taken_off')),
  ADD CONSTRAINT meeting_acts_off_check CHECK (kind <> 'taken_off' OR reason <> '');
INSERT INTO notice_kinds VALUES ('item_taken_off');

-- The last day of a member is said again as long as it has not passed: the newest counts.
ALTER TABLE body_member_ends
  ADD COLUMN n int NOT NULL DEFAULT 1 CHECK (n > 0),
  DROP CONSTRAINT body_member_ends_pkey,
  ADD CONSTRAINT body_member_ends_pkey PRIMARY KEY (member_id, n);
ALTER TABLE body_member_ends ALTER COLUMN n DROP DEFAULT;
GRANT INSERT (n) ON body_member_ends TO taizhang_app;
CREATE VIEW body_seats AS SELECT m.*, e.last_day, coalesce(e.n, 0) AS ends
  FROM body_members m LEFT JOIN LATERAL (SELECT * FROM body_member_ends x WHERE x.member_id = m.member_id ORDER BY x.n DESC LIMIT 1) e ON true;
GRANT SELECT ON body_seats TO taizhang_app, taizhang_verify;

DROP POLICY sees ON meetings;
DROP POLICY sees ON meeting_items;
DROP POLICY deliberates ON cases;
DROP FUNCTION app.agenda(), app.barred(uuid, text, uuid);

-- +goose StatementBegin
-- A day that may be said of what is to come.
CREATE FUNCTION app.ahead(day date, first date) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT day BETWEEN greatest(first, (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date) AND (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date + 366
$$;

CREATE FUNCTION app.guard_meeting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT app.ahead(NEW.day, NEW.day) THEN
    RAISE EXCEPTION 'a meeting is called for today or for a day within a year' USING ERRCODE = 'check_violation', CONSTRAINT = 'meetings_day';
  END IF;
  RETURN NEW;
END $$;

-- Nobody sits twice.
CREATE OR REPLACE FUNCTION app.guard_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('body/' || NEW.body, 0));
  IF NOT app.ahead(NEW.from_day, NEW.from_day) THEN
    RAISE EXCEPTION 'nobody was a member yesterday who becomes one today' USING ERRCODE = 'check_violation', CONSTRAINT = 'body_members_day';
  END IF;
  IF EXISTS (SELECT FROM body_seats m WHERE m.body = NEW.body AND m.person_id = NEW.person_id AND coalesce(m.last_day >= NEW.from_day, true)) THEN
    RAISE EXCEPTION 'the person is a member already' USING ERRCODE = 'unique_violation', CONSTRAINT = 'body_members_once';
  END IF;
  RETURN NEW;
END $$;

-- Who left yesterday has sat until then: what they voted stays.
CREATE FUNCTION app.guard_member_end() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE m body_seats;
BEGIN
  SELECT * INTO m FROM body_seats WHERE member_id = NEW.member_id;
  PERFORM pg_advisory_xact_lock(hashtextextended('body/' || m.body, 0));
  SELECT * INTO m FROM body_seats WHERE member_id = NEW.member_id;
  IF NEW.n <> m.ends + 1 THEN
    RAISE EXCEPTION 'another last day was said meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'body_member_ends_pkey';
  END IF;
  IF m.last_day < (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'the member has left' USING ERRCODE = 'check_violation', CONSTRAINT = 'body_member_ends_left';
  END IF;
  IF NOT app.ahead(NEW.last_day, m.from_day) THEN
    RAISE EXCEPTION 'a last day is not of the past' USING ERRCODE = 'check_violation', CONSTRAINT = 'body_members_day';
  END IF;
  IF EXISTS (SELECT FROM body_members x WHERE x.body = m.body AND x.person_id = m.person_id AND x.from_day > m.from_day AND x.from_day <= NEW.last_day) THEN
    RAISE EXCEPTION 'the person is a member already' USING ERRCODE = 'unique_violation', CONSTRAINT = 'body_members_once';
  END IF;
  RETURN NEW;
END $$;

-- Where somebody comes from is theirs, whichever body wrote it down.
CREATE FUNCTION app.barred(in_prison uuid, in_person uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN EXISTS (SELECT FROM postings p WHERE p.person_id = in_person AND p.prison_id = in_prison
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time())) THEN 'posting'
    WHEN EXISTS (SELECT FROM body_members m WHERE m.person_id = in_person AND m.prison_id = in_prison) THEN 'origin'
    ELSE '' END
$$;

-- The round of an item has not passed, it has no other item open, and none that decided it.
CREATE OR REPLACE FUNCTION app.guard_item() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE since int;
BEGIN
  PERFORM FROM cases WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id AND seq = NEW.seq AND state = NEW.state FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the case was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'case_events_pkey';
  END IF;
  SELECT coalesce(max(seq), 0) INTO since FROM case_events WHERE prison_id = NEW.prison_id AND case_id = NEW.case_id AND from_state <> to_state;
  IF EXISTS (SELECT FROM meeting_items i WHERE i.prison_id = NEW.prison_id AND i.case_id = NEW.case_id AND i.seq >= since
      AND NOT EXISTS (SELECT FROM meeting_acts f WHERE f.prison_id = i.prison_id AND f.item_id = i.item_id AND f.kind = 'taken_off')
      AND NOT EXISTS (SELECT FROM meeting_acts f JOIN meeting_acts o USING (prison_id, item_id)
        WHERE f.prison_id = i.prison_id AND f.item_id = i.item_id AND f.kind = 'freeze' AND o.kind = 'outcome' AND o.value = 'adjourn'
          AND o.act = (SELECT max(act) FROM meeting_acts x WHERE x.prison_id = i.prison_id AND x.item_id = i.item_id AND x.kind = 'outcome'))) THEN
    RAISE EXCEPTION 'the case is on an agenda already' USING ERRCODE = 'unique_violation', CONSTRAINT = 'meeting_items_once';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION app.guard_meeting_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  m meetings;
  of_prison boolean;
  shown int;
BEGIN
  SELECT g.* INTO m FROM meetings g JOIN meeting_items i USING (meeting_id) WHERE i.prison_id = NEW.prison_id AND i.item_id = NEW.item_id;
  SELECT c.area_id IS NULL INTO of_prison FROM cases c JOIN meeting_items i USING (prison_id, case_id) WHERE i.prison_id = NEW.prison_id AND i.item_id = NEW.item_id;
  SELECT max(act) INTO shown FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'show';
  IF EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'freeze') THEN
    RAISE EXCEPTION 'the item is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_frozen';
  END IF;
  IF EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'taken_off') THEN
    RAISE EXCEPTION 'the item is off the agenda' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_off';
  END IF;
  IF NEW.act <> 1 + coalesce((SELECT max(act) FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id), 0) THEN
    RAISE EXCEPTION 'the item was acted on meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'meeting_acts_pkey';
  END IF;
  IF NEW.kind = 'taken_off' AND NEW.act > 1 THEN
    RAISE EXCEPTION 'what was recorded is brought to its end' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_begun';
  END IF;
  -- Nothing is recorded of a meeting that is still ahead.
  IF NEW.kind <> 'taken_off' AND m.day > (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'the meeting is ahead' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_ahead';
  END IF;
  IF NEW.person_id IS NOT NULL THEN
    IF NOT EXISTS (SELECT FROM body_seats b WHERE b.body = m.body AND b.person_id = NEW.person_id AND b.from_day <= m.day AND coalesce(b.last_day >= m.day, true)
        AND (b.voting OR NEW.kind <> 'vote')) THEN
      RAISE EXCEPTION 'no member who votes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_member';
    END IF;
    IF app.barred(NEW.prison_id, NEW.person_id) <> '' OR NEW.kind <> 'recuse'
        AND EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'recuse' AND person_id = NEW.person_id) THEN
      RAISE EXCEPTION 'the member is recused' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_recused';
    END IF;
  END IF;
  IF NEW.kind = 'vote' AND coalesce((SELECT value FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'presence'
      AND person_id = NEW.person_id ORDER BY act DESC LIMIT 1), '') <> 'present' THEN
    RAISE EXCEPTION 'who is not there does not vote' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_present';
  END IF;
  IF NEW.kind = 'vote' AND NEW.acted_by <> NEW.person_id AND EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id
      AND kind = 'vote' AND person_id = NEW.person_id AND acted_by = person_id AND act > coalesce(shown, 0)) THEN
    RAISE EXCEPTION 'the member has voted' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_own';
  END IF;
  -- Show, vote, decide, freeze: of each what came before the last showing does not count.
  IF of_prison AND (NEW.kind = 'vote' AND shown IS NULL OR NEW.kind = 'outcome' AND NEW.value <> 'adjourn'
      AND NOT EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'vote' AND act > shown)) THEN
    RAISE EXCEPTION 'the conditions are shown before anybody votes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_shown';
  END IF;
  IF NEW.kind = 'freeze' AND (SELECT count(DISTINCT kind) FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id
      AND (kind = 'minutes' OR kind = 'outcome' AND act > coalesce(shown, 0))) < 2 THEN
    RAISE EXCEPTION 'nothing is frozen without outcome and minutes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_whole';
  END IF;
  RETURN NEW;
END $$;

-- The items on the agendas of the person who asks, but for those in which they have no part. A
-- member sees their cases and no others.
CREATE FUNCTION app.agenda() RETURNS TABLE (prison_id uuid, case_id uuid, meeting_id uuid, item_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT i.prison_id, i.case_id, i.meeting_id, i.item_id FROM meeting_items i JOIN meetings m USING (meeting_id)
    JOIN body_seats b ON b.body = m.body AND b.from_day <= m.day AND coalesce(b.last_day >= m.day, true)
  WHERE b.person_id::text = app.setting('person') AND app.barred(i.prison_id, b.person_id) = ''
    AND NOT EXISTS (SELECT FROM meeting_acts a WHERE a.prison_id = i.prison_id AND a.item_id = i.item_id AND a.kind = 'taken_off')
    AND EXISTS (SELECT FROM postings p WHERE p.person_id = b.person_id AND p.role = 'committee_member'
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time()))
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.barred, app.agenda FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.barred, app.agenda TO taizhang_app, taizhang_verify;
CREATE TRIGGER guards BEFORE INSERT ON meetings FOR EACH ROW EXECUTE FUNCTION app.guard_meeting();
CREATE TRIGGER guards BEFORE INSERT ON body_member_ends FOR EACH ROW EXECUTE FUNCTION app.guard_member_end();

-- Who reads every meeting is a list of its own: more people see cases than how a body voted.
CREATE POLICY sees ON meetings USING (coalesce(string_to_array(app.setting('meetings'), ',') && ARRAY['*'], false)
  OR meeting_id IN (SELECT a.meeting_id FROM app.agenda() a));
CREATE POLICY sees ON meeting_items USING (coalesce(string_to_array(app.setting('meetings'), ',') && ARRAY['*'], false)
  OR item_id IN (SELECT a.item_id FROM app.agenda() a));
CREATE POLICY deliberates ON cases FOR SELECT USING ((prison_id, case_id) IN (SELECT a.prison_id, a.case_id FROM app.agenda() a));
