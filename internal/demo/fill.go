package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

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

// file plans one entry: begun, its files attached, submitted; about names the inmate
// where the ledger is kept of each.
func (l *life) file(t *catalog.Type, a *place, occurred, at time.Time, period, about string) {
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
				if doc, ok := l.tailored(t, a, who, list[(first+i)%len(list)], occurred, period, about, stage); ok {
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
func (l *life) tailored(t *catalog.Type, a *place, who person, s sample, occurred time.Time, period, about string, stage catalog.Stage) (catalog.Document, bool) {
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
	if of, ok := s.doc.Value[t.Subject()].(string); ok && about != "" {
		tl.swapped[of] = about
	}
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

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
