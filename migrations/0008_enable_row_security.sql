-- +goose Up
-- Who sees which row, said once. Every argument before the row's own is a
-- comma-separated list; '*' in a list is everything.
--   prisons     <prison>
--   areas       <area>, or <prison> for all its areas
--   ledgers     <prison>/<ledger>: of departments that own the ledger
--   restricted  L3 material: <area>/<ledger>, <prison>/<ledger>, <prison>
--   sealed      <prison>: complaints against police
--   person      who asks: authors always see their own
-- +goose StatementBegin
CREATE FUNCTION app.sees(prisons text, areas text, ledgers text, restricted text, sealed_in text, person text,
  row_prison uuid, row_area uuid, row_ledger text, row_level text, row_sealed boolean, row_author uuid) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(
  string_to_array(prisons, ',') && ARRAY[row_prison::text, '*']
  AND (
    row_author::text = person
    OR row_sealed AND string_to_array(sealed_in, ',') && ARRAY[row_prison::text, '*']
    OR NOT row_sealed
      AND (string_to_array(areas, ',') && ARRAY[row_area::text, row_prison::text, '*']
        OR string_to_array(ledgers, ',') && ARRAY[row_prison::text || '/' || row_ledger, '*'])
      AND (row_level <> 'L3'
        OR string_to_array(restricted, ',') && ARRAY[row_area::text || '/' || row_ledger, row_prison::text || '/' || row_ledger, row_prison::text, '*'])
  ), false);
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION app.visible(row_prison uuid, row_area uuid, row_ledger text, row_level text, row_sealed boolean, row_author uuid) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN app.sees(app.setting('prisons'), app.setting('areas'), app.setting('ledgers'), app.setting('restricted'), app.setting('sealed'),
  app.setting('person'), row_prison, row_area, row_ledger, row_level, row_sealed, row_author);
-- +goose StatementEnd

ALTER TABLE entries ENABLE ROW LEVEL SECURITY;
ALTER TABLE entries FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON entries USING (app.visible(prison_id, area_id, ledger, level, sealed, author));

-- What hangs on an entry is seen with it: the subquery is under the entry's own policy.
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['drafts', 'revisions', 'decisions', 'events', 'uploads', 'attachments', 'evidence'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY sees ON %I USING (EXISTS (SELECT FROM entries e
      WHERE e.prison_id = %I.prison_id AND e.entry_id = %I.entry_id))', t, t, t);
  END LOOP;
  -- What belongs to an area and a ledger without naming anybody.
  FOREACH t IN ARRAY ARRAY['duties', 'facts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    EXECUTE format('CREATE POLICY sees ON %I USING (app.visible(prison_id, area_id, ledger, ''L1'', false, NULL))', t);
  END LOOP;
END $$;
-- +goose StatementEnd
ALTER TABLE findings ENABLE ROW LEVEL SECURITY;
ALTER TABLE findings FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON findings USING (app.visible(prison_id, area_id, '', 'L1', false, found_by));

CREATE INDEX revisions_document ON revisions USING gin (document jsonb_path_ops);
