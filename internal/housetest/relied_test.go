package housetest_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/proposal"
)

// refusedWith says what a dry run is refused for, in both languages; "" where it is not.
func refusedWith(t *testing.T, h *housetest.House, who string, c proposal.Content) string {
	t.Helper()
	_, err := h.Proposals.Try(h.As(t.Context(), who), h.Prison, c)
	var f *fault.Error
	if err == nil {
		return ""
	}
	if !errors.As(err, &f) || f.Code != "bad_proposal" {
		t.Fatalf("%v", err)
	}
	said := ""
	for _, field := range f.Fields {
		if field.Text.ZH == "" || field.Text.EN == "" {
			t.Errorf("%s in one language: %+v", field.Pointer, field.Text)
		}
		said += field.Text.ZH + " / " + field.Text.EN + "\n"
	}
	return said
}

// TestMeasuresScored: no version takes from any standard in force what it scores by, in
// whatever way; one that counts otherwise names the lines.
func TestMeasuresScored(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	measure := func(member, value string) proposal.Content {
		return next(t, h, "tool-hazmat", func(_, definition, _ map[string]any) {
			definition["measures"].([]any)[0].(map[string]any)[member] = value
		})
	}
	for name, c := range map[string]proposal.Content{
		"no measures":          next(t, h, "tool-hazmat", func(_, definition, _ map[string]any) { definition["measures"] = []any{} }),
		"another name":         measure("id", "differs"),
		"never":                measure("when", "false"),
		"never, put at length": measure("when", "has(doc.balance) && 1 == 2"),
		"nothing":              measure("value", "0"),
	} {
		said := refusedWith(t, h, "custody head", c)
		for _, word := range []string{"JG-06", "清点不符，每次", "Count mismatch", "账物不符次数", "issues that do not balance"} {
			if !strings.Contains(said, word) {
				t.Errorf("%s: refused with %q, which lacks %s", name, said, word)
			}
		}
	}
	for name, x := range map[string]struct {
		c     proposal.Content
		lines []string
	}{
		"counted otherwise": {measure("when", "has(doc.balance) && doc.balance < 0.0"), []string{"HF-04.mismatch", "JG-06.mismatch"}},
		"called otherwise": {next(t, h, "tool-hazmat", func(_, definition, _ map[string]any) {
			definition["measures"].([]any)[0].(map[string]any)["title"] = map[string]any{"zh": "差额次数", "en": "differences"}
		}), nil},
		"not scored by": {next(t, h, "tool-hazmat", func(_, definition, _ map[string]any) {
			definition["measures"] = definition["measures"].([]any)[:1]
		}), nil},
	} {
		r, err := h.Proposals.Try(h.As(t.Context(), "custody head"), h.Prison, x.c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var lines []string
		for _, u := range r.Uses {
			if u.What == "line" {
				lines = append(lines, u.In)
				if code, _, _ := strings.Cut(u.In, "."); !strings.Contains(u.Title.ZH, code) || !strings.Contains(u.Title.ZH, "账物不符次数") || !strings.Contains(u.Title.EN, "Count mismatch") {
					t.Errorf("%s: %+v", name, u.Title)
				}
			}
		}
		if !slices.Equal(lines, x.lines) {
			t.Errorf("%s: lines %v, want %v", name, lines, x.lines)
		}
	}
}

// TestSourcesServed: no version takes from another ledger the field that it reads
// here, or makes another kind of value of it.
func TestSourcesServed(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	replaced := func(c proposal.Content, pairs ...string) proposal.Content {
		for _, text := range []*string{&c.Schema, &c.Definition, &c.Form} {
			*text = strings.NewReplacer(pairs...).Replace(*text)
		}
		return c
	}
	plain := func(id string) proposal.Content {
		return next(t, h, id, func(_, definition, _ map[string]any) {
			definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
		})
	}
	for name, x := range map[string]struct {
		who   string
		c     proposal.Content
		words []string
	}{
		"taken, renamed": {"custody head", replaced(plain("headcount"), `"actual_count"`, `"counted"`, `doc.actual_count`, `doc.counted`, `/actual_count`, `/counted`),
			[]string{"值班日志", "在册在场人数", "Duty log", "actual_count", "劳动"}},
		"another kind of value": {"custody head", next(t, h, "headcount", func(schema, definition, _ map[string]any) {
			everywhere(t, definition, "computed", " - doc.actual_count", "")
			p := properties(schema)["actual_count"].(map[string]any)
			for _, bound := range []string{"minimum", "maximum", "multipleOf", "x-unit"} {
				delete(p, bound)
			}
			p["type"] = "string"
		}), []string{"actual_count"}},
		"asked for in a condition": {"custody head", replaced(plain("tool-hazmat"), `"holding_kind"`, `"kind_held"`, `doc.holding_kind`, `doc.kind_held`, `/holding_kind`, `/kind_held`),
			[]string{"holding_kind"}},
		"found by in a rule": {"bureau office", replaced(plain("medical-visit"), `"inmate_ref"`, `"patient_ref"`, `doc.inmate_ref`, `doc.patient_ref`, `/inmate_ref`, `/patient_ref`),
			[]string{"inmate_ref", "要读取本台账", "reads this ledger"}},
		"taken by a rule": {"bureau office", replaced(plain("medical-visit"), `"work_fitness"`, `"fit_to_work"`, `doc.work_fitness`, `doc.fit_to_work`, `/work_fitness`, `/fit_to_work`),
			[]string{"work_fitness", "要读取本台账", "reads this ledger"}},
		"nobody's": {"custody head", plain("headcount"), nil},
	} {
		said := refusedWith(t, h, x.who, x.c)
		if (said != "") != (x.words != nil) {
			t.Errorf("%s: %q", name, said)
		}
		for _, word := range x.words {
			if !strings.Contains(said, word) {
				t.Errorf("%s: refused with %q, which lacks %s", name, said, word)
			}
		}
	}
}

// TestTriggersOpenWhatIsKept: neither a version nor a new ledger makes somebody fill
// one that has ended, or that never was.
func TestTriggersOpenWhatIsKept(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	p, err := propose(h, t.Context(), "bureau office", proposal.Content{Kind: proposal.Delete, Ledger: "police-training", Reason: "演练用的删除",
		On: catalog.DayOf(time.Now()), Notice: fault.Text{ZH: "不再填报", EN: "No longer filled"}})
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, p, "second bureau office", "bureau leader")
	opening := func(id string) func(_, definition, _ map[string]any) {
		return func(_, definition, _ map[string]any) {
			definition["triggers"] = append(definition["triggers"].([]any), map[string]any{
				"id": "train", "when": "true", "opens": id, "title": map[string]any{"zh": "安排训练", "en": "Arrange training"}})
		}
	}
	version := next(t, h, "culture-activity", opening("police-training"))
	fresh := next(t, h, "culture-activity", func(schema, definition, form map[string]any) {
		opening("police-training")(schema, definition, form)
		definition["id"], definition["version"], definition["title"] = "new-book", 1, map[string]any{"zh": "新簿", "en": "New book"}
	})
	fresh.Kind, fresh.Ledger, fresh.Gate = proposal.Add, "new-book", theGate
	for name, x := range map[string]struct {
		c    proposal.Content
		said string
	}{
		"a version":                   {version, "已停用"},
		"a new ledger":                {fresh, "已停用"},
		"of a ledger there never was": {next(t, h, "culture-activity", opening("no-such-book")), "no-such-book"},
		"of one that is kept":         {next(t, h, "culture-activity", opening("fire-safety")), ""},
		"of itself":                   {next(t, h, "culture-activity", opening("culture-activity")), ""},
	} {
		_, err := h.Proposals.Try(h.As(t.Context(), "bureau office"), h.Prison, x.c)
		var f *fault.Error
		switch {
		case x.said == "":
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		case !errors.As(err, &f) || len(f.Fields) != 1 || !strings.HasSuffix(f.Fields[0].Pointer, "/opens") || !strings.Contains(f.Fields[0].Text.ZH, x.said) || f.Fields[0].Text.EN == "":
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFateOfDrafts: each operation says what becomes of the drafts; only a new
// version leaves some behind.
func TestFateOfDrafts(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const id = "letter-parcel"
	h.Begin(t, "officer", id, json.RawMessage(`{}`))
	notice := fault.Text{ZH: "今后请填报新台账", EN: "Fill the other one"}
	for name, x := range map[string]struct {
		c    proposal.Content
		want proposal.Drafts
	}{
		"a department": {proposal.Content{Kind: proposal.Transfer, Target: "dept_education"}, proposal.Drafts{Open: 1, Fate: "transfer"}},
		"a system":     {proposal.Content{Kind: proposal.Transfer, Target: "ext:video", Notice: notice}, proposal.Drafts{Open: 1, Fate: "external"}},
		"delete":       {proposal.Content{Kind: proposal.Delete, Notice: notice}, proposal.Drafts{Open: 1, Fate: "delete"}},
		"merge":        {proposal.Content{Kind: proposal.Merge, Target: "visit-call", Map: onto(h, id, nil), Notice: notice}, proposal.Drafts{Open: 1, Fate: "merge"}},
		"share":        {proposal.Content{Kind: proposal.Share, Target: "visit-call", Map: onto(h, id, map[string]string{"registered_at": "started_at"}), Notice: notice}, proposal.Drafts{Open: 1, Fate: "share"}},
		"version": {next(t, h, id, func(_, definition, _ map[string]any) {
			definition["lawful_basis"] = map[string]any{"zh": "新的依据"}
		}),
			proposal.Drafts{Open: 1, Move: 1, Fate: "version"}},
	} {
		x.c.Ledger, x.c.Reason, x.c.On = id, "调整台账目录", catalog.DayOf(time.Now())
		r, err := h.Proposals.Try(h.As(t.Context(), "bureau office"), h.Prison, x.c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(x.want, r.Drafts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestMergedInto: where a merged ledger's fields go takes the same thing: of one unit,
// of like options, one number alone; and what is named is there.
func TestMergedInto(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	const from, into = "culture-activity", "education-session"
	for name, x := range map[string]struct {
		places []catalog.Place // the rest is dropped
		at     []string
	}{
		"all dropped":            {nil, nil},
		"people for people":      {[]catalog.Place{{From: "participants_count", To: "attended_count"}}, nil},
		"another unit":           {[]catalog.Place{{From: "loans_month", To: "attended_count"}, {From: "duration_min", To: "attended_count"}}, []string{"/map/duration_min", "/map/duration_min", "/map/loans_month"}},
		"two numbers":            {[]catalog.Place{{From: "participants_count", To: "attended_count"}, {From: "loans_month", To: "attended_count"}}, []string{"/map/loans_month", "/map/loans_month"}},
		"no option in common":    {[]catalog.Place{{From: "activity_kind", To: "subject"}}, []string{"/map/activity_kind"}},
		"from what is not there": {[]catalog.Place{{From: "nosuch", To: "topic"}}, []string{"/map/nosuch"}},
		"one field twice":        {[]catalog.Place{{From: "participants_count"}, {From: "participants_count", To: "attended_count"}}, []string{"/map/participants_count"}},
	} {
		places := slices.Clone(x.places)
		for _, f := range h.Catalog.Current(from).Fields() {
			if !slices.ContainsFunc(places, func(p catalog.Place) bool { return p.From == f.ID }) {
				places = append(places, catalog.Place{From: f.ID})
			}
		}
		_, err := h.Proposals.Try(h.As(t.Context(), "bureau office"), h.Prison, proposal.Content{Kind: proposal.Merge, Ledger: from, Target: into, Map: places,
			Reason: "并入教育台账", On: catalog.DayOf(time.Now()), Notice: fault.Text{ZH: "今后请填报新台账", EN: "Fill the other one"}})
		var f *fault.Error
		var at []string
		if errors.As(err, &f) {
			for _, field := range f.Fields {
				at = append(at, field.Pointer)
			}
		}
		slices.Sort(at)
		if diff := cmp.Diff(x.at, at); diff != "" {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}
