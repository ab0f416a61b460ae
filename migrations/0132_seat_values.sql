-- +goose Up
-- Of a line two values stand and no third, whatever lock a writer took: each has a seat, the first or the
-- second, and of two who came for the same one the later is refused. Those that are there keep none.
ALTER TABLE draw_values ADD COLUMN seat int CHECK (seat IN (1, 2));
COMMENT ON COLUMN draw_values.seat IS 'the first or the second of its line, given by the database; null: of before';
CREATE UNIQUE INDEX draw_values_seat ON draw_values (prison_id, draw_id, item, seat);

-- +goose StatementBegin
CREATE FUNCTION app.seat_draw_value() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.seat := 1 + (SELECT count(*) FROM draw_values v WHERE (v.prison_id, v.draw_id, v.item) = (NEW.prison_id, NEW.draw_id, NEW.item));
  RETURN NEW;
END $$;
-- +goose StatementEnd
-- After guards, which says in words that two have spoken.
CREATE TRIGGER seats BEFORE INSERT ON draw_values FOR EACH ROW EXECUTE FUNCTION app.seat_draw_value();
