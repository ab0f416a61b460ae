package housetest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
)

// TestBench judges samples by files that nobody published, for those who may
// propose, and stores nothing.
func TestBench(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := next(t, h, "cell-body-search", func(_, definition, _ map[string]any) {
		definition["rules"] = append(definition["rules"].([]any), map[string]any{
			"id": "two_places", "at": "/places", "expr": "size(doc.places) >= 2", "level": "warning", "stage": "submit",
			"message": map[string]any{"zh": "请至少检查两处", "en": "Search two places at least"}})
	})
	ctx := h.As(t.Context(), "custody head")
	verdicts, err := h.Proposals.Bench(ctx, h.Prison, c, []json.RawMessage{h.Finding(), []byte(`{}`)})
	if err != nil {
		t.Fatal(err)
	}
	good, bad := verdicts[0], verdicts[1]
	if len(good.Errors) > 0 || !slices.ContainsFunc(good.Warnings, func(f fault.Field) bool { return f.Code == "rule:two_places" }) || !good.Counts || len(good.Steps) < 2 || good.Day == "" {
		t.Errorf("a good sample: %+v", good)
	}
	if need := slices.IndexFunc(good.Evidence, func(n catalog.Need) bool { return n.Min == 1 }); need < 0 {
		t.Errorf("a finding wants its photo: %+v", good.Evidence)
	}
	if len(bad.Errors) < 5 || len(bad.Steps) > 0 {
		t.Errorf("an empty sample: %+v", bad)
	}
	if v := h.Catalog.Current("cell-body-search").Version; v != 1 {
		t.Errorf("version %d came in by a bench", v)
	}
	c.Definition = strings.Replace(c.Definition, "size(doc.places)", "size(doc.places", 1)
	_, err = h.Proposals.Bench(ctx, h.Prison, c, nil)
	if fault.CodeOf(err) != "bad_type" {
		t.Errorf("half an expression: %v", err)
	}
	if _, err := h.Proposals.Bench(h.As(t.Context(), "officer"), h.Prison, c, nil); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer at the drawing board: %v", err)
	}
}
