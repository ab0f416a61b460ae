package housetest_test

import (
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// secondSearch is the second version of the searches: what was restored is asked under
// another name, the count of the searched is retired.
func secondSearch(t *testing.T, h *housetest.House) proposal.Content {
	t.Helper()
	c := next(t, h, "cell-body-search", func(schema, _, form map[string]any) {
		delete(properties(schema), "searched_count")
		for _, s := range form["sections"].([]any) {
			fields := s.(map[string]any)["fields"].([]any)
			kept := []any{}
			for _, f := range fields {
				if f != "searched_count" {
					kept = append(kept, f)
				}
			}
			s.(map[string]any)["fields"] = kept
		}
	})
	// The stable id stays.
	rename := strings.NewReplacer(`"x-id":"property_restored"`, `"x-id":"property_restored"`, `"property_restored"`, `"put_back"`, `doc.property_restored`, `doc.put_back`)
	c.Schema, c.Definition, c.Form = rename.Replace(c.Schema), rename.Replace(c.Definition), rename.Replace(c.Form)
	return c
}

// publish carries a change of a ledger out.
func publish(t *testing.T, h *housetest.House, c proposal.Content) {
	t.Helper()
	c.AcceptHeld = true
	p, err := propose(h, t.Context(), "custody head", c)
	if err != nil {
		t.Fatal(err)
	}
	if p = decideAll(t, h, p, "bureau office"); p.State != proposal.Executed {
		t.Fatalf("the version is %s", p.State)
	}
}

// searchOf12 is a search with a field that the second version does not have.
func searchOf12(t *testing.T, h *housetest.House) json.RawMessage {
	t.Helper()
	doc := loose(h.Search())
	doc["searched_count"] = 12
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestBatchOfAnotherVersion: rows typed under a version that passed are filed
// under no other without being looked at. They are told so, carried over by
// stable ids with what is dropped named, and then filed; what was filed before
// is answered as before.
func TestBatchOfAnotherVersion(t *testing.T) {
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Version: 1}
	rows := []ledger.Row{{Key: "1", Body: searchOf12(t, h)}, {Key: "2", Body: searchOf12(t, h)}}
	before := fileAll(t, h, ctx, n, rows[:1], "batch-one")
	if before["1"].err != nil {
		t.Fatal(before["1"].err)
	}
	publish(t, h, secondSearch(t, h))

	// Both at once: none of the two files the second row.
	var twice [2]map[string]filed
	var both sync.WaitGroup
	for i := range twice {
		both.Go(func() { twice[i] = fileAll(t, h, ctx, n, rows, "batch-one") })
	}
	both.Wait()
	for _, got := range twice {
		if got["1"].err != nil || got["1"].out.Entry.Entry != before["1"].out.Entry.Entry {
			t.Errorf("what was filed before: %+v", got["1"])
		}
		if fault.CodeOf(got["2"].err) != "version_passed" {
			t.Errorf("of the version that passed: %v", got["2"].err)
		}
	}
	if _, err := h.Ledger.CheckBatch(ctx, n, rows[1:]); fault.CodeOf(err) != "version_passed" {
		t.Errorf("checked under a version that passed: %v", err)
	}
	version, list, err := h.Ledger.MoveBatch(ctx, n, rows[1:])
	if err != nil || version != 2 || len(list) != 1 {
		t.Fatal(version, list, err)
	}
	want := loose(rows[1].Body)
	want["put_back"] = want["property_restored"]
	delete(want, "property_restored")
	delete(want, "searched_count")
	if diff := cmp.Diff(want, loose(list[0].Body)); diff != "" {
		t.Error(diff)
	}
	if d := list[0].Dropped; len(d) != 1 || d[0].Title.ZH == "" || d[0].Value != json.Number("12") {
		t.Errorf("dropped: %v", d)
	}
	n.Version = 2
	rows[1].Body = list[0].Body
	if f := fileAll(t, h, ctx, n, rows[1:], "batch-one")["2"]; f.err != nil || f.out.Entry.Version != 2 {
		t.Errorf("carried over: %+v", f)
	}
	n.Version = 9
	if _, _, err := h.Ledger.MoveBatch(ctx, n, rows); fault.CodeOf(err) != "ledger_unknown" {
		t.Errorf("of a version that never was: %v", err)
	}
	if _, _, err := h.Ledger.MoveBatch(h.As(t.Context(), "officer elsewhere"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: n.Ledger, Version: 1}, rows); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("by one of another area: %v", err)
	}
}

// TestBatchOfAnotherVersionAnswers holds the routes to the contract.
func TestBatchOfAnotherVersionAnswers(t *testing.T) {
	c := serve(t).as(t, "officer")
	publish(t, c.h, secondSearch(t, c.h))
	in := "/prisons/" + c.h.Prison.String() + "/batches"
	batch := func(version string) string {
		return `{"ledger":"cell-body-search","version":` + version + `,"area":"` + c.h.Area.String() + `","rows":[{"key":"1","body":` + string(searchOf12(t, c.h)) + `}]}`
	}
	status, body := c.do(t, "POST", in+"/check", batch("1"), nil)
	if status != 409 || body["code"] != "version_passed" || body["version"] != 2.0 {
		t.Errorf("check: %d %v", status, body)
	}
	status, body = c.do(t, "POST", in, batch("1"), map[string]string{"Idempotency-Key": uuid.NewString()})
	if status != 200 || body["results"].([]any)[0].(map[string]any)["code"] != "version_passed" {
		t.Errorf("filing: %d %v", status, body)
	}
	status, body = c.do(t, "POST", in+"/move", batch("1"), nil)
	if status != 200 || body["version"] != 2.0 {
		t.Fatalf("move: %d %v", status, body)
	}
	row := maps.Clone(body["rows"].([]any)[0].(map[string]any))
	if dropped := row["dropped"].([]any)[0].(map[string]any); dropped["value"] != 12.0 {
		t.Errorf("dropped: %v", row)
	}
}
