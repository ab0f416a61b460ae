package housetest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// askedStore counts how often sources are asked what may be taken from them.
type askedStore struct {
	ledger.Store
	asked *int
}

type askedReader struct {
	ledger.Reader
	asked *int
}

func (c askedStore) Read(ctx context.Context, s ledger.Session, fn func(ledger.Reader) error) error {
	return c.Store.Read(ctx, s, func(r ledger.Reader) error { return fn(askedReader{r, c.asked}) })
}

func (c askedReader) Sourced(ctx context.Context, prison uuid.UUID, q ledger.Sourcing) ([]ledger.Sourced, error) {
	*c.asked++
	return c.Reader.Sourced(ctx, prison, q)
}

func (c askedReader) Delivered(ctx context.Context, prison uuid.UUID, system string, area uuid.UUID, days []string, take string) (map[string]ledger.Delivery, error) {
	*c.asked++
	return c.Reader.Delivered(ctx, prison, system, area, days, take)
}

func (c askedReader) SourceRecords(ctx context.Context, prison uuid.UUID, system string, numbers []string, take string) (map[string]ledger.Delivery, error) {
	*c.asked++
	return c.Reader.SourceRecords(ctx, prison, system, numbers, take)
}

// TestBatchBeginsWithEachOnesFigures: the rows of a month come with what the other
// ledgers say of each, whether they are few or many; each
// source is asked once.
func TestBatchBeginsWithEachOnesFigures(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	admit := func(from, to int) {
		for i := from; i <= to; i++ {
			if _, err := h.Owner.Exec(t.Context(), "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, $2, '张三', $3, '2020-01-01')", h.Prison, fmt.Sprintf("%010d", i), h.Area); err != nil {
				t.Fatal(err)
			}
		}
	}
	admit(1, 3)
	filedAt(t, h, "reward-punishment", h.Area, noon, said("inmate_ref", zhang, "points_deduction", 100))
	filedAt(t, h, "reward-punishment", h.Area, noon, said("inmate_ref", li, "points_deduction", 200))
	k := filedAt(t, h, "labour-daily", h.Area, noon, said("work_date", day(0), "output_rows", rows(output(li, 90), output("0000000060", 70))))
	asked := 0
	h.Ledger.Store = askedStore{h.Ledger.Store, &asked}
	begin := func() map[string]ledger.Prefilled {
		t.Helper()
		asked = 0
		p, err := h.Ledger.Prefill(h.As(t.Context(), "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "points-assessment"}, lastMonth())
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]ledger.Prefilled{}
		for _, row := range p.Rows {
			by[row.Key] = row
		}
		return by
	}
	want := fmt.Sprintf(`[{"fact_on":"%s","part":"labour","source_entry":"%s","weekly_review":"pending"}]`, day(0), k.Entry)
	for _, many := range []int{3, 60} { // few are looked for in the index, many are not
		admit(4, many)
		rows := begin()
		if len(rows) != many || asked != 3 {
			t.Fatalf("%d rows, asked %d times", len(rows), asked)
		}
		for number, deduction := range map[string]string{zhang: "100", li: "200", "0000000003": "0"} {
			row := rows[number]
			if got := string(mustJSON(t, row.Body["punishment_deduction"])); got != deduction {
				t.Errorf("%s of %d: %s", number, many, got)
			}
			offers := ""
			for _, p := range row.Offers {
				offers += p.Field + inOrder(t, p.Value)
			}
			if number == li && offers != "/adjustments"+want || number != li && offers != "" {
				t.Errorf("%s of %d is offered %s", number, many, offers)
			}
		}
		if many == 60 && len(rows["0000000060"].Offers) != 1 {
			t.Error("the last of many is offered nothing")
		}
	}
}

// TestBatchAsksOnce: however many rows a batch has, and of however many times and
// people they are, a check asks each source once, and every row has its own.
func TestBatchAsksOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for i := range 4 {
		filedAt(t, h, "headcount", h.Area, noon.AddDate(0, 0, i), said("count_point", "study", "actual_count", 50+i))
		number := fmt.Sprintf("%010d", i+1)
		filedAt(t, h, "reward-punishment", h.Area, noon, said("inmate_ref", number, "points_deduction", 100*i))
	}
	c := factsOf(t, h, connector.Push, "ext:assets", ofNumber, map[string]connector.Member{"name": {At: "/mc", Type: "text"}})
	s := connect(t, h, c)
	body := pushed(t, person{"id": "a", "ver": 1, "no": "GJ-000000", "mc": "工具0"}, person{"id": "b", "ver": 1, "no": "GJ-000001", "mc": "工具1"},
		person{"id": "c", "ver": 1, "no": "GJ-000002", "mc": "工具2"}, person{"id": "d", "ver": 1, "no": "GJ-000003", "mc": "工具3"})
	if _, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf("many", body)); err != nil {
		t.Fatal(err)
	}
	asked := 0
	h.Ledger.Store = askedStore{h.Ledger.Store, &asked}
	for _, tc := range []struct {
		ledger, field string
		row           func(i int) map[string]any
		want          func(i int) string
	}{
		{"education-session", "/expected_count", func(i int) map[string]any {
			return said("started_at", noon.AddDate(0, 0, i).Format(time.RFC3339), "ended_at", noon.AddDate(0, 0, i).Add(time.Hour).Format(time.RFC3339))
		}, func(i int) string { return fmt.Sprint(50 + i) }},
		{"points-assessment", "/punishment_deduction", func(i int) map[string]any {
			return said("assess_month", lastMonth(), "inmate_ref", fmt.Sprintf("%010d", i+1))
		}, func(i int) string { return fmt.Sprint(100 * i) }},
		{"tool-hazmat", "/item_name", func(i int) map[string]any { return said("item_code", fmt.Sprintf("GJ-%06d", i)) },
			func(i int) string { return fmt.Sprintf(`"工具%d"`, i) }},
	} {
		t.Run(tc.ledger, func(t *testing.T) {
			var costs []int
			for _, many := range []int{1, 4} {
				list := make([]ledger.Row, many)
				for i := range list {
					list[i] = ledger.Row{Key: fmt.Sprint(i), Body: mustJSON(t, tc.row(i))}
				}
				asked = 0
				res, err := h.Ledger.CheckBatch(h.As(t.Context(), "officer"), ledger.New{Prison: h.Prison, Area: h.Area, Ledger: tc.ledger}, list)
				if err != nil {
					t.Fatal(err)
				}
				costs = append(costs, asked)
				for i, r := range res {
					n := slices.IndexFunc(r.Pins, func(p ledger.Pin) bool { return p.Field == tc.field })
					if n < 0 || string(r.Pins[n].Value) != tc.want(i) || len(r.Pins[n].Of) > 0 {
						t.Errorf("row %d of %d: %+v", i, many, r.Pins)
					}
				}
			}
			if costs[0] == 0 || costs[0] != costs[1] {
				t.Errorf("one row asks %d times, four ask %d times", costs[0], costs[1])
			}
		})
	}
}

// TestBatchPinned: what is typed where a source speaks counts for nothing in a batch,
// as in a draft, and the answer says so at the cell, checked and filed.
func TestBatchPinned(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	heldBy(t, h, 2)
	month := lastMonth()
	day, err := catalog.Day(month + "-20")
	if err != nil {
		t.Fatal(err)
	}
	filedAt(t, h, "reward-punishment", h.Area, day.At, said("inmate_ref", zhang, "points_deduction", 100))
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "points-assessment", Files: proof(t, h).Entry}
	list := assessed(t, h, n, month)
	p, err := h.Ledger.Prefill(h.As(t.Context(), "officer"), n, month)
	if err != nil || len(p.Rows) != 2 || len(p.Rows[0].Pins) != 1 || p.Rows[0].Pins[0].TakenAt.IsZero() || len(p.Rows[0].Pins[0].Of) > 0 {
		t.Fatalf("%+v, %v", p.Rows, err)
	}
	var doc map[string]any
	if err := json.Unmarshal(list[0].Body, &doc); err != nil {
		t.Fatal(err)
	}
	doc["punishment_deduction"] = 5
	list[0].Body = mustJSON(t, doc)
	warned := func(fields []fault.Field) (at []string) {
		for _, f := range fields {
			if f.Code == "shared_stands" {
				at = append(at, f.Pointer)
			}
		}
		return at
	}
	want := [][]string{{"/punishment_deduction"}, nil}
	res, err := h.Ledger.CheckBatch(h.As(t.Context(), "officer"), n, list)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range res {
		if !slices.Equal(warned(r.Warnings), want[i]) || len(r.Errors) > 0 {
			t.Errorf("row %d, checked: %+v %+v", i, r.Warnings, r.Errors)
		}
	}
	filed := fileAll(t, h, h.As(t.Context(), "officer"), n, list, "pinned")
	for i, row := range list {
		f := filed[row.Key]
		if f.err != nil || !slices.Equal(warned(f.out.Warnings), want[i]) {
			t.Errorf("row %d, filed: %+v %v", i, f.out.Warnings, f.err)
			continue
		}
		v := get(t, h, f.out.Entry)
		var filed map[string]any
		if err := json.Unmarshal(v.Revisions[0].Document, &filed); err != nil || fmt.Sprint(filed["punishment_deduction"]) != []string{"100", "0"}[i] || len(warned(v.Revisions[0].Warnings)) > 0 {
			t.Errorf("row %d stands as %v, %v", i, filed["punishment_deduction"], err)
		}
	}
}

// TestImportAsksOnce: the check of an import asks a source once for all rows of an area,
// and says of each row what it says of it alone.
func TestImportAsksOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	asked := 0
	h.Ledger.Store = askedStore{h.Ledger.Store, &asked}
	officer := h.As(t.Context(), "officer")
	row := func(area uuid.UUID, body string) ledger.New {
		return ledger.New{Prison: h.Prison, Area: area, Ledger: "education-session", Body: json.RawMessage(body)}
	}
	whole := `{"started_at":"2026-10-10T09:00:00+08:00","ended_at":"2026-10-10T10:00:00+08:00"}`
	all := []ledger.New{row(h.Area, whole), row(h.Area, `{"started_at":"2026-10-11T09:00:00+08:00"}`), row(h.Other, whole), row(h.Area, `[]`), row(h.Area, `{"no_such":1}`)}
	var alone [][]fault.Field
	var costs []int
	for _, n := range all {
		asked = 0
		wrong, err := h.Ledger.Try(officer, []ledger.New{n}, true)
		if err != nil {
			t.Fatal(err)
		}
		alone, costs = append(alone, wrong[0]), append(costs, asked)
	}
	asked = 0
	together, err := h.Ledger.Try(officer, all, true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(alone, together); diff != "" {
		t.Error(diff)
	}
	if costs[0] == 0 || asked != costs[0] {
		t.Errorf("one row asks %d times, all of them %d times", costs[0], asked)
	}
}
