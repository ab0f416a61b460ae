-- +goose Up
-- Whoever brings a photograph has it, though another of the team brought the same bytes before; and who
-- only knows its digest has it not, until a look or a finding shows it.
ALTER TABLE photos ADD COLUMN again boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT photos_pkey, ADD CONSTRAINT photos_pkey PRIMARY KEY (prison_id, check_id, sha256, author);
COMMENT ON COLUMN photos.again IS 'the bytes were in the check already: the leaf says who brought them, too';
CREATE UNIQUE INDEX photos_first ON photos (prison_id, check_id, sha256) WHERE NOT again;
GRANT INSERT (again) ON photos TO taizhang_app;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.ask_photos() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE me uuid := coalesce(to_jsonb(NEW) ->> 'author', to_jsonb(NEW) ->> 'found_by'); -- of a look, of a finding
BEGIN
  IF (SELECT count(DISTINCT x) FROM unnest(NEW.photos) x WHERE EXISTS (SELECT FROM photos p
      WHERE p.prison_id = NEW.prison_id AND p.check_id = NEW.check_id AND p.sha256 = decode(x, 'hex') AND (p.author = me
        OR EXISTS (SELECT FROM looks l WHERE l.prison_id = NEW.prison_id AND l.check_id = NEW.check_id AND x = ANY (l.photos))
        OR EXISTS (SELECT FROM findings f WHERE f.prison_id = NEW.prison_id AND f.check_id = NEW.check_id AND x = ANY (f.photos))))) <> cardinality(NEW.photos) THEN
    RAISE EXCEPTION 'a photograph is none of the check that they brought or see' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_of';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
