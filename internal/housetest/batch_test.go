package housetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// held puts inmates into the area and returns their numbers.
func heldBy(t *testing.T, h *housetest.House, n int) []string {
	t.Helper()
	var list []string
	for i := range n {
		number := fmt.Sprintf("%010d", i+1)
		if _, err := h.Owner.Exec(t.Context(), "insert into inmates values ($1, $2, '罪犯', $3, '2020-01-01', null)", h.Prison, number, h.Area); err != nil {
			t.Fatal(err)
		}
		list = append(list, number)
	}
	return list
}

// proof is a draft with the two files that every assessment of a month rests on.
func proof(t *testing.T, h *housetest.House) ledger.Entry {
	t.Helper()
	e := h.Begin(t, "officer", "points-assessment", []byte("{}"))
	for i, slot := range []string{"group_minutes", "publication"} {
		h.Attach(t, "officer", e.Key, slot, housetest.Photo(i))
	}
	return e
}

func lastMonth() string {
	y, m, _ := time.Now().In(catalog.Zone).Date()
	return time.Date(y, m-1, 1, 0, 0, 0, 0, catalog.Zone).Format("2006-01")
}

// assessed are rows as the page sends them: prefilled, published from the first.
func assessed(t *testing.T, h *housetest.House, n ledger.New, month string) []ledger.Row {
	t.Helper()
	p, err := h.Ledger.Prefill(h.As(t.Context(), "officer"), n, month)
	if err != nil {
		t.Fatal(err)
	}
	var rows []ledger.Row
	for _, r := range p.Rows {
		if r.Filed {
			continue
		}
		doc := maps.Clone(r.Body)
		doc["published_from"] = month + "-01"
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, ledger.Row{Key: r.Key, Body: raw})
	}
	return rows
}

type filed struct {
	out ledger.Outcome
	err error
}

func fileAll(t *testing.T, h *housetest.House, ctx context.Context, n ledger.New, rows []ledger.Row, key string) map[string]filed {
	t.Helper()
	got := map[string]filed{}
	if err := h.Ledger.Batch(ctx, n, rows, ledger.Idem{Key: key, Route: "POST /batches"}, func(r ledger.Row, o ledger.Outcome, err error) {
		got[r.Key] = filed{o, err}
	}); err != nil {
		t.Error(err)
	}
	return got
}

// TestBatch: a month's points of an area. One wrong row holds back no other,
// what is sent twice, one after the other and at once, is filed once.
func TestBatch(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	numbers := heldBy(t, h, 6)
	month := lastMonth()
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "points-assessment", Files: proof(t, h).Entry}
	rows := assessed(t, h, n, month)
	if len(rows) != len(numbers) {
		t.Fatalf("%d rows prefilled, want one for each of %d", len(rows), len(numbers))
	}
	good := rows[2].Body
	rows[2].Body = json.RawMessage(`{"inmate_ref":"0000000003","assess_month":"` + month + `","supervision_base":99}`)
	rows[4].Body = json.RawMessage(`{"not json`)

	// Both at once, as when an answer got lost and the page sends again.
	var twice [2]map[string]filed
	var both sync.WaitGroup
	for i := range twice {
		both.Go(func() { twice[i] = fileAll(t, h, ctx, n, rows, "batch-one") })
	}
	both.Wait()
	for i, row := range rows {
		a, b := twice[0][row.Key], twice[1][row.Key]
		switch i {
		case 2, 4:
			if a.err == nil || b.err == nil {
				t.Errorf("row %d was filed: %v %v", i, a, b)
			}
		default:
			if a.err != nil || b.err != nil || a.out.Entry.Entry != b.out.Entry.Entry || a.out.Receipt == nil {
				t.Errorf("row %d: %+v, %+v", i, a, b)
			}
		}
	}
	// Corrected, under the same keys: what was filed is answered as before.
	rows[2].Body, rows[4].Body = good, json.RawMessage(`{"inmate_ref":"0000000005","assess_month":"`+month+`","supervision_base":35,"education_base":35,"labour_base":30,"adjustments":[],"published_from":"`+month+`-01","objection_raised":false}`)
	for key, f := range fileAll(t, h, ctx, n, rows, "batch-one") {
		if f.err != nil {
			t.Errorf("row %s, sent again: %v", key, f.err)
		}
	}
	list, err := h.Ledger.List(ctx, ledger.Query{Prison: h.Prison, Ledgers: []string{n.Ledger}, States: []ledger.State{ledger.Submitted}, Limit: 50})
	if err != nil || len(list) != len(numbers) {
		t.Errorf("%d entries, want %d: %v", len(list), len(numbers), err)
	}
	for _, e := range list {
		v, err := h.Ledger.Get(ctx, e.Key)
		if err != nil || len(v.Evidence) != 2 {
			t.Errorf("%d files under a row, want those of the draft: %v", len(v.Evidence), err)
		}
	}
	// The month is filed; the next one knows the balance.
	p, err := h.Ledger.Prefill(ctx, n, month)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Rows {
		if !r.Filed || r.Last == nil {
			t.Errorf("%s is not known as filed", r.Key)
		}
	}
	// Another key does not help: the rule of the month holds.
	if f := fileAll(t, h, ctx, n, rows[:1], "batch-two")[rows[0].Key]; fault.CodeOf(f.err) != "invalid_document" {
		t.Errorf("the same month again: %v", f.err)
	}
}

// TestBatchChecked: checking says what filing would, and writes nothing.
func TestBatchChecked(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	heldBy(t, h, 3)
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "points-assessment", Files: proof(t, h).Entry}
	rows := assessed(t, h, n, lastMonth())
	rows[1].Body = rows[0].Body // the same inmate twice
	rows[2].Body = json.RawMessage(`{}`)
	res, err := h.Ledger.CheckBatch(ctx, n, rows)
	if err != nil {
		t.Fatal(err)
	}
	if len(res[0].Errors) != 0 || res[0].Document.Value["cycle_balance"] != json.Number("100") {
		t.Errorf("a good row: %v, balance %v", res[0].Errors, res[0].Document.Value["cycle_balance"])
	}
	if len(res[1].Errors) != 1 || res[1].Errors[0].Code != "rule:one_entry_per_month" {
		t.Errorf("the same again: %v", res[1].Errors)
	}
	filed := fileAll(t, h, ctx, n, rows, "batch-one")
	for i, row := range rows {
		var f *fault.Error
		if err := filed[row.Key].err; err != nil {
			f = err.(*fault.Error)
		}
		if (f == nil) != (len(res[i].Errors) == 0) || f != nil && fmt.Sprint(f.Fields) != fmt.Sprint(res[i].Errors) {
			t.Errorf("row %d: checked %v, filed %v", i, res[i].Errors, f)
		}
	}
	// Without the files it says what is missing.
	n.Files = uuid.Nil
	res, err = h.Ledger.CheckBatch(ctx, n, assessed(t, h, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: n.Ledger}, lastMonth())[:1])
	if err != nil || len(res[0].Errors) != 2 || res[0].Errors[0].Code != "evidence_missing" {
		t.Errorf("without files: %v %v", res, err)
	}
	// Somebody else's draft lends nothing.
	n.Files = proof(t, h).Entry
	if _, err := h.Ledger.CheckBatch(h.As(t.Context(), "second officer"), n, rows); !fault.Is(err, fault.Forbidden) {
		t.Errorf("another's files: %v", err)
	}
	if _, err := h.Ledger.CheckBatch(h.As(t.Context(), "officer elsewhere"), n, rows); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("another area: %v", err)
	}
	if _, err := h.Ledger.Prefill(h.As(t.Context(), "officer elsewhere"), n, lastMonth()); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
		t.Errorf("prefill of another area: %v", err)
	}
}

// TestBatchAnswers holds the routes to the contract.
func TestBatchAnswers(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	heldBy(t, c.h, 2)
	in := "/prisons/" + c.h.Prison.String()
	where := "?ledger=points-assessment&area=" + c.h.Area.String()
	status, body := c.do(t, "GET", in+"/batches/prefill"+where+"&month="+lastMonth(), "", nil)
	if status != 200 || len(body["rows"].([]any)) != 2 {
		t.Fatalf("prefill: %d %v", status, body)
	}
	for _, wrong := range []string{"", "&month=2026-13", "&day=2026-02-30"} {
		if status, _ := c.do(t, "GET", in+"/batches/prefill"+where+wrong, "", nil); status != 400 && status != 422 {
			t.Errorf("prefill%s: %d", wrong, status)
		}
	}
	batch := `{"ledger":"cell-body-search","area":"` + c.h.Area.String() + `","rows":[{"key":"1","body":` + string(c.h.Search()) + `},{"key":"2","body":{}}]}`
	status, body = c.do(t, "POST", in+"/batches/check", batch, nil)
	if status != 200 {
		t.Fatalf("check: %d %v", status, body)
	}
	if status, _ = c.do(t, "POST", in+"/batches", batch, nil); status != 428 {
		t.Errorf("without a key: %d", status)
	}
	for range 2 {
		status, body = c.do(t, "POST", in+"/batches", batch, map[string]string{"Idempotency-Key": "batch-of-two"})
		results, _ := body["results"].([]any)
		if status != 200 || len(results) != 2 || results[0].(map[string]any)["status"] != 201.0 || results[1].(map[string]any)["status"] != 422.0 {
			t.Errorf("filing: %d %v", status, body)
		}
	}
	for _, wrong := range []string{`[]`, `[{"key":"","body":{}}]`, `[{"key":"1","body":{}},{"key":"1","body":{}}]`} {
		b := `{"ledger":"cell-body-search","area":"` + c.h.Area.String() + `","rows":` + wrong + `}`
		if status, _ := c.do(t, "POST", in+"/batches/check", b, nil); status != 422 {
			t.Errorf("rows %s: %d", wrong, status)
		}
	}
	// Templates: saved, listed without times, thrown away by nobody else.
	where = "?ledger=cell-body-search&area=" + c.h.Area.String()
	status, body = c.do(t, "POST", in+"/templates", `{"ledger":"cell-body-search","area":"`+c.h.Area.String()+`","name":"夜间清监","body":`+string(c.h.Search())+`}`,
		map[string]string{"Idempotency-Key": "template-one"})
	if status != 201 {
		t.Fatalf("template: %d %v", status, body)
	}
	id := body["id"].(string)
	status, body = c.do(t, "GET", in+"/beginnings"+where, "", nil)
	saved := body["templates"].([]any)
	last, _ := body["last"].(map[string]any)
	if status != 200 || len(saved) != 1 || last == nil {
		t.Fatalf("beginnings: %d %v", status, body)
	}
	for _, from := range []map[string]any{saved[0].(map[string]any), last} {
		doc := from["body"].(map[string]any)
		// Which cells were searched is of one search.
		if doc["places"] != nil || doc["searchers"] == nil || doc["search_kind"] == nil || doc["started_at"] != nil || doc["clips"] != nil {
			t.Errorf("begins with %v", doc)
		}
	}
	other := c.as(t, "officer elsewhere")
	if status, _ := other.do(t, "DELETE", in+"/templates/"+id, "", nil); status != 404 {
		t.Errorf("somebody else throws it away: %d", status)
	}
	if status, _ := c.do(t, "DELETE", in+"/templates/"+id, "", nil); status != 204 {
		t.Errorf("thrown away: %d", status)
	}
	if _, body = c.do(t, "GET", in+"/beginnings"+where, "", nil); len(body["templates"].([]any)) != 0 {
		t.Error("it is still there")
	}
}
