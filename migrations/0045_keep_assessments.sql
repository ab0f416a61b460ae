-- +goose Up
-- What persons decide about a score, line by line: an indicator does not apply to a
-- unit (不适用), a line costs another amount (人工调整). Asked for by one with the
-- reason, decided by another; nothing here sets a total.
CREATE TABLE rulings (
  prison_id   uuid NOT NULL,
  ruling_id   uuid NOT NULL,
  area_id     uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('exclude', 'override')),
  standard    text NOT NULL,
  target      text NOT NULL CHECK (target <> ''),
  amount      numeric CHECK (amount >= 0),
  from_day    date NOT NULL,
  to_day      date NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  state       text NOT NULL CHECK (state IN ('requested', 'granted', 'refused', 'withdrawn', 'revoked')),
  PRIMARY KEY (prison_id, ruling_id),
  UNIQUE (prison_id, ruling_id, author),
  CHECK (from_day <= to_day),
  CHECK ((kind = 'override') = (amount IS NOT NULL)),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN rulings.target IS 'the code of an indicator, or the id of a line';
COMMENT ON COLUMN rulings.to_day IS 'the last day of a check on which it holds';
CREATE INDEX rulings_area ON rulings (prison_id, area_id, state);

CREATE TABLE ruling_decisions (
  prison_id   uuid NOT NULL,
  ruling_id   uuid NOT NULL,
  decision_id uuid NOT NULL,
  verdict     text NOT NULL CHECK (verdict IN ('grant', 'refuse', 'withdraw', 'revoke')),
  author      uuid NOT NULL,
  decided_by  uuid NOT NULL REFERENCES persons,
  comment     text NOT NULL,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, ruling_id, decision_id),
  UNIQUE (prison_id, ruling_id, verdict),
  CONSTRAINT ruling_decisions_other CHECK (verdict NOT IN ('grant', 'refuse') OR decided_by <> author),
  CHECK (verdict <> 'withdraw' OR decided_by = author),
  FOREIGN KEY (prison_id, ruling_id, author) REFERENCES rulings (prison_id, ruling_id, author)
);

-- A score kept with all that it was made of: evaluated again it gives the same bytes.
CREATE TABLE score_runs (
  prison_id   uuid NOT NULL,
  run_id      uuid NOT NULL,
  area_id     uuid NOT NULL,
  kind        text NOT NULL CHECK (kind IN ('self_check', 'baseline', 'department', 'onsite', 'lookback', 'recheck', 'mock')),
  standard    text NOT NULL,
  version     int NOT NULL,
  engine      int NOT NULL,
  as_of       date NOT NULL,
  input       bytea NOT NULL,
  sheet       bytea NOT NULL,
  score       text NOT NULL,
  passes      boolean NOT NULL,
  made_by     uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, run_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN score_runs.score IS 'exact: a decimal, or a fraction such as 171800/181';
CREATE INDEX score_runs_area ON score_runs (prison_id, area_id, recorded_at DESC);

-- What an area stood at when a day ended: derived, for the comparison with today.
CREATE TABLE daily_scores (
  prison_id uuid NOT NULL,
  area_id   uuid NOT NULL,
  day       date NOT NULL,
  standard  text NOT NULL,
  version   int NOT NULL,
  score     text NOT NULL,
  sheet     bytea NOT NULL,
  PRIMARY KEY (prison_id, area_id, day),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN daily_scores.sheet IS 'as it was seen that evening; entries approved later do not change it';

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['rulings', 'ruling_decisions', 'score_runs', 'daily_scores'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['rulings', 'score_runs', 'daily_scores'] LOOP
    EXECUTE format($p$CREATE POLICY sees ON %I USING (coalesce(
      string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, '*'], false))$p$, t);
  END LOOP;
END $$;
-- +goose StatementEnd
CREATE POLICY sees ON ruling_decisions USING (EXISTS (SELECT FROM rulings r
  WHERE r.prison_id = ruling_decisions.prison_id AND r.ruling_id = ruling_decisions.ruling_id));
GRANT SELECT ON rulings, ruling_decisions, score_runs, daily_scores TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, ruling_id, area_id, kind, standard, target, amount, from_day, to_day, reason, author, salt, state) ON rulings TO taizhang_app;
GRANT UPDATE (state) ON rulings TO taizhang_app;
GRANT INSERT (prison_id, ruling_id, decision_id, verdict, author, decided_by, comment, salt) ON ruling_decisions TO taizhang_app;
GRANT INSERT (prison_id, run_id, area_id, kind, standard, version, engine, as_of, input, sheet, score, passes, made_by, salt) ON score_runs TO taizhang_app;
GRANT INSERT ON daily_scores TO taizhang_app;
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['ruling_decisions', 'score_runs', 'daily_scores'] LOOP
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
