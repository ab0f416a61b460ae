-- +goose Up
-- From which prison somebody was called, and on which word of the pool about their skills. Both are in
-- the member's leaf, which so covers the row of the province that it names.
ALTER TABLE check_members
  ADD COLUMN drawn_from uuid REFERENCES prisons,
  ADD COLUMN skill_n int,
  ADD CONSTRAINT check_members_skill FOREIGN KEY (person_id, skill_n) REFERENCES inspector_skills;
COMMENT ON COLUMN check_members.drawn_from IS 'null: the bureau, or called before this was kept';
COMMENT ON COLUMN check_members.skill_n IS 'null: nothing was said of their skills';
CREATE INDEX check_members_person ON check_members (person_id);

-- +goose StatementBegin
-- Nobody is called for days on which they are away; what is over by now is not asked.
CREATE FUNCTION app.refuse_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('inspector/' || NEW.person_id, 0));
  IF EXISTS (SELECT FROM checks c JOIN inspector_aways a ON a.person_id = NEW.person_id AND a.from_day <= c.to_day
        AND a.to_day >= greatest(c.from_day, (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date)
      WHERE c.prison_id = NEW.prison_id AND c.check_id = NEW.check_id
        AND NOT EXISTS (SELECT FROM inspector_aways o WHERE o.person_id = a.person_id AND o.calls_off = a.n)) THEN
    RAISE EXCEPTION 'they are away on these days' USING ERRCODE = 'check_violation', CONSTRAINT = 'check_members_away';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER away BEFORE INSERT ON check_members FOR EACH ROW EXECUTE FUNCTION app.refuse_away();
GRANT INSERT (drawn_from, skill_n) ON check_members TO taizhang_app;
