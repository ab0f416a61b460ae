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
	t.Parallel()
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

	// Asked for and refused first: the form says nothing of that.
	if _, err := askVoid(t, h, "officer", e.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := decideVoid(t, h, h.As(t.Context(), "custody head"), e.Key, false); err != nil {
		t.Fatal(err)
	}
	out := voided(t, h, e)
	void, raw := opened(officer, t, s, printing.Ask{Key: e.Key})
	if text := strings.Join(onPaper(t, raw), ""); out.Entry.State != ledger.Voided || strings.Contains(text, "应予保留") || void.Kind != printing.Voided || !strings.Contains(text, "作废") || !strings.Contains(text, "重复填报") {
		t.Errorf("%+v reads %q", void, text)
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	doomed := *s
	doomed.Files = watched{h.Files, func() { panic("died") }}
	dies(t, func() error { return doomed.Bind(t.Context(), v.VolumeKey) })
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
	if err := later.Tend(t.Context(), h.Prison); err != nil {
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

func (unlocking) Retain(context.Context, string, string, time.Time) (time.Time, error) {
	return time.Time{}, fault.New(fault.Unavailable, "store_unavailable")
}

// TestPrintsLocked: forms and volumes lie under lock as long as evidence of their
// ledger does, also where the worker died before; what was locked for longer stays
// so, and what nobody knows a retention for keeps no other from its lock.
func TestPrintsLocked(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := h.Printing(t)
	dying := *s
	dying.Files = unlocking{h.Files}
	day := func(d int) string { return time.Now().AddDate(0, 0, d).Format(time.DateOnly) }
	to := 1
	type made struct {
		sum     ledger.Digest
		version string
		at      time.Time
	}
	form := func(by *printing.Service) (made, error) {
		e := approved(t, h)
		_, err := by.File(t.Context(), e.Key, 1, printing.Filed)
		p, _ := s.File(t.Context(), e.Key, 1, printing.Filed)
		return made{p.Sha256, p.VersionID, p.RecordedAt}, err
	}
	volume := func(by *printing.Service) (made, error) {
		to++ // another cover, another file
		v, err := s.NewVolume(h.As(t.Context(), "area head"), printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison},
			Ledger: "cell-body-search", Area: h.Area, From: day(-3), To: day(to)}, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		bound := by.Bind(t.Context(), v.VolumeKey)
		list, err := s.Volumes(h.As(t.Context(), "area head"), h.Prison)
		if err != nil || list[0].State != "done" {
			t.Fatalf("%+v %v", list, err)
		}
		return made{*list[0].Sha256, list[0].VersionID, *list[0].FinishedAt}, bound
	}
	if _, err := form(s); err != nil {
		t.Fatal(err)
	}
	forgotten, err := volume(&dying)
	if err == nil {
		t.Fatal("locked by a store that locks nothing")
	}
	if _, err := h.Owner.Exec(t.Context(), "update volumes set ledger = 'nowhere' where sha256 = $1", forgotten.sum[:]); err != nil {
		t.Fatal(err)
	}
	retained := func(at time.Time) time.Time {
		return h.Catalog.Current("cell-body-search").Retention.Until(at).UTC().Truncate(time.Second)
	}
	for name, c := range map[string]struct {
		make   func(*printing.Service) (made, error)
		by     *printing.Service
		longer bool
	}{
		"form": {form, s, false}, "form, died": {form, &dying, false},
		"volume": {volume, s, false}, "volume, died": {volume, &dying, false}, "volume, died, held for longer": {volume, &dying, true},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := c.make(c.by)
			if (err != nil) != (c.by == &dying) {
				t.Fatal(err)
			}
			want := retained(m.at)
			if c.longer {
				want = want.AddDate(1, 0, 0)
				if _, err := h.Files.Retain(t.Context(), ledger.ObjectKey(h.Prison, m.sum), m.version, want); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Tend(t.Context(), h.Prison); fault.CodeOf(err) != "ledger_unknown" {
				t.Fatal(err)
			}
			var said time.Time
			if err := h.Owner.QueryRow(t.Context(), "select coalesce(retained_until, 'epoch') from objects where sha256 = $1", m.sum[:]).Scan(&said); err != nil {
				t.Fatal(err)
			}
			held, err := h.Files.Retention(t.Context(), ledger.ObjectKey(h.Prison, m.sum), m.version)
			if err != nil || !held.Equal(want) || !said.Equal(want) {
				t.Errorf("held until %s, said %s, %v; want %s", held, said, err, want)
			}
			if left, err := s.Store.Unlocked(t.Context(), h.Prison); err != nil || len(left) != 1 || left[0].Sha256 != forgotten.sum {
				t.Errorf("left: %+v %v", left, err)
			}
		})
	}
}

// dies runs a worker that does not live to say how it went.
func dies(t *testing.T, worker func() error) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Fatal("it did not die")
		}
	}()
	t.Fatalf("it came to an end: %v", worker())
}

// away is a store that takes nothing and counts who asks.
type away struct {
	ledger.Files
	asked int
	fail  func() error
}

func (a *away) Put(context.Context, string, io.Reader, int64, [32]byte, string) (string, error) {
	a.asked++
	return "", a.fail()
}

// TestVolumeFails: a volume whose workers die, or that fails for no reason that
// passes, is tried some times and then stands as failed with the last reason; one
// whose store is away, or whose server ends, is tried for as long as it takes.
func TestVolumeFails(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := h.Printing(t)
	approved(t, h)
	head := h.As(t.Context(), "area head")
	day := func(d int) string { return time.Now().AddDate(0, 0, d).Format(time.DateOnly) }
	ask := printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: "cell-body-search", Area: h.Area, From: day(-3), To: day(1)}
	unavailable := func() error { return fault.New(fault.Unavailable, "store_unavailable") }
	const often = 3 * printing.MaxAttempts
	for _, c := range []struct {
		name     string
		fail     func() error
		attempts int    // until it is given up; often: never
		between  string // the reason shown before the last attempt
		reason   string
	}{
		{"its workers die", func() error { panic("died") }, printing.MaxAttempts, "", "volume_given_up"},
		{"full disk", func() error { return errors.New("disk full") }, printing.MaxAttempts - 1, "internal", "internal"},
		{"refused", func() error { return fault.New(fault.Conflict, "evidence_damaged") }, 0, "", "evidence_damaged"},
		{"store away", unavailable, often, "store_unavailable", "store_unavailable"},
		{"server ends", nil, often, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ask.To = day(1 + len(c.name)) // another cover, another file
			v, err := s.NewVolume(head, ask, ledger.Idem{})
			if err != nil {
				t.Fatal(err)
			}
			state := func() printing.Volume {
				t.Helper()
				list, err := s.Volumes(head, h.Prison)
				if err != nil || list[0].ID != v.ID {
					t.Fatal(list, err)
				}
				return list[0]
			}
			now := time.Now().Add(2 * time.Minute)
			files := &away{Files: h.Files}
			broken := *s
			broken.Files, broken.Now = files, func() time.Time { return now }
			attempt := func() {
				t.Helper()
				asked := files.asked
				ctx, end := context.WithCancel(t.Context())
				defer end()
				files.fail = c.fail
				if c.fail == nil {
					files.fail = func() error { end(); return ctx.Err() }
				}
				func() {
					defer func() { _ = recover() }()
					_ = broken.Tend(ctx, h.Prison)
				}()
				if files.asked == asked && state().State != "failed" {
					t.Fatalf("not tried: %+v", state())
				}
				now = now.Add(16 * time.Minute)
			}
			// What was the matter before is not what it is given up for.
			files.fail = unavailable
			if err := broken.Tend(t.Context(), h.Prison); fault.CodeOf(err) != "store_unavailable" || state().Failure != "store_unavailable" {
				t.Fatalf("%v %+v", err, state())
			}
			now = now.Add(16 * time.Minute)
			for i := range c.attempts {
				attempt()
				if got := state(); got.State == "failed" || got.Failure != c.between {
					t.Fatalf("after %d attempts: %+v", i+1, got)
				}
			}
			if c.attempts < often {
				attempt()
				if got := state(); got.State != "failed" || got.Failure != c.reason {
					t.Errorf("%+v, want %s", got, c.reason)
				}
				asked := files.asked
				if err := errors.Join(broken.Tend(t.Context(), h.Prison), broken.Bind(t.Context(), v.VolumeKey)); err != nil || files.asked != asked {
					t.Errorf("tried again: %d, %v", files.asked-asked, err)
				}
				if _, _, err := s.OpenVolume(head, v.VolumeKey); fault.CodeOf(err) != "volume_failed" {
					t.Errorf("the file of a volume that failed: %v", err)
				}
				if v, err = s.NewVolume(head, ask, ledger.Idem{}); err != nil {
					t.Fatal(err)
				}
			}
			well := broken
			well.Files = h.Files
			if err := well.Bind(t.Context(), v.VolumeKey); err != nil {
				t.Fatal(err)
			}
			if got := state(); got.State != "done" || got.Failure != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestVolumePauses: a volume whose store is away waits longer and longer, at most a
// quarter of an hour.
func TestVolumePauses(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := h.Printing(t)
	approved(t, h)
	day := func(d int) string { return time.Now().AddDate(0, 0, d).Format(time.DateOnly) }
	files := &away{Files: h.Files, fail: func() error { return fault.New(fault.Unavailable, "store_unavailable") }}
	broken := *s
	broken.Files = files
	v, err := s.NewVolume(h.As(t.Context(), "area head"), printing.Volume{VolumeKey: printing.VolumeKey{Prison: h.Prison}, Ledger: "cell-body-search",
		Area: h.Area, From: day(-3), To: day(1)}, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	var tried []int
	for minute := range 60 {
		broken.Now = func() time.Time { return v.CreatedAt.Add(time.Duration(minute) * time.Minute) }
		asked := files.asked
		_ = broken.Bind(t.Context(), v.VolumeKey) // as the queue tries it again
		_ = broken.Tend(t.Context(), h.Prison)
		if files.asked > asked {
			tried = append(tried, minute)
		}
	}
	if want := []int{0, 1, 2, 4, 8, 16, 31, 46}; !slices.Equal(tried, want) {
		t.Errorf("tried in the minutes %v, want %v", tried, want)
	}
}

// TestVolumeStrict: a volume is material taken out by the pile, and of L3 that is
// for the posts that may export it.
func TestVolumeStrict(t *testing.T) {
	t.Parallel()
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
