package housetest_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/ledger"
)

// TestLiar: a client that sends computed values of its own is not believed on any
// way in: what is judged and what is filed is what the server worked out.
func TestLiar(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	h := c.h
	in := "/prisons/" + h.Prison.String()
	count := func(actual, difference int) string {
		doc := sample(t, "headcount")
		maps.Copy(doc, map[string]any{"counted_at": time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), "actual_count": actual, "difference": difference,
			"counted_by": h.Person("officer").Number, "verified_by": h.Person("second officer").Number})
		return string(mustJSON(t, doc))
	}
	begun := func(body string) (path, match string) {
		t.Helper()
		status, made := c.do(t, "POST", in+"/entries", `{"ledger":"headcount","area":"`+h.Area.String()+`","body":`+body+`}`, map[string]string{"Idempotency-Key": uuid.NewString()})
		if status != http.StatusCreated {
			t.Fatalf("begun: %d %v", status, made)
		}
		path = in + "/entries/" + made["entry"].(map[string]any)["id"].(string)
		status, saved := c.do(t, "PUT", path+"/draft?version=1", body, map[string]string{"If-Match": `"1"`})
		if status != http.StatusOK {
			t.Fatalf("saved: %d %v", status, saved)
		}
		return path, `"` + itoa(int(saved["entry"].(map[string]any)["etag"].(float64))) + `"`
	}
	submitted := func(path, match string) (int, map[string]any) {
		t.Helper()
		return c.do(t, "POST", path+"/submit", `{}`, map[string]string{"If-Match": match, "Idempotency-Key": uuid.NewString()})
	}

	// All 86 are there; the client says that five are missing.
	path, match := begun(count(86, 5))
	if status, body := c.do(t, "POST", path+"/check", count(86, 5), nil); status != http.StatusOK || body["document"].(map[string]any)["difference"] != 0.0 {
		t.Errorf("checked: %d %v", status, body)
	}
	if status, body := submitted(path, match); status != http.StatusOK {
		t.Fatalf("submitted: %d %v", status, body)
	}
	_, view := c.do(t, "GET", path, "", nil)
	if got := view["revisions"].([]any)[0].(map[string]any)["document"].(map[string]any)["difference"]; got != 0.0 {
		t.Errorf("filed with a difference of %v", got)
	}

	// One is missing; the client says that nobody is, so as to owe neither cause nor recording.
	path, match = begun(count(85, 0))
	status, body := submitted(path, match)
	if status != http.StatusUnprocessableEntity {
		t.Fatalf("a missing inmate talked away: %d %v", status, body)
	}
	var owed []string
	for _, f := range body["errors"].([]any) {
		owed = append(owed, f.(map[string]any)["pointer"].(string))
	}
	if diff := cmp.Diff([]string{"/difference_reason", "/reported_at"}, owed); diff != "" {
		t.Error(diff)
	}

	// A month's points in a batch, made more than they are.
	heldBy(t, h, 1)
	month := lastMonth()
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "points-assessment", Files: proof(t, h).Entry}
	row := loose(assessed(t, h, n, month)[0].Body)
	honest := maps.Clone(row)
	maps.Copy(row, map[string]any{"month_total": 900, "cycle_balance": 5000, "cycle_completed": true})
	status, body = c.do(t, "POST", in+"/batches", `{"ledger":"points-assessment","area":"`+h.Area.String()+`","files":"`+n.Files.String()+`","rows":[{"key":"1","body":`+string(mustJSON(t, row))+`}]}`,
		map[string]string{"Idempotency-Key": uuid.NewString()})
	if status != http.StatusOK {
		t.Fatalf("the batch: %d %v", status, body)
	}
	result := body["results"].([]any)[0].(map[string]any)
	if result["status"] != float64(http.StatusCreated) {
		t.Fatalf("the row: %v", result)
	}
	v, err := h.Ledger.Get(h.As(t.Context(), "officer"), ledger.Key{Prison: h.Prison, Entry: uuid.MustParse(result["entry"].(map[string]any)["id"].(string))})
	if err != nil {
		t.Fatal(err)
	}
	got := loose(v.Revisions[0].Document)
	total := wholeOf(t, honest["supervision_base"]) + wholeOf(t, honest["education_base"]) + wholeOf(t, honest["labour_base"])
	if wholeOf(t, got["month_total"]) != total || wholeOf(t, got["cycle_balance"]) != total || got["cycle_completed"] != false {
		t.Errorf("filed with %v, %v, %v; the month is worth %d", got["month_total"], got["cycle_balance"], got["cycle_completed"], total)
	}
}

func wholeOf(t *testing.T, v any) int64 {
	t.Helper()
	n, err := v.(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	return n
}
