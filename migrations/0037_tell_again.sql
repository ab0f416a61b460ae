-- +goose Up
-- A deadline that an outage moved is another one: of it everybody is told once more.
ALTER TABLE notices DROP CONSTRAINT notices_prison_id_person_id_kind_subject_revision_step_key;
-- As the service writes it from now on, in UTC; until now it was in the server's zone.
UPDATE notices SET detail = jsonb_set(detail, '{due}', to_jsonb(
    rtrim(rtrim(to_char((detail ->> 'due')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z'))
  WHERE detail ? 'due';
CREATE UNIQUE INDEX notices_once ON notices (prison_id, person_id, kind, subject, revision, step, coalesce(detail ->> 'due', ''));
