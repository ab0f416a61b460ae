package catalog

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"taizhang/internal/fault"
)

// TraceRule says what is missing from a trace, or cannot be at once. Exactly
// one of its conditions is set; none: the entry itself is the mark.
type TraceRule struct {
	ID       string     `json:"id"`
	Kind     string     `json:"kind"`     // gap | contradiction
	Subjects []string   `json:"subjects"` // of which traces it is asked
	Title    fault.Text `json:"title"`
	Of       TraceSide  `json:"of"`
	// Needs another entry not longer before or after.
	Needs      *TraceSide `json:"needs"`
	BeforeDays int        `json:"before_days"`
	AfterDays  int        `json:"after_days"`
	// Excludes another entry at the same time.
	Excludes *TraceSide `json:"excludes"`
	// Listed: every entry of this ledger meanwhile, in the area that the inmate was held in, names them.
	Listed *TraceSide `json:"listed"`
	// Refers: a mark when it names an entry in this state.
	Refers *struct {
		State string `json:"state"`
	} `json:"refers"`
	// Monthly: at least one in every whole month of the trace.
	Monthly bool `json:"monthly"`
}

// TraceSide picks entries of a ledger and the time they speak of; without
// pointers the moment of the entry.
type TraceSide struct {
	Ledger  string `json:"ledger"`
	When    string `json:"when"` // CEL over doc and now; "" = any
	From    string `json:"from"`
	To      string `json:"to"`
	Minutes string `json:"minutes"` // how long, where To is not said
	Open    bool   `json:"open"`    // without an end it lasts until now

	when *expression
}

// LoadTraces reads traces.json and holds it to the current types: a ledger or
// a pointer that is not there, or a wrong expression, is an error.
func (c *Catalog) LoadTraces(fsys fs.FS) ([]TraceRule, error) {
	raw, err := fs.ReadFile(fsys, "traces.json")
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	var file struct {
		Rules []TraceRule `json:"rules"`
	}
	if err := strict(raw, &file); err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	for i := range file.Rules {
		r := &file.Rules[i]
		if r.ID == "" || r.Kind != "gap" && r.Kind != "contradiction" || r.Title.ZH == "" || len(r.Subjects) == 0 {
			return nil, fmt.Errorf("traces: rule %d (%s) is not whole", i, r.ID)
		}
		for _, s := range []*TraceSide{&r.Of, r.Needs, r.Excludes, r.Listed} {
			if err := c.side(s); err != nil {
				return nil, fmt.Errorf("traces: %s: %w", r.ID, err)
			}
		}
	}
	return file.Rules, nil
}

func (c *Catalog) side(s *TraceSide) error {
	if s == nil {
		return nil
	}
	t := c.Current(s.Ledger)
	if t == nil {
		return fmt.Errorf("no ledger %q", s.Ledger)
	}
	for _, p := range []string{s.From, s.To, s.Minutes} {
		if p != "" && !t.known(p) {
			return fmt.Errorf("%s has no field %s", s.Ledger, p)
		}
	}
	if s.When == "" {
		return nil
	}
	var err error
	s.when, err = compileIn(c.compiler.world.env, s.When)
	return err
}

// Takes reports whether the side speaks of a document. One that lacks what the
// condition asks about, for it is of another version, is not spoken of.
func (s *TraceSide) Takes(doc Document, now time.Time) bool {
	ok, err := s.when.holds(scene{doc: floats(doc.Value).(map[string]any), now: now})
	return ok && err == nil
}

// Span is the time a document speaks of; moment stands in where a pointer is
// empty or the document does not say.
func (s *TraceSide) Span(doc Document, moment, now time.Time) (from, to time.Time) {
	from = moment
	if v, ok := timeAt(doc, s.From); ok {
		from = v
	}
	to = from
	if v, ok := timeAt(doc, s.To); ok {
		return from, v
	}
	if v, ok := at(doc.Value, s.Minutes); ok && s.Minutes != "" {
		if n, ok := v.(json.Number); ok {
			minutes, _ := n.Float64()
			return from, from.Add(time.Duration(minutes * float64(time.Minute)))
		}
	}
	if s.Open {
		to = now
	}
	return from, to
}

func timeAt(doc Document, pointer string) (time.Time, bool) {
	if !strings.HasPrefix(pointer, "/") {
		return time.Time{}, false
	}
	v, _ := at(doc.Value, pointer)
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339, s)
	return t, err == nil
}
