-- +goose Up
-- Who is asked in a quiz and what is looked back at is drawn by lot, of a roster that is kept with the
-- draw, so that anybody can draw the same again: the same roster, chance and word give the same.
CREATE TABLE draws (
  prison_id   uuid NOT NULL,
  draw_id     uuid NOT NULL,
  check_id    uuid NOT NULL,
  no          int NOT NULL CHECK (no > 0),
  kind        text NOT NULL CHECK (kind IN ('prisoners', 'officers', 'slots')),
  area_id     uuid,
  word        text NOT NULL CHECK (word <> ''),
  reason      text NOT NULL,
  algorithm   text NOT NULL CHECK (algorithm <> ''),
  chance      bytea NOT NULL CHECK (length(chance) = 32),
  roster      bytea NOT NULL,
  drawn       text[] NOT NULL CHECK (cardinality(drawn) > 0),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT draws_pkey PRIMARY KEY (prison_id, draw_id),
  CONSTRAINT draws_no UNIQUE (prison_id, check_id, no),
  FOREIGN KEY (prison_id, check_id) REFERENCES checks,
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN draws.no IS 'of the check: every draw is kept, also the one that somebody would rather not have had';
COMMENT ON COLUMN draws.area_id IS 'whose roster; null: of the prison as a whole';
COMMENT ON COLUMN draws.word IS 'said by who is inspected, so that neither side alone chooses';
COMMENT ON COLUMN draws.roster IS 'an item a line, in order of bytes';

CREATE TABLE draw_marks (
  prison_id   uuid NOT NULL,
  draw_id     uuid NOT NULL,
  item        text NOT NULL,
  n           int NOT NULL CHECK (n > 0),
  result      text NOT NULL CHECK (result IN ('right', 'wrong', 'match', 'mismatch', 'no_video')),
  note        text NOT NULL,
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT draw_marks_pkey PRIMARY KEY (prison_id, draw_id, item, n),
  FOREIGN KEY (prison_id, draw_id) REFERENCES draws
);
COMMENT ON COLUMN draw_marks.n IS 'the latest counts';

-- +goose StatementBegin
CREATE FUNCTION app.guard_draw() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checks c WHERE c.prison_id = NEW.prison_id AND c.check_id = NEW.check_id AND c.state = 'open') THEN
    RAISE EXCEPTION 'the check is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_frozen';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_draw_mark() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE d draws;
BEGIN
  SELECT * INTO d FROM draws WHERE prison_id = NEW.prison_id AND draw_id = NEW.draw_id;
  IF NOT EXISTS (SELECT FROM checks c WHERE c.prison_id = NEW.prison_id AND c.check_id = d.check_id AND c.state = 'open') THEN
    RAISE EXCEPTION 'the check is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_frozen';
  END IF;
  IF NEW.item <> ALL (d.drawn) OR (NEW.result IN ('right', 'wrong')) <> (d.kind <> 'slots') THEN
    RAISE EXCEPTION 'it was not drawn, or is no result of it' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_marks_item';
  END IF;
  IF NEW.n <> 1 + coalesce((SELECT max(n) FROM draw_marks m WHERE (m.prison_id, m.draw_id, m.item) = (NEW.prison_id, NEW.draw_id, NEW.item)), 0) THEN
    RAISE EXCEPTION 'it was marked meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'draw_marks_pkey';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['draws', 'draw_marks'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON draws FOR EACH ROW EXECUTE FUNCTION app.guard_draw();
CREATE TRIGGER guards BEFORE INSERT ON draw_marks FOR EACH ROW EXECUTE FUNCTION app.guard_draw_mark();
CREATE POLICY sees ON draws USING (EXISTS (SELECT FROM checks c WHERE c.prison_id = draws.prison_id AND c.check_id = draws.check_id));
CREATE POLICY sees ON draw_marks USING (EXISTS (SELECT FROM draws d WHERE d.prison_id = draw_marks.prison_id AND d.draw_id = draw_marks.draw_id));
GRANT SELECT ON draws, draw_marks TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, draw_id, check_id, no, kind, area_id, word, reason, algorithm, chance, roster, drawn, author, salt) ON draws TO taizhang_app;
GRANT INSERT (prison_id, draw_id, item, n, result, note, author, salt) ON draw_marks TO taizhang_app;
