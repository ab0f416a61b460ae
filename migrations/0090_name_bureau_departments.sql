-- +goose Up
-- A department of the bureau (处室) is called otherwise than the one of a prison (科室)
-- that answers for the same; in English both have one name.
ALTER TABLE departments ADD COLUMN bureau_zh text NOT NULL DEFAULT '';
COMMENT ON COLUMN departments.bureau_zh IS 'what it is called at the bureau; empty: as in a prison';
UPDATE departments d SET bureau_zh = n.zh FROM (VALUES ('dept_custody', '狱政管理处'), ('dept_investigation', '侦查处'), ('dept_education', '教育改造处'),
  ('dept_labour', '劳动改造处'), ('dept_hospital', '医院管理处'), ('dept_life', '生活卫生处'), ('dept_equipment', '行政装备处'), ('dept_political', '政治部'),
  ('dept_penalty', '刑罚执行处'), ('dept_it', '信息处')) n (code, zh) WHERE d.code = n.code;
