package housetest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// TestOthersInmates: of an inmate of another area nothing is taken from a ledger of a
// higher level, and no rule answers by one, whoever types his number.
func TestOthersInmates(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	for number, area := range map[string]uuid.UUID{zhang: h.Area, li: h.Other} {
		exec(t, h, "insert into inmates (prison_id, inmate_no, name, area_id, admitted_on) values ($1, $2, '张三', $3, '2020-01-01')", h.Prison, number, area)
		filedAt(t, h, "psych-health", area, noon, said("inmate_ref", number, "risk_grade", "high"))
		filedAt(t, h, "area-conditions-meeting", area, noon, said("level_changes", rows(level(number, "key"))))
		filedAt(t, h, "reward-punishment", area, noon, said("inmate_ref", number, "points_deduction", 100))
		filedAt(t, h, "medical-visit", area, noon, said("record_kind", "outpatient", "inmate_ref", number, "work_fitness", "fit"))
	}
	for _, c := range []struct {
		ledger, field string
		body          func(number string) map[string]any
	}{
		{"release-preparation", "/psych_risk", func(n string) map[string]any { return said("inmate_ref", n, "stage_from", day(-19)) }},
		{"individual-talk", "/control_level", func(n string) map[string]any { return said("inmate_ref", n, "talked_at", after(time.Hour)) }},
		{"points-assessment", "/punishment_deduction", func(n string) map[string]any { return said("inmate_ref", n, "assess_month", noon.Format("2006-01")) }},
		{"mutual-supervision-group", "/key_inmate_included", func(n string) map[string]any {
			return said("member_refs", []string{n}, "effective_from", after(time.Hour))
		}},
	} {
		if c.ledger == "release-preparation" {
			exec(t, h, "update areas set kind = 'functional', function = 'release' where area_id = $1", h.Area)
		} else {
			exec(t, h, "update areas set kind = 'ordinary', function = 'residential' where area_id = $1", h.Area)
		}
		for number, told := range map[string]bool{zhang: true, li: false} {
			e := h.Begin(t, "officer", c.ledger, mustJSON(t, c.body(number)))
			if p, held := pinAt(t, h, "officer", e.Key, c.field); (p != nil) != told || (held != "") != told {
				t.Errorf("%s of %s: %+v, the body holds %q", c.ledger, number, p, held)
			}
		}
	}
	e := h.Begin(t, "officer", "mutual-supervision-group", mustJSON(t, said("member_refs", []string{zhang, li}, "effective_from", after(time.Hour))))
	if p, _ := pinAt(t, h, "officer", e.Key, "/key_inmate_included"); p != nil {
		t.Errorf("of a group with somebody from elsewhere: %+v", p)
	}
	// Who reads a draft and does not fill it asks nothing by it.
	for who, want := range map[string]string{"officer": "", "area head": "forbidden"} {
		if _, err := h.Ledger.Check(h.As(t.Context(), who), e.Key, mustJSON(t, said("member_refs", []string{zhang}))); fault.CodeOf(err) != want {
			t.Errorf("%s checks a draft: %v", who, err)
		}
	}
	for number, answers := range map[string]bool{zhang: true, li: false} {
		body := sample(t, "labour-daily")
		body["absentees"] = rows(said("inmate_ref", number, "reason", "sick_rest"))
		k := h.Begin(t, "officer", "labour-daily", mustJSON(t, body)).Key
		res, err := h.Ledger.Check(h.As(t.Context(), "officer"), k, mustJSON(t, body))
		if err != nil {
			t.Fatal(err)
		}
		ruled := slices.ContainsFunc(res.Errors, func(f fault.Field) bool { return strings.Contains(f.Code, "sick_rest_certified") })
		if ruled != answers {
			t.Errorf("the rule about %s answers: %v, %v", number, ruled, res.Errors)
		}
	}
}

// TestDigestMasked: whoever does not read the whole of an entry is shown a digest that no
// guess can be tried against, and may decide on it; which fields are hidden does not
// tell the kind of the entry, nor does what it opened.
func TestDigestMasked(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	var hidden [][]string
	for _, c := range reservedCases(t, h) {
		whole, err := h.Ledger.Get(h.As(t.Context(), c.author), c.key)
		if err != nil {
			t.Fatal(err)
		}
		for _, who := range append(c.others, "second officer") {
			ctx := asReader(t, h, who)
			v, err := h.Ledger.Get(ctx, c.key)
			if err != nil {
				t.Fatal(err)
			}
			list, err := h.Ledger.Filed(ctx, ledger.Query{Prison: h.Prison, Ledgers: []string{c.ledger}, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			real := whole.Entry.Digest.String()
			if strings.Contains(asText(t, v), real) || strings.Contains(asText(t, list), real) {
				t.Errorf("%s: %s is shown the digest of the whole", c.ledger, who)
			}
			if v.Entry.Digest == nil || *v.Entry.Digest != v.Revisions[0].Digest || v.Decisions[0].Of != v.Revisions[0].Digest {
				t.Errorf("%s: what %s is shown does not hang together: %v, %v, %v", c.ledger, who, v.Entry.Digest, v.Revisions[0].Digest, v.Decisions[0].Of)
			}
			if who == "second officer" && c.ledger == "psych-health" {
				hidden = append(hidden, v.Revisions[0].Hidden)
			}
		}
	}
	if diff := cmp.Diff(hidden[0], hidden[1]); diff != "" || len(hidden[0]) < 5 {
		t.Errorf("a screening and a crisis are told apart: %s", diff)
	}
	// The head of the hospital decides on what he is shown.
	raw, err := json.Marshal(map[string]any{"inmate_ref": inmate, "record_kind": "outpatient", "requested_at": time.Now().Add(-time.Hour).In(catalog.Zone).Format(time.RFC3339),
		"seen_at": time.Now().Add(-time.Hour).In(catalog.Zone).Format(time.RFC3339), "doctor_ref": "医生甲", "triage": "routine", "diagnosis_code": "J06.9", "treatment": "对症用药处置", "work_fitness": "fit", "infectious": false})
	if err != nil {
		t.Fatal(err)
	}
	e := h.Begin(t, "medic", "medical-visit", raw)
	if _, err := h.Ledger.Submit(h.As(t.Context(), "medic"), e.Key, e.ETag, "", ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	head := h.As(t.Context(), "hospital head")
	v, err := h.Ledger.Get(head, e.Key)
	if err != nil {
		t.Fatal(err)
	}
	wrong := v.Revisions[0].Digest
	wrong[0]++
	if _, err := h.Ledger.Approve(head, e.Key, ledger.Judgement{Digest: wrong}, ledger.Idem{}); fault.CodeOf(err) != "changed_meanwhile" || strings.Contains(asText(t, err), "sha256:") {
		t.Errorf("another digest: %v", err)
	}
	if out, err := h.Ledger.Approve(head, e.Key, ledger.Judgement{Digest: v.Revisions[0].Digest}, ledger.Idem{}); err != nil || out.Entry.State != ledger.Approved || *out.Entry.Digest != v.Revisions[0].Digest {
		t.Errorf("decided on what was shown: %v %v", out.Entry.State, err)
	}
}
