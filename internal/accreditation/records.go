package accreditation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
)

// Record is what a step leaves behind, or what an act rests on. It never changes.
type Record struct {
	ID         uuid.UUID       `json:"id"`
	Seq        int             `json:"seq"` // of the case when it was made
	State      lifecycle.State `json:"state"`
	Kind       string          `json:"kind"`
	Department string          `json:"department,omitempty"`
	Body       json.RawMessage `json:"body"`
	By         uuid.UUID       `json:"-"` // zero: the program
	ByName     string          `json:"by"`
	RecordedAt time.Time       `json:"recorded_at"`
	Confirmed  *Confirmation   `json:"confirmed,omitempty"`
	// Stands says that nobody else has to confirm it any more.
	Stands bool   `json:"stands"`
	Salt   []byte `json:"-"`
	May    bool   `json:"may_confirm"`
}

// Confirmation of a record by a second person.
type Confirmation struct {
	Record     uuid.UUID `json:"-"`
	MadeBy     uuid.UUID `json:"-"`
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Opinion that a department was asked for in a round of the baseline check.
type Opinion struct {
	Seq        int    `json:"-"`
	Department string `json:"department"`
	DueOn      string `json:"due_on"`
	// Given is the record of it; nil while the department has said nothing.
	Given *Record `json:"given,omitempty"`
	May   bool    `json:"may_give"`
}

// Leaf commits to the record.
func (r Record) Leaf(c uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("case_record", c.String()+"/"+r.ID.String(), r.Salt, map[string]any{
		"case": c, "record": r.ID, "seq": r.Seq, "state": r.State, "kind": r.Kind, "department": r.Department, "body": r.Body, "made_by": r.By,
	})
}

// Leaf commits to the confirmation.
func (x Confirmation) Leaf(c uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("case_confirmation", c.String()+"/"+x.Record.String(), x.Salt, map[string]any{
		"case": c, "record": x.Record, "made_by": x.MadeBy, "confirmed_by": x.By,
	})
}

// The kinds of records that persons make, and those that the program makes of an act.
const (
	kindAsked      = "asked"         // the unit wants an act
	kindBatch      = "batch"         // the batch of the annual bulletin
	kindOpinion    = "opinion"       // of a department (处室意见)
	kindAdded      = "opinion_asked" // of a department besides those the standard concerns
	kindResults    = "results"       // of a department's assessment (业务考核评估)
	kindMeeting    = "meeting"       // what a body decided: an item of its agenda, frozen; once a record by its secretary
	kindEvaluation = "evaluation"    // 示范作用评估, 100 points
	kindTold       = "told"          // the committee was told that conditions no longer hold
	kindGrave      = "grave"         // a grave event in the unit
	kindForm       = "form"          // of a step that was added by data

	kindSnapshot = "snapshot" // the conditions on the day of screening, with names
	kindPackage  = "package"  // what went to the committee, by digests
	kindVersion  = "version"  // which version of the standard a person chose
)

// sort says of a kind who makes it, where, and what it says. Without an actor it is who
// takes the case to the next step; without states it is where the road asks for it.
type sort struct {
	as     lifecycle.Actor
	states []lifecycle.State
	second bool // another person confirms it
	body   func() body
}

type body interface {
	wrong(today string) []fault.Field
}

var sorts = map[string]sort{
	kindBatch:      {as: lifecycle.BureauOffice, states: []lifecycle.State{"APPLIED", "SCREENED"}, body: func() body { return &Batch{} }},
	kindOpinion:    {as: lifecycle.Department, states: []lifecycle.State{"BASELINE"}, body: func() body { return &Opines{} }},
	kindResults:    {as: lifecycle.Department, body: func() body { return &Result{} }},
	kindEvaluation: {second: true, body: func() body { return &Evaluation{} }},
	kindTold:       {as: lifecycle.BureauOffice, states: []lifecycle.State{"PROV_REVIEW"}, body: func() body { return &Note{} }},
	kindGrave:      {as: lifecycle.BureauOffice, states: []lifecycle.State{lifecycle.Named}, body: func() body { return &Note{} }},
	kindForm:       {body: func() body { return &Note{} }},
}

// NeedsSecond says that a record of the kind stands only when another has confirmed it.
func NeedsSecond(kind string) bool { return sorts[kind].second }

// order in which they are offered; an opinion has a form of its own.
var order = []string{kindBatch, kindResults, kindEvaluation, kindTold, kindGrave, kindForm}

// here says whether the kind belongs to the case's step, and who makes it.
func (k sort) here(m *lifecycle.Machine, c Case, kind string) (lifecycle.Actor, bool) {
	if k.states != nil {
		return k.as, slices.Contains(k.states, c.State)
	}
	if m.Steps(c.Track, c.Level).Record(c.State) != kind {
		return "", false
	}
	if k.as != "" {
		return k.as, true
	}
	forward := m.Forward(c.Case)
	if len(forward) == 0 {
		return "", false
	}
	return forward[0], true
}

// Batch of the annual pre-acceptance bulletin in which the unit stands; the last one counts.
type Batch struct {
	Year  int `json:"year"`
	Batch int `json:"batch"`
}

func (b *Batch) wrong(string) (bad []fault.Field) {
	if b.Year < 2000 || b.Year > 2200 || b.Batch < 1 || b.Batch > 99 {
		bad = append(bad, told("/batch", "range", "请填写公告年度和批次", "Say the bulletin's year and batch"))
	}
	return bad
}

// Opines is a department's opinion of a unit: on time or delayed, and why. Facts is the
// digest of what it had before it.
type Opines struct {
	Value  string `json:"value"` // on_time, delay
	Reason string `json:"reason"`
	Facts  string `json:"facts"`
}

func (o *Opines) wrong(string) (bad []fault.Field) {
	if o.Value != "on_time" && o.Value != "delay" {
		bad = append(bad, told("/value", "enum", "请选择如期或延迟", "Choose on time or delay"))
	}
	if o.Facts == "" {
		bad = append(bad, told("/facts", "required", "请在意见表上填写，以便留存所见的情况", "It is given on its form, so that what was seen is kept"))
	}
	if o.Value == "on_time" && o.Reason == "" {
		return bad
	}
	return append(bad, worded("/reason", &o.Reason)...)
}

// Result of a department's assessment of its line. The last one counts.
type Result struct {
	Met          bool   `json:"met"`
	CriticalOpen int    `json:"critical_open"`
	Text         string `json:"text"`
}

func (r *Result) wrong(string) (bad []fault.Field) {
	if r.CriticalOpen < 0 || r.CriticalOpen > 1000 {
		bad = append(bad, told("/critical_open", "range", "请填写未解决的重大问题数", "Say how many critical items are open"))
	}
	return append(bad, worded("/text", &r.Text)...)
}

// decided says of each event of a deliberation which outcome of the item it needs.
var decided = map[string]string{"agree": "agree", "name": "agree", "send_back": "send_back", "reject": "reject"}

// Evaluation is the sheet of the demonstration effect: what was proved, row by row.
type Evaluation struct {
	Rows []EvaluationRow `json:"rows"`
	// Total is worked out, never given, and so is what was on record; sheets from before have none.
	Total scoring.Decimal `json:"total"`
	Deeds []Deed          `json:"deeds,omitempty"`
}

// EvaluationRow of the sheet.
type EvaluationRow struct {
	Code   string          `json:"code"`
	Points scoring.Decimal `json:"points"`
	Proof  string          `json:"proof"`
}

// EvaluationItem of the sample sheet (section 2.5 of the domain page).
type EvaluationItem struct {
	Code   string     `json:"code"`
	Points int        `json:"points"`
	Title  fault.Text `json:"title"`
}

// Evaluations is the sample sheet of 100.
var Evaluations = []EvaluationItem{
	{"brands", 25, fault.Text{ZH: "品牌项目走完七个步骤", EN: "Brands carried through all seven steps"}},
	{"practices", 25, fault.Text{ZH: "经验做法被其他单位采用并经证实", EN: "Practices adopted by other units, proved"}},
	{"pairs", 20, fault.Text{ZH: "结对帮扶单位得分提升", EN: "Pairs helped, and their rise in points"}},
	{"people", 15, fault.Text{ZH: "培训、接待与输送检查人员", EN: "People trained or received, inspectors lent"}},
	{"informatisation", 15, fault.Text{ZH: "信息化领先", EN: "Informatisation lead"}},
}

func (e *Evaluation) wrong(string) (bad []fault.Field) {
	if len(e.Rows) != len(Evaluations) {
		return []fault.Field{told("/rows", "rows", "请逐项评分", "Every row is scored")}
	}
	sum := new(big.Rat)
	for i, item := range Evaluations {
		r, at := &e.Rows[i], fmt.Sprintf("/rows/%d", i)
		if r.Code != item.Code || r.Points.Rat().Sign() < 0 || r.Points.Rat().Cmp(big.NewRat(int64(item.Points), 1)) > 0 {
			bad = append(bad, told(at+"/points", "range", fmt.Sprintf("得分应为 0 至 %d", item.Points), fmt.Sprintf("From 0 to %d", item.Points)))
		}
		bad = append(bad, worded(at+"/proof", &r.Proof)...)
		sum.Add(sum, r.Points.Rat())
	}
	var err error
	if e.Total, err = scoring.DecimalOf(sum); err != nil {
		bad = append(bad, told("/rows", "format", "得分须为有限小数", "Points are decimals"))
	}
	return bad
}

// Note is a day and a text: what was told, a grave event, a form of an added step.
type Note struct {
	Day  string `json:"day"`
	Text string `json:"text"`
}

func (n *Note) wrong(today string) []fault.Field {
	return append(notAfter("/day", n.Day, today), worded("/text", &n.Text)...)
}

// asking is what the unit asked for.
type asking struct {
	Event  string `json:"event"`
	Reason string `json:"reason,omitempty"`
}

func notAfter(pointer, day, today string) []fault.Field {
	if _, err := catalog.Day(day); err != nil || day > today {
		return []fault.Field{told(pointer, "range", "请填写日期，不晚于今天", "Say the day, which is not after today")}
	}
	return nil
}

// notBefore refuses a day on which the step had not begun (R35).
func notBefore(pointer, day, began string) []fault.Field {
	if day == "" || day >= began {
		return nil
	}
	return []fault.Field{told(pointer, "range", "日期不早于本环节开始之日（"+began+"）", "The day is not before the step began ("+began+")")}
}

// done is what happens in its step: its day is not before. A record without it may name a
// document that is older.
type done interface{ on() string }

func (n *Note) on() string { return n.Day }

func worded(pointer string, text *string) []fault.Field {
	clean, ok := catalog.Name(*text, longest)
	if !ok {
		return []fault.Field{told(pointer, "required", "不能为空，最多 1000 字", "It is wanted, of at most 1000 characters")}
	}
	*text = clean
	return nil
}

// Made is a record that somebody makes.
type Made struct {
	Kind       string          `json:"kind"`
	Department string          `json:"department"`
	Body       json.RawMessage `json:"body"`
}

// Make puts a record beside the case, in the step that it belongs to and by whose it is.
// An opinion says on what it was given: that is kept with it. Faults: forbidden, bad_case with
// fields, case_forbids, opinion_given, changed_meanwhile.
func (s *Service) Make(ctx context.Context, prison, id uuid.UUID, in Made, idem ledger.Idem) (Record, error) {
	k, ok := sorts[in.Kind]
	if !ok {
		return Record{}, fault.InvalidFields("bad_case", []fault.Field{told("/kind", "enum", "没有这种记录", "There is no such record")})
	}
	var facts []byte
	if in.Kind == kindOpinion {
		var err error
		if facts, err = s.seen(ctx, prison, id, in); err != nil {
			return Record{}, err
		}
	}
	return s.record(ctx, prison, id, idem, func(tx Tx, c Case, known known) (Record, error) {
		as, here := k.here(s.machine(c), c, in.Kind)
		if !here {
			return Record{}, fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", in.Kind)
		}
		if err := s.mayMake(ctx, c, as, in.Department); err != nil {
			return Record{}, err
		}
		asked := slices.Contains(known.departments, in.Department)
		if in.Kind == kindOpinion {
			asked = slices.ContainsFunc(known.round.opinions, func(o Opinion) bool { return o.Department == in.Department })
		}
		if as == lifecycle.Department && !asked {
			return Record{}, fault.InvalidFields("bad_case", []fault.Field{told("/department", "enum", "没有征求该处室意见，或标准不涉及该处室", "This department was not asked, or the standard does not concern it")})
		}
		if as != lifecycle.Department && in.Department != "" {
			return Record{}, fault.InvalidFields("bad_case", []fault.Field{told("/department", "enum", "这种记录不属于处室", "Such a record is no department's")})
		}
		b := k.body()
		dec := json.NewDecoder(bytes.NewReader(in.Body))
		dec.DisallowUnknownFields()
		if err := dec.Decode(b); err != nil {
			return Record{}, fault.InvalidFields("bad_case", []fault.Field{told("/body", "type", "记录内容与格式不符", "The record is not of this form")})
		}
		bad := b.wrong(known.facts.Today)
		if d, ok := b.(done); ok {
			bad = append(bad, notBefore("/day", d.on(), known.round.began)...)
		}
		if len(bad) > 0 {
			for i := range bad {
				bad[i].Pointer = "/body" + bad[i].Pointer
			}
			return Record{}, fault.InvalidFields("bad_case", bad)
		}
		switch b := b.(type) {
		case *Batch:
			if err := fits(ctx, tx, c, *b); err != nil {
				return Record{}, err
			}
		case *Evaluation:
			counts, err := tx.Deeds(ctx)
			if err != nil {
				return Record{}, err
			}
			b.Deeds = deeds(counts)
		}
		r, err := s.newRecord(ctx, c, in.Kind, in.Department, b)
		if r.Stands = !k.second; err != nil || facts == nil {
			return r, err
		}
		return r, tx.InsertFacts(ctx, c, facts)
	})
}

// fits says whether the batch is planned for cases of this level, has its window still ahead or
// open, and was open for applications when this one came.
func fits(ctx context.Context, l Look, c Case, b Batch) error {
	list, err := l.Batches(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(p Planned) bool { return p.Year == b.Year && p.Batch == b.Batch && p.Level == c.Level })
	if i < 0 {
		return fault.InvalidFields("bad_case", []fault.Field{told("/body/batch", "enum", "该等级没有计划这个批次", "No such batch is planned for this level")})
	}
	if list[i].To < catalog.DayOf(l.Now()) {
		return fault.InvalidFields("bad_case", []fault.Field{told("/body/batch", "over", "该批次的验收已于 "+list[i].To+" 结束", "The batch was over on "+list[i].To)})
	}
	events, err := l.Events(ctx, c.ID)
	if err != nil {
		return err
	}
	for _, e := range slices.Backward(events) {
		if e.From != lifecycle.Draft {
			continue
		}
		if day := catalog.DayOf(e.RecordedAt); day > list[i].ClosesOn {
			return fault.InvalidFields("bad_case", []fault.Field{told("/body/batch", "closed", "该批次已于 "+list[i].ClosesOn+" 截止申报，本单位 "+day+" 申报", "Applications for the batch closed on "+list[i].ClosesOn+"; this one came on "+day)})
		}
		break
	}
	return nil
}

func (s *Service) mayMake(ctx context.Context, c Case, as lifecycle.Actor, department string) error {
	if as == lifecycle.Department {
		return s.speaksFor(ctx, c.Prison, c.Area, department)
	}
	return s.may(ctx, capacity(as, c.Area), subject(c.Prison, c.Area))
}

func (s *Service) newRecord(ctx context.Context, c Case, kind, department string, b any) (Record, error) {
	raw, err := canonical(b)
	return Record{ID: uuid.Must(uuid.NewV7()), Seq: c.Seq, State: c.State, Kind: kind, Department: department, Body: raw,
		By: actor.From(ctx).PersonID, ByName: actor.From(ctx).Name, Stands: true, Salt: integrity.NewSalt()}, err
}

// record adds one under the case's lock, and lets the road go on by itself where it can.
func (s *Service) record(ctx context.Context, prison, id uuid.UUID, idem ledger.Idem, fn func(Tx, Case, known) (Record, error)) (Record, error) {
	g, err := s.ground(ctx, prison, id)
	if err != nil {
		return Record{}, err
	}
	var out Record
	err = s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		c, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		if c.Seq != g.of.Seq {
			return fault.New(fault.Stale, "changed_meanwhile")
		}
		return tx.Wide(ctx, func() error {
			k, err := s.known(ctx, tx, g, c)
			if err != nil {
				return err
			}
			r, err := fn(tx, c, k)
			if err != nil {
				return err
			}
			if r.RecordedAt = tx.Now(); out.ID == uuid.Nil {
				out = r
			}
			if err := tx.InsertRecord(ctx, c, r); err != nil {
				return err
			}
			return s.goOn(ctx, tx, g, c)
		})
	})
	return out, err
}

// Confirm makes a record stand that asks for a second person. Faults: forbidden,
// not_found, own_entry, case_forbids.
func (s *Service) Confirm(ctx context.Context, prison, id, record uuid.UUID, idem ledger.Idem) (Record, error) {
	var out Record
	err := s.Store.Write(ctx, s.asked(ctx, prison), idem, &out, func(tx Tx) error {
		c, err := tx.Lock(ctx, id)
		if err != nil {
			return err
		}
		list, err := tx.Records(ctx, id)
		if err != nil {
			return err
		}
		events, err := tx.Events(ctx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(r Record) bool { return r.ID == record })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found")
		}
		r := list[i]
		as, here := sorts[r.Kind].here(s.machine(c), c, r.Kind)
		if !here || !sorts[r.Kind].second || r.Stands || r.Seq < sinceOf(events) {
			return fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", "confirm")
		}
		if err := s.mayMake(ctx, c, as, r.Department); err != nil {
			return err
		}
		a := actor.From(ctx)
		if a.PersonID == r.By {
			return fault.New(fault.Forbidden, "own_entry")
		}
		x := Confirmation{Record: r.ID, MadeBy: r.By, By: a.PersonID, ByName: a.Name, RecordedAt: tx.Now(), Salt: integrity.NewSalt()}
		r.Confirmed, r.Stands = &x, true
		out = r
		return tx.InsertConfirmation(ctx, c, x)
	})
	return out, err
}

// goOn lets the road take its own acts: nobody waits for a button when the last
// department is done (T8).
func (s *Service) goOn(ctx context.Context, tx Tx, g ground, c Case) error {
	for _, t := range s.machine(c).Transition {
		if !slices.Contains(t.From, c.State) || !slices.Contains(t.Actors, lifecycle.Clock) {
			continue
		}
		_, err := s.step(ctx, tx, g, c, lifecycle.Clock, Act{Event: t.Event})
		if fault.CodeOf(err) == "case_refused" {
			return nil
		}
		return err
	}
	return nil
}
