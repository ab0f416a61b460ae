-- +goose Up
-- What becomes of the paper beside an electronic ledger (纸质停用), by area and ledger: kept on paper, on
-- both tracks, or on paper no more, from a day on. The area's head declares it, the owning department
-- confirms it, and nothing is altered: to take paper up again is the next declaration. What nobody
-- declared stands on paper. How it stands on a day is worked out of these rows and nowhere kept.
CREATE TABLE paper_declarations (
  prison_id   uuid NOT NULL REFERENCES prisons,
  area_id     uuid NOT NULL,
  ledger      text NOT NULL CHECK (ledger <> ''),
  n           int NOT NULL CHECK (n > 0),
  state       text NOT NULL CHECK (state IN ('paper', 'dual', 'ended')),
  from_day    date NOT NULL,
  reason      text NOT NULL,
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT paper_declarations_pkey PRIMARY KEY (prison_id, area_id, ledger, n),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);

CREATE TABLE paper_verdicts (
  prison_id   uuid NOT NULL,
  area_id     uuid NOT NULL,
  ledger      text NOT NULL,
  n           int NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('confirm', 'refuse', 'withdraw')),
  comment     text NOT NULL CHECK (verdict <> 'refuse' OR comment <> ''),
  decided_by  uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT paper_verdicts_pkey PRIMARY KEY (prison_id, area_id, ledger, n),
  FOREIGN KEY (prison_id, area_id, ledger, n) REFERENCES paper_declarations
);

-- +goose StatementBegin
CREATE FUNCTION app.guard_paper() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last int := coalesce((SELECT max(n) FROM paper_declarations WHERE prison_id = NEW.prison_id AND area_id = NEW.area_id AND ledger = NEW.ledger), 0);
BEGIN
  IF NEW.n <> last + 1 THEN
    RAISE EXCEPTION 'another was declared meanwhile' USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_declarations_pkey';
  END IF;
  IF last > 0 AND NOT EXISTS (SELECT FROM paper_verdicts WHERE prison_id = NEW.prison_id AND area_id = NEW.area_id AND ledger = NEW.ledger AND n = last) THEN
    RAISE EXCEPTION 'a declaration waits for its confirmation' USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_declarations_waits';
  END IF;
  IF NEW.from_day > (app.transaction_time() AT TIME ZONE 'Asia/Shanghai')::date + 366 THEN
    RAISE EXCEPTION 'further ahead than a year' USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_declarations_day';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION app.guard_paper_verdict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.verdict = 'withdraw') <> (NEW.decided_by = (SELECT author FROM paper_declarations
      WHERE prison_id = NEW.prison_id AND area_id = NEW.area_id AND ledger = NEW.ledger AND n = NEW.n)) THEN
    RAISE EXCEPTION 'nobody confirms what they declared, nor takes back what another did' USING ERRCODE = 'check_violation', CONSTRAINT = 'paper_verdicts_other';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON paper_declarations FOR EACH ROW EXECUTE FUNCTION app.guard_paper();
CREATE TRIGGER guards BEFORE INSERT ON paper_verdicts FOR EACH ROW EXECUTE FUNCTION app.guard_paper_verdict();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['paper_declarations', 'paper_verdicts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
    -- It is what an indicator counts, and seen with the score.
    EXECUTE format($p$CREATE POLICY sees ON %I USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false))$p$, t);
  END LOOP;
END $$;
-- +goose StatementEnd
GRANT SELECT ON paper_declarations, paper_verdicts TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, area_id, ledger, n, state, from_day, reason, author, salt) ON paper_declarations TO taizhang_app;
GRANT INSERT (prison_id, area_id, ledger, n, verdict, comment, decided_by, salt) ON paper_verdicts TO taizhang_app;
