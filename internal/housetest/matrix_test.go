package housetest_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/housetest"
	"taizhang/internal/stewardship"
)

// TestMatrix: owner, approver and reader of each ledger are what owners, chains and policy say, and
// a post that falls vacant or is taken is told at once.
func TestMatrix(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	h.Province(t)
	if _, err := h.Owner.Exec(t.Context(), "insert into departments (code, title_zh, title_en) values ('dept_discipline', '纪检监察', 'Discipline')"); err != nil {
		t.Fatal(err)
	}
	see := func(who string) stewardship.Matrix {
		t.Helper()
		m, err := h.Stewardship.Matrix(h.As(t.Context(), who), h.Prison)
		if err != nil {
			t.Fatal(who, err)
		}
		return m
	}
	look := func(ctx context.Context) error { _, err := h.Stewardship.Matrix(ctx, h.Prison); return err }
	refusedTo(t, h, "not_found", look, "yi prison office")
	refusedTo(t, h, "forbidden", look, "inspector")
	m := see("officer")
	if diff := cmp.Diff(m, see("bureau office")); diff != "" {
		t.Error(diff)
	}
	row := func(m stewardship.Matrix, id string) stewardship.Row {
		t.Helper()
		i := slices.IndexFunc(m.Ledgers, func(r stewardship.Row) bool { return r.Ledger == id })
		if i < 0 {
			t.Fatalf("%s is not there", id)
		}
		return m.Ledgers[i]
	}
	mark := func(id, unit string) stewardship.Mark {
		for _, k := range row(m, id).Marks {
			if k.Unit == unit {
				return k
			}
		}
		return stewardship.Mark{}
	}
	if len(m.Ledgers) != len(h.Catalog.Types()) || len(m.Report.NoOwner) != 0 || len(m.Report.TwoOwners) != 0 {
		t.Errorf("%+v", m.Report)
	}
	for _, r := range m.Ledgers { // one owner each, which reads and is the register's
		if len(r.Owners) != 1 || r.Owners[0] != h.Access.Owner(r.Ledger) || !mark(r.Ledger, r.Owners[0]).Owner || !mark(r.Ledger, r.Owners[0]).Reader {
			t.Errorf("%+v", r)
		}
	}
	for _, c := range []struct {
		ledger, unit string
		want         stewardship.Mark
	}{
		{"duty-log", "dept_custody", stewardship.Mark{Owner: true, Reader: true}},
		{"duty-log", "area", stewardship.Mark{Approver: true, Reader: true, Vacant: true}},
		{"cell-body-search", "dept_custody", stewardship.Mark{Owner: true, Approver: true, When: true, Reader: true}},
		{"complaint-rights", "dept_discipline", stewardship.Mark{Reader: true}}, // sealed cases
		{"reward-punishment", "prison", stewardship.Mark{Approver: true, Reader: true}},
		{"headcount", "dept_discipline", stewardship.Mark{}},
	} {
		c.want.Unit = c.unit
		got := mark(c.ledger, c.unit)
		got.Takes = false
		if c.want == (stewardship.Mark{Unit: c.unit}) {
			c.want.Unit = ""
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s %s: %s", c.ledger, c.unit, diff)
		}
	}
	for _, of := range h.Catalog.Types() { // who takes fields of another ledger is marked there
		for _, s := range of.Sources {
			if s.Ledger != "" && s.Ledger != of.ID && !mark(s.Ledger, h.Access.Owner(of.ID)).Takes {
				t.Errorf("%s takes from %s", of.ID, s.Ledger)
			}
		}
	}
	if diff := cmp.Diff([]string{"dept_discipline"}, m.Report.Idle); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"psych-health", "video-lookback"}, m.Report.OwnerOnly); diff != "" {
		t.Error(diff)
	}
	pairs := 0
	for _, a := range h.Catalog.AskedTwice() {
		pairs += len(a.Overlaps)
	}
	if 2*len(m.Report.Overlaps) != pairs {
		t.Errorf("%d overlaps, of each side %d", len(m.Report.Overlaps), pairs)
	}
	// The other area has no duty leader, the first one has; the labour department has no head.
	steps := row(m, "duty-log").Steps
	if !steps[0].Vacant || slices.Contains(steps[0].Areas, h.Area) || !slices.Contains(steps[0].Areas, h.Other) || slices.Contains(steps[1].Areas, h.Other) {
		t.Errorf("%+v", steps)
	}
	if s := row(m, "labour-daily").Steps[1]; s.Unit != "owner" || !s.Vacant {
		t.Errorf("%+v", s)
	}
	if s := row(m, "cell-body-search").Steps[2]; s.Vacant {
		t.Errorf("%+v", s)
	}
	end := "update postings set until_at = now() where person_id = $1"
	if _, err := h.Owner.Exec(t.Context(), end, h.Person("custody head").PersonID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Owner.Exec(t.Context(), "insert into postings (posting_id, person_id, role, prison_id, department) values ($1, $2, 'dept_head', $3, 'dept_labour')",
		uuid.New(), h.Person("prison leader").PersonID, h.Prison); err != nil {
		t.Fatal(err)
	}
	m = see("warden")
	if s := row(m, "labour-daily").Steps[1]; s.Vacant {
		t.Errorf("%+v", s)
	}
	if r := row(m, "cell-body-search"); !r.Steps[2].Vacant || !slices.Contains(r.Problems, "vacant") {
		t.Errorf("%+v", r)
	}
	vacant := 0
	for _, r := range m.Ledgers {
		for _, s := range r.Steps {
			if s.Vacant {
				vacant++
			}
		}
	}
	if vacant != len(m.Report.Vacant) {
		t.Errorf("%d vacant steps, the report has %d", vacant, len(m.Report.Vacant))
	}
}

// TestMatrixHTTP asks the route as the page does; the answer is held to the contract.
func TestMatrixHTTP(t *testing.T) {
	t.Parallel()
	c := serving(t, housetest.New(t), "officer")
	status, v := c.as(t, "officer").do(t, "GET", "/prisons/"+c.h.Prison.String()+"/matrix", "", nil)
	if status != http.StatusOK || len(v["ledgers"].([]any)) != 26 || len(v["departments"].([]any)) < 8 {
		t.Errorf("%d %v", status, v)
	}
	if status, v := c.as(t, "officer").do(t, "GET", "/prisons/"+uuid.NewString()+"/matrix", "", nil); status != http.StatusNotFound || v["code"] != "not_found" {
		t.Errorf("%d %v", status, v)
	}
}
