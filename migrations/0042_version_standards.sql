-- +goose Up
-- Standards in versions of three artefacts each. They belong to the province: no
-- prison's log holds them; what is judged by one pins its digest.
DROP TABLE standards;

CREATE TABLE standard_sets (
  standard     text NOT NULL CHECK (standard ~ '^[a-z][a-z0-9-]{1,39}$'),
  version      int NOT NULL CHECK (version > 0),
  title        jsonb NOT NULL,
  unit_kind    text NOT NULL CHECK (unit_kind IN ('ordinary', 'functional', 'prison', 'other')),
  functions    text[] NOT NULL,
  label        text NOT NULL,
  unofficial   boolean NOT NULL,
  points       text NOT NULL,
  line         text NOT NULL,
  body         bytea NOT NULL,
  rules        bytea NOT NULL,
  guide        bytea NOT NULL,
  digest       bytea NOT NULL CHECK (length(digest) = 32),
  revision     int NOT NULL DEFAULT 1,
  state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'reviewed', 'issued')),
  author       uuid REFERENCES persons,
  created_at   timestamptz NOT NULL DEFAULT app.transaction_time(),
  issued_by    uuid REFERENCES persons,
  issued_at    timestamptz,
  effective_on date,
  PRIMARY KEY (standard, version),
  CHECK (state <> 'issued' OR effective_on IS NOT NULL AND issued_at IS NOT NULL)
);
COMMENT ON COLUMN standard_sets.author IS 'who saved the draft last; null: shipped with the program';
COMMENT ON COLUMN standard_sets.digest IS 'of the three artefacts together';
CREATE UNIQUE INDEX standard_sets_draft ON standard_sets (standard) WHERE state <> 'issued';

CREATE TABLE standard_reviews (
  standard  text NOT NULL,
  version   int NOT NULL,
  revision  int NOT NULL,
  of_digest bytea NOT NULL,
  verdict   text NOT NULL CHECK (verdict IN ('pass', 'return')),
  reviewer  uuid NOT NULL REFERENCES persons,
  comment   text NOT NULL CHECK (verdict = 'pass' OR comment <> ''),
  at        timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT standard_reviews_once PRIMARY KEY (standard, version, revision),
  FOREIGN KEY (standard, version) REFERENCES standard_sets
);
COMMENT ON TABLE standard_reviews IS 'one verdict on one revision, by somebody else than its author and on the digest that was read';

CREATE TABLE standard_mappings (
  standard     text NOT NULL,
  from_version int NOT NULL,
  to_version   int NOT NULL,
  body         bytea NOT NULL,
  PRIMARY KEY (standard, from_version, to_version),
  FOREIGN KEY (standard, from_version) REFERENCES standard_sets,
  FOREIGN KEY (standard, to_version) REFERENCES standard_sets,
  CHECK (from_version < to_version)
);

-- What is issued stands, for every role. A draft goes on only as its reviews say.
-- +goose StatementBegin
CREATE FUNCTION app.guard_standard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    -- Samples come with the program as they are; whatever people write is a draft first.
    IF NEW.state <> 'draft' AND (NEW.author IS NOT NULL OR NEW.issued_by IS NOT NULL OR NOT NEW.unofficial) THEN
      RAISE EXCEPTION 'a standard begins as a draft' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_unreviewed';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'DELETE' OR OLD.state = 'issued' THEN
    RAISE EXCEPTION 'a standard that was issued is immutable' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'standard_issued';
  END IF;
  IF (NEW.standard, NEW.version) <> (OLD.standard, OLD.version) THEN
    RAISE EXCEPTION 'a version keeps its name' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'standard_issued';
  END IF;
  IF NEW.digest <> OLD.digest AND NEW.state <> 'draft' OR NEW.state = 'issued' AND OLD.state <> 'reviewed' THEN
    RAISE EXCEPTION 'only what was reviewed is issued' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_unreviewed';
  END IF;
  IF NEW.state <> 'draft' AND NOT EXISTS (SELECT FROM standard_reviews r WHERE (r.standard, r.version, r.revision, r.of_digest, r.verdict)
      = (NEW.standard, NEW.version, NEW.revision, NEW.digest, 'pass')) THEN
    RAISE EXCEPTION 'only what was reviewed is issued' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_unreviewed';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_review() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE s standard_sets;
BEGIN
  SELECT * INTO s FROM standard_sets WHERE (standard, version) = (NEW.standard, NEW.version) FOR UPDATE;
  IF s.author = NEW.reviewer THEN
    RAISE EXCEPTION 'nobody reviews their own draft' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_reviews_other';
  END IF;
  IF s.state <> 'draft' OR s.revision <> NEW.revision OR s.digest <> NEW.of_digest THEN
    RAISE EXCEPTION 'the draft was changed meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'standard_reviews_digest';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT OR UPDATE OR DELETE ON standard_sets FOR EACH ROW EXECUTE FUNCTION app.guard_standard();
CREATE TRIGGER guards BEFORE INSERT ON standard_reviews FOR EACH ROW EXECUTE FUNCTION app.guard_review();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON standard_reviews FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON standard_mappings FOR EACH ROW EXECUTE FUNCTION app.refuse_change();

GRANT SELECT ON standard_sets, standard_reviews, standard_mappings TO taizhang_app, taizhang_verify;
GRANT INSERT ON standard_sets TO taizhang_app;
GRANT INSERT (standard, version, revision, of_digest, verdict, reviewer, comment) ON standard_reviews TO taizhang_app;
GRANT INSERT ON standard_mappings TO taizhang_app;
GRANT UPDATE (title, unit_kind, functions, label, unofficial, points, line, body, rules, guide, digest, revision, state, author, issued_by, issued_at, effective_on)
  ON standard_sets TO taizhang_app;
