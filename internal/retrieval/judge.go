package retrieval

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// picked is an item that a side of a rule speaks of, with its time.
type picked struct {
	*Item
	from, to time.Time
}

// judge asks every rule of the trace's kind. Rules see what the reader sees: a
// gap says that nothing is there that he may read.
func (g *gathering) judge(ctx context.Context) error {
	for _, r := range g.s.Traces {
		if !slices.Contains(r.Subjects, g.subject.Kind) {
			continue
		}
		of := g.pick(&r.Of)
		switch {
		case r.Monthly:
			if err := g.months(ctx, r, of); err != nil {
				return err
			}
		case r.Needs != nil:
			g.needs(r, of)
		case r.Excludes != nil:
			g.excludes(r, of)
		case r.Listed != nil:
			if err := g.listed(ctx, r, of); err != nil {
				return err
			}
		case r.Refers != nil:
			g.refers(r, of)
		default:
			for _, a := range of {
				g.mark(r, a.from, a.Item)
			}
		}
	}
	return nil
}

func (g *gathering) pick(side *catalog.TraceSide) []picked {
	var list []picked
	for _, it := range g.sorted() {
		if it.Entry.Ledger != side.Ledger || !it.live || it.doc.Value == nil {
			continue
		}
		// An inmate's trace judges what names him, not what a link brought in.
		if len(g.inmates) > 0 && !slices.ContainsFunc(it.refs, func(x catalog.Reference) bool { return x.Kind == "inmate" && slices.Contains(g.inmates, x.Value) }) {
			continue
		}
		if side.Takes(it.doc, g.now) {
			p := picked{Item: it}
			p.from, p.to = side.Span(it.doc, it.From, g.now)
			list = append(list, p)
		}
	}
	return list
}

func (g *gathering) mark(r catalog.TraceRule, at time.Time, items ...*Item) {
	m := Mark{Rule: r.ID, Kind: r.Kind, Title: r.Title, At: at, Entries: []uuid.UUID{}}
	for _, it := range items {
		m.Entries = append(m.Entries, it.Entry.Entry)
	}
	g.marks = append(g.marks, m)
}

func (g *gathering) needs(r catalog.TraceRule, of []picked) {
	others := g.pick(r.Needs)
	for _, a := range of {
		if !slices.ContainsFunc(others, func(b picked) bool {
			return !b.from.Before(a.from.AddDate(0, 0, -r.BeforeDays)) && !b.from.After(a.from.AddDate(0, 0, r.AfterDays))
		}) {
			g.mark(r, a.from, a.Item)
		}
	}
}

func (g *gathering) excludes(r catalog.TraceRule, of []picked) {
	others := g.pick(r.Excludes)
	for _, a := range of {
		for _, b := range others {
			if a.Item != b.Item && a.from.Before(b.to) && b.from.Before(a.to) {
				g.mark(r, b.from, a.Item, b.Item)
			}
		}
	}
}

// MaxListed is how many entries of an area a rule looks through for one entry.
const MaxListed = 20 * ledger.MaxPage

// listed asks the entries meanwhile of the areas that the inmate was held in, which
// name him or should: who filed what is judged may belong to another area. What it
// does not come to is said as what is cut from the trace.
func (g *gathering) listed(ctx context.Context, r catalog.TraceRule, of []picked) error {
	for _, number := range g.inmates {
		stays, err := g.r.Stays(ctx, g.prison, number)
		if err != nil {
			return err
		}
		for _, a := range of {
			for _, s := range stays {
				if !a.names("inmate", number) || s.Until != nil && !s.Until.After(a.from) || !s.Since.Before(a.to) {
					continue
				}
				if err := g.counted(ctx, r, a, number, s); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// counted looks through the entries of the area of one stay.
func (g *gathering) counted(ctx context.Context, r catalog.TraceRule, a picked, number string, s Stay) error {
	from, to := a.from, a.to
	if s.Since.After(from) {
		from = s.Since
	}
	if s.Until != nil && s.Until.Before(to) {
		to = *s.Until
	}
	q := ledger.Query{Prison: g.prison, Scope: g.scope, Area: s.Area, Ledgers: []string{r.Listed.Ledger}, Standing: true,
		From: catalog.DayOf(from), To: catalog.DayOf(to), Sort: ledger.ByOccurred, Limit: ledger.MaxPage}
	for looked := 0; ; {
		list, err := g.r.Entries(ctx, q)
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.OccurredAt == nil || e.Nil || !e.OccurredAt.After(from) || !e.OccurredAt.Before(to) {
				continue
			}
			if err := g.unlisted(ctx, r, a, number, e); err != nil {
				return err
			}
		}
		if looked += len(list); len(list) < q.Limit {
			return nil
		}
		if looked >= MaxListed {
			g.cut = true
			return nil
		}
		q.After = ledger.Cursor{Value: "-infinity", Entry: list[len(list)-1].Entry}
		if at := list[len(list)-1].OccurredAt; at != nil {
			q.After.Value = at.UTC().Format(time.RFC3339Nano)
		}
	}
}

// unlisted marks an entry that does not name the inmate. One may be on the trace
// for another reason.
func (g *gathering) unlisted(ctx context.Context, r catalog.TraceRule, a picked, number string, e ledger.Entry) error {
	if err := g.add(ctx, e); err != nil {
		return err
	}
	if it := g.items[e.Entry]; it != nil && !it.names("inmate", number) {
		g.mark(r, it.From, a.Item, it)
	}
	return nil
}

func (g *gathering) refers(r catalog.TraceRule, of []picked) {
	for _, a := range of {
		for _, ref := range a.refs {
			id, err := uuid.Parse(ref.Value)
			if ref.Kind != "entry" || err != nil {
				continue
			}
			if it := g.items[id]; it != nil && string(it.Entry.State) == r.Refers.State {
				g.mark(r, a.from, a.Item, it)
			}
		}
	}
}

// months marks the whole months without one, between the first entry and now, in
// which the inmate was held.
func (g *gathering) months(ctx context.Context, r catalog.TraceRule, of []picked) error {
	all := g.sorted()
	if len(all) == 0 {
		return nil
	}
	from, to := all[0].From, g.now
	for _, number := range g.inmates {
		stays, err := g.r.Stays(ctx, g.prison, number)
		if err != nil {
			return err
		}
		if len(stays) == 0 {
			continue
		}
		if admitted := stays[0].Since; admitted.After(from) {
			from = admitted
		}
		if released := stays[len(stays)-1].Until; released != nil && released.Before(to) {
			to = *released
		}
	}
	have := map[string]bool{}
	for _, a := range of {
		have[a.from.In(catalog.Zone).Format("2006-01")] = true
	}
	first, end := from.In(catalog.Zone), to.In(catalog.Zone)
	for m := time.Date(first.Year(), first.Month()+1, 1, 0, 0, 0, 0, catalog.Zone); !m.AddDate(0, 1, 0).After(end); m = m.AddDate(0, 1, 0) {
		if month := m.Format("2006-01"); !have[month] {
			g.mark(r, m)
			g.marks[len(g.marks)-1].Month = month
		}
	}
	return nil
}
