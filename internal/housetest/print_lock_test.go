package housetest_test

import (
	"context"
	"testing"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
)

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
