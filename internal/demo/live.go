package demo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/duty"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/postgres"
)

// life is one prison living its days.
type life struct {
	p       *Province
	u       *unit
	rng     *rand.Rand
	now     time.Time
	end     time.Time
	agenda  agenda
	ledger  *ledger.Service
	duty    *duty.Service
	touched map[ledger.DayTouched]bool
	made    map[string]int
	skipped map[string]int
	inmate  map[string]int
}

// live fills one prison and opens it.
func (p *Province) live(ctx context.Context, u *unit) error {
	l := &life{p: p, u: u, rng: rand.New(rand.NewPCG(uint64(p.Seed), uint64(u.code[1]))), end: p.Now(),
		touched: map[ledger.DayTouched]bool{}, made: map[string]int{}, skipped: map[string]int{}, inmate: map[string]int{}}
	clock := func() time.Time { return l.now }
	store := p.Store.Quiet()
	l.ledger = &ledger.Service{Store: store, Files: p.Files, Access: p.Access, Catalog: p.Catalog, Now: clock, Clock: clock}
	l.duty = &duty.Service{Store: postgres.Duties{Store: store}, Access: p.Access, Catalog: p.Catalog, Standard: p.Standard, Now: clock, Clock: clock}
	start := catalogMidnight(l.end).AddDate(0, 0, -p.Days)
	l.now = start
	if err := l.duty.PlanWhole(ctx, u.id, start, l.end.AddDate(0, 0, 2)); err != nil {
		return err
	}
	l.schedule(start)
	day := 0
	for a, ok := l.agenda.next(); ok; a, ok = l.agenda.next() {
		if a.at.After(l.end) {
			continue
		}
		l.now = a.at
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.do(ctx); err != nil {
			return err
		}
		for day < int(a.at.Sub(start).Hours()/24) {
			day++
			p.done.Add(1)
		}
	}
	p.done.Add(int64(p.Days - day))
	l.now = l.end
	if err := l.reckon(ctx, start); err != nil {
		return err
	}
	p.Log.Info("demonstration", "prison", u.code, "entries", total(l.made), "by_ledger", l.made, "refused", l.skipped)
	return p.open(ctx, u)
}

func total(m map[string]int) int {
	n := 0
	for _, v := range m {
		n += v
	}
	return n
}

func catalogMidnight(t time.Time) time.Time {
	y, m, d := t.In(catalog.Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, catalog.Zone)
}

func (l *life) later(at time.Time, do func(context.Context) error) {
	l.agenda.add(at, do)
}

func (l *life) between(from, to time.Duration) time.Duration {
	if to <= from {
		return from
	}
	return from + time.Duration(l.rng.Int64N(int64(to-from)))
}

// schedule plans every entry of every area: what is due, and what happens.
func (l *life) schedule(start time.Time) {
	for i := range l.u.areas {
		a := &l.u.areas[i]
		// Some areas are careful, some are not: that is what a score is for.
		care := 0.4 + 0.5*float64(i%5) + 0.3*l.rng.Float64()
		for _, t := range l.p.Catalog.Types() {
			if !t.AppliesTo(a.kind, a.function, a.labour) || len(l.p.samples[t.ID]) == 0 {
				continue
			}
			if t.Cadence.Kind == "event" {
				for range 2 + l.rng.IntN(4) + l.p.Days/15 {
					at := start.Add(l.between(0, l.end.Sub(start)))
					l.file(t, a, at, at.Add(l.between(10*time.Minute, 2*time.Hour)), "")
				}
				continue
			}
			for _, per := range duty.Periods(t.Cadence, l.p.Catalog.Calendar(), start, l.end) {
				if !per.Starts.Before(start) {
					l.fulfil(t, a, per, care)
				}
			}
		}
	}
}

// fulfil plans the entries of one period: mostly in time, sometimes late,
// back-filled or not at all.
func (l *life) fulfil(t *catalog.Type, a *place, per duty.Period, care float64) {
	expected := max(1, t.Cadence.Expected)
	if t.Cadence.Per == "inmate" {
		expected *= len(a.inmates)
	}
	deadline := time.Duration(t.Cadence.DeadlineHours) * time.Hour
	for n := range expected {
		luck := l.rng.Float64() * 1000 / care
		span := per.Ends.Sub(per.Starts)
		occurred := per.Starts.Add(span * time.Duration(n+1) / time.Duration(expected+1))
		if t.Cadence.Kind == "per_shift" && expected == 1 {
			occurred = per.Ends
		} else if span > 24*time.Hour {
			occurred = per.Starts.Add(l.between(span/8, span*7/8))
		}
		ready := occurred
		if t.Cadence.Kind == "monthly" && t.OccurredAt != "" && monthly(l.p.samples[t.ID]) {
			occurred, ready = per.Ends.Add(-12*time.Hour), per.Ends
		}
		at := ready.Add(l.between(3*time.Minute, min(2*time.Hour, max(deadline/2, 30*time.Minute))))
		if limit := per.Ends.Add(deadline); at.After(limit) {
			at = limit.Add(-time.Minute)
		}
		switch {
		case luck < 1:
			continue // never filled
		case luck < 2:
			at = per.Ends.Add(deadline + duty.Grace + l.between(time.Hour, 96*time.Hour))
		case luck < 5:
			at = per.Ends.Add(deadline + l.between(10*time.Minute, 20*time.Hour))
		}
		key := fmt.Sprintf("%s/%s/%d", per.Key, t.ID, n)
		if t.Cadence.Nil && l.rng.IntN(3) == 0 {
			l.blank(t, a, occurred, at, key)
			continue
		}
		l.file(t, a, occurred, at, per.Key)
	}
}

// monthly reports whether the type tells its time by a month only.
func monthly(samples []sample) bool {
	for _, s := range samples {
		if s.occurred.In(catalog.Zone).Hour() != 12 {
			return false
		}
	}
	return true
}

// as returns the context of who does something.
func (l *life) as(ctx context.Context, who person) context.Context {
	return actor.With(ctx, l.u.actor(who))
}

// posted finds who holds one of the roles at the place, turned by n so that
// everybody has a share, leaving out one person.
func (l *life) posted(roles []actor.Role, area uuid.UUID, department string, not uuid.UUID) (person, bool) {
	var fit []person
	for _, who := range l.u.people {
		o := who.posts[0]
		if who.id != not && slices.Contains(roles, o.role) && o.area == area && o.department == department {
			fit = append(fit, who)
		}
	}
	if len(fit) == 0 {
		return person{}, false
	}
	return fit[l.rng.IntN(len(fit))], true
}

// seated is one of those whom a step of several waits for.
func (l *life) seated(e ledger.Entry) (person, bool) {
	i := slices.IndexFunc(l.u.people, func(p person) bool { return slices.Contains(e.StepSeats, p.id) })
	if i < 0 {
		return person{}, false
	}
	return l.u.people[i], true
}

func (l *life) filler(t *catalog.Type, a *place) (person, bool) {
	if t.Filler.Unit == "dept" {
		return l.posted(t.Filler.Roles, uuid.Nil, t.Filler.Dept, uuid.Nil)
	}
	return l.posted(t.Filler.Roles, a.id, "", uuid.Nil)
}

func (l *life) blank(t *catalog.Type, a *place, occurred, at time.Time, key string) {
	l.later(at, func(ctx context.Context) error {
		who, ok := l.filler(t, a)
		if !ok {
			return nil
		}
		out, err := l.ledger.Nil(l.as(ctx, who), ledger.New{Prison: l.u.id, Area: a.id, Ledger: t.ID}, occurred, ledger.Idem{})
		if err != nil {
			return fmt.Errorf("%s %s: %w", t.ID, key, err)
		}
		l.filed(t, out)
		l.decideLater(t, a, who, out)
		return nil
	})
}

// usual is the sample that is the common case where that is not the first.
var usual = map[string]int{"hazard-rectification": 1} // repaired, not left open

// file plans one entry: begun, its files attached, submitted.
func (l *life) file(t *catalog.Type, a *place, occurred, at time.Time, period string) {
	l.later(at, func(ctx context.Context) error {
		who, ok := l.filler(t, a)
		if !ok {
			l.skipped[t.ID+" nobody"]++
			return nil
		}
		ctx = l.as(ctx, who)
		list := l.p.samples[t.ID]
		first := l.rng.IntN(len(list))
		if l.rng.IntN(10) > 0 {
			first = usual[t.ID] // the plain case is the common one
		}
		// What could be approved as it stands is preferred; else it waits for what
		// comes later, as in life.
		for _, stage := range []catalog.Stage{catalog.StageApprove, catalog.StageSubmit} {
			for i := range list {
				if doc, ok := l.tailored(t, a, who, list[(first+i)%len(list)], occurred, period, stage); ok {
					return l.enter(ctx, t, a, who, doc)
				}
			}
		}
		l.skipped[t.ID]++
		return nil
	})
}

// tailored makes a document that would pass by itself; look-ups are asked when
// it is submitted.
func (l *life) tailored(t *catalog.Type, a *place, who person, s sample, occurred time.Time, period string, stage catalog.Stage) (catalog.Document, bool) {
	delta := occurred.Sub(s.occurred)
	if occurred.Sub(catalogMidnight(occurred)) == 12*time.Hour && t.Cadence.Kind != "per_shift" {
		delta = delta.Round(24 * time.Hour)
	}
	var officers []string
	for _, o := range l.u.people {
		if o.id != who.id && o.posts[0].area == a.id {
			officers = append(officers, o.number)
		}
	}
	turn := l.inmate[a.code+t.ID]
	inmates := slices.Concat(a.inmates[turn%len(a.inmates):], a.inmates[:turn%len(a.inmates)])
	tl := &tailor{delta: delta, month: occurred.In(catalog.Zone).Format("2006-01"), officers: officers, inmates: inmates,
		swapped: map[string]string{sampleFiller: who.number}}
	value := tl.cut(s.doc.Value).(map[string]any)
	if _, has := value["shift"]; has {
		if _, name, ok := bytes.Cut([]byte(period), []byte("/")); ok {
			value["shift"] = string(name)
		}
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return catalog.Document{}, false
	}
	doc, err := catalog.ParseDocument(raw)
	if err != nil {
		return catalog.Document{}, false
	}
	res := t.Validate(doc, catalog.Env{Now: l.now, Filler: who.number, Stage: stage})
	if len(res.Errors) > 0 {
		return doc, false
	}
	// Only for an entry that is made: a counter that also ran for samples that do
	// not fit would come round to the same inmate each time.
	l.inmate[a.code+t.ID]++
	return doc, true
}

func (l *life) enter(ctx context.Context, t *catalog.Type, a *place, who person, doc catalog.Document) error {
	out, err := l.ledger.Create(ctx, ledger.New{Prison: l.u.id, Area: a.id, Ledger: t.ID, Body: doc.Canonical}, ledger.Idem{})
	if err != nil {
		return fmt.Errorf("%s: %w", t.ID, err)
	}
	k, tag, before := out.Entry.Key, out.Entry.ETag, string(doc.Canonical)
	if doc, err = l.followed(ctx, t, k, doc); err != nil {
		return err
	}
	if doc, err = l.attach(ctx, t, k, doc); err != nil {
		return err
	}
	if string(doc.Canonical) != before {
		saved, err := l.ledger.SaveDraft(ctx, k, tag, t.Version, doc.Canonical, ledger.Idem{})
		if err != nil {
			return fmt.Errorf("%s: %w", t.ID, err)
		}
		tag = saved.Entry.ETag
	}
	out, err = l.ledger.SubmitWith(ctx, k, tag, ledger.Submission{Effort: effortOf(doc)}, ledger.Idem{})
	if fault.Is(err, fault.Invalid) {
		// Another entry speaks against this one: the officer throws it away.
		l.skipped[t.ID+" "+firstCode(err)]++
		_, err = l.ledger.Discard(ctx, k, tag, "", ledger.Idem{})
		return err
	}
	if err != nil {
		return fmt.Errorf("%s: %w", t.ID, err)
	}
	l.filed(t, out)
	l.decideLater(t, a, who, out)
	return nil
}

// effortOf stands for what the officer's own page would have counted, so that
// the burden meter has something to show: a key for every other byte, one a second.
func effortOf(doc catalog.Document) ledger.Effort {
	keys := len(doc.Canonical) / 2
	return ledger.Effort{Seconds: keys, Keystrokes: keys}
}

// follows names a field of a ledger that the samples keep equal to a shared one:
// whoever was expected has come.
var follows = map[string]struct{ shared, field string }{"labour-daily": {"/expected_workers", "present_workers"}}

// followed fits a sample to what was pinned when its entry was begun.
func (l *life) followed(ctx context.Context, t *catalog.Type, k ledger.Key, doc catalog.Document) (catalog.Document, error) {
	f, ok := follows[t.ID]
	if !ok {
		return doc, nil
	}
	v, err := l.ledger.Get(ctx, k)
	if err != nil {
		return doc, err
	}
	for _, p := range v.Draft.Pins {
		if p.Field != f.shared {
			continue
		}
		value := maps.Clone(doc.Value)
		value[f.field] = p.Value
		raw, err := json.Marshal(value)
		if err != nil {
			return doc, fmt.Errorf("%s: %w", t.ID, err)
		}
		return catalog.ParseDocument(raw)
	}
	return doc, nil
}

func firstCode(err error) string {
	if f, ok := err.(*fault.Error); ok && len(f.Fields) > 0 {
		return f.Fields[0].Pointer + " " + f.Fields[0].Code
	}
	return err.Error()
}

func (l *life) filed(t *catalog.Type, out ledger.Outcome) {
	l.made[t.ID]++
	l.touched[ledger.DayTouched{Prison: l.u.id, Area: out.Entry.Area, Ledger: t.ID, Day: out.Entry.Day}] = true
}

// attach uploads what the type wants, and puts the ids into the fields that
// name a file.
func (l *life) attach(ctx context.Context, t *catalog.Type, k ledger.Key, doc catalog.Document) (catalog.Document, error) {
	full := t.Validate(doc, catalog.Env{Now: l.now, Stage: catalog.StageSubmit}).Document
	needs, err := t.EvidenceNeeds(full)
	if err != nil {
		return doc, err
	}
	for _, n := range needs {
		for range n.Min {
			if _, err := l.upload(ctx, k, n.ID, n.Kinds); err != nil {
				return doc, err
			}
		}
	}
	raw := string(doc.Canonical)
	for _, ref := range t.EvidenceRefs(doc) {
		id, err := l.upload(ctx, k, "", []string{"image"})
		if err != nil {
			return doc, err
		}
		raw = replaceOnce(raw, ref.ID, id.String())
	}
	return catalog.ParseDocument([]byte(raw))
}

func replaceOnce(s, old, with string) string {
	return string(bytes.Replace([]byte(s), []byte(old), []byte(with), 1))
}

func (l *life) upload(ctx context.Context, k ledger.Key, slot string, kinds []string) (uuid.UUID, error) {
	name, content := "photo.jpg", picture(rand.New(rand.NewPCG(uint64(l.p.Seed), uint64(l.rng.IntN(40)))))
	if len(kinds) > 0 && !slices.Contains(kinds, "image") && !slices.Contains(kinds, "any") {
		name, content = "sheet.pdf", sheet(l.rng.IntN(40))
	}
	u, err := l.ledger.NewUpload(ctx, k, slot, name, int64(len(content)), ledger.Idem{})
	if err != nil {
		return uuid.Nil, err
	}
	_, ev, err := l.ledger.PutPart(ctx, k.Prison, u.ID, 0, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return uuid.Nil, err
	}
	return ev.ID, nil
}

// decideLater lets the step at hand be decided some hours on, now and then
// after a return.
func (l *life) decideLater(t *catalog.Type, a *place, author person, out ledger.Outcome) {
	e := out.Entry
	if e.State != ledger.Submitted {
		return
	}
	wait := l.between(20*time.Minute, 20*time.Hour)
	if l.rng.IntN(60) == 0 {
		wait = l.between(50*time.Hour, 90*time.Hour) // forgotten on a desk
	}
	back := e.Step == 0 && e.Revision == 1 && l.rng.IntN(40) == 0
	l.later(l.now.Add(wait), func(ctx context.Context) error {
		department, area := "", a.id
		switch e.StepUnit {
		case "owner":
			department, area = l.p.Access.Owner(t.ID), uuid.Nil
		case "prison":
			area = uuid.Nil
		}
		who, ok := l.posted(e.StepRoles, area, department, author.id)
		if e.StepBound {
			who, ok = l.seated(e)
		}
		if !ok {
			who, ok = l.posted(e.StepRoles, uuid.Nil, "", author.id)
		}
		if !ok {
			l.skipped[t.ID+" no decider"]++
			return nil
		}
		ctx = l.as(ctx, who)
		j := ledger.Judgement{Digest: *e.Digest}
		if back {
			j.Comment, j.Remarks = "请核对后补充说明", []ledger.Remark{{Pointer: t.OccurredAt, Text: "时间请再核对"}}
			out, err := l.ledger.Return(ctx, e.Key, j, ledger.Idem{})
			switch {
			case err != nil:
			case out.Entry.State == ledger.Submitted: // one vote against
				l.decideLater(t, a, author, out)
			default:
				l.resubmitLater(t, a, author, out.Entry)
			}
			return err
		}
		next, err := l.ledger.Approve(ctx, e.Key, j, ledger.Idem{})
		if fault.Is(err, fault.Invalid) {
			// Something is still to come, such as days of publication: asked again.
			l.skipped[t.ID+" at approval"]++
			l.later(l.now.Add(48*time.Hour), func(context.Context) error {
				l.decideLater(t, a, author, out)
				return nil
			})
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s approve: %w", t.ID, err)
		}
		if next.Entry.State == ledger.Approved && !next.Entry.Nil {
			if err := l.ledger.Open(ctx, ledger.EntryApproved{Prison: l.u.id, Entry: e.Entry, Revision: next.Entry.Revision}); err != nil {
				return fmt.Errorf("%s open: %w", t.ID, err)
			}
		}
		l.decideLater(t, a, author, next)
		return nil
	})
}

func (l *life) resubmitLater(t *catalog.Type, a *place, author person, e ledger.Entry) {
	l.later(l.now.Add(l.between(time.Hour, 6*time.Hour)), func(ctx context.Context) error {
		ctx = l.as(ctx, author)
		out, err := l.ledger.Revise(ctx, e.Key, e.ETag, ledger.Idem{})
		if err != nil {
			return err
		}
		out, err = l.ledger.Submit(ctx, e.Key, out.Entry.ETag, "", ledger.Idem{})
		if fault.Is(err, fault.Invalid) {
			return nil
		}
		if err == nil {
			l.decideLater(t, a, author, out)
		}
		return err
	})
}

// reckon works out the facts of every day that has any.
func (l *life) reckon(ctx context.Context, start time.Time) error {
	ctx = l.as(ctx, l.u.people[0])
	for _, d := range slices.SortedFunc(maps.Keys(l.touched), func(a, b ledger.DayTouched) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Ledger, b.Ledger), bytes.Compare(a.Area[:], b.Area[:]))
	}) {
		if err := l.duty.Refresh(ctx, d.Prison, d.Area, d.Ledger, d.Day); err != nil {
			return err
		}
	}
	return l.duty.RefreshDue(ctx, l.u.id, start, l.end)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
