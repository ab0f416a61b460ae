-- +goose Up
-- Where somebody served at a time: a call stays with the bureau or the prison that they were called
-- from, wherever they are posted later.
-- +goose StatementBegin
CREATE FUNCTION app.home(in_person uuid, in_at timestamptz) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT p.prison_id FROM postings p WHERE p.person_id = in_person AND p.prison_id IS NOT NULL
    AND p.from_at <= in_at AND (p.until_at IS NULL OR p.until_at > in_at)
  ORDER BY p.from_at, p.posting_id LIMIT 1
$$;
CREATE OR REPLACE FUNCTION app.home(in_person uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
  SELECT app.home(in_person, app.transaction_time())
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION app.home(uuid, timestamptz) IS 'the prison where a person served then; null: the bureau';
COMMENT ON COLUMN check_members.drawn_from IS 'null: the bureau, or called before this was kept, which app.home tells for recorded_at';
