package assessment

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// Severity of a defect: what costs points or is over, what an inspector will ask
// about, what can still be done in time.
type Severity string

// The severities, the gravest first.
const (
	Grave    Severity = "error"
	Doubtful Severity = "warning"
	Hinted   Severity = "hint"
)

// checks are what a self-check looks for, in the order it tells of them. What has no
// find of its own the store finds, by the same id.
var checks = []struct {
	id       string
	severity Severity
	find     func(*Service, context.Context, *looking) ([]DefectItem, error)
}{
	{"score_below", Grave, (*Service).below},
	{"duty_missing", Grave, nil},
	{"returned", Grave, nil},
	{"decision_overdue", Grave, nil},
	{"evidence_missing", Grave, nil},
	{"task_overdue", Grave, nil},
	{"rectification_overdue", Grave, nil},
	{"backfilled", Doubtful, nil},
	{"filed_late", Doubtful, nil},
	{"burst", Doubtful, (*Service).flooded},
	{"copied", Doubtful, nil},
	{"source_corrected", Doubtful, nil},
	{"branch_open", Doubtful, nil},
	{"claim_unverified", Doubtful, nil},
	{"draft_held", Doubtful, nil},
	{"void_undecided", Doubtful, nil},
	{"amendment_idle", Doubtful, nil},
	{"two_steps", Doubtful, nil},
	{"drift", Doubtful, (*Service).slid},
	{"duty_due", Hinted, (*Service).pending},
	{"decision_soon", Hinted, nil},
	{"draft_idle", Hinted, nil},
	{"nil_only", Hinted, nil},
	{"ruling_ends", Hinted, nil},
	{"relief_undecided", Hinted, nil},
	{"roster_missing", Hinted, (*Service).unmanned},
}

// MostItems bounds what is listed of one defect; Count says how many there are.
const MostItems = 50

// Diagnosis is what stands against an area before anybody comes to look.
type Diagnosis struct {
	Area    ledger.Area `json:"area"`
	From    string      `json:"from"` // the window of the standard
	To      string      `json:"to"`
	At      time.Time   `json:"at"`
	Checks  int         `json:"checks"` // how many were made
	Defects []Defect    `json:"defects"`
}

// Defect is what one check found.
type Defect struct {
	ID       string       `json:"id"`
	Severity Severity     `json:"severity"`
	Count    int          `json:"count"`
	Items    []DefectItem `json:"items"`
}

// DefectItem is one place of it. Of an entry that the reader may not read there are
// only ledger and day.
type DefectItem struct {
	Ledger string      `json:"ledger,omitempty"`
	Day    string      `json:"day,omitempty"`
	Until  string      `json:"until_day,omitempty"` // the last day, where it is of several
	At     *time.Time  `json:"at,omitempty"`
	Entry  *uuid.UUID  `json:"entry,omitempty"`
	Period string      `json:"period,omitempty"`
	Person string      `json:"person,omitempty"`
	Note   *fault.Text `json:"note,omitempty"`
}

// Look is what the store looks for defects by.
type Look struct {
	Area             uuid.UUID
	From, To         string // days, both included; To is today
	Now              time.Time
	Ledgers          []string // with their current versions
	Versions         []int
	Nils             []string // ledgers that take nil returns
	Lacking, Resting []ledger.Doubt
}

// Entries judges entries in force, and lets some stand otherwise for as long as somebody
// looks (package ledger).
type Entries interface {
	// Lacking and Corrected are of ledgers and days, both included.
	Lacking(ctx context.Context, prison, area uuid.UUID, from, to string) ([]ledger.Doubt, error)
	Corrected(ctx context.Context, prison, area uuid.UUID, from, to string) ([]ledger.Doubt, error)
	Suppose(ctx context.Context, prison, area uuid.UUID, list []ledger.Supposed, look func(ledger.Tx, []ledger.DayTouched) error) error
}

// looking is one self-check under way.
type looking struct {
	prison   uuid.UUID
	area     uuid.UUID
	std      *scoring.Standard
	in       scoring.Input
	sheet    *scoring.Sheet
	from, to string
	now      time.Time
}

// SelfCheck looks for everything that an inspection would find in what is recorded.
func (s *Service) SelfCheck(ctx context.Context, prison, id uuid.UUID) (*Diagnosis, error) {
	area, std, err := s.unit(ctx, prison, id)
	if err != nil {
		return nil, err
	}
	l := &looking{prison: prison, area: id, std: std, now: s.Now()}
	l.from, l.to = window(std, l.now)
	if l.in, err = s.input(ctx, prison, area, std, l.from, l.to); err != nil {
		return nil, err
	}
	l.sheet = scoring.Evaluate(std, l.in)
	look := Look{Area: id, From: l.from, To: l.to, Now: l.now, Nils: []string{}}
	for _, t := range s.Catalog.Types() {
		look.Ledgers, look.Versions = append(look.Ledgers, t.ID), append(look.Versions, t.Version)
		if t.Cadence.Nil {
			look.Nils = append(look.Nils, t.ID)
		}
	}
	if look.Lacking, err = s.Entries.Lacking(ctx, prison, id, l.from, l.to); err != nil {
		return nil, err
	}
	if look.Resting, err = s.Entries.Corrected(ctx, prison, id, l.from, l.to); err != nil {
		return nil, err
	}
	stored, err := s.Store.Defects(ctx, s.asked(ctx, prison), look)
	if err != nil {
		return nil, err
	}
	out := &Diagnosis{Area: area, From: l.from, To: l.to, At: l.now, Checks: len(checks), Defects: []Defect{}}
	for _, c := range checks {
		d := stored[c.id]
		if c.find != nil {
			if d.Items, err = c.find(s, ctx, l); err != nil {
				return nil, fmt.Errorf("%s: %w", c.id, err)
			}
			d.Count = len(d.Items)
			d.Items = d.Items[:min(d.Count, MostItems)]
		}
		if d.Count > 0 {
			d.ID, d.Severity = c.id, c.severity
			out.Defects = append(out.Defects, d)
		}
	}
	return out, nil
}

// below: the area does not pass.
func (s *Service) below(_ context.Context, l *looking) ([]DefectItem, error) {
	if l.sheet.Passes {
		return nil, nil
	}
	return []DefectItem{{Day: l.to, Note: &fault.Text{
		ZH: l.sheet.Display + " 分，达标线 " + l.sheet.Line.String(), EN: l.sheet.Display + ", the line is " + l.sheet.Line.String()}}}, nil
}

// flooded: many back-dated entries within a few hours.
func (s *Service) flooded(ctx context.Context, l *looking) (list []DefectItem, err error) {
	bursts, err := s.Duties.BurstsOf(ctx, l.prison, l.area, l.from, l.to)
	for _, b := range bursts {
		n := strconv.Itoa(len(b.Entries))
		list = append(list, DefectItem{Ledger: b.Ledger, Day: b.Days[0], Until: b.Days[1], At: &b.To, Note: &fault.Text{ZH: n + " 条", EN: n + " entries"}})
	}
	return list, err
}

// slid: a domain stands well below the acceptance.
func (s *Service) slid(ctx context.Context, l *looking) (list []DefectItem, err error) {
	d, _, err := s.drift(ctx, s.asked(ctx, l.prison), l.area, l.std, l.sheet)
	if err != nil || d == nil {
		return nil, err
	}
	for _, x := range d.Domains {
		i := slices.IndexFunc(l.std.Domains, func(dom scoring.Domain) bool { return dom.ID == x.ID })
		if title := l.std.Domains[i].Title; x.Alarm {
			fell := " " + percent(x.Then) + " → " + percent(x.Now)
			list = append(list, DefectItem{Day: d.AsOf, Note: &fault.Text{ZH: title.ZH + fell, EN: title.In("en") + fell}})
		}
	}
	return list, nil
}

func percent(d scoring.Decimal) string { return d.Rat().FloatString(1) + "%" }

// pending: what is due within the horizon, and what missing it costs.
func (s *Service) pending(ctx context.Context, l *looking) (list []DefectItem, err error) {
	dues, err := s.dues(ctx, l.prison, l.area, l.std, l.in, l.sheet, l.now)
	for _, d := range dues {
		item := DefectItem{Ledger: d.Ledger, Day: catalog.DayOf(d.Due), At: &d.Due, Period: d.Period}
		if d.Price.Rat().Cmp(new(big.Rat)) > 0 {
			item.Note = &fault.Text{ZH: "漏填扣 " + d.Price.Round(2) + " 分", EN: "missing it costs " + d.Price.Round(2)}
		}
		list = append(list, item)
	}
	return list, err
}

// unmanned: nobody is named for tomorrow, where shifts were named within the last week.
func (s *Service) unmanned(ctx context.Context, l *looking) ([]DefectItem, error) {
	tomorrow := catalog.DayOf(l.now.AddDate(0, 0, 1))
	list, _, err := s.Duties.Rosters(ctx, l.prison, l.area, catalog.DayOf(l.now.AddDate(0, 0, -7)), tomorrow)
	if err != nil || len(list) == 0 || slices.ContainsFunc(list, func(r duty.Roster) bool { return r.Day == tomorrow }) {
		return nil, err
	}
	return []DefectItem{{Day: tomorrow}}, nil
}
