-- +goose Up
-- An inspector goes from line to line (R47) and says of each what was seen, where and when, with
-- photographs. A photograph is known by its digest within its check; what names it binds that digest.
CREATE TABLE photos (
  prison_id   uuid NOT NULL,
  check_id    uuid NOT NULL,
  sha256      bytea NOT NULL CHECK (length(sha256) = 32),
  version_id  text NOT NULL CHECK (version_id <> ''),
  media_type  text NOT NULL CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp')),
  size        bigint NOT NULL CHECK (size BETWEEN 1 AND 20971520),
  width       int NOT NULL CHECK (width > 0),
  height      int NOT NULL CHECK (height > 0),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT photos_pkey PRIMARY KEY (prison_id, check_id, sha256),
  FOREIGN KEY (prison_id, check_id) REFERENCES checks,
  FOREIGN KEY (prison_id, sha256) REFERENCES objects
);
CREATE INDEX photos_object ON photos (prison_id, sha256);

CREATE TABLE looks (
  prison_id   uuid NOT NULL,
  check_id    uuid NOT NULL,
  line        text NOT NULL,
  n           int NOT NULL CHECK (n > 0),
  result      text NOT NULL CHECK (result IN ('met', 'not_seen', 'not_applicable')),
  note        text NOT NULL CHECK (result = 'met' OR note <> ''),
  place       text NOT NULL,
  looked_at   timestamptz NOT NULL,
  photos      text[] NOT NULL CHECK (cardinality(photos) <= 9),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT looks_pkey PRIMARY KEY (prison_id, check_id, line, n),
  FOREIGN KEY (prison_id, check_id) REFERENCES checks
);
COMMENT ON COLUMN looks.n IS 'the latest counts, the ones before it stay';
COMMENT ON COLUMN looks.looked_at IS 'when they stood there; recorded_at is when the server heard of it';
COMMENT ON COLUMN looks.photos IS 'SHA-256 of photographs of the check';

ALTER TABLE findings ADD COLUMN photos text[] NOT NULL DEFAULT '{}' CHECK (cardinality(photos) <= 9);

-- +goose StatementBegin
-- Who writes is of the team, and the check runs.
CREATE FUNCTION app.ask_team() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM checks c WHERE c.prison_id = NEW.prison_id AND c.check_id = NEW.check_id AND c.state = 'open') THEN
    RAISE EXCEPTION 'the check is not open' USING ERRCODE = 'check_violation', CONSTRAINT = 'checks_frozen';
  END IF;
  IF NOT EXISTS (SELECT FROM check_members m WHERE (m.prison_id, m.check_id, m.person_id) = (NEW.prison_id, NEW.check_id, NEW.author)) THEN
    RAISE EXCEPTION 'they are not of the team' USING ERRCODE = 'check_violation', CONSTRAINT = 'looks_team';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_look() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c checks;
BEGIN
  SELECT * INTO c FROM checks WHERE prison_id = NEW.prison_id AND check_id = NEW.check_id;
  IF NOT EXISTS (SELECT FROM standard_sets s, jsonb_path_query(convert_from(s.rules, 'UTF8')::jsonb, '$.indicators[*].lines[*]') l
    WHERE (s.standard, s.version) = (c.standard, c.version) AND l ->> 'id' = NEW.line AND l ->> 'method' IN ('onsite', 'video', 'quiz', 'reading')) THEN
    RAISE EXCEPTION 'the standard of the check has no such line to look at' USING ERRCODE = 'check_violation', CONSTRAINT = 'looks_line';
  END IF;
  IF (NEW.looked_at AT TIME ZONE 'Asia/Shanghai')::date NOT BETWEEN c.from_day AND c.to_day OR NEW.looked_at > app.transaction_time() + interval '5 minutes' THEN
    RAISE EXCEPTION 'it was looked at on another day' USING ERRCODE = 'check_violation', CONSTRAINT = 'looks_line';
  END IF;
  IF EXISTS (SELECT FROM findings f WHERE (f.prison_id, f.check_id, f.line) = (NEW.prison_id, NEW.check_id, NEW.line)
    AND NOT EXISTS (SELECT FROM finding_ends e WHERE e.prison_id = f.prison_id AND e.finding_id = f.finding_id)) THEN
    RAISE EXCEPTION 'a finding stands there' USING ERRCODE = 'check_violation', CONSTRAINT = 'looks_found';
  END IF;
  IF NEW.n <> 1 + coalesce((SELECT max(n) FROM looks l WHERE (l.prison_id, l.check_id, l.line) = (NEW.prison_id, NEW.check_id, NEW.line)), 0) THEN
    RAISE EXCEPTION 'it was looked at meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'looks_pkey';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.ask_photos() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (SELECT count(DISTINCT p.sha256) FROM photos p, unnest(NEW.photos) x
    WHERE p.prison_id = NEW.prison_id AND p.check_id = NEW.check_id AND encode(p.sha256, 'hex') = x) <> cardinality(NEW.photos) THEN
    RAISE EXCEPTION 'a photograph is none of the check' USING ERRCODE = 'check_violation', CONSTRAINT = 'photos_of';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['photos', 'looks'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER asks_team BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION app.ask_team()', t);
    EXECUTE format('CREATE POLICY sees ON %I USING (EXISTS (SELECT FROM checks c WHERE c.prison_id = %I.prison_id AND c.check_id = %I.check_id))', t, t, t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON looks FOR EACH ROW EXECUTE FUNCTION app.guard_look();
CREATE TRIGGER names_photos BEFORE INSERT ON looks FOR EACH ROW EXECUTE FUNCTION app.ask_photos();
CREATE TRIGGER names_photos BEFORE INSERT ON findings FOR EACH ROW WHEN (cardinality(NEW.photos) > 0) EXECUTE FUNCTION app.ask_photos();
GRANT SELECT ON photos, looks TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, check_id, sha256, version_id, media_type, size, width, height, author, salt) ON photos TO taizhang_app;
GRANT INSERT (prison_id, check_id, line, n, result, note, place, looked_at, photos, author, salt) ON looks TO taizhang_app;
GRANT INSERT (photos) ON findings TO taizhang_app;
