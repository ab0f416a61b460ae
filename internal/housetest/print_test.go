package housetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/printing/printingtest"
)

func opened(ctx context.Context, t *testing.T, s *printing.Service, a printing.Ask) (printing.Print, []byte) {
	t.Helper()
	p, body, err := s.Open(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = body.Close() }()
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return p, raw
}

func onPaper(t *testing.T, pdf []byte) (pages []string) {
	t.Helper()
	f, err := printingtest.Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Pages() {
		pages = append(pages, strings.ReplaceAll(f.Text(p), "\n", ""))
	}
	return pages
}

// TestPrintFrozen: once filed, a form is the same bytes whatever becomes of the
// type, the layout's surroundings and the people's names; a correction and a
// void make forms of their own.
func TestPrintFrozen(t *testing.T) {
	h := housetest.New(t)
	s := h.Printing(t)
	officer := h.As(t.Context(), "officer")
	e := approved(t, h)
	var queued ledger.FormFiled
	if err := h.Owner.QueryRow(t.Context(), "select args from river_job where kind = 'form_filed'").Scan(&queued); err != nil ||
		queued != (ledger.FormFiled{Prison: h.Prison, Entry: e.Entry, Revision: e.Revision}) {
		t.Errorf("the last approval asked for %+v: %v", queued, err)
	}
	if err := s.Job(t.Context(), ledger.FormFiled{Prison: h.Prison, Entry: e.Entry, Revision: e.Revision}); err != nil {
		t.Fatal(err)
	}
	first, filed := opened(officer, t, s, printing.Ask{Key: e.Key})
	if first.Sha256 != sha256.Sum256(filed) || first.Pages != len(onPaper(t, filed)) {
		t.Errorf("%+v", first)
	}
	text := strings.Join(onPaper(t, filed), "")
	for _, want := range []string{"清监搜身", "甲监狱", "officer（" + h.Person("officer").Number + "）", "duty leader", "area head", printing.Spelled(first.Code)} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q on paper", want)
		}
	}

	p, err := propose(h, t.Context(), "custody head", next(t, h, "cell-body-search", func(_, definition, form map[string]any) {
		definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
		sections := form["sections"].([]any)
		slices.Reverse(sections)
	}))
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, p, "bureau office")
	if v := h.Catalog.Current("cell-body-search").Version; v != 2 {
		t.Fatalf("version %d is in force", v)
	}
	if _, err := h.Owner.Exec(t.Context(), "update persons set name = '王五' where number = $1", h.Person("officer").Number); err != nil {
		t.Fatal(err)
	}
	moved := *s
	moved.Address = "https://elsewhere.example"
	if again, raw := opened(officer, t, &moved, printing.Ask{Key: e.Key}); !bytes.Equal(raw, filed) || again.Code != first.Code {
		t.Error("the re-print differs from what was filed")
	}

	// A copy has a name on it and is not the form.
	_, copied := opened(officer, t, s, printing.Ask{Key: e.Key, Copy: true})
	if text := strings.Join(onPaper(t, copied), ""); !strings.Contains(text, "复印件") || !strings.Contains(text, "清监搜身") || bytes.Equal(copied, filed) {
		t.Errorf("the copy reads %q", text)
	}

	out, err := h.Ledger.Void(h.As(t.Context(), "custody head"), e.Key, ledger.Judgement{Digest: *e.Digest, Comment: "重复填报"}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	voided, raw := opened(officer, t, s, printing.Ask{Key: e.Key})
	if text := strings.Join(onPaper(t, raw), ""); out.Entry.State != ledger.Voided || voided.Kind != printing.Voided || !strings.Contains(text, "作废") || !strings.Contains(text, "重复填报") {
		t.Errorf("%+v reads %q", voided, text)
	}
	if _, raw := opened(officer, t, s, printing.Ask{Key: e.Key, Revision: e.Revision}); !bytes.Equal(raw, filed) {
		t.Error("what was filed is gone with the void")
	}
	var acts int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'print' and subject = $1", e.Entry.String()).Scan(&acts); err != nil || acts != 5 {
		t.Errorf("%d printings recorded: %v", acts, err)
	}
	// The sweeper takes no form for forgotten.
	if n, err := h.Ledger.SweepVersions(t.Context(), h.Prison, time.Now().Add(time.Minute)); err != nil || n != 0 {
		t.Errorf("swept %d %v", n, err)
	}
}

// TestPrintOnce asks for a form many times at the same moment, by the job and
// by people: one is made.
func TestPrintOnce(t *testing.T) {
	h := housetest.New(t)
	s := h.Printing(t)
	e := approved(t, h)
	var all sync.WaitGroup
	sums := make([]ledger.Digest, 6)
	for i := range sums {
		all.Go(func() {
			p, err := s.File(t.Context(), e.Key, e.Revision, printing.Filed)
			if err != nil {
				t.Error(err)
			}
			sums[i] = p.Sha256
		})
	}
	all.Wait()
	var rows, leaves int
	if err := h.Owner.QueryRow(t.Context(), "select (select count(*) from prints), (select count(*) from log_leaves where kind = 'print')").Scan(&rows, &leaves); err != nil || rows != 1 || leaves != 1 {
		t.Errorf("%d prints, %d leaves: %v", rows, leaves, err)
	}
	if len(slices.Compact(sums)) != 1 {
		t.Errorf("%v", sums)
	}
	if n := len(versions(t, h)); n != 1 {
		t.Errorf("%d versions in the store", n)
	}
}

// TestPrintRights: a form is for those who may read the entry, and so is what
// its code tells; before the last approval there is none.
func TestPrintRights(t *testing.T) {
	h := housetest.New(t)
	s := h.Printing(t)
	officer, stranger := h.As(t.Context(), "officer"), h.As(t.Context(), "officer elsewhere")
	early := h.Submitted(t)
	if _, _, err := s.Open(officer, printing.Ask{Key: early.Key}); fault.CodeOf(err) != "not_filed" {
		t.Errorf("before the last step: %v", err)
	}
	if _, _, err := s.Open(officer, printing.Ask{Key: early.Key, Revision: 1}); fault.CodeOf(err) != "not_filed" {
		t.Errorf("its revision by number: %v", err)
	}
	e := approved(t, h)
	p, raw := opened(officer, t, s, printing.Ask{Key: e.Key})
	if _, _, err := s.Open(stranger, printing.Ask{Key: e.Key}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger prints: %v", err)
	}
	a, err := s.Verify(officer, strings.ToLower(printing.Spelled(p.Code)))
	if err != nil || a.Entry.Entry != e.Entry || !a.InForce || a.Leaf <= a.Revision || a.Author != "officer" {
		t.Errorf("%+v %v", a, err)
	}
	if _, err := s.Verify(stranger, p.Code); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger verifies: %v", err)
	}
	if _, err := s.Verify(officer, p.Code[1:]+p.Code[:1]); fault.CodeOf(err) != "bad_code" && !fault.Is(err, fault.NotFound) {
		t.Errorf("a slip: %v", err)
	}
	if _, same, err := s.Compare(officer, p.Code, bytes.NewReader(raw)); err != nil || !same {
		t.Errorf("the form itself: %v %v", same, err)
	}
	if _, same, err := s.Compare(officer, p.Code, bytes.NewReader(append(raw, ' '))); err != nil || same {
		t.Errorf("another file: %v %v", same, err)
	}
	if _, _, err := s.Compare(stranger, p.Code, bytes.NewReader(raw)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a stranger compares: %v", err)
	}
}

// TestPrintRoutes holds the routes' answers to the contract.
func TestPrintRoutes(t *testing.T) {
	c := serve(t)
	h := c.h
	e := approved(t, h)
	p, raw := opened(h.As(t.Context(), "officer"), t, h.Printing(t), printing.Ask{Key: e.Key})
	officer, stranger := c.as(t, "officer"), c.as(t, "officer elsewhere")
	prison, at := "/prisons/"+h.Prison.String(), "/prints/"+printing.Spelled(p.Code)
	body := fmt.Sprintf(`{"ledger":"cell-body-search","area":"%s","from":"2026-01-01","to":"%s"}`, h.Area, time.Now().AddDate(0, 0, 1).Format(time.DateOnly))
	bytesOnly := map[string]string{"Content-Type": "application/octet-stream"}
	status, made := officer.do(t, "POST", prison+"/volumes", body, map[string]string{"Idempotency-Key": "a-volume-of-mine"})
	if status != http.StatusCreated || made["total"] != 1.0 {
		t.Fatalf("%d %v", status, made)
	}
	file := fmt.Sprintf("%s/volumes/%v/file", prison, made["id"])
	if err := h.Printing(t).Bind(t.Context(), printing.VolumeKey{Prison: h.Prison, ID: uuid.MustParse(made["id"].(string))}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		who          *client
		method, path string
		body         string
		headers      map[string]string
		status       int
		key          string
		value        any
	}{
		{officer, "GET", at, "", nil, 200, "in_force", true},
		{officer, "PATCH", at, string(raw), bytesOnly, 200, "same", true},
		{officer, "PATCH", at, "another", bytesOnly, 200, "same", false},
		{officer, "GET", prison + "/volumes", "", nil, 200, "", nil},
		{officer, "GET", "/prints/nonsense", "", nil, 422, "code", "bad_code"},
		{officer, "POST", prison + "/volumes", body, nil, 428, "code", "key_required"},
		{officer, "GET", prison + "/entries/" + e.Entry.String() + "/print?revision=x", "", nil, 400, "code", "bad_request"},
		{officer, "GET", prison + "/entries/" + e.Entry.String() + "/print?revision=7", "", nil, 404, "code", "not_found"},
		{stranger, "GET", at, "", nil, 404, "code", "not_found"},
		{stranger, "PATCH", at, string(raw), bytesOnly, 404, "code", "not_found"},
		{stranger, "GET", prison + "/entries/" + e.Entry.String() + "/print", "", nil, 404, "code", "not_found"},
		{stranger, "GET", file, "", nil, 404, "code", "not_found"},
	} {
		status, got := x.who.do(t, x.method, x.path, x.body, x.headers)
		if status != x.status || x.key != "" && got[x.key] != x.value {
			t.Errorf("%s %s: %d %v", x.method, x.path, status, got)
		}
	}
	status, view := officer.do(t, "GET", prison+"/entries/"+e.Entry.String(), "", nil)
	if actions, _ := view["actions"].([]any); status != 200 || !slices.Contains(actions, any("print")) {
		t.Errorf("%d %v", status, view["actions"])
	}
	early := h.Submitted(t)
	if _, view := officer.do(t, "GET", prison+"/entries/"+early.Entry.String(), "", nil); slices.Contains(view["actions"].([]any), any("print")) {
		t.Error("printing is offered before the last step")
	}
}

// TestPrintTampered: a print's row and its bytes are under the log and the verifier.
func TestPrintTampered(t *testing.T) {
	for name, c := range map[string]struct{ sql, want string }{
		"code": {"update prints set code = '0000000000000000'", "A01"}, "deleted": {"delete from prints", "I02"},
		"pages": {"update prints set pages = pages + 1", "A01"}, "bytes": {"", "U01"},
	} {
		t.Run(name, func(t *testing.T) {
			sc := newScene(t)
			e := approved(t, sc.House)
			p, err := sc.Printing(t).File(t.Context(), e.Key, e.Revision, printing.Filed)
			if err != nil {
				t.Fatal(err)
			}
			if r := sc.verify(t); len(r.Problems) > 0 {
				t.Fatalf("untouched: %+v", r.Problems)
			}
			if c.sql == "" {
				// Under lock it cannot be removed; a disk that loses it can.
				v := p.VersionID
				if err := sc.Files.Remove(t.Context(), ledger.ObjectKey(p.Prison, p.Sha256), v); fault.CodeOf(err) != "evidence_locked" {
					t.Fatalf("a form under lock: %v", err)
				}
				c.sql = "update prints set version_id = 'none'"
			}
			if _, err := sc.Owner.Exec(t.Context(), "set session_replication_role = replica"); err != nil {
				t.Fatal(err)
			}
			if tag, err := sc.Owner.Exec(t.Context(), c.sql); err != nil || tag.RowsAffected() != 1 {
				t.Fatal(tag, err)
			}
			if r := sc.verify(t); !slices.ContainsFunc(r.Problems, func(p integrity.Problem) bool { return p.Code == c.want }) {
				t.Errorf("want %s: %+v", c.want, r.Problems)
			}
		})
	}
}

// filed makes approved searches, many at a time.
func printFiled(t *testing.T, h *housetest.House, n int) {
	t.Helper()
	next := make(chan int)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range next {
				approved(t, h)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}

// TestVolume binds 120 forms: cover, contents, the forms themselves byte for
// byte, one run of page numbers, digests. A worker that dies is followed by
// another, and what it filed is not filed again.
func TestVolume(t *testing.T) {
	h := housetest.New(t)
	s := h.Printing(t)
	const forms = 120
	printFiled(t, h, forms)
	day := func(d int) string { return time.Now().AddDate(0, 0, d).Format(time.DateOnly) }
	head := h.As(t.Context(), "area head")
	ask := printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: "cell-body-search", Area: h.Area, From: day(-3), To: day(1)}
	idem := ledger.Idem{Key: "a volume key", Route: "POST", BodyHash: [32]byte{1}}
	v, err := s.NewVolume(head, ask, idem)
	if err != nil || v.Total != forms || v.State != "waiting" {
		t.Fatalf("%+v %v", v, err)
	}
	if again, err := s.NewVolume(head, ask, idem); err != nil || again.ID != v.ID {
		t.Errorf("asked again: %+v %v", again, err)
	}
	if _, _, err := s.OpenVolume(head, v.VolumeKey); fault.CodeOf(err) != "volume_not_ready" {
		t.Errorf("too early: %v", err)
	}

	// The first worker dies on the way.
	dying, die := context.WithCancel(t.Context())
	doomed := *s
	doomed.Files = watched{h.Files, sync.OnceFunc(func() { go die() })}
	if err := doomed.Bind(dying, v.VolumeKey); err == nil {
		t.Fatal("it did not die")
	}
	if err := s.Bind(t.Context(), v.VolumeKey); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Volumes(head, h.Prison); err != nil || len(list) != 1 || list[0].State != "binding" {
		t.Fatalf("taken on while the first may still live: %+v %v", list, err)
	}
	later := *s
	later.Now = func() time.Time { return time.Now().Add(5 * time.Minute) }
	began := time.Now()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	peak, stop := heap(t)
	if err := later.BindAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop()
	runtime.ReadMemStats(&after)
	list, err := s.Volumes(head, h.Prison)
	if err != nil || list[0].State != "done" || list[0].Done != forms {
		t.Fatalf("%+v %v", list, err)
	}
	t.Logf("%d forms, %d pages, %d kB in %s, heap at most %d MB", forms, list[0].Pages, list[0].Size/1000, time.Since(began).Round(time.Millisecond), peak()>>20)
	var prints int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from log_leaves where kind = 'print'").Scan(&prints); err != nil || prints != forms {
		t.Errorf("%d forms filed: %v", prints, err)
	}

	got, body, err := s.OpenVolume(head, v.VolumeKey)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	_ = body.Close()
	pages := onPaper(t, raw)
	if len(pages) != got.Pages || !strings.Contains(pages[0], "起止日期") || !strings.Contains(pages[1], "卷内目录") || !strings.Contains(pages[len(pages)-1], "本卷共 120 件") {
		t.Errorf("%d pages, said %d", len(pages), got.Pages)
	}
	for i, p := range pages {
		if want := fmt.Sprintf("卷内第 %d 页 / 共 %d 页", i+1, len(pages)); !strings.Contains(p, want) {
			t.Fatalf("page %d: no %q in %q", i+1, want, p)
		}
	}
	all := strings.Join(pages, "")
	rows, err := h.Owner.Query(t.Context(), "select encode(sha256, 'hex'), code from prints")
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var sum, code string
		if err := rows.Scan(&sum, &code); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(all, sum) || strings.Count(all, printing.Spelled(code)) < 4 {
			t.Fatalf("%s %s is not bound", sum, code)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}

	// Its maker's alone, and only while they may read what is in it.
	if _, _, err := s.OpenVolume(h.As(t.Context(), "second area head"), v.VolumeKey); !fault.Is(err, fault.NotFound) {
		t.Errorf("another head: %v", err)
	}
	if _, err := h.Owner.Exec(t.Context(), "update entries set level = 'L3', sealed = true where entry_id = (select entry_id from entries limit 1)"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.OpenVolume(head, v.VolumeKey); !fault.Is(err, fault.NotFound) {
		t.Errorf("with a sealed case in it: %v", err)
	}
	ask.From, ask.To = day(-90), day(-80)
	if _, err := s.NewVolume(head, ask, ledger.Idem{}); fault.CodeOf(err) != "volume_empty" {
		t.Errorf("nothing: %v", err)
	}
	ask.To = day(-99)
	if _, err := s.NewVolume(head, ask, ledger.Idem{}); fault.CodeOf(err) != "bad_request" {
		t.Errorf("backwards: %v", err)
	}
}

// heap watches how much memory is in use at most.
func heap(t *testing.T) (peak func() uint64, stop func()) {
	t.Helper()
	quit, done := make(chan struct{}), make(chan struct{})
	var most uint64
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			}
		}
	}()
	return func() uint64 { return most }, func() { close(quit); <-done }
}

// unlocking is a store that locks nothing.
type unlocking struct{ ledger.Files }

func (unlocking) Retain(context.Context, string, string, time.Time) error {
	return fault.New(fault.Unavailable, "store_unavailable")
}

// TestVolumeRetained: a volume lies under lock as long as evidence of its ledger
// does, also one whose worker died before it was locked.
func TestVolumeRetained(t *testing.T) {
	h := housetest.New(t)
	s := h.Printing(t)
	e := approved(t, h)
	if _, err := s.File(t.Context(), e.Key, 1, printing.Filed); err != nil {
		t.Fatal(err)
	}
	day := func(d int) string { return time.Now().AddDate(0, 0, d).Format(time.DateOnly) }
	ask := printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: "cell-body-search", Area: h.Area, From: day(-3), To: day(1)}
	for name, died := range map[string]bool{"bound": false, "its worker died": true} {
		t.Run(name, func(t *testing.T) {
			ask.To = day(1 + len(name)) // another cover, another file
			v, err := s.NewVolume(h.As(t.Context(), "area head"), ask, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			worker := *s
			if died {
				worker.Files = unlocking{h.Files}
			}
			if err := worker.Bind(t.Context(), v.VolumeKey); (err != nil) != died {
				t.Fatal(err)
			}
			if err := s.BindAll(t.Context()); err != nil {
				t.Fatal(err)
			}
			var sum []byte
			var version string
			var finished, until time.Time
			if err := h.Owner.QueryRow(t.Context(), `select v.sha256, v.version_id, v.finished_at, coalesce(o.retained_until, 'epoch') from volumes v
				join objects o using (prison_id, sha256) where volume_id = $1`, v.ID).Scan(&sum, &version, &finished, &until); err != nil {
				t.Fatal(err)
			}
			held, err := h.Files.Retention(t.Context(), ledger.ObjectKey(h.Prison, ledger.Digest(sum)), version)
			want := finished.AddDate(h.Catalog.Current("cell-body-search").Retention.Years, 0, 0).Truncate(time.Second)
			if err != nil || !held.Equal(want) || !until.Truncate(time.Second).Equal(want) {
				t.Errorf("held until %s, said %s, %v; want %s", held, until, err, want)
			}
		})
	}
}

// away is a store that takes nothing and counts who asks.
type away struct {
	ledger.Files
	asked int
	die   func() // where the worker does not live to hear of it
}

func (a *away) Put(ctx context.Context, _ string, _ io.Reader, _ int64, _ [32]byte, _ string) (string, error) {
	if a.asked++; a.die != nil {
		a.die()
		return "", ctx.Err()
	}
	return "", fault.New(fault.Unavailable, "store_unavailable")
}

// TestVolumeGivenUp: a volume whose binding fails is tried some times, then stands
// as failed with the reason; so does one that kills each worker. Asked for again
// it is another volume.
func TestVolumeGivenUp(t *testing.T) {
	h := housetest.New(t)
	s := h.Printing(t)
	approved(t, h)
	head := h.As(t.Context(), "area head")
	day := func(d int) string { return time.Now().AddDate(0, 0, d).Format(time.DateOnly) }
	ask := printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: "cell-body-search", Area: h.Area, From: day(-3), To: day(1)}
	for failure, kill := range map[string]bool{"store_unavailable": false, "volume_given_up": true} {
		t.Run(failure, func(t *testing.T) {
			ask.To = day(1 + len(failure)) // another cover, another file
			v, err := s.NewVolume(head, ask, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			files := &away{Files: h.Files}
			broken := *s
			broken.Files = files
			broken.Now = func() time.Time { return time.Now().Add(5 * time.Minute) }
			state := func() printing.Volume {
				t.Helper()
				list, err := s.Volumes(head, h.Prison)
				if err != nil || list[0].ID != v.ID {
					t.Fatal(list, err)
				}
				return list[0]
			}
			for i := range printing.MaxAttempts {
				if got := state(); got.State == "failed" {
					t.Fatalf("given up after %d attempts: %+v", i, got)
				}
				ctx, die := context.WithCancel(t.Context())
				if kill {
					files.die = die
				}
				if err := broken.BindAll(ctx); err == nil {
					t.Fatal("bound without a store")
				}
				die()
			}
			if err := broken.BindAll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := state(); got.State != "failed" || got.Failure != failure {
				t.Errorf("%+v", got)
			}
			if _, _, err := s.OpenVolume(head, v.VolumeKey); fault.CodeOf(err) != "volume_failed" {
				t.Errorf("the file of a volume that failed: %v", err)
			}
			asked := files.asked
			if err := errors.Join(broken.BindAll(t.Context()), broken.Bind(t.Context(), v.VolumeKey)); err != nil || files.asked != asked {
				t.Errorf("tried again: %d, %v", files.asked-asked, err)
			}
			again, err := s.NewVolume(head, ask, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Bind(t.Context(), again.VolumeKey); err != nil {
				t.Fatal(err)
			}
			v = again
			if got := state(); got.State != "done" || got.Failure != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestVolumeStrict: a volume is material taken out by the pile, and of L3 that is
// for the posts that may export it.
func TestVolumeStrict(t *testing.T) {
	h := housetest.New(t)
	s := h.Printing(t)
	approved(t, h)
	day := func(d int) string { return time.Now().AddDate(0, 0, d).Format(time.DateOnly) }
	ask := printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: "cell-body-search", Area: h.Area, From: day(-3), To: day(1)}
	binds := func(who, code string) {
		t.Helper()
		if _, err := s.NewVolume(h.As(t.Context(), who), ask, ledger.Idem{}); fault.CodeOf(err) != code {
			t.Errorf("%s: %v, want %q", who, err, code)
		}
	}
	binds("duty leader", "")
	if _, err := h.Owner.Exec(t.Context(), "update entries set level = 'L3'"); err != nil {
		t.Fatal(err)
	}
	binds("duty leader", "forbidden")
	binds("area head", "")
}
