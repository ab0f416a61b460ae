package housetest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"taizhang/internal/connector"
	"taizhang/internal/housetest"
)

// TestDropPlace: where on the machine files are dropped, only who keeps the connector
// reads; others read the folder's name.
func TestDropPlace(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	drop := rosterConnector(t, h, connector.Drop)
	drop.Folder = filepath.Join(t.TempDir(), "roster")
	c := asking(t, h, connect(t, h, drop))
	for who, place := range map[string]string{"system admin": drop.Folder, "security admin": "roster"} {
		_, out := c.as(t, who).do(t, "GET", "/prisons/"+h.Prison.String()+"/connectors", "", nil)
		if list, _ := out["connectors"].([]any); len(list) != 1 || list[0].(map[string]any)["place"] != place {
			t.Errorf("%s reads %v", who, out)
		}
	}
}

// TestDrop lays files into a folder as people and programs do.
func TestDrop(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	post(t, h, "officer")
	post(t, h, "second officer")
	c := rosterConnector(t, h, connector.Drop)
	c.Folder = t.TempDir()
	s := connect(t, h, c)
	now := time.Now()
	s.Now = func() time.Time { return now }
	lay := func(name, text string) {
		t.Helper()
		file := filepath.Join(c.Folder, name)
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now, now); err != nil {
			t.Fatal(err)
		}
	}
	look := func() {
		t.Helper()
		tick(t, h, s)
		now = now.Add(6 * time.Second)
		tick(t, h, s)
	}
	has := func(name string) bool {
		_, err := os.Stat(filepath.Join(c.Folder, name))
		return err == nil
	}
	const header = "编号,修改时间,警号,监区,日期,班次,取消\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(header + "1,2026-11-20 08:00:00,0000001,A1,2026/11/26,白班,\n2,2026-11-20 08:00:00,0000002,A1,2026-11-26,夜班,否\n")
	if err != nil {
		t.Fatal(err)
	}
	lay("a.csv", gb)
	lay("b.csv.part", header)
	lay("c.csv", "\xef\xbb\xbf"+header+"3,2026-11-20 08:00:00,0000002,A2,20261127,白班,\n4,2026-11-20 08:00:00,9999999,A1,20261127,白班,\n")
	lay("d.csv", "甲,乙\n1,2\n")
	lay("e.csv", header+"\"1,2\n")
	lay("f.csv", header+"1,2\n")
	lay("g.csv", "\xff\xff\xff")
	if err := os.Symlink("/etc/passwd", filepath.Join(c.Folder, "h.csv")); err != nil {
		t.Fatal(err)
	}
	// Looked at once, nothing is certain: somebody may still be writing.
	tick(t, h, s)
	if !has("a.csv") {
		t.Error("taken at first sight")
	}
	lay("a.csv", gb+" ")
	now = now.Add(time.Second)
	tick(t, h, s)
	if !has("a.csv") {
		t.Error("taken while it grew")
	}
	lay("a.csv", gb)
	look()
	for _, name := range []string{"done/a.csv", "done/c.csv", "failed/d.csv", "failed/e.csv", "failed/f.csv", "failed/g.csv", "b.csv.part", "h.csv"} {
		if !has(name) {
			t.Errorf("no %s", name)
		}
	}
	const rota = `select string_agg(p.number || ' ' || a.code || ' ' || r.day || ' ' || r.shift, ', ' order by p.number, r.day) from delivered_rosters r join persons p using (person_id) join areas a using (prison_id, area_id)`
	if got := ask(t, h, rota); got != "0000001 A1 2026-11-26 白班, 0000002 A1 2026-11-26 夜班, 0000002 A2 2026-11-27 白班" {
		t.Errorf("rosters: %s", got)
	}
	raw, err := os.ReadFile(filepath.Join(c.Folder, "done/c.csv.result.json"))
	if err != nil || !strings.Contains(string(raw), `"row": 3`) || !strings.Contains(string(raw), "本监狱没有这个警号") {
		t.Errorf("%v %s", err, raw)
	}
	if raw, err = os.ReadFile(filepath.Join(c.Folder, "failed/d.csv.result.json")); err != nil || !strings.Contains(string(raw), "bad_header") {
		t.Errorf("%v %s", err, raw)
	}
	// Changed and cancelled; the versions stay.
	lay("n.csv", header+"1,2026-11-21 08:00:00,0000001,A2,2026-11-26,白班,\n2,2026-11-21 08:00:00,0000002,A1,2026-11-26,夜班,是\n")
	look()
	if got := ask(t, h, rota); got != "0000001 A2 2026-11-26 白班, 0000002 A2 2026-11-27 白班" {
		t.Errorf("rosters: %s", got)
	}
	if n := ask(t, h, "select count(*)::text from source_records"); n != "5" {
		t.Errorf("%s versions", n)
	}
	// The same bytes once more are known, whatever they are called.
	runs := ask(t, h, "select count(*)::text from connector_runs")
	lay("a.csv", gb)
	look()
	if again := ask(t, h, "select count(*)::text from connector_runs"); again != runs || has("a.csv") {
		t.Errorf("%s runs, then %s", runs, again)
	}
	if d, err := os.ReadDir(filepath.Join(c.Folder, "done")); err != nil || len(d) != 8 {
		t.Errorf("%d files in done, %v", len(d), err)
	}
}

// TestDropGoesOn: a file that cannot be put away under its own name holds up no
// other, and one that failed is read again once it is laid there again: what was
// wrong may have been the columns named in the configuration.
func TestDropGoesOn(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	post(t, h, "officer")
	c := rosterConnector(t, h, connector.Drop)
	c.Folder = t.TempDir()
	now := time.Now()
	lay := func(name, text string) {
		t.Helper()
		file := filepath.Join(c.Folder, name)
		if err := os.WriteFile(file, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, now, now); err != nil {
			t.Fatal(err)
		}
	}
	look := func(s *connector.Service) {
		t.Helper()
		s.Now = func() time.Time { return now }
		tick(t, h, s)
		now = now.Add(6 * time.Second)
		tick(t, h, s)
	}
	const header = "编号,修改时间,警号,监区,日期,班次,取消\n"
	const row = "1,2026-11-20 08:00:00,0000001,A1,2026-11-26,白班,\n"
	s := connect(t, h, c)
	long := strings.Repeat("值", 83)
	lay(long+".csv", header+row)
	lay(strings.Repeat("班", 83)+".csv", "甲,乙\n1,2\n")
	lay("龘.csv", header+"2,2026-11-20 08:00:00,0000001,A1,2026-11-27,夜班,\n")
	look(s)
	if n := ask(t, h, "select count(*)::text from delivered_rosters"); n != "2" {
		t.Errorf("%s rosters: the file behind one with a long name was not taken in", n)
	}
	for dir, want := range map[string]int{".": 2, "done": 4, "failed": 2} {
		if d, err := os.ReadDir(filepath.Join(c.Folder, dir)); err != nil || len(d) != want {
			t.Errorf("%s holds %d, want %d: %v", dir, len(d), want, err)
		}
	}
	old := strings.Replace(header, "取消", "注销", 1) + "3,2026-11-20 08:00:00,0000001,A1,2026-11-28,白班,\n"
	lay("old.csv", old)
	look(s)
	c.Deleted = "/注销"
	s = connect(t, h, c)
	lay("old.csv", old)
	look(s)
	if n := ask(t, h, "select count(*)::text from delivered_rosters"); n != "3" {
		t.Errorf("%s rosters: what failed under the old columns was not read again", n)
	}

	// No room where it belongs: it failed once, and is put away when there is.
	runs := func() string { return ask(t, h, "select count(*)::text from connector_runs") }
	failed := filepath.Join(c.Folder, "failed")
	if err := os.Rename(failed, failed+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(failed, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	stuck := func() {
		t.Helper()
		now = now.Add(6 * time.Second)
		if err := s.Tick(t.Context()); err == nil {
			t.Error("nobody is told that the file cannot be put away")
		}
	}
	before := runs()
	lay("stuck.csv", "甲,乙\n3,4\n")
	tick(t, h, s)
	stuck()
	once := runs()
	for range 5 {
		stuck()
	}
	if once == before || runs() != once {
		t.Errorf("%s runs before, %s when it failed, %s while it lay there", before, once, runs())
	}
	if err := os.Remove(failed); err != nil {
		t.Fatal(err)
	}
	look(s)
	if d, err := os.ReadDir(failed); err != nil || len(d) != 2 || runs() != once {
		t.Errorf("with room again %d are put away after %s runs: %v", len(d), runs(), err)
	}
	lay("stuck.csv", "甲,乙\n3,4\n")
	look(s)
	if runs() == once {
		t.Error("laid there again, it was not read again")
	}
}
