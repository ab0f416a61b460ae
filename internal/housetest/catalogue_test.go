package housetest_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/proposal"
)

// TestRecordKeepsVersion is A1: three versions later a record is what it was: its
// version, its bytes and digest, and the form by which it is read.
func TestRecordKeepsVersion(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	const id = "headcount"
	approved := counted(t, h, ledger.Entry{}, 61, "")
	draft := h.Begin(t, "officer", id, nil)
	form := string(h.Catalog.Current(id).SchemaJSON)
	type record struct {
		Entry, Revision  int
		Digest, Document string
		Chain            any
	}
	look := func() record {
		t.Helper()
		v, err := h.Ledger.Get(h.As(ctx, "officer"), approved.Key)
		if err != nil || len(v.Revisions) != 1 {
			t.Fatalf("%d revisions, %v", len(v.Revisions), err)
		}
		r := v.Revisions[0]
		return record{v.Entry.Version, r.Version, r.Digest.String(), string(r.Document), r.Chain}
	}
	was := look()
	if was.Entry != 1 || was.Revision != 1 {
		t.Fatalf("%+v", was)
	}
	changes := []func(schema, definition, form map[string]any){
		func(schema, _, form map[string]any) {
			properties(schema)["weather_note"] = property("天气情况说明", "weather_note", "string")
			section(form)["fields"] = append(section(form)["fields"].([]any), "weather_note")
		},
		func(schema, _, _ map[string]any) {
			properties(schema)["actual_count"].(map[string]any)["title"] = "实到人数（新）"
		},
		func(_, definition, _ map[string]any) {
			definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
		},
	}
	for i, change := range changes {
		c := next(t, h, id, change)
		c.Gate = theGate
		p, err := propose(h, ctx, "custody head", c)
		if err != nil {
			t.Fatal(err)
		}
		if p = decideAll(t, h, p, "bureau office"); p.State != proposal.Executed || h.Catalog.Current(id).Version != i+2 {
			t.Fatalf("%s, version %d", p.State, h.Catalog.Current(id).Version)
		}
		if err := h.Proposals.EachBehind(ctx, proposal.Published{Ledger: id, Version: i + 2}, func(k ledger.Key) error { return h.Ledger.Rebase(ctx, k, i+2) }); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(was, look()); diff != "" {
			t.Errorf("after version %d: %s", i+2, diff)
		}
		v, err := h.Ledger.Get(h.As(ctx, "officer"), draft.Key)
		if err != nil || v.Entry.Version != i+2 {
			t.Errorf("the open draft is of version %d, %v", v.Entry.Version, err)
		}
	}
	if now := h.Catalog.Type(id, 1); now == nil || string(now.SchemaJSON) != form {
		t.Error("the form of the first version is another one")
	}
	if n := ask(t, h, "select count(*) || ' ' || count(distinct version) from ledger_versions where ledger = $1", id); n != "4 4" {
		t.Errorf("versions: %s", n)
	}
	verified(t, h)
}

// TestMergeKeepsCounts is B2: what was filed under a ledger that is merged is
// counted alike before and after, is there once, and is opened by its old link; a
// ledger that was handed to another system stays as a stub to be read, which names it.
func TestMergeKeepsCounts(t *testing.T) {
	t.Parallel()
	c := serve(t)
	h := c.h
	ctx := t.Context()
	officer := h.As(ctx, "officer")
	today := catalog.DayOf(time.Now())
	var keys []ledger.Key
	for _, id := range []string{"letter-parcel", "letter-parcel", "letter-parcel", "visit-call", "visit-call", "video-lookback"} {
		keys = append(keys, inForce(t, h, id, nil))
	}
	begun := h.Begin(t, "officer", "letter-parcel", json.RawMessage(`{}`))
	if _, err := h.Ledger.Reindex(ctx, h.Prison); err != nil {
		t.Fatal(err)
	}
	browser := c.as(t, "officer")
	in := "/prisons/" + h.Prison.String()
	// counts as people read them: by ledger, of all, in a list, in a file, in the tables.
	counts := func() map[string]string {
		t.Helper()
		got := map[string]string{}
		for _, id := range []string{"letter-parcel", "visit-call", "video-lookback", ""} {
			q := ledger.Query{Prison: h.Prison}
			if id != "" {
				q.Ledgers = []string{id}
			}
			for _, who := range []string{"officer", "warden", "custody head"} {
				n, err := h.Ledger.Count(h.As(ctx, who), q)
				if err != nil {
					t.Fatal(err)
				}
				got[who+" "+id] = fmt.Sprint(n)
			}
		}
		_, body := browser.do(t, "GET", in+"/entries?ledger=letter-parcel&sort=occurred_at", "", nil)
		got["list"] = fmt.Sprint(len(body["entries"].([]any)))
		got["rows"] = ask(t, h, `select concat_ws(' ', (select count(*) from entries), (select count(*) from revisions), (select count(*) from drafts),
			(select count(*) from search_texts), (select string_agg(ledger || n, ',' order by ledger) from (select ledger, count(*) as n from entries group by ledger) l))`)
		return got
	}
	documents := func() (list []string) {
		t.Helper()
		for _, k := range keys {
			v, err := h.Ledger.Get(officer, k)
			if err != nil || len(v.Revisions) != 1 {
				t.Fatalf("%v %v", v.Revisions, err)
			}
			list = append(list, v.Entry.Ledger+" "+v.Revisions[0].Digest.String()+" "+string(v.Revisions[0].Document))
		}
		return list
	}
	before, filed := counts(), documents()
	if before["warden letter-parcel"] != "4" || before["warden "] != "7" {
		t.Fatalf("%v", before)
	}
	places := alike(h, "letter-parcel", "visit-call")
	for _, change := range []struct {
		c      proposal.Content
		people []string
	}{
		{proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入会见通话台账", On: today, Target: "visit-call", Map: places,
			Notice: fault.Text{ZH: "信件包裹并入会见通话", EN: "Now in visits and calls"}}, []string{"custody head", "second bureau office"}},
		{proposal.Content{Kind: proposal.Transfer, Ledger: "video-lookback", Reason: "改用业务系统记录", On: today, Target: "ext:video",
			Notice: fault.Text{ZH: "请在视频系统记录", EN: "Kept in the video system"}}, []string{"bureau leader", "second bureau office"}},
	} {
		p, err := propose(h, ctx, "bureau office", change.c)
		if err != nil {
			t.Fatal(err)
		}
		if p = decideAll(t, h, p, change.people...); p.State != proposal.Executed {
			t.Fatalf("%s: %s", change.c.Ledger, p.State)
		}
		if diff := cmp.Diff(before, counts()); diff != "" {
			t.Errorf("after %s of %s: %s", change.c.Kind, change.c.Ledger, diff)
		}
		if diff := cmp.Diff(filed, documents()); diff != "" {
			t.Errorf("after %s of %s: %s", change.c.Kind, change.c.Ledger, diff)
		}
		// The old address of the ledger is there, says where it went and since when; nothing is begun there.
		status, body := browser.do(t, "GET", "/ledgers/"+change.c.Ledger, "", nil)
		end, _ := body["end"].(map[string]any)
		if status != 200 || end["target"] != change.c.Target || end["on"] != today || fmt.Sprint(end["notice"].(map[string]any)["zh"]) != change.c.Notice.ZH || body["schema"] == nil {
			t.Errorf("%s: %d %v", change.c.Ledger, status, end)
		}
		if status, body := browser.do(t, "POST", in+"/entries", `{"area":"`+h.Area.String()+`","ledger":"`+change.c.Ledger+`"}`, map[string]string{"Idempotency-Key": "begun-" + change.c.Ledger}); status != 404 || body["code"] != "ledger_ended" {
			t.Errorf("begun in %s: %d %v", change.c.Ledger, status, body)
		}
	}
	for _, k := range append(keys, begun.Key) {
		if status, body := browser.do(t, "GET", in+"/entries/"+k.Entry.String(), "", nil); status != 200 {
			t.Errorf("%s: %d %v", k.Entry, status, body)
		}
	}
	// A merge once more, by whoever did not hear of it, finds nothing to merge.
	if _, err := propose(h, ctx, "bureau office", proposal.Content{Kind: proposal.Merge, Ledger: "letter-parcel", Reason: "并入会见通话台账", On: today, Target: "visit-call", Map: places,
		Notice: fault.Text{ZH: "信件包裹并入会见通话", EN: "Now in visits and calls"}}); err == nil {
		t.Error("merged twice")
	}
}
