-- +goose Up
-- A deadline that an outage moved is another one: of it everybody is told once more.
ALTER TABLE notices DROP CONSTRAINT notices_prison_id_person_id_kind_subject_revision_step_key;
CREATE UNIQUE INDEX notices_once ON notices (prison_id, person_id, kind, subject, revision, step, coalesce(detail ->> 'due', ''));
