-- +goose Up
-- What an entry is found by: derived, kept in the same transaction as the
-- change, made anew by `taizhang search rebuild`. The grams are hashes (package
-- search), of pairs of Chinese characters and of beginnings of words.
CREATE TABLE search_texts (
  prison_id uuid NOT NULL,
  entry_id  uuid NOT NULL,
  revision  int NOT NULL,
  head      text NOT NULL,
  body      text NOT NULL,
  rest      text NOT NULL,
  grams     int[] NOT NULL,
  PRIMARY KEY (prison_id, entry_id),
  FOREIGN KEY (prison_id, entry_id) REFERENCES entries
);
-- A short list of what is not yet in its place keeps writes even and reads short.
CREATE INDEX search_texts_grams ON search_texts USING gin (grams) WITH (gin_pending_list_limit = 512);

ALTER TABLE search_texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY sees ON search_texts USING (EXISTS (SELECT FROM entries e
  WHERE e.prison_id = search_texts.prison_id AND e.entry_id = search_texts.entry_id));
-- The service never reads a text: app.hits does, and shows only what app.visible lets through.
GRANT SELECT (prison_id, entry_id, revision), INSERT, UPDATE, DELETE ON search_texts TO taizhang_app;
GRANT SELECT ON search_texts TO taizhang_verify;

-- +goose StatementBegin
CREATE FUNCTION app.rank(head text, body text, rest text, words text[]) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (SELECT coalesce(sum(CASE WHEN strpos(head, w) > 0 THEN 4 WHEN strpos(body, w) > 0 THEN 2 WHEN strpos(rest, w) > 0 THEN 1 ELSE 0 END), 0)
  FROM unnest(words) AS w);
-- +goose StatementEnd

-- Row-level security would keep the index from being used: @> is not leakproof,
-- so every row would be looked at first. This function is the wall itself: it runs as the
-- owner, uses the index, and lets through what app.visible allows the asker.
-- +goose StatementBegin
CREATE FUNCTION app.hits(in_prison uuid, wanted int[], needles text[], words text[], in_ledgers text[], in_area uuid, in_states text[],
  day_from date, day_to date) RETURNS TABLE (hit uuid, score int, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT e.entry_id, app.rank(s.head, s.body, s.rest, words), coalesce(e.occurred_at, '-infinity')
  FROM search_texts s JOIN entries e ON e.prison_id = s.prison_id AND e.entry_id = s.entry_id
  WHERE s.prison_id = in_prison AND s.grams @> wanted AND e.state <> 'discarded'
    AND (in_ledgers IS NULL OR e.ledger = ANY (in_ledgers))
    AND (in_area IS NULL OR e.area_id = in_area)
    AND (in_states IS NULL OR e.state = ANY (in_states))
    AND (day_from IS NULL OR e.occurred_day >= day_from)
    AND (day_to IS NULL OR e.occurred_day <= day_to)
    AND app.visible(e.prison_id, e.area_id, e.ledger, e.level, e.sealed, e.author)
    AND NOT EXISTS (SELECT FROM unnest(needles) AS n WHERE strpos(s.head, n) = 0 AND strpos(s.body, n) = 0 AND strpos(s.rest, n) = 0)
$$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.hits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.hits TO taizhang_app;

-- Filters that people keep, for themselves or shown to their unit. The query is
-- the page's own address; it names nothing that its reader may not ask for himself.
CREATE TABLE saved_filters (
  prison_id  uuid NOT NULL REFERENCES prisons,
  filter_id  uuid NOT NULL,
  owner      uuid NOT NULL REFERENCES persons,
  page       text NOT NULL CHECK (page IN ('ledgers', 'search')),
  name       text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 40),
  query      text NOT NULL CHECK (char_length(query) <= 2000),
  unit       text NOT NULL DEFAULT '',
  etag       bigint NOT NULL DEFAULT 1,
  changed_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, filter_id),
  CONSTRAINT saved_filters_name UNIQUE (prison_id, owner, page, name)
);
COMMENT ON COLUMN saved_filters.unit IS 'an area, <prison>/<department>, <prison> or bureau (app.setting(''units'')); empty: nobody else';
CREATE INDEX saved_filters_unit ON saved_filters (prison_id, unit) WHERE unit <> '';

ALTER TABLE saved_filters ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_filters FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON saved_filters USING (owner::text = app.setting('person'))
  WITH CHECK (owner::text = app.setting('person') AND string_to_array(app.setting('prisons'), ',') && ARRAY[prison_id::text, '*']);
CREATE POLICY shared ON saved_filters FOR SELECT USING (unit = ANY (string_to_array(app.setting('units'), ',')));
GRANT SELECT, DELETE ON saved_filters TO taizhang_app;
GRANT SELECT ON saved_filters TO taizhang_verify;
GRANT INSERT (prison_id, filter_id, owner, page, name, query, unit) ON saved_filters TO taizhang_app;
GRANT UPDATE (name, query, unit, etag, changed_at) ON saved_filters TO taizhang_app;
