package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/schemas"
)

// booked makes the files of a weekly ledger of ordinary areas with so many
// fields beside its date, two of its lines replaced.
func booked(id string, version, fields int, at time.Time, swap ...string) catalog.Files {
	props := `"on":` + node("on", "string", `,"format":"date"`)
	for i := range fields {
		props += fmt.Sprintf(`,"f%d":`, i) + node(fmt.Sprintf("f%d", i), "integer")
	}
	f := small(version, `"on"`, props, "")
	words := strings.NewReplacer(append(swap, `"id":"probe"`, `"id":"`+id+`"`, "urn:ledger:probe", "urn:ledger:"+id, `"kind":"event","expected":0`, `"kind":"weekly","expected":1`)...)
	return catalog.Files{Schema: []byte(words.Replace(string(f.Schema))), Definition: []byte(words.Replace(string(f.Definition))), Form: f.Form, At: at}
}

// TestPublishedNames: names are asked for before a version is published. One that
// was published under an older rule is read as it is: it cannot be changed, and no
// server would start.
func TestPublishedNames(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"甲 ", "甲\u200b", strings.Repeat("甲", 101)} {
		f := booked("old", 1, 1, time.Time{}, `"title":{"zh":"试","en":"Probe"}`, `"title":{"zh":"`+title+`","en":"`+title+`"}`)
		if err := c.Replace([]catalog.Files{f}, nil); err != nil {
			t.Errorf("%q is published: %v", title, err)
		}
		_, err := c.Draft(f)
		var bad *fault.Error
		if !errors.As(err, &bad) {
			t.Fatalf("%q is proposed: %v", title, err)
		}
		var at []string
		for _, f := range bad.Fields {
			at = append(at, f.Pointer)
		}
		if !slices.Equal(at, []string{"ledger.json/title/zh", "ledger.json/title/en"}) {
			t.Errorf("%q is proposed: %q", title, at)
		}
	}
}

// sixty is an area large enough to tell one entry from one of everybody.
var sixty = catalog.Extent{Inmates: 60, Sites: 2, Of: "area"}

// TestHistory follows a small catalogue through every kind of change.
func TestHistory(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, catalog.Zone) }
	began := time.Time{}
	kitchen := []string{`"kinds":["ordinary"],"functions":[]`, `"kinds":["functional"],"functions":["kitchen"]`}
	event := []string{`"kind":"weekly","expected":1`, `"kind":"event","expected":0`, `"kind":"event","expected":0`, `"kind":"event","expected":0`}
	everybody := []string{`"kind":"event","expected":0,"per":"area"`, `"kind":"monthly","expected":1,"per":"inmate"`}
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Replace([]catalog.Files{
		booked("old-first", 1, 9, began), booked("old-first", 2, 4, began), // brought by the installation twice: the newer stands from the beginning
		booked("wide", 1, 5, began), booked("wide", 2, 3, at(2, 9)), booked("wide", 3, 4, at(9, 9)),
		booked("shared", 1, 2, began), booked("merged", 1, 1, began), booked("gone", 1, 6, began),
		booked("added", 1, 2, at(2, 15)),
		booked("stove", 1, 7, began, kitchen...), booked("stove", 2, 8, at(5, 9), kitchen...),
		booked("spreads", 1, 1, began, kitchen...), booked("spreads", 2, 1, at(6, 9)),
		booked("now-and-then", 1, 3, at(7, 9), event...),
		booked("everybody", 1, 1, at(10, 9), everybody...),
	}, []catalog.End{
		{Ledger: "gone", Kind: "delete", On: "2026-03-02", At: at(2, 12)},
		{Ledger: "shared", Kind: "share", Target: "wide", On: "2026-03-03", At: at(3, 9)},
		{Ledger: "merged", Kind: "merge", Target: "wide", On: "2026-03-03", At: at(3, 8)},
		{Ledger: "old-first", Kind: "transfer", Target: "ext:video", On: "2026-03-08", At: at(8, 9)},
	})
	if err != nil {
		t.Fatal(err)
	}
	costs := catalog.Costs{
		"old-first": {2: {Seconds: 60, Keystrokes: 30}},
		"wide":      {1: {Seconds: 50, Keystrokes: 40}, 3: {Seconds: 20, Keystrokes: 10}}, // nobody filled version 2
		"added":     {1: {Seconds: 5, Keystrokes: 7}},
		"everybody": {1: {Seconds: 10, Keystrokes: 20}},
	}
	ordinary := func(typ *catalog.Type) bool { return typ.AppliesTo("ordinary", "residential", true) }
	base, list := c.History(ordinary, sixty, costs)

	// Ledgers, fields beside the dates, entries, keystrokes and seconds a week, not measured.
	type figures [6]int
	shown := func(w catalog.Weight) figures {
		return figures{w.Ledgers, w.Fields - w.Ledgers, w.PerWeek / 1000, w.Keystrokes / 1000, w.Seconds / 1000, w.Unmeasured}
	}
	if diff := cmp.Diff(figures{5, 18, 5, 70, 110, 3}, shown(base)); diff != "" {
		t.Errorf("the beginning: %s", diff)
	}
	want := []struct {
		what       string
		net, total figures
	}{
		{"2026-03-02 version wide 2", figures{0, -2, 0, 0, 0, 0}, figures{0, -2, 0, 0, 0, 0}},
		{"2026-03-02 delete gone 0", figures{-1, -6, -1, 0, 0, -1}, figures{-1, -8, -1, 0, 0, -1}},
		{"2026-03-02 add added 1", figures{1, 2, 1, 7, 5, 0}, figures{0, -6, 0, 7, 5, -1}},
		{"2026-03-03 merge merged 0 wide", figures{-1, -1, -1, 0, 0, -1}, figures{-1, -7, -1, 7, 5, -2}},
		{"2026-03-03 share shared 0 wide", figures{-1, -2, -1, 0, 0, -1}, figures{-2, -9, -2, 7, 5, -3}},
		{"2026-03-06 version spreads 2", figures{1, 1, 1, 0, 0, 1}, figures{-1, -8, -1, 7, 5, -2}},
		{"2026-03-07 add now-and-then 1", figures{1, 3, 0, 0, 0, 0}, figures{0, -5, -1, 7, 5, -2}},
		{"2026-03-08 transfer old-first 0 ext:video", figures{-1, -4, -1, -30, -60, 0}, figures{-1, -9, -2, -23, -55, -2}},
		{"2026-03-09 version wide 3", figures{0, 1, 0, -30, -30, 0}, figures{-1, -8, -2, -53, -85, -2}},
		// 60 × 0.23 entries a week: 13.8, and no fewer.
		{"2026-03-10 add everybody 1", figures{1, 1, 13, 276, 138, 0}, figures{0, -7, 11, 223, 53, -2}},
	}
	if len(list) != len(want) {
		t.Fatalf("%d changes, want %d: %+v", len(list), len(want), list)
	}
	before := base
	for i, m := range list {
		what := strings.TrimSpace(fmt.Sprintf("%s %s %s %d %s", m.On, m.Kind, m.Ledger, m.Version, m.Target))
		if what != want[i].what {
			t.Errorf("change %d is %q, want %q", i, what, want[i].what)
		}
		if diff := cmp.Diff(want[i].net, shown(m.Net)); diff != "" {
			t.Errorf("%s: net %s", what, diff)
		}
		if diff := cmp.Diff(want[i].total, shown(m.Total)); diff != "" {
			t.Errorf("%s: in all %s", what, diff)
		}
		if m.Before != before {
			t.Errorf("%s: before is not what the one before left", what)
		}
		before = m.After
	}
	// Where it ends is what the meter counts today.
	var kept []*catalog.Type
	for _, typ := range c.Types() {
		if ordinary(typ) {
			kept = append(kept, typ)
		}
	}
	if diff := cmp.Diff(catalog.BurdenOf(kept, sixty), before.Burden); diff != "" {
		t.Errorf("today: %s", diff)
	}
	if _, list := c.History(func(typ *catalog.Type) bool { return typ.AppliesTo("functional", "hospital", false) }, sixty, costs); len(list) > 0 {
		t.Errorf("a hospital keeps none of them: %+v", list)
	}
}

// TestPerWeek: how often an area fills follows from its cadence, whom or what it
// is kept for, its working days, and a number that may not be set at all.
func TestPerWeek(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	cadence := func(kind string, expected int, more string) string {
		return fmt.Sprintf(`"kind":%q,"expected":%d%s`, kind, expected, more)
	}
	weekly := `"kind":"weekly","expected":1`
	for what, x := range map[string]struct {
		cadence, per string
		workdays     bool
		want         int
	}{
		"an area a month":              {cadence("monthly", 2, ""), "area", false, 2 * 230},
		"everybody a month":            {cadence("monthly", 1, ""), "inmate", false, 60 * 230},
		"everybody twice":              {cadence("monthly", 2, ""), "inmate", false, 120 * 230},
		"everybody, no number set":     {cadence("monthly", 0, ""), "inmate", false, 0},
		"an area, no number set":       {cadence("weekly", 0, ""), "area", false, 0},
		"every site a day":             {cadence("daily", 1, ""), "site", false, 2 * 7000},
		"every site a working day":     {cadence("daily", 1, ""), "site", true, 2 * 5000},
		"an area a working day":        {cadence("daily", 3, ""), "area", true, 3 * 5000},
		"working days of a week":       {cadence("weekly", 1, ""), "area", true, 1000},
		"three a shift":                {cadence("per_shift", 3, ""), "area", false, 3 * 21000},
		"everybody on whatever occurs": {cadence("event", 1, ""), "inmate", false, 0},
	} {
		f := booked("often", 1, 1, time.Time{})
		def := strings.ReplaceAll(string(f.Definition), weekly, x.cadence)
		def = strings.ReplaceAll(def, `"per":"area","workdays":false`, fmt.Sprintf(`"per":%q,"workdays":%v`, x.per, x.workdays))
		f.Definition = []byte(def)
		typ, err := c.Draft(f)
		if err != nil {
			t.Fatal(what, err)
		}
		if typ.Cadence.Per != x.per || typ.Cadence.Workdays != x.workdays {
			t.Fatalf("%s: %+v", what, typ.Cadence)
		}
		if got := catalog.BurdenOf([]*catalog.Type{typ}, sixty).PerWeek; got != x.want {
			t.Errorf("%s: %d, want %d", what, got, x.want)
		}
	}
	for id, want := range map[string]int{"points-assessment": 13800, "individual-talk": 13800, "labour-daily": 10000, "release-preparation": 0, "headcount": 63000} {
		if got := catalog.BurdenOf([]*catalog.Type{c.Current(id)}, sixty).PerWeek; got != want {
			t.Errorf("%s: %d, want %d", id, got, want)
		}
	}
}

// TestHistoryBegins: a catalogue that nobody changed is its base alone.
func TestHistoryBegins(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	base, list := c.History(func(*catalog.Type) bool { return true }, sixty, nil)
	if len(list) > 0 || base.Ledgers == 0 || base.Burden != catalog.BurdenOf(c.Types(), sixty) {
		t.Errorf("%+v %+v", base, list)
	}
}

// TestCopy: what is put in force in a copy leaves the other alone.
func TestCopy(t *testing.T) {
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	before := c.IDs()
	if err := c.Copy().Replace(nil, nil); err != nil || len(before) == 0 || !slices.Equal(c.IDs(), before) {
		t.Errorf("%v became %v: %v", before, c.IDs(), err)
	}
}
