package housetest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/exchange"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// searches are cell searches for a workbook; those of bad lack what they need.
func searches(h *housetest.House, n int, bad func(int) bool) []workbook.Out {
	var outs []workbook.Out
	for i := range n {
		v := loose(h.Search())
		v["places"] = []any{fmt.Sprintf("%d 监舍", 100+i)}
		v["searchers"] = []any{h.Person("officer").Number, h.Person("second officer").Number}
		if bad(i) {
			switch i % 3 {
			case 0:
				v["search_kind"] = "没有这一类"
			case 1:
				delete(v, "started_at")
			default:
				v["findings_count"] = json.Number("-1")
			}
		}
		outs = append(outs, workbook.Out{Number: i + 1, Version: 1, Value: v, Area: "监区"})
	}
	return outs
}

func loose(raw []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	_ = d.Decode(&v)
	return v
}

func bookOf(t testing.TB, h *housetest.House, id string, outs []workbook.Out) []byte {
	t.Helper()
	kind := workbook.Empty
	if len(outs) > 0 && outs[0].Entry != "" {
		kind = workbook.Export
	}
	b, err := workbook.NewBook(workbook.NewPlan(h.Catalog.Current(id)), kind, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	for _, o := range outs {
		if err := b.Add(o); err != nil {
			t.Fatal(err)
		}
	}
	var w bytes.Buffer
	if _, err := b.WriteTo(&w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func send(t testing.TB, h *housetest.House, who string, f exchange.Sent, raw []byte) exchange.Import {
	t.Helper()
	f.Prison, f.Size = h.Prison, int64(len(raw))
	if f.Name == "" {
		f.Name = "导入.xlsx"
	}
	if f.Ledger == "" {
		f.Ledger = "cell-body-search"
	}
	if f.Area == uuid.Nil {
		f.Area = h.Area
	}
	i, err := h.Exchange.Send(h.As(t.Context(), who), f, bytes.NewReader(raw), ledger.Idem{Key: uuid.NewString(), Route: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// through runs the job until it has nothing more to do.
func through(t testing.TB, h *housetest.House, who string, i exchange.Import) exchange.Import {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = h.Exchange.Run(t.Context(), exchange.Work{Prison: i.Prison, ID: i.ID}); err != nil {
			t.Fatal(err)
		}
	}
	i, err := h.Exchange.Import(h.As(t.Context(), who), i.Prison, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func begin(t testing.TB, h *housetest.House, who string, i exchange.Import) exchange.Import {
	t.Helper()
	i, err := h.Exchange.Do(h.As(t.Context(), who), i.Prison, i.ID, exchange.Start, i.ETag)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func entries(t testing.TB, h *housetest.House) (n int) {
	t.Helper()
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from entries where prison_id = $1", h.Prison).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func errorBook(t testing.TB, h *housetest.House, who string, i exchange.Import) []byte {
	t.Helper()
	var w bytes.Buffer
	if err := h.Exchange.ErrorBook(h.As(t.Context(), who), i.Prison, i.ID, &w); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func rowsOf(t testing.TB, h *housetest.House, raw []byte) []workbook.Row {
	t.Helper()
	s, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), func(int) *workbook.Plan { return workbook.NewPlan(h.Catalog.Current("cell-body-search")) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	var rows []workbook.Row
	for r, err := range s.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// TestImport is J2: of many rows exactly the bad ones are marked, the others are
// written once however often the file is sent and though the program ends in the
// middle, each comes out once, and the corrected error workbook writes exactly
// those that were missing. IMPORT_ROWS makes it long.
func TestImport(t *testing.T) {
	t.Parallel()
	n := 800
	if s := os.Getenv("IMPORT_ROWS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	const wrong = 37
	h := housetest.New(t)
	bad := func(i int) bool { return i%(n/wrong) == 5 && i/(n/wrong) < wrong }
	outs := searches(h, n, bad)
	began := time.Now()
	lap := func(what string) {
		peak, _ := os.ReadFile("/proc/self/status")
		_, after, _ := strings.Cut(string(peak), "VmHWM:")
		high, _, _ := strings.Cut(after, "\n")
		t.Logf("%s: %s, peak memory %s", what, time.Since(began).Round(time.Millisecond), strings.TrimSpace(high))
		began = time.Now()
	}
	raw := bookOf(t, h, "cell-body-search", outs)
	lap(fmt.Sprintf("workbook of %d rows, %d bytes", n, len(raw)))
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, raw))
	lap("checked")
	if i.State != exchange.Checked || i.Good != n-wrong || i.Bad != wrong || i.Total != n || entries(t, h) != 0 {
		t.Fatalf("after the check %+v, %d entries", i, entries(t, h))
	}
	book := errorBook(t, h, "officer", i)
	marked := rowsOf(t, h, book)
	if len(marked) != wrong {
		t.Errorf("%d rows in the error workbook, want %d", len(marked), wrong)
	}
	i = begin(t, h, "officer", i)
	half := interrupted(t, h, i, n/2)
	lap("half of it written, when the program ended")
	i = through(t, h, "officer", i)
	lap("the rest written")
	if i.State != exchange.Done || i.Written != n-wrong || i.Bad != wrong || i.Skipped != 0 || entries(t, h) != n-wrong || half < n/2 || half == n-wrong {
		t.Fatalf("after writing %+v, %d entries, %d of them in the first half", i, entries(t, h), half)
	}
	if different := tallied(t, h, "select count(distinct convert_from(canonical, 'UTF8')::jsonb -> 'places') from revisions join entries using (prison_id, entry_id) where entries.ledger = $1", "cell-body-search"); different != n-wrong {
		t.Errorf("%d different rows of %d: some are written twice", different, n-wrong)
	}
	for _, format := range []string{"xlsx", "csv-utf8-bom"} {
		e, out := fetched(t, h, "custody head", askExport(t, h, "custody head", exchange.Export{Ledger: "cell-body-search", Format: format}))
		lap("exported as " + format)
		seen := map[string]bool{}
		for _, r := range rowsOf(t, h, out) {
			seen[r.Entry] = true
		}
		if e.Rows != n-wrong || len(seen) != n-wrong {
			t.Errorf("%s: %d rows, %d entries among them, want %d", format, e.Rows, len(seen), n-wrong)
		}
		lap("read back")
	}

	again := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, raw))
	lap("checked again")
	if again.Skipped != n-wrong || again.Bad != wrong || again.Good != 0 {
		t.Errorf("sent again: %+v", again)
	}

	// The officer corrects the workbook that came back, and sends it twice.
	var mended []workbook.Out
	for k, r := range marked {
		v := loose(h.Search())
		v["places"], v["searchers"] = r.Value["places"], r.Value["searchers"]
		mended = append(mended, workbook.Out{Number: k + 1, Version: 1, Value: v, Key: r.Key})
	}
	corrected := bookOf(t, h, "cell-body-search", mended)
	for round, want := range []struct{ written, skipped int }{{wrong, 0}, {0, wrong}} {
		c := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, corrected))
		if c.Good > 0 {
			c = through(t, h, "officer", begin(t, h, "officer", c))
		}
		if c.Written != want.written || c.Skipped != want.skipped || entries(t, h) != n {
			t.Errorf("corrected, round %d: %+v, %d entries", round, c, entries(t, h))
		}
	}
	// Corrected otherwise in the error workbook of the same file sent again, they are the same rows.
	var otherwise []workbook.Out
	for k, r := range rowsOf(t, h, errorBook(t, h, "officer", again)) {
		v := loose(h.Search())
		v["places"], v["searchers"], v["search_mode"] = r.Value["places"], r.Value["searchers"], "surprise"
		otherwise = append(otherwise, workbook.Out{Number: k + 1, Version: 1, Value: v, Key: r.Key})
	}
	c := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", otherwise)))
	if c.Good != 0 || c.Bad != 0 || c.Differs != wrong {
		t.Errorf("corrected otherwise: %+v", c)
	}
	// Whoever corrects in the first file instead finds those rows written too.
	for k := range outs {
		if bad(k) {
			v := loose(h.Search())
			v["places"], v["searchers"] = outs[k].Value["places"], outs[k].Value["searchers"]
			outs[k].Value = v
		}
	}
	if n <= 2000 {
		c := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", outs)))
		if c.Skipped < n-wrong || c.Bad != 0 {
			t.Errorf("the first file corrected: %+v", c)
		}
	}
}

// interrupted writes an import until about so many rows are written, and then as a
// program that ends: the last of them are entries, and nobody has noted it. It
// returns how many there are.
func interrupted(t *testing.T, h *housetest.House, i exchange.Import, rows int) int {
	t.Helper()
	whole := h.Exchange.Store
	defer func() { h.Exchange.Store = whole }()
	h.Exchange.Store = &ending{whole, rows / 25}
	for more := true; more; {
		var err error
		if more, err = h.Exchange.Run(t.Context(), exchange.Work{Prison: i.Prison, ID: i.ID}); errors.Is(err, errEnded) {
			return entries(t, h)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("it came to its end")
	return 0
}

var errEnded = errors.New("the program ended")

// ending is a store that takes so many more writes.
type ending struct {
	exchange.Store
	left int
}

func (e *ending) Write(ctx context.Context, s ledger.Session, idem ledger.Idem, out any, fn func(exchange.Tx) error) error {
	if e.left--; e.left < 0 {
		return errEnded
	}
	return e.Store.Write(ctx, s, idem, out, fn)
}

// TestImportTwiceAtOnce runs the same import by two jobs, and the same file as
// two imports of two people, at once.
func TestImportTwiceAtOnce(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	outs := searches(h, 60, func(int) bool { return false })
	raw := bookOf(t, h, "cell-body-search", outs)
	one := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, raw))
	two := through(t, h, "second officer", send(t, h, "second officer", exchange.Sent{}, raw))
	begin(t, h, "officer", one)
	begin(t, h, "second officer", two)
	var wg sync.WaitGroup
	for _, i := range []exchange.Import{one, one, two, two} {
		wg.Go(func() {
			if _, err := h.Exchange.Run(t.Context(), exchange.Work{Prison: i.Prison, ID: i.ID}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	one, two = through(t, h, "officer", one), through(t, h, "second officer", two)
	if one.State != exchange.Done || two.State != exchange.Done || one.Written+two.Written != 60 || one.Skipped+two.Skipped != 60 || entries(t, h) != 60 {
		t.Errorf("%+v\n%+v\n%d entries", one, two, entries(t, h))
	}
}

// TestImportRights holds imports to the one who sent them and to what they may fill.
func TestImportRights(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	raw := bookOf(t, h, "cell-body-search", searches(h, 3, func(int) bool { return false }))
	for who, code := range map[string]string{"warden": "forbidden", "inspector": "forbidden"} {
		_, err := h.Exchange.Send(h.As(t.Context(), who), exchange.Sent{Prison: h.Prison, Ledger: "cell-body-search", Area: h.Area, Name: "x", Size: int64(len(raw))}, bytes.NewReader(raw), ledger.Idem{})
		if fault.CodeOf(err) != code {
			t.Errorf("%s sends: %v", who, err)
		}
	}
	_, err := h.Exchange.Send(h.As(t.Context(), "officer"), exchange.Sent{Prison: h.Prison, Ledger: "cell-body-search", Area: h.Other, Name: "x", Size: int64(len(raw))}, bytes.NewReader(raw), ledger.Idem{})
	if fault.CodeOf(err) != "not_for_area" {
		t.Errorf("for another area: %v", err)
	}
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, raw))
	for _, who := range []string{"second officer", "warden", "custody head"} {
		ctx := h.As(t.Context(), who)
		if _, err := h.Exchange.Import(ctx, h.Prison, i.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s sees it: %v", who, err)
		}
		if _, err := h.Exchange.Do(ctx, h.Prison, i.ID, exchange.Start, i.ETag); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s starts it: %v", who, err)
		}
		if err := h.Exchange.ErrorBook(ctx, h.Prison, i.ID, &bytes.Buffer{}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s takes its errors: %v", who, err)
		}
	}
	if _, err := h.Exchange.Do(h.As(t.Context(), "officer"), h.Prison, i.ID, exchange.Start, i.ETag+1); !fault.Is(err, fault.Stale) {
		t.Errorf("started by an old page: %v", err)
	}
}

// TestImportStopped stops in the middle, goes on, and removes at last.
func TestImportStopped(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", searches(h, 10, func(int) bool { return false }))))
	if _, err := h.Exchange.Do(ctx, h.Prison, i.ID, exchange.Stop, i.ETag); fault.CodeOf(err) != "file_state" {
		t.Errorf("stopped before it began: %v", err)
	}
	i = begin(t, h, "officer", i)
	i, err := h.Exchange.Do(ctx, h.Prison, i.ID, exchange.Stop, i.ETag)
	if err != nil {
		t.Fatal(err)
	}
	if i = through(t, h, "officer", i); i.State != exchange.Stopped || entries(t, h) != 0 {
		t.Errorf("stopped: %+v", i)
	}
	i = through(t, h, "officer", begin(t, h, "officer", i))
	if i.State != exchange.Done || i.Written != 10 || entries(t, h) != 10 {
		t.Errorf("gone on: %+v", i)
	}
	if _, err := h.Exchange.Do(ctx, h.Prison, i.ID, exchange.Remove, i.ETag); err != nil {
		t.Error(err)
	}
	if list, err := h.Exchange.Imports(ctx, h.Prison); err != nil || len(list) != 0 {
		t.Errorf("removed: %v %v", list, err)
	}
}

// TestImportLocked: a row whose time is over is wrong like any other, when it is
// looked at, when it is written and in the grid; it ends nothing.
func TestImportLocked(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	lockDays := int(h.Catalog.Setting("lock_days"))
	outs := searches(h, 3, func(int) bool { return false })
	old := searchAt(h, time.Now().AddDate(0, 0, -lockDays-30))
	outs[1].Value = loose(old)
	raw := bookOf(t, h, "cell-body-search", outs)
	locked := func(what string, list []fault.Field) {
		t.Helper()
		if len(list) != 1 || list[0].Code != "period_expired" || list[0].Text.ZH == "" {
			t.Errorf("%s: %+v, want period_expired", what, list)
		}
	}
	for _, asDraft := range []bool{false, true} {
		i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{AsDraft: asDraft, Name: fmt.Sprint(asDraft, ".xlsx")}, raw))
		if i.State != exchange.Checked || i.Bad != 1 {
			t.Errorf("draft %v: %s with %d bad rows, want checked with 1", asDraft, i.State, i.Bad)
		}
		// What expires between the look and the writing.
		if _, err := h.Owner.Exec(t.Context(), "update import_rows set outcome = 'good', errors = '[]' where import_id = $1 and outcome = 'bad'", i.ID); err != nil {
			t.Fatal(err)
		}
		i = through(t, h, "officer", begin(t, h, "officer", i))
		if i.State != exchange.Done || i.Bad != 2 {
			t.Errorf("draft %v: %s with %d bad rows, want done with 2", asDraft, i.State, i.Bad)
		}
	}
	n := ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search"}
	checked, err := h.Ledger.CheckBatch(h.As(t.Context(), "officer"), n, []ledger.Row{{Key: "1", Body: old}})
	if err != nil {
		t.Fatal(err)
	}
	locked("grid", checked[0].Errors)
	n.Body = old
	tried, err := h.Ledger.Try(h.As(t.Context(), "officer"), []ledger.New{n}, true)
	if err != nil {
		t.Fatal(err)
	}
	locked("import", tried[0])
}

// TestImportDiffers: a line that names its entry, or was written before, and says
// something else is counted and named with what differs; the entry stays as it is. What
// says the same is skipped, and twice at once comes out as once.
func TestImportDiffers(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	i := through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", searches(h, 4, func(int) bool { return false }))))
	through(t, h, "officer", begin(t, h, "officer", i))
	for _, format := range []string{"xlsx", "csv-utf8-bom"} {
		_, raw := fetched(t, h, "custody head", askExport(t, h, "custody head", exchange.Export{Ledger: "cell-body-search", Format: format}))
		var outs []workbook.Out
		for n, r := range rowsOf(t, h, raw) {
			area := ""
			switch n {
			case 0:
				r.Value["places"] = []any{"改过的监舍"}
			case 1:
				r.Value["searched_count"] = json.Number("31")
				r.Value["findings_count"] = json.Number("1") // no rule is asked of what is not written
			case 2:
				area = "没有的监区"
			}
			outs = append(outs, workbook.Out{Number: n + 1, Version: 1, Value: r.Value, Entry: r.Entry, Area: area})
		}
		before := ask(t, h, "select string_agg(convert_from(canonical, 'UTF8'), '' order by entry_id) from revisions")
		var both sync.WaitGroup
		var got [2]exchange.Import
		for n := range got {
			f := send(t, h, "officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", outs))
			both.Go(func() { got[n] = through(t, h, "officer", f) })
		}
		both.Wait()
		for _, c := range got {
			if c.Differs != 3 || c.Skipped != 1 || c.Good+c.Bad != 0 || slices.Contains(exchange.Allowed(c), exchange.Start) {
				t.Fatalf("%s: %+v", format, c)
			}
			_, rows, err := h.Exchange.Rows(h.As(t.Context(), "officer"), h.Prison, c.ID, exchange.Differs, 0, 10)
			if err != nil || len(rows) != 3 {
				t.Fatalf("%s: %v %v", format, rows, err)
			}
			var where [3][]string
			for n, r := range rows {
				for _, f := range r.Errors {
					where[n] = append(where[n], f.Code+f.Pointer)
				}
			}
			slices.Sort(where[1])
			want := [3][]string{{"entry_differs/places"}, {"entry_differs/findings_count", "entry_differs/searched_count"}, {"area"}}
			if diff := cmp.Diff(want, where); diff != "" {
				t.Errorf("%s: %s", format, diff)
			}
		}
		if after := ask(t, h, "select string_agg(convert_from(canonical, 'UTF8'), '' order by entry_id) from revisions"); after != before {
			t.Error("an entry was changed")
		}
	}
	// Of somebody else's draft, and of an L3 entry, it is told that it was not compared; the
	// same whether the row was changed or not.
	secret := h.Begin(t, "officer", "cell-body-search", h.Search())
	_, raw := fetched(t, h, "custody head", askExport(t, h, "custody head", exchange.Export{Ledger: "cell-body-search", Format: "xlsx"}))
	filed := rowsOf(t, h, raw)[0]
	exec(t, h, "update entries set level = 'L3' where entry_id = $1", filed.Entry)
	actorOf := h.Exchange.Actor
	h.Exchange.Actor = func(ctx context.Context, person uuid.UUID) (actor.Actor, error) {
		a, err := actorOf(ctx, person)
		a.Postings = append(slices.Clone(a.Postings), actor.Posting{Role: actor.DutyLeader, PrisonID: h.Prison, AreaID: h.Area}) // reads L3
		return a, err
	}
	outs := searches(h, 3, func(int) bool { return false })
	for n, entry := range []string{secret.Entry.String(), filed.Entry, filed.Entry} {
		outs[n].Entry = entry
	}
	outs[1].Value = filed.Value
	c := through(t, h, "second officer", send(t, h, "second officer", exchange.Sent{}, bookOf(t, h, "cell-body-search", outs)))
	_, rows, err := h.Exchange.Rows(h.As(t.Context(), "second officer"), h.Prison, c.ID, exchange.Uncompared, 0, 10)
	if err != nil || c.Uncompared != 3 || c.Good+c.Bad+c.Skipped+c.Differs != 0 || len(rows) != 3 {
		t.Fatalf("%+v %v %v", c, rows, err)
	}
	for _, r := range rows {
		if len(r.Errors) != 1 || r.Errors[0].Code != "entry_uncompared" || r.Errors[0].Pointer != "" || !strings.Contains(r.Errors[0].Text.ZH, "未比对") || r.Errors[0].Text.EN == "" {
			t.Errorf("%+v", r.Errors)
		}
	}
}

// TestImportLabelOfAnother: a row that bears the label of one entry and the contents of
// another is compared with the one that it is by its label.
func TestImportLabelOfAnother(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	sent := func(outs []workbook.Out) exchange.Import {
		t.Helper()
		b, err := workbook.NewBook(workbook.NewPlan(h.Catalog.Current("cell-body-search")), workbook.Errors, []string{"监区"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = b.Close() }()
		for n, o := range outs {
			o.Key = fmt.Sprint("k", n)
			if err := b.Add(o); err != nil {
				t.Fatal(err)
			}
		}
		var w bytes.Buffer
		if _, err := b.WriteTo(&w); err != nil {
			t.Fatal(err)
		}
		return through(t, h, "officer", send(t, h, "officer", exchange.Sent{}, w.Bytes()))
	}
	outs := searches(h, 2, func(int) bool { return false })
	if i := through(t, h, "officer", begin(t, h, "officer", sent(outs))); i.Written != 2 {
		t.Fatalf("%+v", i)
	}
	if i := sent(outs); i.Skipped != 2 {
		t.Errorf("as they were: %+v", i)
	}
	outs[0].Value, outs[1].Value = outs[1].Value, outs[0].Value
	if i := sent(outs); i.Differs != 2 || i.Skipped != 0 {
		t.Errorf("each with the other's label: %+v", i)
	}
}

// TestImportNames: the name of a file is one line that says what it is.
func TestImportNames(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for _, name := range []string{"", "\u200b", "../表.csv", `a\b.csv`, "a\r\nb.csv", "\u202evsc.xlsx", strings.Repeat("长", 300)} {
		f := exchange.Sent{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Name: name, Size: 3}
		if _, err := h.Exchange.Send(h.As(t.Context(), "officer"), f, strings.NewReader("a,b"), ledger.Idem{}); fault.CodeOf(err) != "bad_name" {
			t.Errorf("%.20q: %v", name, err)
		}
	}
}
