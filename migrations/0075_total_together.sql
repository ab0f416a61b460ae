-- +goose Up
-- What all ledgers have together is kept as rows of its own, under '*': asked for by name
-- it was some 400 rows of an area, one a ledger. The key leads to the quarters of one
-- ledger's measure, not through those of every ledger.
INSERT INTO fact_totals
  SELECT prison_id, area_id, quarter, '*', measure, array_agg(total ORDER BY n) FROM (
    SELECT prison_id, area_id, quarter, measure, n, sum(total) AS total
    FROM fact_totals, unnest(totals) WITH ORDINALITY AS u(total, n) GROUP BY 1, 2, 3, 4, 5
  ) days GROUP BY 1, 2, 3, 5;
ALTER TABLE fact_totals DROP CONSTRAINT fact_totals_pkey, ADD PRIMARY KEY (prison_id, area_id, ledger, measure, quarter);
COMMENT ON COLUMN fact_totals.ledger IS 'one ledger, or * for all of the area together';
