-- +goose Up
-- The register of superior documents that indicators rest on. A document is
-- entered once and may be replaced once, by another of the register.
CREATE TABLE basis_documents (
  title       text PRIMARY KEY CHECK (length(title) BETWEEN 1 AND 200),
  issuer      text NOT NULL CHECK (issuer <> ''),
  level       text NOT NULL CHECK (level IN ('law', 'ministry', 'province', 'reform', 'justice', 'bureau', 'other')),
  number      text NOT NULL,
  issued_on   date,
  added_by    uuid REFERENCES persons,
  added_at    timestamptz NOT NULL DEFAULT app.transaction_time()
);
COMMENT ON COLUMN basis_documents.level IS 'whose demand it is: law, the ministry, the provincial party and government offices, the provincial reform commission, the provincial department of justice, the bureau';
COMMENT ON COLUMN basis_documents.added_by IS 'null: shipped with the program';

CREATE TABLE basis_replacements (
  title       text PRIMARY KEY REFERENCES basis_documents,
  by_title    text NOT NULL REFERENCES basis_documents,
  on_day      date NOT NULL,
  replaced_by uuid NOT NULL REFERENCES persons,
  at          timestamptz NOT NULL DEFAULT app.transaction_time(),
  CONSTRAINT basis_replacements_other CHECK (title <> by_title)
);

CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON basis_documents FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON basis_replacements FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON basis_documents, basis_replacements TO taizhang_app, taizhang_verify;
GRANT INSERT (title, issuer, level, number, issued_on, added_by) ON basis_documents TO taizhang_app;
GRANT INSERT (title, by_title, on_day, replaced_by) ON basis_replacements TO taizhang_app;
-- +goose StatementBegin
DO $$
DECLARE t text;
BEGIN
  FOREACH t IN ARRAY ARRAY['standard_reviews', 'standard_mappings', 'basis_documents', 'basis_replacements'] LOOP
    EXECUTE format('CREATE TRIGGER not_emptied BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', t);
  END LOOP;
END $$;
-- +goose StatementEnd
