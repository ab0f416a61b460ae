// Package kill ends a writing program at every named step of every write path
// and looks at what is left.
package kill

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/housetest"
)

// points in the order a life passes them, and how often it does.
var points = []struct {
	name  string
	times int
}{
	{"write.claimed", 19}, {"upload.part_staged", 1}, {"upload.attached", 1}, {"entry.locked", 14}, {"draft.saved", 1},
	{"submit.objects_held", 3}, {"submit.revision_inserted", 3}, {"submit.evidence_inserted", 3}, {"submit.logged", 3},
	{"decide.decision_inserted", 4}, {"decide.logged", 4}, {"sign.logged", 1}, {"void.asked", 1}, {"write.before_commit", 19}, {"write.after_commit", 19}, {"upload.stored", 1}, {"sweep.claimed", 1},
}

var named = regexp.MustCompile(`fault\.Point\("([^"]+)"\)`)

// TestPointsKnown fails for a step of a write path that the harness does not kill at.
func TestPointsKnown(t *testing.T) {
	var have, want []string
	for _, p := range points {
		want = append(want, p.name)
	}
	want = append(want, connectorPoints...)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		raw, err := os.ReadFile(path)
		for _, m := range named.FindAllSubmatch(raw, -1) {
			have = append(have, string(m[1]))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(have)
	slices.Sort(want)
	if have = slices.Compact(have); !slices.Equal(have, want) {
		t.Errorf("named in the code: %v\nkilled at: %v", have, want)
	}
}

func build(t *testing.T, tags string) string {
	t.Helper()
	exe := filepath.Join(t.TempDir(), "writer")
	out, err := exec.Command("go", "build", "-tags", tags, "-o", exe, "./writer").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return exe
}

// life runs the writer once; ended says whether it was killed.
func life(t *testing.T, h *housetest.House, exe, name, killAt string, env ...string) (acks []string, ended bool) {
	t.Helper()
	cmd := exec.Command(exe, name)
	cmd.Env = slices.Concat(os.Environ(), env, []string{"KILL_HOUSE=" + h.Pass(), "TAIZHANG_KILL_AT=" + killAt})
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	for line := range strings.Lines(out.String()) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "ACK "); ok {
			acks = append(acks, rest)
		}
	}
	if err != nil && !strings.Contains(errs.String(), "killed at") {
		return append(acks, "FAILED "+errs.String()), false
	}
	return acks, err != nil
}

// kills counts what a run of the harness found wrong.
type kills struct{ done, missed, lost, doubled, dangling, gaps, stuck int }

func (k kills) clean() bool { return k.lost+k.doubled+k.dangling+k.gaps+k.stuck == 0 }

// run kills n times, each life then lived to its end under the same keys. It
// begins at the first-th of the steps.
func run(t *testing.T, exe string, first, n int) kills {
	t.Helper()
	h := housetest.New(t)
	var k kills
	for i := first; k.done < n && i < first+3*n; i++ {
		p := points[i%len(points)]
		nth := 1 + i/len(points)%p.times
		name := fmt.Sprintf("life-%04d", i)
		acks, ended := life(t, h, exe, name, p.name+":"+strconv.Itoa(nth))
		if ended {
			k.done++
		} else {
			k.missed++
		}
		again, _ := life(t, h, exe, name, "")
		acks = append(acks, again...)
		entries := map[string]bool{}
		for _, a := range acks {
			if strings.HasPrefix(a, "FAILED") {
				k.stuck++
				t.Log(name, p.name, a)
				continue
			}
			_, id, _ := strings.Cut(a, " ")
			entries[id[strings.LastIndex(id, " ")+1:]] = true
		}
		if len(entries) > 1 {
			k.doubled++
		}
		for id := range entries {
			k.lost += count(t, h, "select case when exists (select from entries where entry_id = $1 and state = 'approved' and in_force = 3 and step = 2 and counts) then 0 else 1 end", id)
			k.doubled += count(t, h, "select case when (select count(*) from revisions where entry_id = $1) <> 3 or (select count(*) from evidence where entry_id = $1) <> 3 or (select count(*) from decisions where entry_id = $1) <> 4 then 1 else 0 end", id)
		}
	}
	k.doubled += count(t, h, "select count(*) from entries where state <> 'approved'")
	k.dangling = dangling(t, h)
	k.gaps = count(t, h, "select (select size from log_heads) - (select count(*) from log_leaves) + (select coalesce(max(idx) + 1, 0) from log_leaves) - (select count(*) from log_leaves)")
	return k
}

// dangling counts rows without their bytes, and bytes that the last sweep
// should have found.
func dangling(t *testing.T, h *housetest.House) int {
	t.Helper()
	stored := map[string]bool{}
	for v, err := range h.Files.List(t.Context(), h.Prison.String()) {
		if err != nil {
			t.Fatal(err)
		}
		stored[v.VersionID] = true
	}
	rows, err := h.Owner.Query(t.Context(), "select version_id from objects union all select version_id from evidence")
	if err != nil {
		t.Fatal(err)
	}
	named, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, v := range named {
		if !stored[v] {
			n++
		}
	}
	for v := range stored {
		if !slices.Contains(named, v) {
			n++
		}
	}
	return n
}

func count(t *testing.T, h *housetest.House, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := h.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestKills: nothing acknowledged is lost, nothing is doubled, no row without
// bytes, no gap in the log.
func TestKills(t *testing.T) {
	t.Parallel()
	n := 2 * len(points) // each step as it is passed first and again; every passage in make soak
	if s := os.Getenv("KILLS"); s != "" {
		var err error
		if n, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	k := run(t, build(t, "faultpoints"), 0, n)
	t.Logf("%+v", k)
	// A point that is never passed would be a hole in the harness.
	if !k.clean() || k.done < n || k.missed > 0 {
		t.Errorf("%+v", k)
	}
}

// TestMutants plants faults that the harness must find: it has teeth.
func TestMutants(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"mutant_hasty", "mutant_forgetful"} {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			exe := build(t, "faultpoints,"+tag)
			for first := 0; first < len(points); first += 4 {
				if !run(t, exe, first, 4).clean() {
					return
				}
			}
			t.Error("not caught")
		})
	}
}
