package ledger

import (
	"context"
	"encoding/json"
	"fmt"

	"taizhang/internal/catalog"
)

// prefill fills in what is entered elsewhere (共, R19: enter once) when an
// entry is begun: the roll, and fields of the same day's entries of the area.
func prefill(ctx context.Context, tx Tx, t *catalog.Type, area Area) (json.RawMessage, error) {
	day := catalog.DayOf(tx.Now())
	body := map[string]any{}
	for _, src := range t.Sources {
		var value any
		switch {
		case src.Take == "roll":
			n, err := tx.Roll(ctx, area.Prison, area.ID, day)
			if err != nil {
				return nil, err
			}
			value = n
		case src.Ledger != "":
			docs, err := tx.OnDay(ctx, area.Prison, area.ID, src.Ledger, day)
			if err != nil {
				return nil, err
			}
			if value, err = t.Take(src, docs); err != nil {
				return nil, err
			}
		}
		if value != nil {
			body[src.Field[1:]] = value
		}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("prefill %s: %w", t.ID, err)
	}
	return raw, nil
}
