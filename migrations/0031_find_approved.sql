-- +goose Up
-- Approved is what is in force, be it under correction or not.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.hits(in_prison uuid, wanted int[], needles text[], words text[], in_ledgers text[], in_area uuid, in_states text[],
  day_from date, day_to date) RETURNS TABLE (hit uuid, score int, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.entry_id, app.rank(s.head, s.body, s.rest, words), coalesce(e.occurred_at, '-infinity')
  FROM search_texts s JOIN entries e ON e.prison_id = s.prison_id AND e.entry_id = s.entry_id
  WHERE s.prison_id = in_prison AND s.grams @> wanted AND e.state <> 'discarded'
    AND (in_ledgers IS NULL OR e.ledger = ANY (in_ledgers))
    AND (in_area IS NULL OR e.area_id = in_area)
    AND (in_states IS NULL OR e.state = ANY (in_states) OR 'approved' = ANY (in_states) AND e.in_force > 0 AND e.state <> 'voided')
    AND (day_from IS NULL OR e.occurred_day >= day_from)
    AND (day_to IS NULL OR e.occurred_day <= day_to)
    AND app.visible(e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author)
    AND NOT EXISTS (SELECT FROM unnest(needles) AS n WHERE strpos(s.head, n) = 0 AND strpos(s.body, n) = 0 AND strpos(s.rest, n) = 0)
$$;
-- +goose StatementEnd
