-- +goose Up
-- Brands (特色品牌) go through seven steps, each with its document, its actor and its day; none
-- is skipped, and who reviews or evaluates is another than who did the steps before.
CREATE TABLE brands (
  prison_id   uuid NOT NULL REFERENCES prisons,
  brand_id    uuid NOT NULL,
  area_id     uuid,
  title       text NOT NULL CHECK (title <> ''),
  theme       text NOT NULL CHECK (theme IN ('politics', 'police', 'enforcement', 'custody', 'education', 'culture', 'labour', 'informatisation')),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, brand_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN brands.area_id IS 'null: of the prison as a whole';

CREATE TABLE brand_steps (
  prison_id   uuid NOT NULL,
  brand_id    uuid NOT NULL,
  act         int NOT NULL CHECK (act > 0),
  step        int NOT NULL CHECK (step BETWEEN 1 AND 7),
  passed      boolean NOT NULL CHECK (passed OR step IN (4, 6)),
  document    text NOT NULL CHECK (document <> ''),
  content     text NOT NULL CHECK (content <> ''),
  day         date NOT NULL,
  acted_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, brand_id, act),
  FOREIGN KEY (prison_id, brand_id) REFERENCES brands
);
COMMENT ON COLUMN brand_steps.step IS '1 选题, 2 酝酿, 3 申报, 4 审核, 5 实施, 6 评价, 7 推广; what 4 or 6 sends back is done again from the step before';

-- +goose StatementBegin
CREATE FUNCTION app.guard_brand_step() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last brand_steps;
BEGIN
  SELECT * INTO last FROM brand_steps WHERE prison_id = NEW.prison_id AND brand_id = NEW.brand_id ORDER BY act DESC LIMIT 1;
  IF NEW.act <> coalesce(last.act, 0) + 1 THEN
    RAISE EXCEPTION 'the brand went on meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'brand_steps_pkey';
  END IF;
  IF NEW.step <> (CASE WHEN last.act IS NULL THEN 1 WHEN last.passed THEN last.step + 1 ELSE last.step - 1 END) OR NEW.day < last.day THEN
    RAISE EXCEPTION 'no step is skipped or goes back in time' USING ERRCODE = 'check_violation', CONSTRAINT = 'brand_steps_order';
  END IF;
  IF NEW.step IN (4, 6) AND (EXISTS (SELECT FROM brand_steps s WHERE s.prison_id = NEW.prison_id AND s.brand_id = NEW.brand_id AND s.step NOT IN (4, 6) AND s.acted_by = NEW.acted_by)
      OR EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.acted_by AND p.prison_id = NEW.prison_id AND (p.until_at IS NULL OR p.until_at > app.transaction_time()))) THEN
    RAISE EXCEPTION 'nobody reviews what is their own' USING ERRCODE = 'check_violation', CONSTRAINT = 'brand_steps_other';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON brand_steps FOR EACH ROW EXECUTE FUNCTION app.guard_brand_step();

-- The library (经验库) is the whole province's to read.
CREATE TABLE practices (
  prison_id   uuid NOT NULL REFERENCES prisons,
  practice_id uuid NOT NULL,
  area_id     uuid,
  brand_id    uuid,
  title       text NOT NULL CHECK (title <> ''),
  content     text NOT NULL CHECK (content <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, practice_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (prison_id, brand_id) REFERENCES brands
);

CREATE TABLE adoptions (
  prison_id   uuid NOT NULL REFERENCES prisons,
  adoption_id uuid NOT NULL,
  area_id     uuid,
  source_id   uuid NOT NULL,
  practice_id uuid NOT NULL,
  adopted_on  date NOT NULL,
  proof       text NOT NULL CHECK (proof <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, adoption_id),
  CONSTRAINT adoptions_once UNIQUE NULLS NOT DISTINCT (prison_id, area_id, practice_id, adopted_on),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (source_id, practice_id) REFERENCES practices
);
COMMENT ON TABLE adoptions IS 'of the unit that adopts; it counts for the source once it is verified';
COMMENT ON COLUMN adoptions.source_id IS 'the prison whose practice it is';

CREATE TABLE adoption_verdicts (
  prison_id   uuid NOT NULL,
  adoption_id uuid NOT NULL,
  holds       boolean NOT NULL,
  comment     text NOT NULL CHECK (comment <> ''),
  verified_by uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT adoption_verdicts_once PRIMARY KEY (prison_id, adoption_id),
  FOREIGN KEY (prison_id, adoption_id) REFERENCES adoptions
);

-- What both sides gain from is verified by neither.
-- +goose StatementBegin
CREATE FUNCTION app.guard_adoption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM practices p WHERE p.prison_id = NEW.source_id AND p.practice_id = NEW.practice_id
      AND p.prison_id = NEW.prison_id AND (p.area_id IS NULL OR NEW.area_id IS NULL OR p.area_id = NEW.area_id)) THEN
    RAISE EXCEPTION 'a unit does not adopt its own practice' USING ERRCODE = 'check_violation', CONSTRAINT = 'adoptions_other';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_adoption_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM adoptions a JOIN postings p ON p.person_id = NEW.verified_by AND p.prison_id IN (a.prison_id, a.source_id) AND (p.until_at IS NULL OR p.until_at > app.transaction_time())
      WHERE a.prison_id = NEW.prison_id AND a.adoption_id = NEW.adoption_id) THEN
    RAISE EXCEPTION 'neither side verifies' USING ERRCODE = 'check_violation', CONSTRAINT = 'adoption_verdicts_other';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON adoptions FOR EACH ROW EXECUTE FUNCTION app.guard_adoption();
CREATE TRIGGER guards BEFORE INSERT ON adoption_verdicts FOR EACH ROW EXECUTE FUNCTION app.guard_adoption_verdict();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['brands', 'brand_steps', 'practices', 'adoptions', 'adoption_verdicts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['practices', 'adoptions', 'adoption_verdicts'] LOOP
    EXECUTE format($p$CREATE POLICY sees ON %I USING (coalesce(app.setting('prisons'), '') <> '')$p$, t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY sees ON brands USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false));
CREATE POLICY sees ON brand_steps USING (EXISTS (SELECT FROM brands b WHERE b.prison_id = brand_steps.prison_id AND b.brand_id = brand_steps.brand_id));
GRANT SELECT ON brands, brand_steps, practices, adoptions, adoption_verdicts TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, brand_id, area_id, title, theme, author, salt) ON brands TO taizhang_app;
GRANT INSERT (prison_id, brand_id, act, step, passed, document, content, day, acted_by, salt) ON brand_steps TO taizhang_app;
GRANT INSERT (prison_id, practice_id, area_id, brand_id, title, content, author, salt) ON practices TO taizhang_app;
GRANT INSERT (prison_id, adoption_id, area_id, source_id, practice_id, adopted_on, proof, author, salt) ON adoptions TO taizhang_app;
GRANT INSERT (prison_id, adoption_id, holds, comment, verified_by, salt) ON adoption_verdicts TO taizhang_app;
