-- +goose Up
-- The pool (抽调人员库): what each of those who may be called into a team is skilled in, and on which
-- days they are away. Both are of the person, wherever they serve: they belong to the province.
-- +goose StatementBegin
CREATE FUNCTION app.home(in_person uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT p.prison_id FROM postings p WHERE p.person_id = in_person AND p.prison_id IS NOT NULL
    AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time())
  ORDER BY p.from_at, p.posting_id LIMIT 1
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION app.home IS 'the prison where a person serves now; null: the bureau';

CREATE TABLE inspector_skills (
  person_id   uuid NOT NULL REFERENCES persons,
  n           int NOT NULL CHECK (n > 0),
  domains     text[] NOT NULL CHECK (array_position(domains, NULL) IS NULL),
  author      uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT inspector_skills_pkey PRIMARY KEY (person_id, n)
);
COMMENT ON TABLE inspector_skills IS 'the latest counts';
COMMENT ON COLUMN inspector_skills.domains IS 'codes of domains of the standards; one that is renamed later is followed by the mappings';

CREATE TABLE inspector_aways (
  person_id   uuid NOT NULL REFERENCES persons,
  n           int NOT NULL CHECK (n > 0),
  from_day    date,
  to_day      date,
  calls_off   int,
  reason      text NOT NULL CHECK (reason <> ''),
  author      uuid NOT NULL REFERENCES persons,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT inspector_aways_pkey PRIMARY KEY (person_id, n),
  CONSTRAINT inspector_aways_once UNIQUE (person_id, calls_off),
  CONSTRAINT inspector_aways_there FOREIGN KEY (person_id, calls_off) REFERENCES inspector_aways,
  CHECK (CASE WHEN calls_off IS NULL THEN coalesce(from_day <= to_day, false) ELSE from_day IS NULL AND to_day IS NULL END)
);
COMMENT ON COLUMN inspector_aways.to_day IS 'the last day';
COMMENT ON COLUMN inspector_aways.calls_off IS 'the span that this row takes back; null: a span';

-- +goose StatementBegin
-- Who is called and who says that they are away meet at the same lock, so that neither passes the other by.
CREATE FUNCTION app.guard_inspector() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last int;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('inspector/' || NEW.person_id, 0));
  EXECUTE format('SELECT coalesce(max(n), 0) FROM %I WHERE person_id = $1', TG_TABLE_NAME) INTO last USING NEW.person_id;
  IF NEW.n <> last + 1 THEN
    RAISE EXCEPTION 'something was said of them meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_pkey';
  END IF;
  IF NOT EXISTS (SELECT FROM postings p WHERE p.person_id = NEW.person_id AND p.role = 'inspector'
      AND p.from_at <= app.transaction_time() AND (p.until_at IS NULL OR p.until_at > app.transaction_time())) THEN
    RAISE EXCEPTION 'nobody of the pool' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspectors_posted';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.to_day < (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date THEN
    RAISE EXCEPTION 'what is over keeps nobody away' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspector_aways_day';
  END IF;
  IF NEW.calls_off IS NOT NULL AND NOT EXISTS (SELECT FROM inspector_aways a WHERE a.person_id = NEW.person_id AND a.n = NEW.calls_off AND a.calls_off IS NULL) THEN
    RAISE EXCEPTION 'there is no such span' USING ERRCODE = 'check_violation', CONSTRAINT = 'inspector_aways_there';
  END IF;
  RETURN NEW;
END $$;

DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['inspector_skills', 'inspector_aways'] LOOP
    EXECUTE format('CREATE TRIGGER guards BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION app.guard_inspector()', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards_day BEFORE INSERT ON inspector_aways FOR EACH ROW EXECUTE FUNCTION app.guard_away();
-- Why somebody is away is told to those who see the whole of their prison, and to themselves.
ALTER TABLE inspector_aways ENABLE ROW LEVEL SECURITY;
ALTER TABLE inspector_aways FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON inspector_aways USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[app.home(person_id)::text, '*']
  OR person_id::text = app.setting('person'), false));
GRANT SELECT ON inspector_skills, inspector_aways TO taizhang_app, taizhang_verify;
GRANT INSERT (person_id, n, domains, author) ON inspector_skills TO taizhang_app;
GRANT INSERT (person_id, n, from_day, to_day, calls_off, reason, author) ON inspector_aways TO taizhang_app;
