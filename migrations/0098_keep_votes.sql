-- +goose Up
-- What a member voted in person is not undone by somebody who says that they were not there or had no
-- part in it; who stayed out of an item has no part in the case when it comes again; and who is seated
-- when an item has begun is no member of it.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.guard_meeting_act() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  m meetings;
  c cases;
  shown int;
BEGIN
  SELECT g.* INTO m FROM meetings g JOIN meeting_items i USING (meeting_id) WHERE i.prison_id = NEW.prison_id AND i.item_id = NEW.item_id;
  SELECT k.* INTO c FROM cases k JOIN meeting_items i USING (prison_id, case_id) WHERE i.prison_id = NEW.prison_id AND i.item_id = NEW.item_id;
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
    IF NOT EXISTS (SELECT FROM app.item_seats(NEW.prison_id, NEW.item_id) b WHERE b.person_id = NEW.person_id AND (b.voting OR NEW.kind <> 'vote')) THEN
      RAISE EXCEPTION 'no member who votes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_member';
    END IF;
    IF app.barred(NEW.prison_id, NEW.person_id) <> '' OR EXISTS (SELECT FROM meeting_acts a JOIN meeting_items i USING (prison_id, item_id)
        WHERE i.prison_id = NEW.prison_id AND i.case_id = c.case_id AND a.kind = 'recuse' AND a.person_id = NEW.person_id AND (NEW.kind <> 'recuse' OR i.item_id <> NEW.item_id)) THEN
      RAISE EXCEPTION 'the member is recused' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_recused';
    END IF;
  END IF;
  IF NEW.kind = 'vote' AND coalesce((SELECT value FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'presence'
      AND person_id = NEW.person_id ORDER BY act DESC LIMIT 1), '') <> 'present' THEN
    RAISE EXCEPTION 'who is not there does not vote' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_present';
  END IF;
  IF (NEW.kind IN ('vote', 'recuse') OR NEW.kind = 'presence' AND NEW.value = 'absent') AND NEW.acted_by <> NEW.person_id
      AND EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id
        AND kind = 'vote' AND person_id = NEW.person_id AND acted_by = person_id AND act > coalesce(shown, 0)) THEN
    RAISE EXCEPTION 'the member has voted' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_own';
  END IF;
  -- Show, vote, decide, freeze: of each what came before the last showing does not count.
  IF c.area_id IS NULL AND (NEW.kind = 'vote' AND shown IS NULL OR NEW.kind = 'outcome' AND NEW.value <> 'adjourn'
      AND NOT EXISTS (SELECT FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id AND kind = 'vote' AND act > shown)) THEN
    RAISE EXCEPTION 'the conditions are shown before anybody votes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_shown';
  END IF;
  IF NEW.kind = 'freeze' AND (SELECT count(DISTINCT kind) FROM meeting_acts WHERE prison_id = NEW.prison_id AND item_id = NEW.item_id
      AND (kind = 'minutes' OR kind = 'outcome' AND act > coalesce(shown, 0))) < 2 THEN
    RAISE EXCEPTION 'nothing is frozen without outcome and minutes' USING ERRCODE = 'check_violation', CONSTRAINT = 'meeting_acts_whole';
  END IF;
  RETURN NEW;
END $$;

-- The members who sit at an item: of its body on its day, seated before anything was recorded of it.
CREATE FUNCTION app.item_seats(of_prison uuid, of_item uuid) RETURNS SETOF body_seats LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.* FROM meeting_items i JOIN meetings m USING (meeting_id) JOIN body_seats b ON b.body = m.body AND b.from_day <= m.day AND coalesce(b.last_day >= m.day, true)
  WHERE i.prison_id = of_prison AND i.item_id = of_item
    AND b.recorded_at <= coalesce((SELECT min(a.recorded_at) FROM meeting_acts a WHERE a.prison_id = of_prison AND a.item_id = of_item), 'infinity')
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.item_seats FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.item_seats TO taizhang_app, taizhang_verify;
