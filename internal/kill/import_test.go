package kill

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/exchange"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// importer builds the program that is killed.
func importer(t *testing.T) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "importer")
	if out, err := exec.Command("go", "build", "-tags", "faultpoints", "-o", exe, "./importer").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return exe
}

// searchesBook is a workbook of n searches, no two alike.
func searchesBook(t *testing.T, h *housetest.House, n int) *bytes.Buffer {
	t.Helper()
	b, err := workbook.NewBook(workbook.NewPlan(h.Catalog.Current("cell-body-search")), workbook.Empty, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	for i := range n {
		var v map[string]any
		d := json.NewDecoder(bytes.NewReader(h.Search()))
		d.UseNumber()
		if err := d.Decode(&v); err != nil {
			t.Fatal(err)
		}
		v["places"] = []any{fmt.Sprintf("%d 监舍", i)}
		if err := b.Add(workbook.Out{Number: i + 1, Version: 1, Value: v}); err != nil {
			t.Fatal(err)
		}
	}
	var w bytes.Buffer
	if _, err := b.WriteTo(&w); err != nil {
		t.Fatal(err)
	}
	return &w
}

// TestImportKilled ends an import again and again, at a different write each
// time, in the check and in the writing: no row is lost and none written twice.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	const rows = 260
	exe := importer(t)
	h := housetest.New(t)
	w := searchesBook(t, h, rows)
	ctx := h.As(t.Context(), "officer")
	i, err := h.Exchange.Send(ctx, exchange.Sent{Prison: h.Prison, Ledger: "cell-body-search", Area: h.Area, Name: "导入.xlsx", Size: int64(w.Len())}, w, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	killed := 0
	// through runs the program, killed at a write further on each time, until it ends by itself.
	through := func(points []string) {
		t.Helper()
		for n := 0; n < 60; n++ {
			at := fmt.Sprintf("%s:%d", points[n%len(points)], 1+n*7%40)
			cmd := exec.Command(exe, i.ID.String())
			cmd.Env = append(os.Environ(), "KILL_HOUSE="+h.Pass(), "TAIZHANG_KILL_AT="+at)
			out, err := cmd.CombinedOutput()
			if err == nil {
				return
			}
			if !strings.Contains(string(out), "killed at") {
				t.Fatalf("%s: %v\n%s", at, err, out)
			}
			killed++
		}
		t.Fatal("it did not come to its end")
	}
	through([]string{"write.before_commit", "write.after_commit"})
	if i, err = h.Exchange.Import(ctx, h.Prison, i.ID); err != nil || i.State != exchange.Checked || i.Good != rows {
		t.Fatalf("after the check: %+v %v", i, err)
	}
	if i, err = h.Exchange.Do(ctx, h.Prison, i.ID, exchange.Start, i.ETag); err != nil {
		t.Fatal(err)
	}
	through([]string{"write.claimed", "submit.logged", "write.before_commit", "write.after_commit"})
	if i, err = h.Exchange.Import(ctx, h.Prison, i.ID); err != nil || i.State != exchange.Done || i.Written != rows || i.Skipped != 0 || i.Bad != 0 {
		t.Errorf("at the end: %+v %v", i, err)
	}
	if n := count(t, h, "select count(*) from entries"); n != rows {
		t.Errorf("%d entries, want %d", n, rows)
	}
	if n := count(t, h, "select count(distinct r.document->'places') from revisions r"); n != rows {
		t.Errorf("%d different rows, want %d", n, rows)
	}
	if n := count(t, h, "select count(*) from import_rows where outcome <> 'written' or entry_id is null"); n != 0 {
		t.Errorf("%d rows without their entry", n)
	}
	if killed < 5 {
		t.Errorf("killed only %d times", killed)
	}
	t.Logf("killed %d times", killed)
}

// TestExportKilled: an export that is killed at every write is taken up again by
// itself, shows how far it has come, and ends with what one holds that was not: of text
// every byte, and no part of it is made twice.
func TestExportKilled(t *testing.T) {
	t.Parallel()
	const rows = 450
	exe := importer(t)
	h := housetest.New(t)
	ctx := h.As(t.Context(), "officer")
	run := func(w exchange.Work) {
		t.Helper()
		w.Prison = h.Prison
		for more := true; more; {
			var err error
			if more, err = h.Exchange.Run(t.Context(), w); err != nil {
				t.Fatal(err)
			}
		}
	}
	book := searchesBook(t, h, rows)
	i, err := h.Exchange.Send(ctx, exchange.Sent{Prison: h.Prison, Ledger: "cell-body-search", Area: h.Area, Name: "导入.xlsx", Size: int64(book.Len())}, book, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	run(exchange.Work{ID: i.ID})
	if i, err = h.Exchange.Import(ctx, h.Prison, i.ID); err != nil {
		t.Fatal(err)
	}
	if _, err = h.Exchange.Do(ctx, h.Prison, i.ID, exchange.Start, i.ETag); err != nil {
		t.Fatal(err)
	}
	run(exchange.Work{ID: i.ID})
	ask := func(format string) exchange.Export {
		t.Helper()
		e, err := h.Exchange.Ask(ctx, exchange.Export{Prison: h.Prison, Ledger: "cell-body-search", Format: format}, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	look := func(e exchange.Export) exchange.Export {
		t.Helper()
		e, err := h.Exchange.Export(ctx, h.Prison, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, format := range exchange.Formats {
		want := ask(format)
		run(exchange.Work{ID: want.ID, Export: true})
		if want = look(want); want.State != exchange.Done || want.Rows != rows {
			t.Fatalf("%s: %+v", format, want)
		}
		e := ask(format)
		// Three pages and the end are four writes. A workbook has them all to do again; a
		// text has the one in whose second write it ends behind it.
		for n, shown := range []int{0, 200, 400, 450} {
			at := n + 1
			if format != "xlsx" {
				at = min(at, 2)
			}
			parts := partsOf(t, h, e)
			cmd := exec.Command(exe, e.ID.String(), "export")
			cmd.Env = append(os.Environ(), "KILL_HOUSE="+h.Pass(), fmt.Sprintf("TAIZHANG_KILL_AT=write.before_commit:%d", at))
			if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "killed at") {
				t.Fatalf("%s, write %d: %v\n%s", format, n+1, err, out)
			}
			if now := look(e); now.State != exchange.Writing || now.Rows != shown {
				t.Errorf("%s killed at write %d shows %d rows, %s", format, n+1, now.Rows, now.State)
			}
			if now := partsOf(t, h, e); !strings.HasPrefix(now, parts) {
				t.Errorf("%s killed at write %d: parts %s became %s", format, n+1, parts, now)
			}
		}
		// A minute later the program finds that nobody goes on with it.
		if _, err := h.Owner.Exec(t.Context(), "update exports set touched_at = now() - interval '2 minutes' where export_id = $1", e.ID); err != nil {
			t.Fatal(err)
		}
		before := count(t, h, "select count(*) from river_job where kind = 'exchange' and args->>'id' = '"+e.ID.String()+"'")
		if err := h.Exchange.Tend(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := count(t, h, "select count(*) from river_job where kind = 'exchange' and args->>'id' = '"+e.ID.String()+"'"); n != before+1 {
			t.Errorf("%s: %d jobs, then %d", format, before, n)
		}
		run(exchange.Work{ID: e.ID, Export: true})
		if e = look(e); e.State != exchange.Done || e.Rows != rows || e.Total != rows {
			t.Errorf("%s: %+v", format, e)
		}
		// A workbook is packed a little differently each time; what it holds is the same.
		if format != "xlsx" && *e.Sha256 != *want.Sha256 {
			t.Errorf("%s: %s, not killed %s", format, e.Sha256, want.Sha256)
		}
		if diff := cmp.Diff(exported(t, h, want), exported(t, h, e)); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

// partsOf an export, in order.
func partsOf(t *testing.T, h *housetest.House, e exchange.Export) (parts string) {
	t.Helper()
	if err := h.Owner.QueryRow(t.Context(), "select array_to_string(parts, ' ') from exports where export_id = $1", e.ID).Scan(&parts); err != nil {
		t.Fatal(err)
	}
	return parts
}

// exported reads the rows of a finished export.
func exported(t *testing.T, h *housetest.House, e exchange.Export) (rows []workbook.Row) {
	t.Helper()
	_, file, err := h.Exchange.Fetch(h.As(t.Context(), "officer"), h.Prison, e.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := workbook.Open(bytes.NewReader(raw), int64(len(raw)), func(int) *workbook.Plan { return workbook.NewPlan(h.Catalog.Current("cell-body-search")) })
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for r, err := range s.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}
