package kill

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"taizhang/internal/exchange"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// TestImportKilled ends an import again and again, at a different write each
// time, in the check and in the writing: no row is lost and none written twice.
func TestImportKilled(t *testing.T) {
	const rows = 260
	exe := filepath.Join(t.TempDir(), "importer")
	if out, err := exec.Command("go", "build", "-tags", "faultpoints", "-o", exe, "./importer").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	h := housetest.New(t)
	b, err := workbook.NewBook(workbook.NewPlan(h.Catalog.Current("cell-body-search")), workbook.Empty, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	for i := range rows {
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
	ctx := h.As(t.Context(), "officer")
	i, err := h.Exchange.Send(ctx, exchange.Sent{Prison: h.Prison, Ledger: "cell-body-search", Area: h.Area, Name: "导入.xlsx", Size: int64(w.Len())}, &w, ledger.Idem{})
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
