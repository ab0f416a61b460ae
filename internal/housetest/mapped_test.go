package housetest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/account"
	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// kitchenRenamed is the kitchen's next version, its first indicator under another code.
func kitchenRenamed(t *testing.T) scoring.Set {
	t.Helper()
	set := kitchenV2(t)
	set.Standard = bytes.Replace(set.Standard, []byte(`"code": "HF-01"`), []byte(`"code": "HF-51"`), 1)
	set.Rules = bytes.Replace(set.Rules, []byte(`"code": "HF-01"`), []byte(`"code": "HF-51"`), 1)
	return set
}

// linked is the proposal from the codes, with what ended and what is new as one renamed indicator.
func linked(m standards.Mapping, from, to string) standards.Mapping {
	var links []standards.Link
	for _, l := range m.Indicators {
		switch {
		case l.How == "ended" && l.From[0] == from:
			links = append(links, standards.Link{From: []string{from}, To: []string{to}, How: "renamed", Coverage: standards.Full})
		case l.How == "new" && l.To[0] == to:
		default:
			links = append(links, l)
		}
	}
	m.Indicators = links
	return m
}

// TestDraftMapping: what became of the version before is written with the draft, held to both
// versions, reviewed anew, and issued with it.
func TestDraftMapping(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office, leader := h.As(t.Context(), "bureau office"), h.As(t.Context(), "bureau leader")
	v, err := h.Standards.Draft(office, kitchenRenamed(t), onceAs("draft"))
	if err != nil {
		t.Fatal(err)
	}
	pass := func(key string) error {
		v, err = h.Standards.Review(leader, "kitchen", 2, standards.Verdict{Verdict: "pass", Digest: v.Digest}, v.Revision, onceAs(key))
		return err
	}
	if err := pass("pass"); err != nil {
		t.Fatal(err)
	}
	proposed, err := h.Standards.Mapped(office, "kitchen", 2)
	if err != nil || proposed.Written || len(proposed.Mistakes) > 0 || len(proposed.After.Domains) != 9 {
		t.Fatalf("proposed: %+v %v", proposed, err)
	}
	if _, err := h.Standards.Mapped(office, "kitchen", 1); fault.CodeOf(err) != "standard_unknown" {
		t.Errorf("what leads to a first version: %v", err)
	}
	half := proposed.Mapping
	half.Indicators = half.Indicators[1:]
	var f *fault.Error
	if _, err := h.Standards.Map(office, "kitchen", 2, v.Revision, half, onceAs("half")); !errors.As(err, &f) || f.Code != "bad_mapping" || len(f.Fields) != 1 || f.Fields[0].Pointer != "/indicators" {
		t.Errorf("half a mapping: %v", err)
	}
	whole := linked(proposed.Mapping, "HF-01", "HF-51")
	if _, err := h.Standards.Map(h.As(t.Context(), "officer"), "kitchen", 2, v.Revision, whole, onceAs("officer")); err == nil {
		t.Error("an officer mapped a standard")
	}
	if _, err := h.Standards.Map(office, "kitchen", 2, v.Revision-1+99, whole, onceAs("stale")); fault.CodeOf(err) != "changed_meanwhile" {
		t.Errorf("a stale mapping: %v", err)
	}
	reviewedAt := v.Revision
	if v, err = h.Standards.Map(office, "kitchen", 2, v.Revision, whole, onceAs("map")); err != nil || v.State != standards.Draft || v.Revision != reviewedAt+1 {
		t.Fatalf("%+v %v", v, err)
	}
	// The artefacts go another way: what was written of them stands no more.
	set := kitchenV2(t)
	if v, err = h.Standards.Save(office, "kitchen", 2, v.Revision, set, onceAs("save")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Standards.Review(leader, "kitchen", 2, standards.Verdict{Verdict: "pass", Digest: v.Digest}, v.Revision, onceAs("pass stale")); fault.CodeOf(err) != "standard_refused" {
		t.Errorf("a mapping of what is not there was passed: %v", err)
	}
	if v, err = h.Standards.Save(office, "kitchen", 2, v.Revision, kitchenRenamed(t), onceAs("save back")); err != nil {
		t.Fatal(err)
	}
	if err := pass("pass again"); err != nil {
		t.Fatal(err)
	}
	if v, err = h.Standards.Issue(office, "kitchen", 2, v.Revision, catalog.DayOf(time.Now()), onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	hops, err := h.Standards.Hops(office, "kitchen", 1, 2)
	if err != nil || len(hops) != 1 || hops[0].Mapping.Indicators[0].How != "renamed" {
		t.Errorf("hops: %+v %v", hops, err)
	}
	if got, err := h.Standards.Mapped(office, "kitchen", 2); err != nil || !got.Written || got.Mapping.Indicators[0].To[0] != "HF-51" {
		t.Errorf("issued: %+v %v", got.Mapping, err)
	}
	if _, err := h.Standards.Map(office, "kitchen", 2, v.Revision, whole, onceAs("late")); fault.CodeOf(err) != "standard_issued" {
		t.Errorf("mapped after it was issued: %v", err)
	}
}

// TestCompareOverMappings: a comparison goes by what was written between its versions, also of a draft and
// over a version between; what nobody wrote a mapping for is told.
func TestCompareOverMappings(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	office, leader := h.As(t.Context(), "bureau office"), h.As(t.Context(), "bureau leader")
	draft := func(set scoring.Set, version int) (v standards.Version) {
		t.Helper()
		v, err := h.Standards.Draft(office, set, onceAs(fmt.Sprint("draft ", version)))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	mapped := func(v standards.Version, from, to string) standards.Version {
		t.Helper()
		m, err := h.Standards.Mapped(office, "kitchen", v.Version)
		if err != nil {
			t.Fatal(err)
		}
		if v, err = h.Standards.Map(office, "kitchen", v.Version, v.Revision, linked(m.Mapping, from, to), onceAs("map "+to)); err != nil {
			t.Fatal(err)
		}
		return v
	}
	compared := func(from, to int) (first string, by []standards.Span) {
		t.Helper()
		c, err := h.Standards.Compare(office, "kitchen", from, to)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range c.Indicators {
			if len(i.Before) == 1 && len(i.After) == 1 && i.Before[0].Code != i.After[0].Code {
				first = i.Before[0].Code + " " + i.After[0].Code
			}
		}
		return first, c.ByCodes
	}
	set := kitchenRenamed(t)
	v := draft(set, 2)
	if got, by := compared(1, 2); got != "" || !slices.Equal(by, []standards.Span{{From: 1, To: 2}}) {
		t.Errorf("without a mapping: %q, by the codes: %v", got, by)
	}
	v = mapped(v, "HF-01", "HF-51")
	if got, by := compared(1, 2); got != "HF-01 HF-51" || len(by) > 0 {
		t.Errorf("a draft's mapping: %q, by the codes: %v", got, by)
	}
	v, err := h.Standards.Review(leader, "kitchen", 2, standards.Verdict{Verdict: "pass", Digest: v.Digest}, v.Revision, onceAs("pass"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = h.Standards.Issue(office, "kitchen", 2, v.Revision, catalog.DayOf(time.Now()), onceAs("issue")); err != nil {
		t.Fatal(err)
	}
	for _, part := range []*[]byte{&set.Standard, &set.Rules, &set.Guide} {
		*part = bytes.Replace(*part, []byte(`"version": 2`), []byte(`"version": 3`), 1)
		*part = bytes.ReplaceAll(*part, []byte(`"HF-51"`), []byte(`"HF-61"`))
	}
	v = draft(set, 3)
	if got, by := compared(1, 3); got != "" || !slices.Equal(by, []standards.Span{{From: 2, To: 3}}) {
		t.Errorf("half of the way: %q, by the codes: %v", got, by)
	}
	mapped(v, "HF-51", "HF-61")
	for _, ends := range [][2]int{{1, 3}, {3, 1}} {
		want := "HF-01 HF-61"
		if ends[0] == 3 {
			want = "HF-61 HF-01"
		}
		if got, by := compared(ends[0], ends[1]); got != want || len(by) > 0 {
			t.Errorf("%v: %q, by the codes: %v", ends, got, by)
		}
	}
	if got, by := compared(1, 2); got != "HF-01 HF-51" || len(by) > 0 {
		t.Errorf("between neighbours: %q, by the codes: %v", got, by)
	}
}

// TestMappingOverHTTP: the shipped mapping is read, a draft's is written.
func TestMappingOverHTTP(t *testing.T) {
	t.Parallel()
	c := serve(t)
	if _, err := c.h.Owner.Exec(t.Context(), "insert into users (user_id, person_id, password) values ($1, $2, $3)", uuid.New(), c.h.Person("bureau leader").PersonID, account.Hash("a password")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.h.Standards.Draft(c.h.As(t.Context(), "bureau office"), kitchenRenamed(t), onceAs("draft")); err != nil {
		t.Fatal(err)
	}
	office := c.as(t, "bureau office")
	if status, body := office.do(t, "GET", "/standards/ordinary-area/versions/2/mapping", "", nil); status != 200 || body["written"] != true || len(body["mistakes"].([]any)) != 0 {
		t.Errorf("shipped: %d %v", status, body)
	}
	status, body := office.do(t, "GET", "/standards/kitchen/versions/2/mapping", "", nil)
	if status != 200 || body["written"] != false {
		t.Fatalf("proposed: %d %v", status, body)
	}
	raw, err := json.Marshal(body["mapping"])
	if err != nil {
		t.Fatal(err)
	}
	headers := map[string]string{"Idempotency-Key": "mapping-one", "If-Match": `"1"`}
	if status, body = office.do(t, "PUT", "/standards/kitchen/versions/2/mapping", string(raw), headers); status != 200 || body["revision"] != 2.0 {
		t.Errorf("written: %d %v", status, body)
	}
	headers["Idempotency-Key"] = "mapping-two"
	if status, body = office.do(t, "PUT", "/standards/kitchen/versions/2/mapping", string(raw), headers); status != 412 {
		t.Errorf("stale: %d %v", status, body)
	}
}

// TestNoSaverReviews: whoever saved a draft, its artefacts or its mapping, and whoever saved after them,
// does not review it; the page does not offer it either. Somebody who wrote nothing of it may.
func TestNoSaverReviews(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	first, second, leader := h.As(t.Context(), "bureau office"), h.As(t.Context(), "second bureau office"), h.As(t.Context(), "bureau leader")
	v, err := h.Standards.Draft(first, kitchenV2(t), onceAs("draft"))
	if err != nil {
		t.Fatal(err)
	}
	if got := h.Standards.Actions(second, v); !slices.Contains(got, "approve") {
		t.Errorf("before they saved it the second is offered %v", got)
	}
	m, err := h.Standards.Mapped(second, "kitchen", 2)
	if err != nil {
		t.Fatal(err)
	}
	if v, err = h.Standards.Map(second, "kitchen", 2, v.Revision, m.Mapping, onceAs("map")); err != nil {
		t.Fatal(err)
	}
	for name, ctx := range map[string]context.Context{"who drafted it": first, "who wrote its mapping": second} {
		if got := h.Standards.Actions(ctx, v); slices.Contains(got, "approve") {
			t.Errorf("%s is offered %v", name, got)
		}
		for _, verdict := range []string{"pass", "return"} {
			say := standards.Verdict{Verdict: verdict, Comment: "看过", Digest: v.Digest}
			if _, err := h.Standards.Review(ctx, "kitchen", 2, say, v.Revision, onceAs(name+verdict)); !fault.Is(err, fault.Forbidden) {
				t.Errorf("%s: %s went through: %v", name, verdict, err)
			}
			// The database keeps it without the use case.
			if _, err := h.Standards.Store.Review(ctx, ledger.Session{Person: actor.From(ctx).PersonID}, onceAs("store "+name+verdict), v,
				standards.Verdict{Verdict: verdict, Comment: "看过", Digest: v.Digest, By: actor.From(ctx).PersonID}); fault.CodeOf(err) != "own_draft" {
				t.Errorf("%s: the database took %s: %v", name, verdict, err)
			}
		}
	}
	if v, err = h.Standards.Review(leader, "kitchen", 2, standards.Verdict{Verdict: "pass", Digest: v.Digest}, v.Revision, onceAs("leader")); err != nil || v.State != standards.Reviewed {
		t.Errorf("%+v %v", v, err)
	}
}
