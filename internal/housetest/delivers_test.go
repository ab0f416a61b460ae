package housetest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/connector"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

// supply is what one system says, and what is pinned of it by what is taken.
type supply struct {
	fields  map[string]string
	members map[string]connector.Member
	records []person // some of which are of another inmate, asset, area or day
	pinned  map[string]string
}

// supplies are the systems that the shipped types take from, the roll apart.
var supplies = map[string]supply{
	"ext:custody-admin": {ofNumber, map[string]connector.Member{"treatment_level": {At: "/cy", Type: "text", Values: map[string]string{"普管": "general", "宽管": "lenient"}}, "labour_exempt": {At: "/bk", Type: "boolean"}},
		[]person{{"id": "a", "no": someInmate, "cy": "宽管", "bk": "是"}, {"id": "b", "no": "0000000002", "cy": "普管", "bk": "否"}},
		map[string]string{"treatment_level": `"lenient"`, "labour_exempt": `true`}},
	"ext:trust-account": {ofNumber, map[string]connector.Member{"settled": {At: "/jq", Type: "boolean"}},
		[]person{{"id": "a", "no": someInmate, "jq": "false"}}, map[string]string{"settled": `false`}},
	"ext:assets": {ofNumber, map[string]connector.Member{"class": {At: "/lb", Type: "text", Values: map[string]string{"03": "lock_door"}}, "name": {At: "/mc", Type: "text"}},
		[]person{{"id": "a", "no": someAsset, "lb": "03", "mc": "剪刀"}, {"id": "b", "no": "GJ-000002", "mc": "锤"}}, map[string]string{"class": `"lock_door"`, "name": `"剪刀"`}},
	"ext:patrol": {ofDay, map[string]connector.Member{"count": {At: "/cs", Type: "integer"}},
		[]person{{"id": "a", "jq": "A1", "rq": today(), "cs": "12"}, {"id": "b", "jq": "A2", "rq": today(), "cs": "7"}, {"id": "c", "jq": "A1", "rq": "2026-01-01", "cs": "9"}},
		map[string]string{"count": `12`}},
	"ext:procurement": {ofDay, map[string]connector.Member{"batch_no": {At: "/ph", Type: "text"}},
		[]person{{"id": "b", "jq": "A1", "rq": today(), "ph": "P-2"}, {"id": "a", "jq": "A1", "rq": today(), "ph": "P-1"}, {"id": "c", "jq": "A2", "rq": today(), "ph": "P-3"}},
		map[string]string{"batch_no": `["P-1","P-2"]`}},
}

// typedOver is what an officer would type instead.
var typedOver = map[string]string{`12`: `3`, `true`: `false`, `false`: `true`, `"lenient"`: `"strict"`, `"lock_door"`: `"fire"`, `["P-1","P-2"]`: `["P-9"]`, `"剪刀"`: `"锯"`}

func merged(list ...person) person {
	out := person{}
	for _, p := range list {
		for k, v := range p {
			out[k] = v
		}
	}
	return out
}

// sourcedBody names what a fact is of, and has something typed in the field.
func sourcedBody(t *testing.T, typ *catalog.Type, src catalog.Source, typed json.RawMessage) json.RawMessage {
	t.Helper()
	var schema struct {
		Properties map[string]struct{ Format string }
	}
	if err := json.Unmarshal(typ.SchemaJSON, &schema); err != nil {
		t.Fatal(err)
	}
	doc := map[string]any{src.Field[1:]: typed}
	for name, value := range map[string]string{"inmate_ref": someInmate, "item_code": someAsset} {
		if _, has := schema.Properties[name]; has {
			doc[name] = value
		}
	}
	occurred := strings.TrimPrefix(typ.OccurredAt, "/")
	now := time.Now().In(catalog.Zone)
	switch schema.Properties[occurred].Format {
	case "date-time":
		doc[occurred] = now.Format(time.RFC3339)
	case "date":
		doc[occurred] = now.Format(time.DateOnly)
	default:
		doc[occurred] = now.Format("2006-01")
	}
	return mustJSON(t, doc)
}

// TestEverySystemDelivers walks every field of the shipped types that another
// system is the source of: without a connector it is typed; pulled, pushed or laid
// into a folder it is pinned, whatever is typed over it; said otherwise later it is
// shown as corrected; and the connector gone, it is typed again.
func TestEverySystemDelivers(t *testing.T) {
	t.Parallel()
	for _, kind := range []connector.Kind{connector.Pull, connector.Push, connector.Drop} {
		t.Run(string(kind), func(t *testing.T) {
			h := housetest.New(t)
			version := 0
			taken := map[string]bool{}
			for _, id := range h.Catalog.IDs() {
				typ := h.Catalog.Current(id)
				for _, src := range typ.Sources {
					if !strings.HasPrefix(src.System, "ext:") || src.System == "ext:inmate-master" { // TestSourcedField
						continue
					}
					sup := supplies[src.System]
					if sup.pinned[src.Take] == "" {
						t.Errorf("%s%s: nothing delivers %s of %s", id, src.Field, src.Take, src.System)
						continue
					}
					taken[src.System+" "+src.Take] = true
					everySystem(t, h, kind, typ, src, sup, &version)
				}
			}
			for system, sup := range supplies {
				for take := range sup.pinned {
					if !taken[system+" "+take] {
						t.Errorf("no type takes %s of %s", take, system)
					}
				}
			}
		})
	}
}

func everySystem(t *testing.T, h *housetest.House, kind connector.Kind, typ *catalog.Type, src catalog.Source, sup supply, version *int) {
	t.Helper()
	officer, at, pinned := h.As(t.Context(), "officer"), typ.ID+src.Field, sup.pinned[src.Take]
	typed := typedOver[pinned]
	sent := sourcedBody(t, typ, src, json.RawMessage(typed))
	place, function := "ordinary", ""
	if !slices.Contains(typ.Areas.Kinds, place) {
		place, function = "functional", typ.Areas.Functions[0]
	}
	exec(t, h, "update areas set kind = $2, function = $3 where area_id = $1", h.Area, place, function)
	if d := draftOf(t, h, h.Begin(t, "officer", typ.ID, sent).Key); pinOf(d, src.Field) != nil || holds(d, src.Field) != typed {
		t.Errorf("%s before: %s %+v", at, d.Body, d.Pins)
	}
	c := factsOf(t, h, kind, src.System, sup.fields, sup.members)
	bring := bringer(t, h, c)
	say := func(more person) *connector.Service {
		*version++
		var list []person
		for _, r := range sup.records {
			list = append(list, merged(r, person{"ver": *version}, more))
		}
		return bring(list, *version)
	}
	s := say(nil)
	e := h.Begin(t, "officer", typ.ID, sent)
	d := draftOf(t, h, e.Key)
	p := pinOf(d, src.Field)
	if p == nil || p.Origin == nil || p.Origin.System != src.System || p.Corrected || compact(t, p.Value) != pinned || holds(d, src.Field) != pinned {
		t.Errorf("%s: %s %+v %+v", at, d.Body, d.Pins, last(t, h, s, c.ID))
		return
	}
	// In a file something else makes the row bad, and nothing goes in silence.
	tried, err := h.Ledger.Try(officer, []ledger.New{{Prison: h.Prison, Area: h.Area, Ledger: typ.ID, Body: sent}}, true)
	if err != nil || len(tried[0]) == 0 || tried[0][0].Code != "shared_stands" || tried[0][0].Pointer != src.Field {
		t.Errorf("%s: tried %+v, %v", at, tried, err)
	}
	// Typed over, what is pinned stands, in what is computed and what is kept.
	res, err := h.Ledger.Check(officer, e.Key, sent)
	if err != nil || compact(t, mustJSON(t, res.Document.Value[src.Field[1:]])) != pinned {
		t.Errorf("%s: the check has %v, %v", at, res.Document.Value[src.Field[1:]], err)
	}
	// The source takes it back: shown, and nothing moves.
	for _, step := range []struct {
		more      person
		corrected bool
	}{{nil, false}, {person{"gone": "true"}, true}, {nil, false}} {
		say(step.more)
		if p := pinOf(draftOf(t, h, e.Key), src.Field); p.Corrected != step.corrected || compact(t, p.Value) != pinned {
			t.Errorf("%s, %v: %+v", at, step.more, p)
		}
	}
	connect(t, h)
	if d := draftOf(t, h, h.Begin(t, "officer", typ.ID, sent).Key); pinOf(d, src.Field) != nil || holds(d, src.Field) != typed {
		t.Errorf("%s without its file: %s %+v", at, d.Body, d.Pins)
	}
}

func compact(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var w bytes.Buffer
	if err := json.Compact(&w, raw); err != nil {
		t.Fatal(err)
	}
	return w.String()
}

// bringer brings records by the connector's kind, the n-th time.
func bringer(t *testing.T, h *housetest.House, c connector.Connector) func(list []person, n int) *connector.Service {
	switch c.Kind {
	case connector.Pull:
		src := newSource(t, nil)
		c.URL = src.URL
		return func(list []person, n int) *connector.Service {
			s := connect(t, h, c)
			src.set(func() { src.pages = [][]person{list} })
			tick(t, h, s)
			return s
		}
	case connector.Push:
		return func(list []person, n int) *connector.Service {
			s, body := connect(t, h, c), pushed(t, list...)
			if _, err := s.Receive(t.Context(), c.ID, "the-token", body, idemOf(fmt.Sprintf("%s-%d", c.ID, n), body)); err != nil {
				t.Fatal(err)
			}
			return s
		}
	}
	c.Folder = t.TempDir()
	columns := []string{"id", "ver", "gone", "no", "jq", "rq"}
	for _, m := range c.Members {
		if at := m.At[1:]; at != "jq" {
			columns = append(columns, at)
		}
	}
	return func(list []person, n int) *connector.Service {
		s := connect(t, h, c)
		now := time.Now()
		s.Now = func() time.Time { return now }
		text := strings.Join(columns, ",") + "\n"
		for _, r := range list {
			for i, name := range columns {
				if v, there := r[name]; there {
					text += fmt.Sprint(v)
				}
				text += map[bool]string{true: "\n", false: ","}[i == len(columns)-1]
			}
		}
		if err := os.WriteFile(filepath.Join(c.Folder, fmt.Sprintf("%d.csv", n)), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
		tick(t, h, s)
		now = now.Add(6 * time.Second)
		tick(t, h, s)
		return s
	}
}
