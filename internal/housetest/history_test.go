package housetest_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/schemas"
)

// TestHistory: kept runs lie on the domains of the standard in force. A domain that has another
// name now is followed by the codes of its indicators; what is new since has no past.
func TestHistory(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	keep := func() assessment.Run {
		r, err := h.Assessment.Keep(h.As(ctx, "area head"), h.Prison, h.Area, assessment.SelfCheck, ledger.Idem{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	reckon(t, h, "culture-activity", map[string]string{"due": "4", "filled": "2", "unfilled": "2"})
	spotted(t, h, "YJ-02.missing", 2)
	first := keep()
	set, err := scoring.ReadSet(schemas.FS, "standards/ordinary-area/v2")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []*[]byte{&set.Standard, &set.Rules, &set.Guide} {
		*part = bytes.Replace(*part, []byte(`"version": 2`), []byte(`"version": 3`), 1)
	}
	set.Standard = bytes.Replace(set.Standard, []byte(`"id": "YJ", "title": {"zh": "硬件设施"`), []byte(`"id": "SS", "title": {"zh": "设施保障"`), 1)
	set.Standard = bytes.Replace(set.Standard, []byte(`"code": "WH-02"`), []byte(`"code": "WH-09"`), 1)
	set.Rules = bytes.ReplaceAll(set.Rules, []byte(`"WH-02"`), []byte(`"WH-09"`))
	set.Rules = bytes.ReplaceAll(set.Rules, []byte(`"WH-02.`), []byte(`"WH-09.`))
	set.Guide = bytes.ReplaceAll(set.Guide, []byte(`"WH-02.`), []byte(`"WH-09.`))
	// Of a domain all of whose indicators are new nothing is known of before.
	for _, part := range []*[]byte{&set.Standard, &set.Rules, &set.Guide} {
		*part = bytes.ReplaceAll(*part, []byte(`"XX-0`), []byte(`"XX-8`))
	}
	v := reviewed(t, h, set)
	if _, err := h.Standards.Issue(h.As(ctx, "bureau office"), v.Standard, v.Version, v.Revision, catalog.DayOf(time.Now()), onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	r, err := h.Assessment.Readiness(h.As(ctx, "officer"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	then := map[string]string{}
	for _, d := range r.Drift.Domains {
		then[d.ID] = d.Then.String()
	}
	// 70 of 80 of the domain that is called otherwise now.
	if r.Drift.Run != first.ID || r.Drift.Version != 1 || then["SS"] != "87.5" || then["XX"] != "" || !slices.Equal(r.Drift.Skipped, []string{"XX"}) {
		t.Errorf("drift from the version before: %+v", r.Drift)
	}
	second := keep()
	got, err := h.Assessment.History(h.As(ctx, "officer"), h.Prison, h.Area)
	if err != nil {
		t.Fatal(err)
	}
	if got.Version != 3 || len(got.Points) != 2 || got.Points[0].ID != first.ID || got.Points[1].ID != second.ID || got.Points[0].Sheet != nil {
		t.Fatalf("%+v", got)
	}
	coverage := func(p assessment.Laid) map[string]string {
		of := map[string]string{}
		for i, d := range p.Domains {
			if d.ID != got.Domains[i].ID || !d.Points.Equal(got.Domains[i].Points) {
				t.Errorf("%s beside %s", d.ID, got.Domains[i].ID)
			}
			of[d.ID] = d.Coverage + " " + d.Rate.String()
		}
		return of
	}
	then, now := coverage(got.Points[0]), coverage(got.Points[1])
	whole, none := then["WH"], then["XX"]
	for _, x := range []map[string]string{then, now} {
		delete(x, "WH")
		delete(x, "XX")
	}
	if diff := cmp.Diff(now, then); diff != "" || !strings.HasPrefix(then["SS"], "full ") || then["SS"] == "full 1" {
		t.Errorf("%s\n%v", diff, then)
	}
	if !strings.HasPrefix(whole, "partial ") || !strings.HasPrefix(none, "none ") {
		t.Errorf("of which WH-09 has no past: %s; of which nothing has: %s", whole, none)
	}
	if _, err := h.Assessment.History(h.As(ctx, "officer elsewhere"), h.Prison, h.Area); fault.CodeOf(err) != "forbidden" && fault.CodeOf(err) != "not_found" {
		t.Errorf("another area's: %v", err)
	}
	// A run of another standard, or of a version later than the one in force, is compared with nothing.
	var all []string
	for _, d := range got.Domains {
		all = append(all, d.ID)
	}
	for name, set := range map[string]string{"another standard": "standard = 'kitchen', version = 1", "a later version": "standard = 'ordinary-area', version = 9"} {
		if _, err := h.Owner.Exec(ctx, "set session_replication_role = replica; update score_runs set "+set+"; set session_replication_role = origin"); err != nil {
			t.Fatal(err)
		}
		r, err := h.Assessment.Readiness(h.As(ctx, "officer"), h.Prison, h.Area)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(all, r.Drift.Skipped); diff != "" || len(r.Drift.Domains) != 0 || r.Drift.Alarm {
			t.Errorf("drift from %s: %+v (-want skipped +got):\n%s", name, r.Drift.Domains, diff)
		}
	}
}
