-- +goose Up
-- Whoever ever saved a draft wrote a part of it, also where somebody else saved after them: none of
-- them reviews it.
CREATE TABLE standard_savers (
  standard text NOT NULL,
  version  int NOT NULL,
  person   uuid NOT NULL REFERENCES persons,
  PRIMARY KEY (standard, version, person),
  FOREIGN KEY (standard, version) REFERENCES standard_sets
);
INSERT INTO standard_savers SELECT standard, version, author FROM standard_sets WHERE author IS NOT NULL;

-- +goose StatementBegin
CREATE FUNCTION app.remember_saver() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO standard_savers VALUES (NEW.standard, NEW.version, NEW.author) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION app.guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE s standard_sets;
BEGIN
  SELECT * INTO s FROM standard_sets WHERE (standard, version) = (NEW.standard, NEW.version) FOR UPDATE;
  IF EXISTS (SELECT FROM standard_savers w WHERE (w.standard, w.version, w.person) = (NEW.standard, NEW.version, NEW.reviewer)) THEN
    RAISE EXCEPTION 'nobody reviews their own draft' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_reviews_other';
  END IF;
  IF s.state <> 'draft' OR s.revision <> NEW.revision OR s.digest <> NEW.of_digest THEN
    RAISE EXCEPTION 'the draft was changed meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_reviews_digest';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER remembers AFTER INSERT OR UPDATE OF author ON standard_sets FOR EACH ROW WHEN (NEW.author IS NOT NULL) EXECUTE FUNCTION app.remember_saver();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON standard_savers FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON standard_savers FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON standard_savers TO taizhang_app, taizhang_verify;
