package housetest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/assessment"
	"taizhang/internal/housetest"
)

// TestSupposedOverHTTP: all that the page offers is taken, by each version, whatever a ledger's
// name looks like; what is not offered is refused where it stands, and what is too much before
// it is worked out.
func TestSupposedOverHTTP(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	c := serving(t, h, "area head").as(t, "area head")
	at := "/prisons/" + h.Prison.String() + "/areas/" + h.Area.String() + "/suppose"
	suppose := func(w map[string]any) (int, map[string]any) {
		t.Helper()
		return c.do(t, "POST", at, string(mustJSON(t, w)), nil)
	}
	ratios := map[int]int{}
	for version := range 3 {
		from := at
		if version > 0 {
			from += fmt.Sprint("?version=", version)
		}
		status, body := c.do(t, "GET", from, "", nil)
		var can assessment.Supposable
		if err := json.Unmarshal(mustJSON(t, body), &can); err != nil || status != 200 {
			t.Fatalf("%d %v %v", status, body, err)
		}
		for _, l := range []string{"duty-log", "headcount", "cell-body-search"} {
			if !slices.Contains(can.Missed, l) {
				t.Errorf("version %d: %s cannot be missed", version, l)
			}
		}
		for ledgers, none := range map[*[]string]string{&can.Missed: "complaint-rights", &can.Filed: "kitchen-hygiene"} {
			if len(*ledgers) < 10 || slices.Contains(*ledgers, none) {
				t.Errorf("version %d offers %v", version, *ledgers)
			}
		}
		for _, l := range can.Missed {
			if status, body := suppose(map[string]any{"version": version, "missed": map[string]int{l: 3}}); status != 200 {
				t.Errorf("version %d, %s missed: %d %v", version, l, status, body)
			}
		}
		for _, l := range can.Filed {
			if status, body := suppose(map[string]any{"version": version, "entries": []any{map[string]any{"ledger": l, "at": time.Now()}}}); status != 200 {
				t.Errorf("version %d, %s filed: %d %v", version, l, status, body)
			}
		}
		var found []any
		for _, l := range can.Lines {
			f := map[string]any{"id": l.ID, "line": l.ID, "day": today(), "subject": l.ID, "count": 1}
			if l.Asks == "ratio" {
				f["of"], f["per"] = "17", "20"
				ratios[version]++
			}
			if l.Indicator == "" || !strings.HasPrefix(l.ID, l.Indicator) {
				t.Errorf("%s stands in %q", l.ID, l.Indicator)
			}
			found = append(found, f)
		}
		for some := range slices.Chunk(found, 100) {
			if status, body := suppose(map[string]any{"version": version, "findings": some}); status != 200 {
				t.Errorf("version %d, found: %d %v", version, status, body)
			}
		}
	}
	if ratios[2] <= ratios[1] || ratios[0] != ratios[1] {
		t.Errorf("lines that ask for a ratio, by version: %v", ratios)
	}
	if status, body := c.do(t, "GET", at+"?version=9", "", nil); status != 404 || body["code"] != "standard_unknown" {
		t.Errorf("by no version: %d %v", status, body)
	}
	many := map[string]int{}
	for n := range 20_000 {
		many[fmt.Sprint("l", n)] = 0
	}
	share := func(of, per string) map[string]any {
		return map[string]any{"version": 2, "findings": []any{map[string]any{"id": "f", "line": "XX-01.share", "day": today(), "count": 1, "of": of, "per": per}}}
	}
	fact := func(ledger, value string) map[string]any {
		return map[string]any{"facts": []any{map[string]any{"ledger": ledger, "measure": "due", "day": today(), "value": value}}}
	}
	for _, tt := range []struct {
		w       map[string]any
		pointer string
	}{
		{map[string]any{"missed": map[string]int{"nope": 5}}, "/missed/nope"},
		{map[string]any{"missed": map[string]int{"No/pe": 5}}, "/missed/No~1pe"},
		{map[string]any{"missed": map[string]int{"kitchen-hygiene": 1}}, "/missed/kitchen-hygiene"},
		{map[string]any{"missed": map[string]int{"complaint-rights": 1}}, "/missed/complaint-rights"},
		{map[string]any{"missed": map[string]int{"duty-log": -1}}, "/missed/duty-log"},
		{map[string]any{"missed": map[string]int{"duty-log": 100, "headcount": 101}}, "/"},
		{map[string]any{"missed": many}, "/"},
		{fact("duty-log", "-1"), "/facts/0/value"},
		{fact("nope", "1"), "/facts/0"},
		{share("-5", "20"), "/findings/0/of"},
		{share("5", "-20"), "/findings/0/of"},
		{share("21", "20"), "/findings/0/of"},
		{map[string]any{"findings": []any{map[string]any{"id": "f", "line": "JG-02.video", "day": today(), "count": 1, "of": "1", "per": "2"}}}, "/findings/0/of"},
	} {
		status, body := suppose(tt.w)
		list, _ := body["errors"].([]any)
		if tt.pointer == "/missed/nope" && !strings.Contains(fmt.Sprint(list), "没有这种台账") {
			t.Errorf("of no ledger: %v", list)
		}
		if status != 422 || body["code"] != "bad_supposition" || len(list) != 1 || list[0].(map[string]any)["pointer"] != tt.pointer {
			t.Errorf("%.80s: %d %.300s, want %s", mustJSON(t, tt.w), status, fmt.Sprint(body), tt.pointer)
		}
	}
	if status, body := c.do(t, "POST", at, `{"Missed":{}}`, nil); status != 400 || body["code"] != "bad_request" {
		t.Errorf("by another name: %d %v", status, body)
	}
}
