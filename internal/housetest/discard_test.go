package housetest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestDiscardFiled: what was submitted by mistake has an end while nothing of it
// is in force: with a reason, and all that was said of it stays.
func TestDiscardFiled(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	none := ledger.Idem{}
	withdrawn := func(t *testing.T, e ledger.Entry) ledger.Entry {
		t.Helper()
		out, err := h.Ledger.Withdraw(officer, e.Key, e.ETag, none)
		if err != nil {
			t.Fatal(err)
		}
		return out.Entry
	}
	cases := map[string]struct {
		from func(*testing.T) ledger.Entry
		told []string // who decided on it
	}{
		"withdrawn": {func(t *testing.T) ledger.Entry { return withdrawn(t, h.Submitted(t)) }, nil},
		"returned": {func(t *testing.T) ledger.Entry {
			t.Helper()
			e := h.Submitted(t)
			out, err := h.Ledger.Return(h.As(ctx, "duty leader"), e.Key, ledger.Judgement{Digest: *e.Digest, Comment: "与昨日一条重复"}, none)
			if err != nil {
				t.Fatal(err)
			}
			if out, err = h.Ledger.Revise(officer, e.Key, out.Entry.ETag, none); err != nil {
				t.Fatal(err)
			}
			return out.Entry
		}, []string{"duty leader"}},
		"returned and not opened": {func(t *testing.T) ledger.Entry {
			t.Helper()
			e := h.Submitted(t)
			out, err := vote(t, h, "duty leader", e, false)
			must(t, out, err)
			return out.Entry
		}, []string{"duty leader"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e := c.from(t)
			for _, reason := range []string{"", "\u200b", strings.Repeat("长", 501)} {
				if _, err := h.Ledger.Discard(officer, e.Key, e.ETag, reason, none); fault.CodeOf(err) != "reason_required" {
					t.Errorf("with the reason %.10q: %v", reason, err)
				}
			}
			out, err := h.Ledger.Discard(officer, e.Key, e.ETag, "重复填报", none)
			if err != nil || out.Entry.State != ledger.Discarded || out.Entry.Revision != 1 {
				t.Fatalf("%s, revision %d: %v", out.Entry.State, out.Entry.Revision, err)
			}
			v, err := h.Ledger.Get(officer, e.Key)
			if err != nil || len(v.Revisions) != 1 || v.Draft != nil || len(v.Allowed) != 0 {
				t.Errorf("%d revisions, draft %v, may %v: %v", len(v.Revisions), v.Draft, v.Allowed, err)
			}
			var said struct{ Reason string }
			for _, event := range v.Events {
				if event.Kind == "discarded" {
					if err := json.Unmarshal(event.Detail, &said); err != nil {
						t.Fatal(err)
					}
				}
			}
			if said.Reason != "重复填报" {
				t.Errorf("the history says %q", said.Reason)
			}
			mine, err := h.Ledger.List(officer, ledger.Query{Prison: h.Prison, Author: e.Author, States: []ledger.State{ledger.Draft}, Sort: ledger.ByChanged, Limit: 50})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range mine {
				if m.Entry == e.Entry {
					t.Error("it still counts as an open draft")
				}
			}
			var told []string
			for _, who := range []string{"duty leader", "area head"} {
				list, err := h.Ledger.Notices(h.As(ctx, who), h.Prison)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range list {
					if n.Kind == "discarded" && n.Subject == e.Entry {
						told = append(told, who)
					}
				}
			}
			if diff := cmp.Diff(c.told, told); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("a correction is given up without one", func(t *testing.T) {
		e := approved(t, h)
		out, err := h.Ledger.Amend(officer, e.Key, e.ETag, none)
		if err != nil {
			t.Fatal(err)
		}
		if out, err = h.Ledger.Discard(officer, e.Key, out.Entry.ETag, "", none); err != nil || out.Entry.State != ledger.Approved {
			t.Errorf("%s: %v", out.Entry.State, err)
		}
	})
	t.Run("a correction that was returned likewise", func(t *testing.T) {
		out, err := vote(t, h, "duty leader", amended(t, h, approved(t, h)), false)
		must(t, out, err)
		out, err = h.Ledger.Discard(officer, out.Entry.Key, out.Entry.ETag, "", none)
		must(t, out, err)
		if e := out.Entry; e.State != ledger.Approved || e.Revision != 1 || e.InForce != 1 {
			t.Errorf("%+v", e)
		}
	})
	t.Run("opened and discarded at once, one holds", func(t *testing.T) {
		for range 5 {
			out, err := vote(t, h, "duty leader", h.Submitted(t), false)
			must(t, out, err)
			e := out.Entry
			atOnce(t, 2, func(i int) error {
				var err error
				if i == 0 {
					_, err = h.Ledger.Revise(officer, e.Key, e.ETag, none)
				} else {
					_, err = h.Ledger.Discard(officer, e.Key, e.ETag, "重复填报", none)
				}
				return err
			}, 1)
		}
	})
	t.Run("its duty is open again", func(t *testing.T) {
		if err := h.Duty.Plan(ctx, h.Prison, time.Now().AddDate(0, 0, -1), time.Now().AddDate(0, 0, 1)); err != nil {
			t.Fatal(err)
		}
		fills := func(e ledger.Entry) bool {
			t.Helper()
			list, err := h.Duty.List(officer, h.Prison, duty.Filter{Areas: []uuid.UUID{h.Area}, Ledgers: []string{e.Ledger}})
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(list, func(d duty.Duty) bool { return d.Entry != nil && *d.Entry == e.Entry })
		}
		out, err := h.Ledger.Nil(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "hazard-rectification"}, time.Now(), none)
		if err != nil {
			t.Fatal(err)
		}
		e := withdrawn(t, out.Entry)
		if !fills(e) {
			t.Error("withdrawn, it counted for nothing already")
		}
		if _, err := h.Ledger.Discard(officer, e.Key, e.ETag, "误报", none); err != nil || fills(e) {
			t.Errorf("it still does its duty: %v", err)
		}
	})
}
