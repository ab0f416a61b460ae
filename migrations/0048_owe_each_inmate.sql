-- +goose Up
-- What is kept of every inmate is due of each of them: those on the area's roll in
-- the period. The list follows the roll until the period is over, and stays then.
CREATE TABLE duty_inmates (
  prison_id uuid NOT NULL,
  duty_id   uuid NOT NULL,
  inmate_no text NOT NULL,
  PRIMARY KEY (prison_id, duty_id, inmate_no),
  FOREIGN KEY (prison_id, duty_id) REFERENCES duties (prison_id, duty_id) ON DELETE CASCADE,
  FOREIGN KEY (prison_id, inmate_no) REFERENCES inmates
);
ALTER TABLE duty_inmates ENABLE ROW LEVEL SECURITY;
ALTER TABLE duty_inmates FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON duty_inmates USING (EXISTS (SELECT FROM duties d
  WHERE d.prison_id = duty_inmates.prison_id AND d.duty_id = duty_inmates.duty_id));
GRANT SELECT, INSERT, DELETE ON duty_inmates TO taizhang_app;
GRANT SELECT ON duty_inmates TO taizhang_verify;

ALTER TABLE duties ADD COLUMN about text NOT NULL DEFAULT '';
COMMENT ON COLUMN duties.about IS 'the field that names the inmate, where the duty is owed of each; target is then how many entries of each';

-- Until now the target was the roll, and each inmate was owed one.
UPDATE duties d SET target = 1, about = v.about FROM (
  SELECT DISTINCT ON (ledger) ledger, (SELECT min(f.name) FROM jsonb_each(app.document(schema)->'properties') AS f(name, field)
    WHERE f.field->'x-ui'->>'lookup' = 'inmate') AS about
  FROM ledger_versions WHERE CASE WHEN length(definition) > 0 THEN app.document(definition)->'cadence'->>'per' END = 'inmate'
  ORDER BY ledger, version DESC) v
WHERE v.ledger = d.ledger AND v.about IS NOT NULL;
INSERT INTO duty_inmates SELECT d.prison_id, d.duty_id, i.inmate_no FROM duties d JOIN inmates i ON i.prison_id = d.prison_id AND i.area_id = d.area_id
  AND i.admitted_on <= d.day AND (i.released_on IS NULL OR i.released_on > (d.starts_at AT TIME ZONE 'Asia/Shanghai')::date)
WHERE d.about <> '';
