package ledger

import (
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Whereabouts is what is known of the people a document names.
type Whereabouts struct {
	// Areas of those there are, by "inmate 0000000001"; of the police no area is said.
	Areas map[string]uuid.UUID
	// Roll says how far the prison's roll of inmates can be relied on.
	Roll Roll
}

// held reports whether all of the inmates are of the area; unless surely, those too of
// whom the roll says nothing.
func (w Whereabouts) held(area uuid.UUID, surely bool, numbers ...string) bool {
	return !slices.ContainsFunc(numbers, func(n string) bool {
		at, known := w.Areas["inmate "+n]
		return known && at != area || !known && surely
	})
}

func inmates(numbers ...string) []catalog.Reference {
	refs := make([]catalog.Reference, len(numbers))
	for i, n := range numbers {
		refs[i] = catalog.Reference{Kind: "inmate", Value: n}
	}
	return refs
}

// Roll of a prison's inmates.
type Roll int

// The rolls. Where nobody is on it, nothing can be told of anybody.
const (
	NoRoll        Roll = iota
	KeptRoll           // brought in at some time, and perhaps behind
	DeliveredRoll      // a connector keeps it up to date
)

func people(list []catalog.Reference) []catalog.Reference {
	return slices.DeleteFunc(list, func(r catalog.Reference) bool { return r.Kind != "police" && r.Kind != "inmate" })
}

// strangers says which numbers of a document are nobody's, and which inmates are
// not of the entry's area; never whose number it is, nor where they are
// (docs/decisions/0021).
func strangers(ctx context.Context, r Reader, e Entry, t *catalog.Type, res *catalog.Result) error {
	refs := people(t.References(res.Document))
	refs = slices.DeleteFunc(refs, func(ref catalog.Reference) bool {
		// What is no number at all was said already.
		return slices.ContainsFunc(res.Errors, func(f fault.Field) bool { return f.Pointer == ref.Pointer })
	})
	if len(refs) == 0 {
		return nil
	}
	known, err := r.Whereabouts(ctx, e.Prison, refs)
	if err != nil {
		return err
	}
	var elsewhere []fault.Field
	for _, ref := range refs {
		area, somebody := known.Areas[ref.Kind+" "+ref.Value]
		switch {
		case !somebody && ref.Kind == "police":
			res.Errors = append(res.Errors, fault.Field{Pointer: ref.Pointer, Code: "person_unknown", Text: fault.Text{
				ZH: "查无此人：没有警号 " + ref.Value + "，请核对", EN: "Nobody has the police number " + ref.Value + "; check it"}})
		case !somebody && known.Roll != NoRoll:
			f := fault.Field{Pointer: ref.Pointer, Code: "person_unknown", Text: fault.Text{
				ZH: "查无此人：名册中没有罪犯编号 " + ref.Value + "，请核对", EN: "Nobody on the roll has the inmate number " + ref.Value + "; check it"}}
			if known.Roll == DeliveredRoll {
				res.Errors = append(res.Errors, f)
			} else {
				res.Warnings = append(res.Warnings, f)
			}
		case somebody && ref.Kind == "inmate" && area != e.Area && e.Area != uuid.Nil:
			elsewhere = append(elsewhere, fault.Field{Pointer: ref.Pointer, Code: "person_elsewhere", Text: fault.Text{
				ZH: "罪犯编号 " + ref.Value + " 不在本监区，请核对", EN: "The inmate number " + ref.Value + " is not of this area; check it"}})
		}
	}
	if len(elsewhere) == 0 {
		return nil
	}
	// The hospital, the workshop: a functional area has to do with everybody.
	at, err := r.Area(ctx, e.Prison, e.Area)
	if err != nil {
		return err
	}
	if at.Kind != "functional" {
		res.Warnings = append(res.Warnings, elsewhere...)
	}
	return nil
}

// acquainted remembers whom it was asked for, so that many rows ask once.
type acquainted struct {
	Reader
	asked map[string]bool
	known Whereabouts
}

// meet asks for everybody whom the documents name.
func meet(ctx context.Context, r Reader, t *catalog.Type, prison uuid.UUID, bodies [][]byte) (*acquainted, error) {
	a := &acquainted{Reader: r, asked: map[string]bool{}, known: Whereabouts{Areas: map[string]uuid.UUID{}}}
	var refs []catalog.Reference
	for _, raw := range bodies {
		if doc, err := catalog.ParseDocument(raw); err == nil {
			refs = append(refs, people(t.References(doc))...)
		}
	}
	_, err := a.Whereabouts(ctx, prison, refs)
	return a, err
}

// Whereabouts as in Reader.
func (a *acquainted) Whereabouts(ctx context.Context, prison uuid.UUID, refs []catalog.Reference) (Whereabouts, error) {
	var more []catalog.Reference
	for _, ref := range refs {
		if who := ref.Kind + " " + ref.Value; !a.asked[who] {
			a.asked[who] = true
			more = append(more, ref)
		}
	}
	if len(more) == 0 {
		return a.known, nil
	}
	found, err := a.Reader.Whereabouts(ctx, prison, more)
	if err != nil {
		return found, err
	}
	maps.Copy(a.known.Areas, found.Areas)
	a.known.Roll = max(a.known.Roll, found.Roll)
	return a.known, nil
}
