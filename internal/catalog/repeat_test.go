package catalog

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/schemas"
)

// TestRepeated lists what each shipped type hands from the last entry to the next,
// and after a bar what a template keeps besides: a type that is not here has been
// looked through by nobody.
func TestRepeated(t *testing.T) {
	want := map[string]string{
		"area-conditions-meeting":  "attendee_refs chair_ref level |",
		"area-meeting":             "chair_ref meeting_kind present_refs recorder_ref |",
		"cell-body-search":         "search_kind search_mode searchers |",
		"complaint-rights":         "channel receiver_ref record_kind |",
		"culture-activity":         "activity_kind organiser_ref place title |",
		"duty-log":                 "leader_ref police_on_duty shift |",
		"education-session":        "instructor_kind place reform_category stage subject topic |",
		"emergency-drill":          "commander_ref drill_kind plan_code |",
		"facility-maintenance":     "place record_kind |",
		"fire-safety":              "check_kind checked_by place |",
		"hazard-rectification":     "category place responsible_ref severity source |",
		"headcount":                "count_method count_point counted_by site verified_by |",
		"individual-talk":          "| place talk_kind topics",
		"kitchen-hygiene":          "dishes meal |",
		"labour-daily":             "product_line safety_talk_topic site_code |",
		"letter-parcel":            "| counterpart_kind direction item_kind result",
		"medical-visit":            "|",
		"mutual-supervision-group": "| change_reason site_kind",
		"points-assessment":        "|",
		"police-training":          "attended_refs required_refs topic trainer training_kind |",
		"psych-health":             "|",
		"release-preparation":      "|",
		"reward-punishment":        "| record_kind",
		"tool-hazmat":              "custodian_ref holding_kind item_code site_code unit |",
		"video-lookback":           "cameras reviewer_ref sampling |",
		"visit-call":               "officer_ref | contact_kind relation",
	}
	c, err := Load(schemas.FS)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, typ := range c.Types() {
		doc := map[string]any{}
		for name, p := range typ.top() {
			doc[name] = anyOf(p)
		}
		raw, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := ParseDocument(raw)
		if err != nil {
			t.Fatal(err)
		}
		last, err := typ.Repeated(parsed, AsLast)
		if err != nil {
			t.Fatal(err)
		}
		template, err := typ.Repeated(parsed, AsTemplate)
		if err != nil {
			t.Fatal(err)
		}
		more := slices.DeleteFunc(slices.Sorted(maps.Keys(template.Value)), func(name string) bool { _, both := last.Value[name]; return both })
		got[typ.ID] = strings.TrimSpace(strings.Join(slices.Sorted(maps.Keys(last.Value)), " ") + " | " + strings.Join(more, " "))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// anyOf is some value of the field's type.
func anyOf(p map[string]any) any {
	switch p["type"] {
	case "object":
		members := map[string]any{}
		for name, sub := range propertiesOf(p) {
			members[name] = anyOf(sub)
		}
		return members
	case "array":
		items, _ := p["items"].(map[string]any)
		return []any{anyOf(items)}
	case "boolean":
		return true
	case "integer", "number":
		return 1
	}
	return "0"
}

// TestRepeatSaid: what the type says of a field stands over the rule, except for
// files and what the server fills.
func TestRepeatSaid(t *testing.T) {
	say := func(extra string) map[string]any {
		var p map[string]any
		if err := json.Unmarshal([]byte(extra), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for name, x := range map[string]struct {
		field map[string]any
		want  any
	}{
		"a count":         {say(`{"type":"integer","x-ui":{"repeat":true}}`), 1},
		"a day":           {say(`{"type":"string","format":"date","x-ui":{"repeat":true}}`), "0"},
		"a file":          {say(`{"type":"string","format":"uuid","x-ui":{"widget":"evidence","repeat":true}}`), nil},
		"a computed one":  {say(`{"type":"integer","readOnly":true,"x-ui":{"repeat":true}}`), nil},
		"not, it says":    {say(`{"type":"string","x-ui":{"repeat":false}}`), nil},
		"rows less times": {say(`{"type":"array","items":{"type":"object","properties":{"a":{"type":"integer"},"at":{"type":"string","format":"date-time"}}},"x-ui":{"repeat":true}}`), []any{map[string]any{"a": 1}}},
		"a group":         {say(`{"type":"object","properties":{"a":{"type":"string"},"f":{"type":"string","x-ui":{"widget":"evidence"}}},"x-ui":{"repeat":true}}`), map[string]any{"a": "0"}},
	} {
		if diff := cmp.Diff(x.want, repeated(x.field, anyOf(x.field))); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
