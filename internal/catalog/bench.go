package catalog

import "taizhang/internal/fault"

// Verdict is everything a type says of one document: what the designer's bench
// shows of a sample, before the type is published.
type Verdict struct {
	Document Document      `json:"-"`
	Errors   []fault.Field `json:"-"`
	Warnings []fault.Field `json:"-"`
	// The rest is worked out for a document without errors only.
	Day      string        `json:"day"`    // it counts on; "" when it says no time
	Counts   bool          `json:"counts"` // fulfils its duty
	Sealed   bool          `json:"sealed"`
	Steps    []fault.Text  `json:"steps"` // it must pass
	Evidence []Need        `json:"evidence"`
	Measures []Value       `json:"measures"`
	Opens    []Trigger     `json:"opens"`
	Summary  []SummaryItem `json:"summary"`
}

// Bench judges a document as it would be judged when submitted. An expression
// that fails on a good document is an error of the type: its error is returned.
func (t *Type) Bench(doc Document, env Env) (Verdict, error) {
	res := t.Validate(doc, env)
	v := Verdict{Document: res.Document, Errors: res.Errors, Warnings: res.Warnings,
		Steps: []fault.Text{}, Evidence: []Need{}, Measures: []Value{}, Opens: []Trigger{}, Summary: []SummaryItem{}}
	if len(res.Errors) > 0 {
		return v, nil
	}
	if m, err := t.Occurred(v.Document); err == nil {
		v.Day = m.Day
	}
	steps, err := t.Steps(v.Document, false)
	if err != nil {
		return v, err
	}
	for _, s := range steps {
		v.Steps = append(v.Steps, s.Title)
	}
	if v.Evidence, err = t.EvidenceNeeds(v.Document); err != nil {
		return v, err
	}
	if v.Counts, err = t.Counts(v.Document); err != nil {
		return v, err
	}
	if v.Sealed, err = t.Seals(v.Document); err != nil {
		return v, err
	}
	measures, err := t.Measured(v.Document)
	if err != nil {
		return v, err
	}
	opens, err := t.Fired(v.Document)
	if err != nil {
		return v, err
	}
	v.Measures, v.Opens, v.Summary = append(v.Measures, measures...), append(v.Opens, opens...), t.Summaries(v.Document)
	return v, nil
}
