package housetest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
)

func kept(t testing.TB, h *housetest.House, who, name string, shared bool) retrieval.Filter {
	t.Helper()
	f, err := h.Retrieval.Keep(h.As(t.Context(), who), h.Prison, retrieval.Filter{Page: "search", Name: name, Query: "q=%E6%B8%85%E7%9B%91", Shared: shared}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestSavedFilters: seen by their owner and, shown, by the unit; changed by the
// owner alone, whatever the program or the condition says.
func TestSavedFilters(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	own, shared := kept(t, h, "officer", "只给自己", false), kept(t, h, "officer", "全监区", true)
	kept(t, h, "custody head", "科室用", true)
	names := func(who string) string {
		t.Helper()
		list, err := h.Retrieval.Filters(h.As(ctx, who), h.Prison, "search")
		if err != nil {
			t.Fatal(err)
		}
		var s []string
		for _, f := range list {
			s = append(s, f.Name)
		}
		return strings.Join(s, " ")
	}
	all := func(when string) {
		t.Helper()
		for who, want := range map[string]string{"officer": "全监区 只给自己", "second officer": "全监区", "area head": "全监区", "officer elsewhere": "", "education head": "",
			"custody head": "科室用", "warden": "", "bureau office": "", "inspector": ""} {
			if got := names(who); got != want {
				t.Errorf("%s: %s sees %q, want %q", when, who, got, want)
			}
		}
	}
	all("both walls")
	for who, code := range map[string]string{"second officer": "filter_of_another", "officer elsewhere": "not_found", "warden": "not_found"} {
		changed := shared
		changed.Name = "改名"
		if _, err := h.Retrieval.Rename(h.As(ctx, who), h.Prison, changed, shared.ETag); fault.CodeOf(err) != code {
			t.Errorf("%s renames: %v", who, err)
		}
		if err := h.Retrieval.Forget(h.As(ctx, who), h.Prison, shared.ID, shared.ETag); fault.CodeOf(err) != code {
			t.Errorf("%s deletes: %v", who, err)
		}
	}
	// Past the program, as the second officer: the database changes nothing of another's.
	tx, err := h.Store.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	second := h.Person("second officer")
	if _, err := tx.Exec(ctx, "select set_config('app.person', $1, true), set_config('app.units', $2, true), set_config('app.prisons', '*', true)", second.PersonID.String(), h.Area.String()); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"update saved_filters set name = 'x'", "delete from saved_filters"} {
		if tag, err := tx.Exec(ctx, sql); err != nil || tag.RowsAffected() != 0 {
			t.Errorf("%s: %d %v", sql, tag.RowsAffected(), err)
		}
	}
	if _, err := tx.Exec(ctx, "insert into saved_filters (prison_id, filter_id, owner, page, name, query) values ($1, $2, $3, 'search', 'x', '')", h.Prison, uuid.New(), h.Person("officer").PersonID); err == nil {
		t.Error("a filter in another's name")
	}
	_ = tx.Rollback(ctx)

	officer := h.As(ctx, "officer")
	own.Name, own.Shared = "改了名", true
	if _, err := h.Retrieval.Rename(officer, h.Prison, own, own.ETag+1); !fault.Is(err, fault.Stale) {
		t.Errorf("another etag: %v", err)
	}
	out, err := h.Retrieval.Rename(officer, h.Prison, own, own.ETag)
	if err != nil || out.Name != "改了名" || !out.Shared || out.ETag != own.ETag+1 {
		t.Errorf("%+v %v", out, err)
	}
	out.Name = "全监区"
	if _, err := h.Retrieval.Rename(officer, h.Prison, out, out.ETag); fault.CodeOf(err) != "filter_name_taken" {
		t.Errorf("a name twice: %v", err)
	}
	if err := h.Retrieval.Forget(officer, h.Prison, out.ID, out.ETag); err != nil || names("officer") != "全监区" {
		t.Errorf("deleted: %v, left %q", err, names("officer"))
	}
	for _, bad := range []retrieval.Filter{{Page: "search"}, {Page: "elsewhere", Name: "a"}, {Page: "search", Name: strings.Repeat("长", 41)}, {Page: "search", Name: "a", Query: "a b"}} {
		if _, err := h.Retrieval.Keep(officer, h.Prison, bad, ledger.Idem{}); fault.CodeOf(err) != "invalid_document" {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := h.Owner.Exec(ctx, "alter table saved_filters disable row level security"); err != nil {
		t.Fatal(err)
	}
	kept(t, h, "officer", "只给自己", false)
	all("without row-level security")
}

// TestSavedFiltersAtOnce: the last free place is given once, and a change twice
// at once is done once.
func TestSavedFiltersAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	var f retrieval.Filter
	for i := range retrieval.MaxFilters - 1 {
		f = kept(t, h, "officer", fmt.Sprint(i), false)
	}
	twice := func(do func(i int) error) (done int, codes []string) {
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			wg.Go(func() { errs[i] = do(i) })
		}
		wg.Wait()
		for _, err := range errs {
			if err == nil {
				done++
			} else {
				codes = append(codes, fault.CodeOf(err))
			}
		}
		return done, codes
	}
	done, codes := twice(func(i int) error {
		_, err := h.Retrieval.Keep(officer, h.Prison, retrieval.Filter{Page: "ledgers", Name: fmt.Sprint("last ", i)}, ledger.Idem{})
		return err
	})
	if done != 1 || len(codes) != 1 || codes[0] != "filters_full" {
		t.Errorf("kept %d, %v", done, codes)
	}
	done, codes = twice(func(i int) error {
		g := f
		g.Name = fmt.Sprint("renamed ", i)
		_, err := h.Retrieval.Rename(officer, h.Prison, g, f.ETag)
		return err
	})
	if done != 1 || len(codes) != 1 || codes[0] != "changed_meanwhile" {
		t.Errorf("renamed %d, %v", done, codes)
	}
	done, codes = twice(func(int) error { return h.Retrieval.Forget(officer, h.Prison, f.ID, f.ETag+1) })
	if done != 1 || len(codes) != 1 || codes[0] != "not_found" {
		t.Errorf("deleted %d, %v", done, codes)
	}
}

// TestSavedFiltersRoute asks as a browser would.
func TestSavedFiltersRoute(t *testing.T) {
	t.Parallel()
	c := serve(t).as(t, "officer")
	in := "/prisons/" + c.h.Prison.String() + "/filters"
	body := `{"page":"search","name":"清监","query":"q=%E6%B8%85","shared":true}`
	if status, _ := c.do(t, "POST", in, body, nil); status != 428 {
		t.Errorf("without a key: %d", status)
	}
	status, made := c.do(t, "POST", in, body, map[string]string{"Idempotency-Key": "filter-one"})
	_, again := c.do(t, "POST", in, body, map[string]string{"Idempotency-Key": "filter-one"})
	if status != 201 || made["id"] != again["id"] {
		t.Fatalf("%d %v %v", status, made, again)
	}
	one := in + "/" + made["id"].(string)
	if status, list := c.do(t, "GET", in+"?page=search", "", nil); status != 200 || len(list["filters"].([]any)) != 1 {
		t.Errorf("%d %v", status, list)
	}
	if status, _ := c.do(t, "PUT", one, `{"name":"清监二","query":""}`, nil); status != 428 {
		t.Errorf("without If-Match: %d", status)
	}
	if status, f := c.do(t, "PUT", one, `{"name":"清监二","query":""}`, map[string]string{"If-Match": `"1"`}); status != 200 || f["name"] != "清监二" || f["shared"] != false {
		t.Errorf("%d %v", status, f)
	}
	if status, _ := c.do(t, "DELETE", one, "", map[string]string{"If-Match": `"2"`}); status != 204 {
		t.Errorf("deleted: %d", status)
	}
	if status, _ := c.do(t, "GET", in+"?page=x", "", nil); status != 400 {
		t.Errorf("a page that is none: %d", status)
	}
}
