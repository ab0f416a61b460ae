package housetest_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// searched files a cell search changed by fn and returns the codes of its hints.
func searched(t *testing.T, h *housetest.House, who string, fn func(doc map[string]any)) (ledger.Entry, []string) {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(h.Search(), &doc); err != nil {
		t.Fatal(err)
	}
	fn(doc)
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	e := h.Begin(t, who, "cell-body-search", raw)
	out, err := h.Ledger.Submit(h.As(t.Context(), who), e.Key, e.ETag, "", ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, f := range get(t, h, out.Entry).Revisions[0].Hints {
		codes = append(codes, f.Code)
		if f.Text.ZH == "" || f.Text.EN == "" {
			t.Errorf("a hint without words: %+v", f)
		}
	}
	if out.Entry.Hints != len(codes) {
		t.Errorf("the head says %d hints: %v", out.Entry.Hints, codes)
	}
	return out.Entry, codes
}

func onDay(doc map[string]any, at time.Time) {
	doc["started_at"], doc["ended_at"] = at.Add(-time.Hour).Format(time.RFC3339), at.Format(time.RFC3339)
	doc["clips"] = []any{map[string]any{"camera_code": "A3-0102", "from": doc["started_at"], "to": doc["ended_at"], "locked": true}}
}

// TestHints: each is made when it should be, and only then; it blocks nothing
// but approval unseen.
func TestHints(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const told = "因床铺维修未能当场复位，已通知生活卫生民警于次日上午完成整理"
	remark := func(text string) func(map[string]any) {
		return func(doc map[string]any) { doc["property_restored"], doc["restore_remark"] = false, text }
	}
	want := func(name string, got []string, codes ...string) {
		t.Helper()
		if !slices.Equal(got, codes) {
			t.Errorf("%s: %v, want %v", name, got, codes)
		}
	}
	_, got := searched(t, h, "officer", remark(told))
	want("the first", got)
	copied, got := searched(t, h, "officer", remark(told+"。"))
	want("nearly the same", got, "copied")
	_, got = searched(t, h, "officer", remark("个别物品数量与登记簿不一致，经核对系上周领用后漏记所致，已补记"))
	want("another text", got)
	_, got = searched(t, h, "second officer", remark(told))
	want("another author", got)

	// Unseen it is not approved; opened and by itself it is.
	_, err := h.Ledger.Approve(h.As(t.Context(), "duty leader"), copied.Key, ledger.Judgement{Digest: *copied.Digest, Unseen: true}, ledger.Idem{})
	if fault.CodeOf(err) != "look_first" {
		t.Errorf("unseen: %v", err)
	}
	if out, err := approve(h, t, "duty leader", copied); err != nil || out.Entry.State != ledger.Submitted {
		t.Errorf("seen: %v", err)
	}

	// A burst: of entries about one day there may be many, about a week not.
	h = housetest.New(t)
	for range 6 {
		_, got = searched(t, h, "officer", func(map[string]any) {})
	}
	want("six of one day", got)
	for n := range 5 {
		_, got = searched(t, h, "second officer", func(doc map[string]any) { onDay(doc, time.Now().Add(-time.Hour).In(catalog.Zone).AddDate(0, 0, -n)) })
	}
	want("five of five days", got, "burst")

	// A month's batch and the day's own entry are no burst.
	h = housetest.New(t)
	for range 5 {
		_, _ = searched(t, h, "officer", func(doc map[string]any) { onDay(doc, time.Now().In(catalog.Zone).AddDate(0, 0, -20)) })
	}
	_, got = searched(t, h, "officer", func(map[string]any) {})
	want("a batch of one day, and today", got)

	// The area's habit.
	h = housetest.New(t)
	people := func(n int) func(map[string]any) {
		return func(doc map[string]any) {
			doc["search_kind"], doc["searched_count"], doc["same_sex_confirmed"] = "body", n, true
		}
	}
	for n := range 12 {
		_, got = searched(t, h, "officer", people(40+n%3))
	}
	want("as usual", got)
	_, got = searched(t, h, "officer", people(43))
	want("a little more", got)
	_, got = searched(t, h, "second officer", people(400))
	want("ten times", got, "unusual")
}
