package ledger

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// File begins and submits an entry in one transaction: a row of a batch or of
// an import is filed whole or leaves nothing behind, and under its idempotency
// key only once. Shared fields are taken for the day of the matter and stand
// over what was sent. Files come only from a draft of the same author that is
// named with it: a document that asks for others is the fault invalid_document,
// like every other mistake.
func (s *Service) File(ctx context.Context, n New, idem Idem) (Outcome, error) {
	doc, err := catalog.ParseDocument(n.Body)
	if err != nil {
		return Outcome{}, err
	}
	var out Outcome
	err = s.begun(ctx, n, idem, &out, func(tx Tx, t *catalog.Type) error {
		e, area, err := s.admit(ctx, tx, t, n)
		if err != nil {
			return err
		}
		if err := tx.ClaimRow(ctx, n.Prison, n.Once, e.Entry); err != nil {
			return err
		}
		files, err := s.lent(ctx, tx, n)
		if err != nil {
			return err
		}
		if t.LooksUp() {
			if err := tx.LockLedger(ctx, n.Prison, t.ID); err != nil {
				return err
			}
		}
		_, pins, err := take(ctx, tx, t, area, doc.Value, tx.Now())
		if err != nil {
			return err
		}
		stands, err := pinned(t, doc, nil, pins)
		if err != nil {
			return err
		}
		res, err := s.weigh(ctx, tx, e, t, stands, files)
		if err != nil {
			return err
		}
		if len(res.Errors) > 0 {
			return fault.InvalidFields("invalid_document", res.Errors)
		}
		if e, err = begin(ctx, tx, t, e, n.Body, pins, "created"); err != nil {
			return err
		}
		if e, err = tx.Lock(ctx, e.Key); err != nil {
			return err
		}
		o, err := s.file(ctx, tx, t, &e, Submitted, filing{doc: res.Document, attached: files, warnings: res.Warnings, pins: pins, effort: n.effort})
		if err != nil {
			return err
		}
		o.Entry = e
		o.Warnings = slices.Concat(o.Warnings, overruled(t, doc, stands))
		out = *o
		return nil
	})
	return out, err
}

// shared puts what is entered elsewhere into a document, as it was on the day of
// the matter.
func shared(ctx context.Context, r dated, t *catalog.Type, area Area, doc catalog.Document) (catalog.Document, []Pin, error) {
	_, pins, err := take(ctx, r, t, area, doc.Value, r.Now())
	if err != nil {
		return doc, nil, err
	}
	doc, err = pinned(t, doc, nil, pins)
	return doc, pins, err
}

// Try says of each row of a ledger what File would say, and writes nothing. asDraft
// leaves out the evidence, which a draft gets later. What two rows of the same batch
// mean to each other only the writing itself can tell. A source is asked once for
// all rows of an area.
func (s *Service) Try(ctx context.Context, rows []New, asDraft bool) ([][]fault.Field, error) {
	out := make([][]fault.Field, len(rows))
	if len(rows) == 0 {
		return out, nil
	}
	t := s.Catalog.Current(rows[0].Ledger)
	if t == nil {
		return out, s.unknown(rows[0].Ledger)
	}
	areas := map[uuid.UUID][]int{}
	bodies := make([][]byte, len(rows))
	for i, n := range rows {
		areas[n.Area] = append(areas[n.Area], i)
		bodies[i] = n.Body
	}
	err := s.Store.Read(ctx, s.session(ctx, rows[0].Prison), func(r Reader) error {
		r, err := meet(ctx, r, t, rows[0].Prison, bodies)
		if err != nil {
			return err
		}
		for _, at := range areas {
			if err := s.try(ctx, looking{r, s.now()}, t, rows, at, asDraft, out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// try judges the rows at some places, which are of one area.
func (s *Service) try(ctx context.Context, r looking, t *catalog.Type, rows []New, at []int, asDraft bool, out [][]fault.Field) error {
	e, area, err := s.admit(ctx, r, t, rows[at[0]])
	if err != nil {
		wrong, err := Wrong(err)
		for _, i := range at {
			out[i] = wrong
		}
		return err
	}
	docs, values := make([]catalog.Document, len(at)), make([]map[string]any, len(at))
	for n, i := range at {
		if docs[n], err = catalog.ParseDocument(rows[i].Body); err != nil {
			if out[i], err = Wrong(err); err != nil {
				return err
			}
		}
		values[n] = docs[n].Value
	}
	pins, err := takeRows(ctx, r, t, area, values, r.at)
	if err != nil {
		return err
	}
	for n, i := range at {
		if out[i] != nil {
			continue
		}
		stands, err := pinned(t, docs[n], nil, pins[n])
		if err != nil {
			return err
		}
		res, err := s.weigh(ctx, r, e, t, stands, nil)
		if err != nil {
			return err
		}
		if asDraft {
			res.Errors = slices.DeleteFunc(res.Errors, func(f fault.Field) bool { return f.Code == "evidence_missing" })
		}
		// In a form it is seen that the source stands; of a file nobody would know what became of a figure.
		for _, f := range overruled(t, docs[n], stands) {
			if catalog.At(docs[n].Value, f.Pointer) != nil {
				out[i] = append(out[i], f)
			}
		}
		out[i] = append(out[i], res.Errors...)
	}
	return nil
}

// wordings of what concerns a row as a whole.
var wordings = map[string]fault.Text{
	"not_found":          {ZH: "没有这个监区，或者您无权在此填报", EN: "No such area, or not yours to fill"},
	"forbidden":          {ZH: "您的岗位不能在该监区填报这种台账", EN: "Your post does not fill this ledger there"},
	"document_too_large": {ZH: "一行的内容不得超过 256 KB", EN: "One row may hold 256 kB"},
	"no_time":            {ZH: "没有发生时间，或年份有误", EN: "It says no time of occurrence, or one of a wrong year"},
}

// Wrong turns a fault of one row into what is wrong with the row; what the row
// cannot help stays an error.
func Wrong(err error) ([]fault.Field, error) {
	var f *fault.Error
	if !errors.As(err, &f) {
		return nil, err
	}
	if len(f.Fields) > 0 {
		return f.Fields, nil
	}
	text, ok := wordings[f.Code]
	if !ok {
		// A lock says itself why.
		text, ok = f.Detail["reason"].(fault.Text)
	}
	if !ok {
		return nil, err
	}
	return []fault.Field{{Code: f.Code, Text: text}}, nil
}

// lent are the files of the draft that a batch takes its proof from, each with
// an identity of its own: the same bytes rest under every row.
func (s *Service) lent(ctx context.Context, r Reader, n New) ([]Evidence, error) {
	if n.Files == uuid.Nil {
		return nil, nil
	}
	k := Key{Prison: n.Prison, Entry: n.Files}
	e, err := r.Entry(ctx, k)
	if err != nil {
		return nil, err
	}
	if err := s.check(ctx, "edit", e); err != nil {
		return nil, err
	}
	if e.State != Draft || e.Ledger != n.Ledger {
		return nil, fault.New(fault.Conflict, "state_forbids").With("state", e.State)
	}
	files, err := r.Evidence(ctx, k, 0)
	for i := range files {
		files[i].ID = newKey(n.Prison).Entry
	}
	return files, err
}

// weigh says what would come of filing a document as it stands with what the sources say
// of it: everything wrong with it, or what is filed.
func (s *Service) weigh(ctx context.Context, r dated, e Entry, t *catalog.Type, doc catalog.Document, files []Evidence) (catalog.Result, error) {
	res, err := judge(ctx, r, e, t, doc, actor.From(ctx).Number, r.Now(), catalog.StageSubmit)
	if err != nil || len(res.Errors) > 0 {
		return res, err
	}
	if res.Errors, err = lacking(t, res.Document, files); err != nil {
		return res, err
	}
	untimely, err := s.untimely(ctx, r, e, t, res.Document)
	res.Errors = append(res.Errors, untimely...)
	return res, err
}

// untimely says why a document cannot be filed for the time it speaks of: that lies
// ahead, or its period is locked. What was filed in time may be filed again.
func (s *Service) untimely(ctx context.Context, r dated, e Entry, t *catalog.Type, doc catalog.Document) ([]fault.Field, error) {
	moment, err := t.Occurred(doc)
	if err != nil {
		return nil, nil // the rules say that it is missing
	}
	if ahead := early(t, moment, r.Now()); len(ahead) > 0 {
		return ahead, nil
	}
	if e.Submitted != nil && e.Day == catalog.DayOf(moment.At) {
		return nil, nil
	}
	return Wrong(s.fillable(ctx, r, t, e.Prison, e.Area, moment.At))
}
