-- +goose Up
-- Roles belong to the cluster, not to the database: another database of the
-- same cluster may have made them already, perhaps at this very moment.
-- +goose StatementBegin
DO $$
DECLARE r text;
BEGIN
  FOREACH r IN ARRAY ARRAY['taizhang_app', 'taizhang_verify'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION', r);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
  BEGIN
    ALTER ROLE taizhang_verify BYPASSRLS;
    ALTER ROLE taizhang_verify SET default_transaction_read_only = on;
  EXCEPTION WHEN OTHERS THEN
    -- Two databases migrated at once alter the same catalogue row; the other one did it.
    IF SQLSTATE <> 'XX000' THEN RAISE; END IF;
  END;
END $$;
-- +goose StatementEnd

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app, public TO taizhang_app, taizhang_verify;
-- +goose StatementBegin
DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$;
-- +goose StatementEnd

-- What belongs to one transaction is passed by settings local to it; a setting
-- once made reads '' in later transactions of the same connection, never NULL.
-- +goose StatementBegin
CREATE FUNCTION app.setting(name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.' || name, true), '');
-- +goose StatementEnd
