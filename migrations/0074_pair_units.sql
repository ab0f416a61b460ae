-- +goose Up
-- Pairs (结对帮扶) of like units: a strong one helps a weak one, which the log tells. That the
-- weak one's score passed the strong one's (超) is recorded once, on the day it was first seen.
CREATE TABLE pairs (
  prison_id     uuid NOT NULL,
  pair_id       uuid NOT NULL,
  area_id       uuid NOT NULL,
  strong_prison uuid NOT NULL,
  strong_area   uuid NOT NULL,
  aim           text NOT NULL CHECK (aim <> ''),
  until_day     date NOT NULL,
  weak_score    text NOT NULL,
  strong_score  text NOT NULL,
  author        uuid NOT NULL REFERENCES persons,
  salt          bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at   timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, pair_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  FOREIGN KEY (strong_prison, strong_area) REFERENCES areas (prison_id, area_id)
);
COMMENT ON TABLE pairs IS 'of the weak unit: what is helped stands in its log';
COMMENT ON COLUMN pairs.weak_score IS 'exact, when they were paired';

CREATE TABLE pair_helps (
  prison_id   uuid NOT NULL,
  pair_id     uuid NOT NULL,
  help_id     uuid NOT NULL,
  day         date NOT NULL,
  content     text NOT NULL CHECK (content <> ''),
  author      uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, pair_id, help_id),
  FOREIGN KEY (prison_id, pair_id) REFERENCES pairs
);

CREATE TABLE overtakes (
  prison_id    uuid NOT NULL,
  pair_id      uuid NOT NULL,
  day          date NOT NULL,
  weak_score   text NOT NULL,
  strong_score text NOT NULL,
  salt         bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at  timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, pair_id),
  FOREIGN KEY (prison_id, pair_id) REFERENCES pairs
);

-- +goose StatementBegin
CREATE FUNCTION app.guard_pair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.area_id = NEW.strong_area OR NOT EXISTS (SELECT FROM areas w JOIN areas s ON (s.kind, s.function) = (w.kind, w.function)
      WHERE (w.prison_id, w.area_id) = (NEW.prison_id, NEW.area_id) AND (s.prison_id, s.area_id) = (NEW.strong_prison, NEW.strong_area)) THEN
    RAISE EXCEPTION 'only like units are paired' USING ERRCODE = 'check_violation', CONSTRAINT = 'pairs_like';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER guards BEFORE INSERT ON pairs FOR EACH ROW EXECUTE FUNCTION app.guard_pair();

-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['pairs', 'pair_helps', 'overtakes'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', t);
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
  FOREACH t IN ARRAY ARRAY['pair_helps', 'overtakes'] LOOP
    EXECUTE format($p$CREATE POLICY sees ON %I USING (EXISTS (SELECT FROM pairs p WHERE p.prison_id = %I.prison_id AND p.pair_id = %I.pair_id))$p$, t, t, t);
  END LOOP;
END $$;
-- +goose StatementEnd
-- Both sides see their pair.
CREATE POLICY sees ON pairs USING (coalesce(string_to_array(app.setting('scores'), ',') && ARRAY[area_id::text, prison_id::text, strong_area::text, strong_prison::text, '*'], false));
GRANT SELECT ON pairs, pair_helps, overtakes TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, pair_id, area_id, strong_prison, strong_area, aim, until_day, weak_score, strong_score, author, salt) ON pairs TO taizhang_app;
GRANT INSERT (prison_id, pair_id, help_id, day, content, author, salt) ON pair_helps TO taizhang_app;
GRANT INSERT (prison_id, pair_id, day, weak_score, strong_score, salt) ON overtakes TO taizhang_app;
