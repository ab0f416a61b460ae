package inspection

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// What somebody of the team says who stood before a line (R47). What is wrong there is a finding.
const (
	Met           = "met"
	NotSeen       = "not_seen"       // it could not be looked at
	NotApplicable = "not_applicable" // in their view; that it costs nothing is ruled elsewhere, by two
)

var looked = []string{Met, NotSeen, NotApplicable}

// AtFinding is the state of a line under which a finding of the check stands.
const AtFinding = "finding"

// Look at a line: the latest counts, the ones before it stay.
type Look struct {
	Line       string    `json:"line"`
	N          int       `json:"n"` // of the line
	Result     string    `json:"result"`
	Note       string    `json:"note,omitempty"`
	Place      string    `json:"place,omitempty"`
	LookedAt   time.Time `json:"looked_at"`
	Photos     []string  `json:"photos"` // SHA-256
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Record commits to the look and, by their digests, to its photographs.
func (l Look) Record(check uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("look", fmt.Sprintf("%s/%s/%d", check, l.Line, l.N), l.Salt, map[string]any{
		"check": check, "line": l.Line, "n": l.N, "result": l.Result, "note": l.Note, "place": l.Place,
		"looked_at": l.LookedAt.UTC().Format(time.RFC3339), "photos": l.Photos, "by": l.By,
	})
}

// OnRoute is a line of the route in the standard's order, and how it stands.
type OnRoute struct {
	Line      string      `json:"line"`
	Method    string      `json:"method"`
	State     string      `json:"state,omitempty"` // met, not_seen, not_applicable, finding; "": nobody looked yet
	Looks     []Look      `json:"looks"`           // the newest first
	Findings  []uuid.UUID `json:"findings"`        // that stand
	Domain    string      `json:"domain"`
	Indicator string      `json:"indicator"`
	Remote    bool        `json:"remote"`         // the ledger is all its evidence
	Weak      *Weak       `json:"weak,omitempty"` // for the team, while the check is open
}

// Coverage of a method: how many of its lines were looked at.
type Coverage struct {
	Method string `json:"method"`
	Looked int    `json:"looked"`
	Of     int    `json:"of"`
}

// stateOf a line: a finding that stands goes before whatever else was said.
func stateOf(looks []Look, found bool) string {
	switch {
	case found:
		return AtFinding
	case len(looks) == 0:
		return ""
	}
	return looks[0].Result
}

// routeOf are the lines that a team sees for itself; of looks the newest come first.
func routeOf(std *scoring.Standard, looks []Look, findings []Finding) []OnRoute {
	by, found := map[string][]Look{}, map[string][]uuid.UUID{}
	for _, l := range looks {
		by[l.Line] = append(by[l.Line], l)
	}
	for _, f := range findings {
		if f.stands() {
			found[f.Line] = append(found[f.Line], f.ID)
		}
	}
	route := []OnRoute{}
	for _, d := range std.Domains {
		for _, i := range d.Indicators {
			for _, l := range i.Lines {
				if !slices.Contains(scoring.LookedAt, l.Method) {
					continue
				}
				at := OnRoute{Line: l.ID, Method: l.Method, State: stateOf(by[l.ID], len(found[l.ID]) > 0), Looks: by[l.ID], Findings: found[l.ID], Domain: d.ID, Indicator: i.Code, Remote: l.Method == remote}
				if at.Looks == nil {
					at.Looks = []Look{}
				}
				if at.Findings == nil {
					at.Findings = []uuid.UUID{}
				}
				route = append(route, at)
			}
		}
	}
	return route
}

func coverage(route []OnRoute) []Coverage {
	list := []Coverage{}
	for _, method := range scoring.LookedAt {
		c := Coverage{Method: method}
		for _, at := range route {
			if at.Method != method {
				continue
			}
			c.Of++
			if at.State != "" {
				c.Looked++
			}
		}
		if c.Of > 0 {
			list = append(list, c)
		}
	}
	return list
}

// route of a check as it stands.
func (s *Service) route(ctx context.Context, ses ledger.Session, check uuid.UUID, std *scoring.Standard) ([]OnRoute, error) {
	looks, err := s.Store.Looks(ctx, ses, check)
	if err != nil {
		return nil, err
	}
	findings, err := s.Store.FindingsOf(ctx, ses, check)
	return routeOf(std, looks, findings), err
}

// met are the lines that the team found nothing at, as a sheet takes them.
func (s *Service) met(ctx context.Context, ses ledger.Session, c Check) ([]string, error) {
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return nil, err
	}
	route, err := s.route(ctx, ses, c.ID, std)
	if err != nil {
		return nil, err
	}
	return metOf(route), nil
}

func metOf(route []OnRoute) (list []string) {
	for _, at := range route {
		if at.State == Met {
			list = append(list, at.Line)
		}
	}
	return list
}

// Route of a check, line by line.
type Route struct {
	Lines []OnRoute `json:"lines"`
	// MayLook says that a look of the reader, made now, would be taken. Where it is the day alone that
	// forbids it, the first one is still to come, or the last one is over.
	MayLook     bool   `json:"may_look"`
	OpensOn     string `json:"opens_on,omitempty"`
	ClosedAfter string `json:"closed_after,omitempty"`
}

// Route of a check as it stands, and whether the reader may say so. Faults: not_found, forbidden.
func (s *Service) Route(ctx context.Context, prison, check uuid.UUID) (r Route, err error) {
	c, err := s.may(ctx, prison, check, "score", "read")
	if err != nil {
		return r, err
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return r, err
	}
	walks := c.State == Open && s.Access.Check(actor.From(ctx), "edit", subject("check", prison, c), s.Now()) == nil
	if walks {
		switch today := catalog.DayOf(s.Now()); {
		case today < c.FromDay:
			r.OpensOn = c.FromDay
		case today > c.ToDay:
			r.ClosedAfter = c.ToDay
		default:
			r.MayLook = true
		}
	}
	ses := s.asked(ctx, prison)
	// In which order it will be walked is the team's: who knows it can clean up ahead of them.
	if r.Lines, err = s.route(ctx, ses, check, std); err != nil || !walks {
		return r, err
	}
	return r, s.weaken(ctx, ses, c, std, r.Lines)
}

// Look says what was seen at a line, after so many looks that were seen there. Faults: forbidden,
// rights_ended, check_state, bad_look with fields, line_found, looks_full, changed_meanwhile.
func (s *Service) Look(ctx context.Context, prison, check uuid.UUID, l Look, seen int, idem ledger.Idem) (Check, error) {
	c, err := s.may(ctx, prison, check, "check", "edit")
	if err != nil {
		return c, err
	}
	if c.State != Open { // before its days, which are over by then
		return c, fault.New(fault.Conflict, "check_state").With("state", c.State)
	}
	std, err := s.Texts.Compiled(ctx, c.Standard, c.Version)
	if err != nil {
		return c, err
	}
	if bad := s.wrongLook(&l, c, std); len(bad) > 0 {
		return c, fault.InvalidFields("bad_look", bad)
	}
	if err := ledger.NeverSeen(seen); err != nil {
		return c, err
	}
	if err := s.photographed(ctx, prison, check, l.Photos); err != nil {
		return c, err
	}
	if l.Photos == nil {
		l.Photos = []string{}
	}
	l.N, l.By, l.Salt = seen+1, actor.From(ctx).PersonID, integrity.NewSalt()
	return s.change(ctx, prison, c, Open, idem, func(_ Check, list []Finding) (Change, error) {
		if slices.ContainsFunc(list, func(f Finding) bool { return f.Line == l.Line && f.stands() }) {
			return Change{}, fault.New(fault.Conflict, "line_found")
		}
		return Change{Look: &l}, nil // that seen is so, says the database
	})
}

func (s *Service) wrongLook(l *Look, c Check, std *scoring.Standard) (bad []fault.Field) {
	wrong := func(pointer, zh, en string) {
		bad = append(bad, fault.Field{Pointer: pointer, Code: "invalid", Text: fault.Text{ZH: zh, EN: en}})
	}
	if line, ok := std.LineOf(l.Line); !ok || !slices.Contains(scoring.LookedAt, line.Method) {
		wrong("/line", "只能查看本次考核所用标准中由检查人员查看的条款", "It is a line of the standard of this check that a team looks at")
	}
	if !slices.Contains(looked, l.Result) {
		wrong("/result", "请选择相符、未查到或不适用", "Choose met, not seen or not applicable")
	}
	if l.Result != Met && ledger.Blank(l.Note) {
		wrong("/note", "未查到或不适用须写明原因", "Say why it was not seen, or does not apply")
	}
	if len([]rune(l.Note)) > maxText {
		wrong("/note", "说明 500 字以内", "At most 500 characters")
	}
	bad = append(bad, assessment.WrongWhere(l.Place, "")...)
	now := s.Now()
	if l.LookedAt.IsZero() || l.LookedAt.After(now) { // a clock that is ahead
		l.LookedAt = now
	}
	l.LookedAt = l.LookedAt.UTC().Truncate(time.Second) // as its leaf says it
	if day := catalog.DayOf(l.LookedAt); day < c.FromDay || day > c.ToDay {
		wrong("/looked_at", "查看时间应在考核起止日以内", "It is looked at between the first and the last day of the check")
	}
	return bad
}
