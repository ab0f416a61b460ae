-- +goose Up
-- What a department had before it when it gave its opinion, by the digest that the opinion
-- bears: the leaf of the opinion covers it.
CREATE TABLE opinion_facts (
  prison_id   uuid NOT NULL,
  case_id     uuid NOT NULL,
  digest      bytea NOT NULL,
  body        bytea NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT app.transaction_time(),
  PRIMARY KEY (prison_id, case_id, digest),
  CONSTRAINT opinion_facts_digest CHECK (digest = sha256(body)),
  FOREIGN KEY (prison_id, case_id) REFERENCES cases
);
ALTER TABLE opinion_facts ENABLE ROW LEVEL SECURITY;
ALTER TABLE opinion_facts FORCE ROW LEVEL SECURITY;
CREATE POLICY sees ON opinion_facts USING (EXISTS (SELECT FROM cases c WHERE c.prison_id = opinion_facts.prison_id AND c.case_id = opinion_facts.case_id));
CREATE TRIGGER immutable BEFORE UPDATE OR DELETE ON opinion_facts FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER not_emptied BEFORE TRUNCATE ON opinion_facts FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
GRANT SELECT ON opinion_facts TO taizhang_app, taizhang_verify;
GRANT INSERT (prison_id, case_id, digest, body) ON opinion_facts TO taizhang_app;
