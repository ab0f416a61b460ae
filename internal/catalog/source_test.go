package catalog_test

import (
	"encoding/json"
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

// sourced is a small type with one source, whose number is that of another ledger.
func sourced(source string) catalog.Files {
	number := strings.Replace(node("actual_count", "integer", `,"x-unit":{"zh":"人","en":"persons"}`), `"title":"actual_count"`, `"title":"实到人数"`, 1)
	props := `"on":` + node("on", "string", `,"format":"date"`) + `,"inmate_ref":` + node("inmate_ref", "string") + `,"actual_count":` + number +
		`,"text":` + node("text", "string") + `,"yes":` + node("yes", "boolean") +
		`,"list":{"title":"行","x-en":"rows","x-id":"list","type":"array","items":{"type":"object","additionalProperties":false,"required":["inmate_ref"],"properties":{"inmate_ref":` + node("list.inmate_ref", "string") + `}}}`
	f := small(1, `"on"`, props, "")
	f.Definition = []byte(strings.Replace(string(f.Definition), `"sources":[]`, `"sources":[`+source+`]`, 1))
	return f
}

func shippedCatalogue(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSourceRefused: a source that nobody could serve is refused with its place.
func TestSourceRefused(t *testing.T) {
	c := shippedCatalogue(t)
	count := func(more string) string { return `{"field":"/actual_count","ledger":"headcount",` + more + `}` }
	for _, test := range []struct {
		source string
		at     []string // members of the first source; none: taken
	}{
		{count(`"take":"actual_count"`), nil},
		{count(`"span":"until","take":"actual_count","pick":"sum","none":0,"where":"doc.actual_count > 0.0"`), nil},
		{`{"field":"/actual_count","ledger":"labour-daily","span":"month","about":"/inmate_ref","rows":"output_rows","take":"done_qty","pick":"sum"}`, nil},
		{`{"field":"/text","ledger":"headcount","take":"@entry"}`, nil},
		{`{"field":"/yes","ledger":"medical-visit","pick":"any","where":"own.text == 'a'"}`, nil},
		{`{"field":"/text","system":"ext:patrol","take":"count"}`, nil},
		{`{"field":"/text","ledger":"medical-visit","take":"referral/left_at"}`, nil},
		{`{"field":"/text","system":"nonsense","take":"count"}`, []string{"system"}},
		{`{"field":"/text","system":"ext:nonsense","take":"count"}`, []string{"system"}},
		{`{"field":"/text","system":"ledger:headcount","take":"actual_count"}`, []string{"system"}},
		{`{"field":"/text","system":"ext:patrol"}`, []string{"take"}},
		{`{"field":"/text","system":"ext:patrol","take":"count","pick":"latest"}`, []string{"system"}},
		{`{"field":"/actual_count","system":"ext:patrol","ledger":"headcount","take":"actual_count"}`, []string{"system"}},
		{`{"field":"/text","ledger":"headcount","take":"actual_count"}`, []string{"take"}},
		{`{"field":"/text","ledger":"headcounts","take":"actual_count"}`, []string{"ledger"}},
		{`{"field":"/text","ledger":"headcount"}`, []string{"take"}},
		{`{"field":"/text","ledger":"headcount","take":"actual"}`, []string{"take"}},
		{`{"field":"/text","ledger":"medical-visit","take":"referral/street"}`, []string{"take"}},
		{count(`"take":"actual_count","span":"year"`), []string{"span"}},
		{count(`"take":"actual_count","pick":"first"`), []string{"pick"}},
		{`{"field":"/text","ledger":"headcount","take":"actual_count","pick":"sum"}`, []string{"pick"}},
		{`{"field":"/text","ledger":"headcount","pick":"any"}`, []string{"pick"}},
		{count(`"take":"actual_count","from":"/nowhere"`), []string{"from"}},
		{count(`"take":"actual_count","to":"/nowhere"`), []string{"to"}},
		{count(`"take":"actual_count","about":"/inmate_ref"`), []string{"about"}},
		{count(`"take":"actual_count","per":"area"`), []string{"about", "per"}},
		{count(`"rows":"counted_by","take":"actual_count"`), []string{"rows", "take"}},
		{count(`"take":"actual_count","where":"doc."`), []string{"where"}},
		{count(`"take":"actual_count","where":"own.nothing == 1.0"`), []string{"where"}},
		{count(`"take":"actual_count","fill":{"a":"doc.a"}`), []string{"fill", "fill/a"}},
		{`{"field":"/list","ledger":"medical-visit","pick":"list","fill":{"inmate_ref":"doc.inmate_ref"}}`, nil},
		{`{"field":"/list","ledger":"medical-visit","pick":"list","fill":{"nobody":"doc.inmate_ref"}}`, []string{"fill/nobody"}},
		{`{"field":"/list","ledger":"medical-visit","pick":"list"}`, []string{"fill"}},
		// Of a ledger of a higher level no texts.
		{`{"field":"/text","ledger":"psych-health","take":"risk_grade"}`, nil},
		{`{"field":"/text","ledger":"psych-health","take":"precautions"}`, []string{"take"}},
		{`{"field":"/list","ledger":"psych-health","pick":"list","fill":{"inmate_ref":"doc.precautions"}}`, []string{"fill/inmate_ref"}},
		{`{"field":"/list","ledger":"psych-health","pick":"list","fill":{"inmate_ref":"doc['precautions']"}}`, []string{"fill/inmate_ref"}},
		// Nothing that is for professionals, however it is written.
		{`{"field":"/list","ledger":"psych-health","pick":"list","fill":{"inmate_ref":"doc.session_note"}}`, []string{"fill/inmate_ref", "take"}},
		{`{"field":"/list","ledger":"psych-health","pick":"list","fill":{"inmate_ref":"doc['session_note']"}}`, []string{"fill/inmate_ref", "take"}},
		{`{"field":"/list","ledger":"psych-health","pick":"list","fill":{"inmate_ref":"doc.inmate_ref"}}`, nil},
	} {
		_, err := c.Draft(sourced(test.source))
		var f *fault.Error
		if len(test.at) == 0 {
			if err != nil {
				t.Errorf("%s: %v", test.source, err)
			}
			continue
		}
		if !errors.As(err, &f) || f.Code != "bad_type" {
			t.Errorf("%s: taken, %v", test.source, err)
			continue
		}
		var at []string
		for _, field := range f.Fields {
			at = append(at, strings.TrimPrefix(field.Pointer, "ledger.json/sources/0/"))
			if field.Text.ZH == "" || field.Text.EN == "" {
				t.Errorf("%s: no words at %s", test.source, field.Pointer)
			}
		}
		slices.Sort(at)
		if diff := cmp.Diff(test.at, at); diff != "" {
			t.Errorf("%s: %s", test.source, diff)
		}
	}
	twice := count(`"take":"actual_count"`)
	if _, err := c.Draft(sourced(twice + "," + twice)); err == nil {
		t.Error("two sources of one field")
	}
}

// TestUnservedIsAsked: a source that cannot be served hides no duplicate; one that is
// published so is kept, and its field counts as typed.
func TestUnservedIsAsked(t *testing.T) {
	c := shippedCatalogue(t)
	others := c.Types()
	for _, test := range []struct {
		source string
		asked  bool
	}{
		{``, true},
		{`{"field":"/actual_count","system":"nonsense","take":"a"}`, true},
		{`{"field":"/actual_count","system":"ext:nonsense","take":"a"}`, true},
		{`{"field":"/actual_count","system":"ledger:headcount","take":"actual_count"}`, true},
		{`{"field":"/actual_count","ledger":"nonsense","take":"actual_count"}`, true},
		{`{"field":"/actual_count","ledger":"headcount","take":"nonsense"}`, true},
		{`{"field":"/actual_count","ledger":"headcount","take":"actual_count"}`, false},
		{`{"field":"/actual_count","system":"ext:inmate-master","take":"roll"}`, false},
	} {
		var files []catalog.Files
		for _, typ := range others {
			files = append(files, catalog.Files{Schema: typ.SchemaJSON, Definition: typ.DefinitionJSON, Form: typ.FormJSON})
		}
		published, err := catalog.Compile(schemas.FS, append(files, sourced(test.source)))
		if err != nil {
			t.Fatalf("%s: what is published is not read: %v", test.source, err)
		}
		asked := slices.ContainsFunc(catalog.Overlaps(published.Current("probe"), published.Types()), func(o catalog.Overlap) bool {
			return o.Ledger == "headcount" && o.Field == "actual_count"
		})
		if asked != test.asked {
			t.Errorf("%s: asked twice %v, want %v", test.source, asked, test.asked)
		}
	}
}

// TestSharesAreExact: sums of what doubles cannot hold, and nothing where nothing is said.
func TestSharesAreExact(t *testing.T) {
	c := shippedCatalogue(t)
	for _, test := range []struct {
		source string
		hours  []string
		want   string
	}{
		{`{"field":"/actual_count","ledger":"education-session","take":"class_hours","pick":"sum"}`, []string{"0.1", "0.2", "0.3"}, "0.6"},
		{`{"field":"/actual_count","ledger":"education-session","take":"class_hours","pick":"sum"}`, []string{"1.5", "2.5"}, "4"},
		{`{"field":"/actual_count","ledger":"education-session","take":"class_hours","pick":"sum"}`, []string{"9007199254740991", "2"}, "9007199254740993"},
		{`{"field":"/actual_count","ledger":"education-session","take":"class_hours","pick":"sum"}`, nil, "null"},
		{`{"field":"/actual_count","ledger":"education-session","take":"class_hours","pick":"sum","none":0}`, nil, "0"},
		{`{"field":"/actual_count","ledger":"education-session","pick":"count"}`, nil, "0"},
		{`{"field":"/yes","ledger":"education-session","pick":"any"}`, nil, "false"},
	} {
		typ, err := c.Draft(sourced(test.source))
		if err != nil {
			t.Fatal(err)
		}
		var entries []catalog.Shared
		for _, h := range test.hours {
			entries = append(entries, catalog.Shared{ID: h, Document: json.RawMessage(`{"class_hours":` + h + `}`)})
		}
		shares, err := typ.Shares(typ.Sources[0], entries)
		if err != nil {
			t.Fatal(err)
		}
		value, _, err := shares.Take(catalog.Scope{}, time.Now())
		if raw, _ := json.Marshal(value); err != nil || string(raw) != test.want {
			t.Errorf("%s of %v: %s, want %s; %v", test.source, test.hours, raw, test.want, err)
		}
	}
}

// TestScope: of what time a source is asked, for a document that says when.
func TestScope(t *testing.T) {
	c := shippedCatalogue(t)
	begun := time.Date(2026, 11, 5, 9, 0, 0, 0, catalog.Zone)
	at := func(s string) string {
		when, err := time.ParseInLocation("2006-01-02 15:04", s, catalog.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return when.UTC().Format("2006-01-02T15:04")
	}
	for _, test := range []struct {
		ledger, field, doc string
		from, to           string
		said, ok           bool
	}{
		{"duty-log", "/inmate_count", `{"shift_start":"2026-10-20T08:00:00+08:00","shift_end":"2026-10-20T16:00:00+08:00"}`, at("2026-10-20 08:00"), at("2026-10-20 16:00"), true, true},
		{"duty-log", "/inmate_count", `{"shift_start":"2026-11-05T08:00:00+08:00"}`, at("2026-11-05 08:00"), at("2026-11-05 09:00"), false, true},
		{"duty-log", "/inmate_count", `{"shift_end":"2026-10-20T16:00:00+08:00"}`, "", "", true, false},
		{"labour-daily", "/expected_workers", `{"work_date":"2026-10-20"}`, at("2026-10-20 00:00"), at("2026-10-20 23:59"), true, true},
		{"points-assessment", "/punishment_deduction", `{"assess_month":"2026-10","inmate_ref":"0000000001"}`, at("2026-10-01 00:00"), at("2026-10-31 23:59"), true, true},
		{"points-assessment", "/punishment_deduction", `{"assess_month":"2026-10"}`, "", "", true, false},
		{"area-conditions-meeting", "/figures/talks", `{"period_from":"2026-10-19","period_to":"2026-10-25"}`, at("2026-10-19 00:00"), at("2026-10-25 23:59"), true, true},
		{"area-conditions-meeting", "/figures/talks", `{"period_from":"2026-10-19","period_to":"2026-1"}`, "", "", true, false},
		{"release-preparation", "/hours_done", `{"stage_from":"2026-10-01"}`, at("2026-10-01 00:00"), "", true, true},
	} {
		typ := c.Current(test.ledger)
		src := typ.Sources[slices.IndexFunc(typ.Sources, func(s catalog.Source) bool { return s.Field == test.field })]
		doc, err := catalog.ParseDocument([]byte(test.doc))
		if err != nil {
			t.Fatal(err)
		}
		s, said, ok := typ.ScopeOf(src, doc.Value, begun)
		show := func(at time.Time) string {
			if at.IsZero() {
				return ""
			}
			return at.UTC().Format("2006-01-02T15:04")
		}
		got := fmt.Sprint(show(s.From), " ", show(s.To), said, ok)
		if want := fmt.Sprint(test.from, " ", test.to, test.said, test.ok); ok != test.ok || ok && got != want {
			t.Errorf("%s %s %s: %s, want %s", test.ledger, test.field, test.doc, got, want)
		}
	}
}
