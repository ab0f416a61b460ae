-- +goose Up
-- What is due. A duty is fulfilled by the target-th entry of its period, in the
-- order of submission: nothing is stored that could come to disagree.
CREATE TABLE duties (
  prison_id  uuid NOT NULL,
  area_id    uuid NOT NULL,
  ledger     text NOT NULL,
  period     text NOT NULL,
  target     int NOT NULL,
  duty_id    uuid NOT NULL,
  starts_at  timestamptz NOT NULL,
  ends_at    timestamptz NOT NULL,
  due_at     timestamptz NOT NULL,
  day        date NOT NULL,
  PRIMARY KEY (prison_id, area_id, ledger, period, target),
  UNIQUE (prison_id, duty_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
COMMENT ON COLUMN duties.day IS 'the day the period ends on: completeness and timeliness count there';
CREATE INDEX duties_due ON duties (prison_id, area_id, due_at);
CREATE INDEX duties_day ON duties (prison_id, area_id, ledger, day);

-- Derived, recomputed for the touched day: scoring reads days, not entries.
CREATE TABLE facts (
  prison_id uuid NOT NULL,
  area_id   uuid NOT NULL,
  ledger    text NOT NULL,
  day       date NOT NULL,
  measure   text NOT NULL,
  value     numeric NOT NULL,
  refs      jsonb NOT NULL,
  PRIMARY KEY (prison_id, area_id, ledger, day, measure),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
CREATE INDEX facts_day ON facts (prison_id, area_id, day);

CREATE TABLE findings (
  prison_id   uuid NOT NULL,
  finding_id  uuid NOT NULL,
  area_id     uuid NOT NULL,
  standard    text NOT NULL,
  line        text NOT NULL,
  day         date NOT NULL,
  count       int NOT NULL CHECK (count > 0),
  place       text NOT NULL,
  note        text NOT NULL,
  event       text NOT NULL,
  entry_id    uuid,
  found_by    uuid NOT NULL REFERENCES persons,
  salt        bytea NOT NULL CHECK (length(salt) = 32),
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, finding_id),
  FOREIGN KEY (prison_id, area_id) REFERENCES areas
);
CREATE INDEX findings_area ON findings (prison_id, area_id, day);

GRANT SELECT ON duties, facts, findings TO taizhang_app, taizhang_verify;
GRANT INSERT ON duties TO taizhang_app;
GRANT INSERT, UPDATE (value, refs), DELETE ON facts TO taizhang_app;
GRANT INSERT (prison_id, finding_id, area_id, standard, line, day, count, place, note, event, entry_id, found_by, salt) ON findings TO taizhang_app;
