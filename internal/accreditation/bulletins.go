package accreditation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
)

// Planned is a batch (验收批次) of a year: applications for it close on a day, and its units are
// accepted within a window.
type Planned struct {
	Year     int       `json:"year"`
	Batch    int       `json:"batch"`
	N        int       `json:"n"` // of its changes: who changes it, has seen the last
	Level    string    `json:"level"`
	ClosesOn string    `json:"closes_on"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	By       uuid.UUID `json:"-"`
}

// Drawn is a bulletin as it would be issued now, and what it has otherwise than the last.
type Drawn struct {
	Bulletin
	Digest ledger.Digest `json:"digest"`
	Marks  *Marks        `json:"marks,omitempty"`
	May    bool          `json:"may_issue"`
}

// Announcer reads and writes what belongs to no prison; what it lists is of all prisons.
type Announcer interface {
	Now() time.Time
	Batches(ctx context.Context) ([]Planned, error)
	// Bulletins are the issues without their acknowledgements, the newest first; of all years for 0.
	Bulletins(ctx context.Context, year int) ([]Issued, error)
	Acks(ctx context.Context, year, issue int) ([]Ack, error)
	Applied(ctx context.Context) ([]Applied, error)
	// Revoked titles since a moment.
	Revoked(ctx context.Context, since time.Time) ([]BulletinEnd, error)
	Liaison(ctx context.Context, department string) (uuid.UUID, error)
	// Departments of the bureau by code, as they are called there.
	Departments(ctx context.Context) (map[string]fault.Text, error)
	Posted(ctx context.Context, role actor.Role, prison, area uuid.UUID, department string) ([]uuid.UUID, error)
	// AloneInYear keeps others from writing of the year until commit.
	AloneInYear(ctx context.Context, year int) error
	InsertBatch(ctx context.Context, p Planned) error
	InsertBulletin(ctx context.Context, i Issued, body []byte) error
	InsertAck(ctx context.Context, year, issue int, department string, by uuid.UUID) error
	Notify(ctx context.Context, n ledger.Notice) error
}

// mayReadBulletins: at the bureau who sees cases, and in a prison who sees all of its own.
func (s *Service) mayReadBulletins(ctx context.Context) error {
	err := s.may(ctx, "read", subject(uuid.Nil, uuid.Nil))
	for _, p := range actor.From(ctx).Postings {
		if err != nil && p.PrisonID != uuid.Nil && p.AreaID == uuid.Nil && p.Department == "" && s.may(ctx, "read", subject(p.PrisonID, uuid.Nil)) == nil {
			return nil
		}
	}
	return err
}

// mayAnnounce: the bureau's office.
func (s *Service) mayAnnounce(ctx context.Context) error {
	return s.may(ctx, capacity(lifecycle.BureauOffice, uuid.Nil), subject(uuid.Nil, uuid.Nil))
}

// Plan a batch, or change the one that was seen. Faults: forbidden, bad_case with fields,
// changed_meanwhile.
func (s *Service) Plan(ctx context.Context, p Planned, idem ledger.Idem) (Planned, error) {
	if err := s.mayAnnounce(ctx); err != nil {
		return Planned{}, err
	}
	var bad []fault.Field
	if p.Batch < 1 || p.Batch > 99 {
		bad = append(bad, told("/batch", "range", "请填写公告年度和批次", "Say the bulletin's year and batch"))
	}
	if m := s.Machines.newest(); m.Steps("area", p.Level) == nil && m.Steps("prison", p.Level) == nil {
		bad = append(bad, told("/level", "enum", "请选择创建等级", "Choose a level"))
	}
	if now := yearOf(s.Now()); p.Year < now-1 || p.Year > now+1 {
		bad = append(bad, told("/year", "range", fmt.Sprintf("批次属于去年、今年或明年（%d 至 %d 年）", now-1, now+1), fmt.Sprintf("A batch is of last year, this one or the next (%d to %d)", now-1, now+1)))
	}
	for pointer, day := range map[string]string{"/closes_on": p.ClosesOn, "/from": p.From, "/to": p.To} {
		switch m, err := catalog.Day(day); {
		case err != nil:
			bad = append(bad, told(pointer, "format", "日期应写作 年-月-日", "A day is written YYYY-MM-DD"))
		case m.At.Year() < p.Year-1 || m.At.Year() > p.Year+1:
			bad = append(bad, told(pointer, "range", "日期应在该年度或其前后一年，请核对年份", "The day is of that year, or of the one before or after it; look at the year"))
		}
	}
	if len(bad) == 0 && (p.ClosesOn > p.From || p.From > p.To) {
		bad = append(bad, told("/to", "range", "先截止申报，再开始验收，起日不晚于止日", "Applications close before the window, which begins before it ends"))
	}
	if len(bad) > 0 {
		return Planned{}, fault.InvalidFields("bad_case", bad)
	}
	if err := ledger.NeverSeen(p.N); err != nil {
		return Planned{}, err
	}
	p.N, p.By = p.N+1, actor.From(ctx).PersonID
	var out Planned
	err := s.Store.Announce(ctx, s.asked(ctx, uuid.Nil), idem, &out, func(a Announcer) error {
		out = p
		return a.InsertBatch(ctx, p)
	})
	return out, err
}

// Bulletins are all issues, the batches as they are planned, and what the reader may do.
type Bulletins struct {
	Issues  []Issued  `json:"issues"` // the newest first, without what they say
	Batches []Planned `json:"batches"`
	Years   []int     `json:"years"`
	May     bool      `json:"may_announce"`
}

// Bulletins of all years. Fault: forbidden.
func (s *Service) Bulletins(ctx context.Context) (Bulletins, error) {
	out := Bulletins{Issues: []Issued{}, Batches: []Planned{}, May: s.mayAnnounce(ctx) == nil}
	if err := s.mayReadBulletins(ctx); err != nil {
		return out, err
	}
	err := s.Store.Announced(ctx, s.asked(ctx, uuid.Nil), func(a Announcer) error {
		batches, err := a.Batches(ctx)
		if err != nil {
			return err
		}
		out.Batches = append(out.Batches, batches...)
		list, err := a.Bulletins(ctx, 0)
		if err != nil {
			return err
		}
		for i, x := range list {
			x.Newest = i == 0 || list[i-1].Year != x.Year
			if err := s.acked(ctx, a, &x); err != nil {
				return err
			}
			out.Issues = append(out.Issues, x)
		}
		return nil
	})
	out.Years = []int{yearOf(s.Now())}
	for _, p := range out.Batches {
		out.Years = append(out.Years, p.Year)
	}
	slices.Sort(out.Years)
	out.Years = slices.Compact(out.Years)
	slices.Reverse(out.Years)
	return out, err
}

func yearOf(t time.Time) int { return t.In(catalog.Zone).Year() }

// acked joins the departments that an issue is sent to with what they acknowledged.
func (s *Service) acked(ctx context.Context, a Announcer, x *Issued) error {
	acks, err := a.Acks(ctx, x.Year, x.Issue)
	if err != nil {
		return err
	}
	x.Acks, x.MayAck = []Ack{}, []string{}
	for _, d := range x.To {
		ack := Ack{Department: d}
		if i := slices.IndexFunc(acks, func(y Ack) bool { return y.Department == d }); i >= 0 {
			ack = acks[i]
		}
		x.Acks = append(x.Acks, ack)
		if ack.At != nil {
			continue
		}
		may, err := s.mayAck(ctx, a, d)
		if err != nil {
			return err
		}
		if may {
			x.MayAck = append(x.MayAck, d)
		}
	}
	return nil
}

// mayAck: the department's head or its liaison.
func (s *Service) mayAck(ctx context.Context, a Announcer, department string) (bool, error) {
	if s.speaksFor(ctx, uuid.Nil, uuid.Nil, department) == nil {
		return true, nil
	}
	who := actor.From(ctx)
	if who.Nobody() {
		return false, nil
	}
	liaison, err := a.Liaison(ctx, department)
	return err == nil && liaison != uuid.Nil && liaison == who.PersonID, err
}

// Bulletin is one issue, with what it has otherwise than the one before. Faults: forbidden,
// not_found.
func (s *Service) Bulletin(ctx context.Context, year, issue int) (Issued, error) {
	if err := s.mayReadBulletins(ctx); err != nil {
		return Issued{}, err
	}
	if !aYear(year) {
		return Issued{}, fault.New(fault.NotFound, "not_found")
	}
	var out Issued
	err := s.Store.Announced(ctx, s.asked(ctx, uuid.Nil), func(a Announcer) error {
		list, err := a.Bulletins(ctx, year)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Issued) bool { return x.Issue == issue })
		if i < 0 {
			return fault.New(fault.NotFound, "not_found")
		}
		out = list[i]
		out.Newest = i == 0
		if i+1 < len(list) {
			m := MarksOf(list[i+1].Bulletin, out.Bulletin)
			out.Marks = &m
		}
		return s.acked(ctx, a, &out)
	})
	return out, err
}

// aYear says that there may be bulletins of it.
func aYear(year int) bool { return year >= 2000 && year <= 2200 }

// Draw the bulletin of a year as it would be issued now. Faults: forbidden, bad_case with fields.
func (s *Service) Draw(ctx context.Context, year int) (Drawn, error) {
	if err := s.mayAnnounce(ctx); err != nil {
		return Drawn{}, err
	}
	to, err := s.concerned(ctx)
	if err != nil {
		return Drawn{}, err
	}
	var out Drawn
	err = s.Store.Announced(ctx, s.asked(ctx, uuid.Nil), func(a Announcer) error {
		out, _, err = s.draw(ctx, a, year, to)
		return err
	})
	return out, err
}

func (s *Service) draw(ctx context.Context, a Announcer, year int, to []string) (d Drawn, raw []byte, err error) {
	all, err := a.Bulletins(ctx, 0)
	if err != nil {
		return d, nil, err
	}
	batches, err := a.Batches(ctx)
	if err != nil {
		return d, nil, err
	}
	// What waits and what was revoked stands in the bulletin of a year that there is.
	if year != yearOf(a.Now()) && !slices.ContainsFunc(batches, func(p Planned) bool { return p.Year == year }) {
		return d, nil, fault.InvalidFields("bad_case", []fault.Field{told("/year", "range", "只能发布本年度或已计划批次的年度的公告", "A bulletin is of this year, or of one for which a batch is planned")})
	}
	since := time.Date(year, 1, 1, 0, 0, 0, 0, catalog.Zone).Add(-time.Microsecond) // the last moment of the year before
	var first, last *Issued
	for _, x := range all { // the newest first
		if x.Year == year {
			first, last = &x, cmp.Or(last, &x)
		}
	}
	for _, x := range slices.Backward(all) {
		// Last year's that was issued again after this year's first takes nothing away from this year's.
		if x.Year < year && (first == nil || x.IssuedAt.Before(first.IssuedAt)) {
			since = x.IssuedAt
		}
	}
	applied, err := a.Applied(ctx)
	if err != nil {
		return d, nil, err
	}
	revoked, err := a.Revoked(ctx, since)
	if err != nil {
		return d, nil, err
	}
	issue := 1
	if last != nil {
		issue = last.Issue + 1
	}
	d.Bulletin = write(year, issue, batches, applied, revoked, to)
	// The first of a year says something of a unit; the next whatever is otherwise, were it that all have gone.
	d.May = d.Counts.Units+len(d.Revoked) > 0
	if last != nil {
		m := MarksOf(last.Bulletin, d.Bulletin)
		d.Marks, d.May = &m, !m.Empty()
	}
	names, err := a.Departments(ctx)
	if err != nil {
		return d, nil, err
	}
	d.Names = namesOf(to, names)
	raw, err = canonical(d.Bulletin)
	d.Digest = sha256.Sum256(raw)
	return d, raw, err
}

// Issue the bulletin of a year as it was seen: written from the cases, sent to the departments
// concerned. Faults: forbidden, bad_case with fields, bulletin_empty, bulletin_same, changed_meanwhile.
func (s *Service) Issue(ctx context.Context, year int, seen string, idem ledger.Idem) (Issued, error) {
	if err := s.mayAnnounce(ctx); err != nil {
		return Issued{}, err
	}
	to, err := s.concerned(ctx)
	if err != nil {
		return Issued{}, err
	}
	prisons, err := s.Store.AllPrisons(ctx)
	if err != nil {
		return Issued{}, err
	}
	who := actor.From(ctx)
	var out Issued
	if !aYear(year) { // which no lock is taken of
		_, err := s.Draw(ctx, year)
		return Issued{}, err
	}
	err = s.Store.Announce(ctx, s.asked(ctx, uuid.Nil), idem, &out, func(a Announcer) error {
		if err := a.AloneInYear(ctx, year); err != nil {
			return err
		}
		d, raw, err := s.draw(ctx, a, year, to)
		switch {
		case err != nil:
			return err
		case d.Marks != nil && d.Marks.Empty():
			return fault.New(fault.Conflict, "bulletin_same")
		case !d.May:
			return fault.New(fault.Conflict, "bulletin_empty")
		case d.Digest.String() != seen:
			return fault.New(fault.Stale, "changed_meanwhile")
		}
		out = Issued{Bulletin: d.Bulletin, Digest: d.Digest, By: who.PersonID, ByName: who.Name, IssuedAt: a.Now(), Newest: true, Marks: d.Marks, Acks: []Ack{}, MayAck: []string{}}
		if err := a.InsertBulletin(ctx, out, raw); err != nil {
			return err
		}
		return s.announce(ctx, a, out, prisons[0].ID, "bulletin_issued", out.Issue, to)
	})
	return out, err
}

// announce tells the heads and liaisons of departments of an issue; what belongs to no prison
// is told in the first one's notices.
func (s *Service) announce(ctx context.Context, a Announcer, x Issued, prison uuid.UUID, kind string, n int, departments []string) error {
	for _, d := range departments {
		people, err := a.Posted(ctx, actor.DeptHead, uuid.Nil, uuid.Nil, d)
		if err != nil {
			return err
		}
		liaison, err := a.Liaison(ctx, d)
		if err != nil {
			return err
		}
		if liaison != uuid.Nil && !slices.Contains(people, liaison) {
			people = append(people, liaison)
		}
		for _, p := range people {
			if err := a.Notify(ctx, ledger.Notice{Prison: prison, Person: p, Kind: kind, Subject: bulletinOf(x.Year), Revision: n,
				Detail: map[string]any{"department": d, "year": x.Year, "issue": x.Issue}}); err != nil {
				return err
			}
		}
	}
	return nil
}

func bulletinOf(year int) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "bulletin/%d", year))
}

// Acknowledge the newest issue of a year for a department that it was sent to. Faults:
// forbidden, not_found, bulletin_replaced, acknowledged.
func (s *Service) Acknowledge(ctx context.Context, year, issue int, department string, idem ledger.Idem) (Ack, error) {
	var out Ack
	who := actor.From(ctx)
	err := s.Store.Announce(ctx, s.asked(ctx, uuid.Nil), idem, &out, func(a Announcer) error {
		may, err := s.mayAck(ctx, a, department)
		if err != nil {
			return err
		}
		if !may {
			sub := subject(uuid.Nil, uuid.Nil)
			sub.Department = department
			return s.may(ctx, "act_line", sub)
		}
		if !aYear(year) {
			return fault.New(fault.NotFound, "not_found")
		}
		list, err := a.Bulletins(ctx, year)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(x Issued) bool { return x.Issue == issue })
		switch {
		case i < 0 || !slices.Contains(list[i].To, department):
			return fault.New(fault.NotFound, "not_found")
		case i > 0:
			return fault.New(fault.Conflict, "bulletin_replaced")
		}
		now := a.Now()
		out = Ack{department, who.Name, &now}
		return a.InsertAck(ctx, year, issue, department, who.PersonID)
	})
	return out, err
}

// unread reminds departments of the newest issue of each year that they have not acknowledged
// in time, once.
func (s *Service) unread(ctx context.Context, prison uuid.UUID) error {
	prisons, err := s.Store.AllPrisons(ctx)
	if err != nil || len(prisons) == 0 || prisons[0].ID != prison {
		return err
	}
	days := wholeOf(s.Machines.newest(), "bulletin_read_workdays")
	return s.Store.Announce(ctx, house(uuid.Nil), ledger.Idem{}, nil, func(a Announcer) error {
		list, err := a.Bulletins(ctx, 0)
		if err != nil {
			return err
		}
		for i, x := range list {
			if i > 0 && list[i-1].Year == x.Year || catalog.DayOf(s.Calendar().AddWorkdays(x.IssuedAt, days)) >= catalog.DayOf(a.Now()) {
				continue
			}
			if err := s.acked(ctx, a, &x); err != nil {
				return err
			}
			var late []string
			for _, ack := range x.Acks {
				if ack.At == nil {
					late = append(late, ack.Department)
				}
			}
			if err := s.announce(ctx, a, x, prison, "bulletin_unread", x.Issue, late); err != nil {
				return err
			}
		}
		return nil
	})
}

// inBulletin says whether a case stands, in its batch, in the newest issue of the batch's year.
func inBulletin(c Case, b Batch, newest *Issued) bool {
	if newest == nil {
		return false
	}
	return slices.ContainsFunc(newest.placed(), func(p placed) bool { return p.Case == c.ID && p.batch == b.Batch && b.Batch > 0 })
}

// batched is the batch that a record puts its case into.
func batched(r *Record) (b Batch, err error) {
	if r == nil {
		return b, nil
	}
	err = json.Unmarshal(r.Body, &b)
	return b, err
}
