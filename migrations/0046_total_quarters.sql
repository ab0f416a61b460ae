-- +goose Up
-- The facts of a quarter as running totals, an element a day, moved as they are
-- reckoned: what lies between two days is a difference of two elements, whatever days
-- they are and however many entries there are. Months, which stood here, were read
-- together with the days that a window cuts, thirty of them on any day.
CREATE TABLE fact_totals (
  prison_id uuid NOT NULL,
  area_id   uuid NOT NULL,
  quarter   date NOT NULL CHECK (extract(day FROM quarter) = 1 AND extract(month FROM quarter) IN (1, 4, 7, 10)),
  ledger    text NOT NULL,
  measure   text NOT NULL,
  totals    numeric[] NOT NULL,
  PRIMARY KEY (prison_id, area_id, measure, quarter, ledger),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas,
  CHECK (cardinality(totals) = (quarter + interval '3 months')::date - quarter)
) WITH (fillfactor = 80); -- a row is moved within its page
COMMENT ON COLUMN fact_totals.totals IS 'element n is the sum of the quarter''s first n days';
INSERT INTO fact_totals
  SELECT prison_id, area_id, quarter, ledger, measure, array_agg(total ORDER BY day) FROM (
    SELECT k.*, d::date AS day, sum(coalesce(f.value, 0)) OVER (PARTITION BY k.prison_id, k.area_id, k.quarter, k.ledger, k.measure ORDER BY d) AS total
    FROM (SELECT DISTINCT prison_id, area_id, date_trunc('quarter', day)::date AS quarter, ledger, measure FROM facts) k
    CROSS JOIN generate_series(k.quarter::timestamp, k.quarter + interval '3 months' - interval '1 day', '1 day') d
    LEFT JOIN facts f ON f.prison_id = k.prison_id AND f.area_id = k.area_id AND f.ledger = k.ledger AND f.measure = k.measure AND f.day = d::date
  ) days GROUP BY 1, 2, 3, 4, 5;
DROP TABLE fact_months;
ALTER TABLE fact_totals ENABLE ROW LEVEL SECURITY;
ALTER TABLE fact_totals FORCE ROW LEVEL SECURITY;
-- Who may see the scores of every prison is told once a query, all others row by row.
CREATE POLICY sees ON fact_totals USING (
  (SELECT coalesce('*' = ANY (string_to_array(app.setting('scores'), ',')), false))
  OR coalesce((SELECT string_to_array(app.setting('scores'), ',')) && ARRAY[area_id::text, prison_id::text], false));
GRANT SELECT ON fact_totals TO taizhang_app, taizhang_verify;
GRANT INSERT, UPDATE (totals) ON fact_totals TO taizhang_app;
-- Nothing adds up days by day any more: days are read for their references, and whole.
DROP INDEX facts_sums;
-- The newest references of a measure, whichever ledger has them, without the others.
CREATE INDEX facts_newest ON facts (prison_id, area_id, measure, day DESC, ledger) WHERE refs <> '[]';
