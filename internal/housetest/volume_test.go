package housetest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
)

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
