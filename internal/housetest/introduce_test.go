package housetest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/retrieval"
)

// peopleOf are the Chinese words of the summaries' fields about people.
func peopleOf(t *testing.T, list ...ledger.Entry) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, e := range list {
		var items []catalog.SummaryItem
		if err := json.Unmarshal(e.Summary, &items); err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			if strings.HasSuffix(i.Pointer, "_ref") || strings.HasSuffix(i.Pointer, "_refs") {
				out[e.Ledger+i.Pointer] = i.Text.ZH
			}
		}
	}
	return out
}

// TestIntroduced: a list says who the numbers of an entry are, as its document
// does: with 姓名（编号）, the unknown by number alone. Who is in a strictly
// restricted one is read where reading is recorded: in the document and the trace.
func TestIntroduced(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	exec(t, h, "insert into inmates (prison_id, inmate_no, area_id, name, admitted_on) values ($1, $2, $3, '张三', '2026-01-05')", h.Prison, inmate, h.Area)
	leader, officer := h.Person("area head").Number, h.Person("officer").Number
	at := time.Now().Add(-time.Hour)
	for ledgerID, change := range map[string]map[string]any{
		"duty-log":        {"leader_ref": leader},
		"area-meeting":    {"chair_ref": "9999999", "present_refs": []string{leader, "9999999", officer}},
		"individual-talk": {"inmate_ref": inmate},
		"psych-health":    {"inmate_ref": inmate},
	} {
		doc := shipped(t, ledgerID, "", change)
		k := plant(t, h, "officer", ledgerID, h.Area, at, ledger.Submitted, doc)
		parsed, err := catalog.ParseDocument(doc)
		if err != nil {
			t.Fatal(err)
		}
		summary, err := json.Marshal(h.Catalog.Current(ledgerID).Summaries(parsed))
		if err != nil {
			t.Fatal(err)
		}
		exec(t, h, "update entries set summary = $2 where entry_id = $1", k.Entry, summary)
	}
	if _, err := h.Ledger.Reindex(t.Context(), h.Prison); err != nil {
		t.Fatal(err)
	}
	warden := h.As(t.Context(), "warden")
	list, err := h.Ledger.List(warden, ledger.Query{Prison: h.Prison, Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]string{
		"duty-log/leader_ref": "area head（" + leader + "）", "area-meeting/chair_ref": "9999999",
		"area-meeting/present_refs": "area head（" + leader + "）、9999999、officer（" + officer + "）",
	}
	want := map[string]string{"individual-talk/inmate_ref": "张三（" + inmate + "）", "psych-health/inmate_ref": inmate}
	for k, v := range named {
		want[k] = v
	}
	if diff := cmp.Diff(want, peopleOf(t, list...)); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	var of []ledger.Entry
	var quoted []string
	for _, hit := range find(t, h, "warden", inmate) {
		of = append(of, hit.Entry)
		for _, x := range hit.Excerpts {
			quoted = append(quoted, fmt.Sprint(x.Name, x.Text, x.Marks))
		}
	}
	if diff := cmp.Diff([]string{"张三" + inmate + "[[0 10]]"}, quoted); diff != "" {
		t.Errorf("quoted (-want +got):\n%s", diff)
	}
	want = map[string]string{"individual-talk/inmate_ref": "张三（" + inmate + "）", "psych-health/inmate_ref": inmate}
	if diff := cmp.Diff(want, peopleOf(t, of...)); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	trace, err := h.Retrieval.Trace(warden, h.Prison, retrieval.Subject{Kind: "inmate", Ref: inmate})
	if err != nil {
		t.Fatal(err)
	}
	of = nil
	for _, i := range trace.Items {
		of = append(of, i.Entry)
	}
	want["psych-health/inmate_ref"] = want["individual-talk/inmate_ref"]
	if diff := cmp.Diff(want, peopleOf(t, of...)); diff != "" || trace.Subject.Name != "张三" {
		t.Errorf("traced %q (-want +got):\n%s", trace.Subject.Name, diff)
	}
	// Who may read nothing of him hears no name.
	trace, err = h.Retrieval.Trace(h.As(t.Context(), "officer elsewhere"), h.Prison, retrieval.Subject{Kind: "inmate", Ref: inmate})
	if err != nil || len(trace.Items) > 0 || trace.Subject.Name != "" {
		t.Errorf("elsewhere: %+v %v", trace.Subject, err)
	}
	i := slices.IndexFunc(list, func(e ledger.Entry) bool { return e.Ledger == "psych-health" })
	view, err := h.Ledger.Get(warden, list[i].Key)
	if err != nil {
		t.Fatal(err)
	}
	if got := peopleOf(t, view.Entry)["psych-health/inmate_ref"]; got != "张三（"+inmate+"）" {
		t.Errorf("opened: %q", got)
	}
}
