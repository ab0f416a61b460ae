-- +goose Up
-- Whether all of an entry that one sees may be read, or only its part (docs/access.md):
-- the setting whole has items like restricted.
-- +goose StatementBegin
CREATE FUNCTION app.whole(row_prison uuid, row_area uuid, row_ledger text, row_level text, row_sealed boolean, row_author uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(row_level <> 'L3' OR row_sealed OR row_author::text = app.setting('person')
  OR string_to_array(app.setting('whole'), ',') && ARRAY[row_area::text || '/' || row_ledger, row_prison::text || '/' || row_ledger, '*/' || row_ledger, row_prison::text, '*'], false);
-- +goose StatementEnd

-- What who reads only a part of an entry finds it by; they find nothing that has none.
ALTER TABLE search_texts ADD COLUMN part text;
-- The entries of which there is a part now are found again after `taizhang search rebuild`.
ALTER TABLE entries NO FORCE ROW LEVEL SECURITY;
DELETE FROM search_texts s USING entries e
  WHERE e.prison_id = s.prison_id AND e.entry_id = s.entry_id AND e.ledger IN ('medical-visit', 'psych-health');
ALTER TABLE entries FORCE ROW LEVEL SECURITY;

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.hits(in_prison uuid, wanted int[], needles text[], words text[], in_ledgers text[], in_area uuid, in_states text[],
  day_from date, day_to date) RETURNS TABLE (hit uuid, score int, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.entry_id, app.rank(t.head, t.body, t.rest, words), coalesce(e.occurred_at, '-infinity')
  FROM search_texts s JOIN entries e ON e.prison_id = s.prison_id AND e.entry_id = s.entry_id
    CROSS JOIN LATERAL (SELECT app.whole(e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author)) AS w (whole)
    CROSS JOIN LATERAL (SELECT CASE WHEN whole THEN s.head ELSE '' END, CASE WHEN whole THEN s.body ELSE coalesce(s.part, '') END, CASE WHEN whole THEN s.rest ELSE '' END) AS t (head, body, rest)
  WHERE s.prison_id = in_prison AND s.grams @> wanted AND e.state <> 'discarded'
    AND (in_ledgers IS NULL OR e.ledger = ANY (in_ledgers))
    AND (in_area IS NULL OR e.area_id = in_area)
    AND (in_states IS NULL OR e.state = ANY (in_states) OR 'approved' = ANY (in_states) AND e.in_force > 0 AND e.state <> 'voided')
    AND (day_from IS NULL OR e.occurred_day >= day_from)
    AND (day_to IS NULL OR e.occurred_day <= day_to)
    AND app.visible(e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author)
    AND NOT EXISTS (SELECT FROM unnest(needles) AS n WHERE strpos(t.head, n) = 0 AND strpos(t.body, n) = 0 AND strpos(t.rest, n) = 0)
$$;
-- +goose StatementEnd
