package accreditation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"math/big"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
	"taizhang/internal/standards"
)

// How an opinion that was asked for stands.
const (
	opinionOpen  = "open"
	opinionSoon  = "due_soon"
	opinionLate  = "overdue"
	opinionGiven = "given"
	opinionNone  = "not_given" // the decision was made without it
)

// Owed is an opinion that a department was asked for: given, or how it stands.
type Owed struct {
	Prison     uuid.UUID       `json:"prison"`
	Case       uuid.UUID       `json:"case"`
	Area       uuid.UUID       `json:"area,omitzero"`
	Level      string          `json:"level"`
	State      lifecycle.State `json:"-"` // of the case
	Machine    int             `json:"-"` // that the case is held to
	Department string          `json:"department"`
	Seq        int             `json:"seq"` // the act that asked
	Here       bool            `json:"-"`   // the case is still in the round that asked
	AskedAt    time.Time       `json:"asked_at"`
	DueOn      string          `json:"due_on"`
	Mark       string          `json:"mark"`
	Value      string          `json:"value,omitempty"`
	GivenAt    *time.Time      `json:"given_at,omitempty"`
	// Mine says that the reader is of the department; May that they speak for it, now.
	Mine bool `json:"mine"`
	May  bool `json:"may_give"`
}

// mark of an opinion on a day.
func (s *Service) mark(o *Owed, day string) {
	switch {
	case o.GivenAt != nil:
		o.Mark = opinionGiven
	case !o.Here:
		o.Mark = opinionNone
	case o.DueOn < day:
		o.Mark = opinionLate
	case s.workdaysBefore(o.DueOn, wholeOf(s.Machines[o.Machine], "opinion_remind_workdays")) <= day:
		o.Mark = opinionSoon
	default:
		o.Mark = opinionOpen
	}
}

// workdaysBefore is the day so many working days before another.
func (s *Service) workdaysBefore(day string, n int) string {
	m, err := catalog.Noon(day)
	if err != nil {
		return day
	}
	t := m.At
	for n > 0 {
		if t = t.AddDate(0, 0, -1); s.Calendar().Workday(catalog.DayOf(t)) {
			n--
		}
	}
	return catalog.DayOf(t)
}

// Opinions that departments were asked for, in sight, those that wait first.
func (s *Service) Opinions(ctx context.Context) ([]Owed, error) {
	list, err := s.Store.Owed(ctx, s.asked(ctx, uuid.Nil))
	if err != nil {
		return nil, err
	}
	day, out := catalog.DayOf(s.Now()), []Owed{}
	for _, o := range list {
		if s.may(ctx, "read", subject(o.Prison, o.Area)) != nil {
			continue
		}
		s.mark(&o, day)
		o.Mine = s.ofDepartment(ctx, o.Department)
		o.May = o.Here && o.GivenAt == nil && s.speaksFor(ctx, o.Prison, o.Area, o.Department) == nil
		out = append(out, o)
	}
	return out, nil
}

// ofDepartment says whether the actor is of the department of the bureau.
func (s *Service) ofDepartment(ctx context.Context, department string) bool {
	return slices.ContainsFunc(actor.From(ctx).Postings, func(p actor.Posting) bool { return p.PrisonID == uuid.Nil && p.Department == department })
}

// ShownFacts is what a department has before it when it gives its opinion: what its line of the
// pinned standard costs today, what was found of it, and what it said before. The opinion
// bears its digest, so that nothing is in it that is not the department's.
type ShownFacts struct {
	Day        string          `json:"day"`
	Department string          `json:"department"`
	Standard   standards.Pin   `json:"standard"`
	Deducted   scoring.Decimal `json:"deducted"` // what the line costs
	Lines      []LineFact      `json:"lines"`
	Findings   []Found         `json:"findings"`
	Earlier    []Said          `json:"earlier"`
}

// LineFact is a line of the standard that the department answers for, as the sheet has it.
type LineFact struct {
	Indicator string           `json:"indicator"`
	Name      fault.Text       `json:"name"` // of the indicator
	Line      string           `json:"line"`
	Title     fault.Text       `json:"title"`
	Method    string           `json:"method"`
	Stands    string           `json:"stands"`
	Of        *scoring.Decimal `json:"of,omitempty"`
	Per       *scoring.Decimal `json:"per,omitempty"`
	Target    *scoring.Decimal `json:"target,omitempty"`
	Times     int              `json:"times"` // losses
	Deducted  scoring.Decimal  `json:"deducted"`
}

// Found is a finding under a line of the department, and what became of it.
type Found struct {
	ID         uuid.UUID `json:"id"`
	Check      uuid.UUID `json:"check,omitzero"` // zero: recorded outside of any check
	Kind       string    `json:"kind,omitempty"` // of the check
	Line       string    `json:"line"`
	Day        string    `json:"day"`
	Note       string    `json:"note"`
	Conclusion string    `json:"conclusion,omitempty"`
	Appeal     string    `json:"appeal,omitempty"` // asked, uphold, reduce
	Item       string    `json:"item,omitempty"`   // open, done, verified
	DueOn      string    `json:"due_on,omitempty"` // of the item
	Owner      string    `json:"owner,omitempty"`
}

// Said is what the department said of the unit before.
type Said struct {
	Case   uuid.UUID `json:"case"`
	Day    string    `json:"day"`
	By     string    `json:"by"`
	Value  string    `json:"value"`
	Reason string    `json:"reason,omitempty"`
}

// OpinionForm is the form with what stands beside it.
type OpinionForm struct {
	Owed
	StateTitle fault.Text `json:"state_title"`
	Facts      ShownFacts `json:"facts"`
	// Score is the unit's of today, of which other departments' lines are a part: it is shown
	// beside the facts, while the opinion is still to be given.
	Score  *scoring.Decimal `json:"score,omitempty"`
	Digest string           `json:"digest"`
	Given  *Record          `json:"given,omitempty"`
}

// OpinionForm of a department in the newest round that asked it. Once it is given, what it
// was given on is shown. Faults: not_found, forbidden.
func (s *Service) OpinionForm(ctx context.Context, prison, id uuid.UUID, department string) (OpinionForm, error) {
	g, err := s.ground(ctx, prison, id)
	if err != nil {
		return OpinionForm{}, err
	}
	f := OpinionForm{StateTitle: s.machine(g.of).States[g.of.State]}
	raw := []byte(nil)
	if err := s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		return l.Wide(ctx, func() error {
			asked, err := l.Owed(ctx, id, department)
			if err != nil || len(asked) == 0 {
				return cmp.Or[error](err, fault.New(fault.NotFound, "not_found"))
			}
			f.Owed = asked[0]
			s.mark(&f.Owed, catalog.DayOf(l.Now()))
			f.Mine = s.ofDepartment(ctx, department)
			f.May = f.Here && f.GivenAt == nil && s.speaksFor(ctx, prison, g.of.Area, department) == nil
			if f.GivenAt == nil {
				return nil
			}
			records, err := l.Records(ctx, id)
			if err != nil {
				return err
			}
			for _, r := range records {
				var said Opines
				if r.Kind != kindOpinion || r.Department != department || r.Seq != f.Seq {
					continue
				}
				if err := json.Unmarshal(r.Body, &said); err != nil {
					return err
				}
				if f.Given = &r; said.Facts == "" {
					return nil // given before there was a form
				}
				f.Digest = said.Facts
				raw, err = l.Facts(ctx, id, said.Facts)
				return err
			}
			return nil
		})
	}); err != nil {
		return OpinionForm{}, err
	}
	if raw != nil {
		return f, json.Unmarshal(raw, &f.Facts)
	}
	if f.Facts, f.Score, err = s.facts(ctx, g, department); err != nil {
		return OpinionForm{}, err
	}
	if raw, err = canonical(f.Facts); err != nil {
		return OpinionForm{}, err
	}
	f.Digest = ledger.Digest(sha256.Sum256(raw)).String()
	return f, nil
}

// facts of a department's line of a unit today, and the unit's score.
func (s *Service) facts(ctx context.Context, g ground, department string) (ShownFacts, *scoring.Decimal, error) {
	c := g.of
	x := ShownFacts{Day: catalog.DayOf(s.Now()), Department: department, Lines: []LineFact{}, Findings: []Found{}, Earlier: []Said{}}
	if c.Pin == nil {
		return x, nil, nil
	}
	x.Standard = *c.Pin
	titled, err := s.Titled(ctx, c.Prison, x.Day)
	if err != nil {
		return x, nil, err
	}
	sheets, err := s.Scores.Under(ctx, c.Prison, c.Area, titled, g.std)
	if err != nil {
		return x, nil, err
	}
	if x.Lines, x.Deducted, err = s.linesOf(g.std, sheets[0], department); err != nil {
		return x, nil, err
	}
	err = s.Store.Read(ctx, s.asked(ctx, c.Prison), func(l Look) error {
		return l.Wide(ctx, func() error {
			from := catalog.DayOf(s.Now().AddDate(0, -g.std.Months, 1))
			all, err := l.Found(ctx, c.Area, c.Pin.Standard, from)
			if err != nil {
				return err
			}
			for _, f := range all {
				if slices.ContainsFunc(x.Lines, func(y LineFact) bool { return y.Line == f.Line }) {
					x.Findings = append(x.Findings, f)
				}
			}
			x.Earlier, err = s.said(ctx, l, c, department)
			return err
		})
	})
	return x, &sheets[0].Score, err
}

// linesOf a sheet that the department answers for: those whose facts it owns; of what no
// ledger tells, those of an indicator whose proof lies in a ledger of its own.
func (s *Service) linesOf(std *scoring.Standard, sheet *scoring.Sheet, department string) (list []LineFact, sum scoring.Decimal, err error) {
	list = []LineFact{}
	owns := func(ledger string) bool { return ledger != "*" && s.Owner(ledger) == department }
	total := new(big.Rat)
	for _, d := range sheet.Domains {
		for _, ind := range d.Indicators {
			for _, l := range ind.Lines {
				rule, _ := std.LineOf(l.ID)
				facts := slices.DeleteFunc(slices.Concat(rule.Count, rule.Of, rule.Per), func(f scoring.Fact) bool { return f.Ledger == "*" })
				mine := slices.ContainsFunc(facts, func(f scoring.Fact) bool { return owns(f.Ledger) })
				if len(facts) == 0 {
					mine = slices.ContainsFunc(ind.Ledgers, owns)
				}
				if !mine {
					continue
				}
				list = append(list, LineFact{ind.Code, ind.Title, l.ID, l.Title, l.Method, l.State, l.Of, l.Per, l.Target, len(l.Losses), l.Deducted})
				total.Add(total, l.Deducted.Rat())
			}
		}
	}
	sum, err = scoring.DecimalOf(total)
	return list, sum, err
}

// said is every opinion of the department on the unit before this round, the latest first.
func (s *Service) said(ctx context.Context, l Look, c Case, department string) ([]Said, error) {
	list := []Said{}
	before, err := l.CasesOf(ctx, c.Area)
	if err != nil {
		return nil, err
	}
	for _, x := range before {
		records, err := l.Records(ctx, x.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range slices.Backward(records) {
			if r.Kind != kindOpinion || r.Department != department || x.ID == c.ID && r.Seq == c.Seq {
				continue
			}
			var said Opines
			if err := json.Unmarshal(r.Body, &said); err != nil {
				return nil, err
			}
			list = append(list, Said{x.ID, catalog.DayOf(r.RecordedAt), r.ByName, said.Value, said.Reason})
		}
	}
	return list, nil
}

// seen keeps what the department had before it, if it is what it has before it now.
// Fault: changed_meanwhile.
func (s *Service) seen(ctx context.Context, prison, id uuid.UUID, in Made) ([]byte, error) {
	f, err := s.OpinionForm(ctx, prison, id, in.Department)
	switch {
	case fault.CodeOf(err) == "not_found" || err == nil && f.GivenAt != nil:
		return nil, nil // what follows says why not
	case err != nil:
		return nil, err
	}
	var said Opines
	if json.Unmarshal(in.Body, &said) == nil && said.Facts != "" && said.Facts != f.Digest {
		return nil, fault.New(fault.Stale, "changed_meanwhile")
	}
	return canonical(f.Facts)
}

// Adding is a department whose opinion is wanted besides, and why.
type Adding struct {
	Department string `json:"department"`
	Reason     string `json:"reason"`
	DueOn      string `json:"due_on"`
}

// AskOpinion asks a department besides those that the standard concerns. Faults: forbidden,
// case_forbids, bad_case with fields, opinion_asked.
func (s *Service) AskOpinion(ctx context.Context, prison, id uuid.UUID, in Adding, idem ledger.Idem) (Record, error) {
	if bad := worded("/reason", &in.Reason); len(bad) > 0 {
		return Record{}, fault.InvalidFields("bad_case", bad)
	}
	return s.record(ctx, prison, id, idem, func(tx Tx, c Case, k known) (Record, error) {
		if err := s.mayMake(ctx, c, lifecycle.BureauOffice, ""); err != nil {
			return Record{}, err
		}
		if len(k.round.opinions) == 0 {
			return Record{}, fault.New(fault.Conflict, "case_forbids").With("state", c.State).With("event", kindAdded)
		}
		if slices.ContainsFunc(k.round.opinions, func(o Opinion) bool { return o.Department == in.Department }) {
			return Record{}, fault.New(fault.Conflict, "opinion_asked")
		}
		in.DueOn = catalog.DayOf(s.Calendar().AddWorkdays(tx.Now(), s.parameter(c, "opinion_workdays")))
		r, err := s.newRecord(ctx, c, kindAdded, in.Department, in)
		if err != nil {
			return Record{}, err
		}
		return r, s.wants(ctx, tx, c, Opinion{Seq: k.round.since, Department: in.Department, DueOn: in.DueOn})
	})
}

// wants writes down that an opinion is asked for, and tells the department.
func (s *Service) wants(ctx context.Context, tx Tx, c Case, list ...Opinion) error {
	if err := tx.InsertOpinions(ctx, c, list); err != nil {
		return err
	}
	for _, o := range list {
		posts, err := s.ofLine(ctx, tx, o.Department)
		if err != nil {
			return err
		}
		if err := s.notifyOf(ctx, tx, c, opinionOf(c, o.Department), "opinion_asked", o.Seq, map[string]any{"due_on": o.DueOn, "department": o.Department}, posts...); err != nil {
			return err
		}
	}
	return nil
}

// opinionOf names the opinion of a department on a case, for what is told of it.
func opinionOf(c Case, department string) uuid.UUID {
	return uuid.NewSHA1(c.ID, []byte("opinion/"+department))
}
