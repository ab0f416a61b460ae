-- +goose Up
-- A department of the bureau (处室) sees the ledgers of its line in every prison:
-- in the lists of ledgers and of L3 material, */<ledger>.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION app.sees(prisons text, areas text, ledgers text, restricted text, sealed_in text, person text,
  row_prison uuid, row_area uuid, row_ledger text, row_level text, row_sealed boolean, row_author uuid) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(
  string_to_array(prisons, ',') && ARRAY[row_prison::text, '*']
  AND (
    row_author::text = person
    OR row_sealed AND string_to_array(sealed_in, ',') && ARRAY[row_prison::text, '*']
    OR NOT row_sealed
      AND (string_to_array(areas, ',') && ARRAY[row_area::text, row_prison::text, '*']
        OR string_to_array(ledgers, ',') && ARRAY[row_prison::text || '/' || row_ledger, '*/' || row_ledger, '*'])
      AND (row_level <> 'L3'
        OR string_to_array(restricted, ',') && ARRAY[row_area::text || '/' || row_ledger, row_prison::text || '/' || row_ledger, '*/' || row_ledger, row_prison::text, '*'])
  ), false);
-- +goose StatementEnd

-- What there are notices of: whoever tells of something new adds a row, and
-- alters nothing.
CREATE TABLE notice_kinds (kind text PRIMARY KEY);
INSERT INTO notice_kinds VALUES ('due_soon'), ('overdue'), ('escalated'), ('transferred'), ('added'), ('delegated'),
  ('void_asked'), ('voided'), ('void_refused'), ('void_withdrawn'), ('discarded'), ('not_executed');
ALTER TABLE notices DROP CONSTRAINT notices_kind_check, ADD CONSTRAINT notices_kind FOREIGN KEY (kind) REFERENCES notice_kinds;

-- When an area counts among the areas of its prison, and as what. The area shows
-- what stands; every change is a row beside it, by which alone it changes.
ALTER TABLE areas
  ADD COLUMN opened_on date,
  ADD COLUMN closed_on date,
  ADD COLUMN sub_area  boolean NOT NULL DEFAULT false,
  ADD COLUMN version   int NOT NULL DEFAULT 0,
  ADD CONSTRAINT areas_days CHECK (closed_on > opened_on);
COMMENT ON COLUMN areas.opened_on IS 'the first day on which it counts; null: from before anybody kept it';
COMMENT ON COLUMN areas.closed_on IS 'the first day on which it counts no more';
COMMENT ON COLUMN areas.sub_area IS '分监区: counts beside the functional areas';

CREATE TABLE area_changes (
  prison_id   uuid NOT NULL,
  area_id     uuid NOT NULL,
  version     int NOT NULL CHECK (version > 0),
  opened_on   date,
  closed_on   date,
  sub_area    boolean NOT NULL,
  reason      text NOT NULL CHECK (reason <> ''),
  changed_by  uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, area_id, version),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN area_changes.version IS 'one more than what the changer saw: two who change one area at once meet here';

-- +goose StatementBegin
CREATE FUNCTION app.change_area() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  UPDATE areas SET opened_on = NEW.opened_on, closed_on = NEW.closed_on, sub_area = NEW.sub_area, version = NEW.version
    WHERE prison_id = NEW.prison_id AND area_id = NEW.area_id AND version = NEW.version - 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the area was changed meanwhile' USING ERRCODE = 'unique_violation', CONSTRAINT = 'area_changes_pkey';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
REVOKE ALL ON FUNCTION app.change_area FROM PUBLIC;
CREATE TRIGGER changes BEFORE INSERT ON area_changes FOR EACH ROW EXECUTE FUNCTION app.change_area();

-- No secret in its prison nor at the bureau, as the areas themselves.
ALTER TABLE area_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE area_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON area_changes USING (coalesce(string_to_array(app.setting('prisons'), ',') && ARRAY[prison_id::text, '*'], false));

GRANT SELECT ON notice_kinds, area_changes TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, area_id, version, opened_on, closed_on, sub_area, reason, changed_by, salt) ON area_changes TO taizhang_app;
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON area_changes FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
