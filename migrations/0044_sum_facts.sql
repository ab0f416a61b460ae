-- +goose Up
-- The facts of whole months, kept as they are reckoned: a window of half a year is
-- five of them and the days of two that it cuts, however many entries there are.
CREATE TABLE fact_months (
  prison_id uuid NOT NULL,
  area_id   uuid NOT NULL,
  month     date NOT NULL CHECK (extract(day FROM month) = 1),
  ledger    text NOT NULL,
  measure   text NOT NULL,
  value     numeric NOT NULL,
  PRIMARY KEY (prison_id, area_id, month, ledger, measure),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
INSERT INTO fact_months SELECT prison_id, area_id, date_trunc('month', day)::date, ledger, measure, sum(value) FROM facts GROUP BY 1, 2, 3, 4, 5;
ALTER TABLE fact_months ENABLE ROW LEVEL SECURITY;
ALTER TABLE fact_months FORCE ROW LEVEL SECURITY;
-- The setting is read once a query, not once a row: a score reads thousands of them.
CREATE POLICY sees ON fact_months USING (coalesce((SELECT string_to_array(app.setting('scores'), ',')) && ARRAY[area_id::text, prison_id::text, '*'], false));
ALTER POLICY sees ON facts USING (coalesce((SELECT string_to_array(app.setting('scores'), ',')) && ARRAY[area_id::text, prison_id::text, '*'], false));
GRANT SELECT ON fact_months TO taizhang_app, taizhang_verify;
GRANT INSERT, UPDATE (value) ON fact_months TO taizhang_app;
-- A day's facts are read by day of a whole prison too, without the refs.
CREATE INDEX facts_refs ON facts (prison_id, area_id, ledger, measure, day) WHERE refs <> '[]';
CREATE INDEX facts_sums ON facts (prison_id, day, area_id) INCLUDE (ledger, measure, value);

-- What an inspector measured: 17 of 20 drawn, and about whom.
ALTER TABLE findings
  ADD COLUMN measured_of  numeric CHECK (measured_of >= 0),
  ADD COLUMN measured_per numeric CHECK (measured_per > 0),
  ADD COLUMN subject      text NOT NULL DEFAULT '',
  ADD CHECK ((measured_of IS NULL) = (measured_per IS NULL));
GRANT INSERT (measured_of, measured_per, subject) ON findings TO taizhang_app;
