package exchange

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// known says of a row what became of it before, and whether the entry says the same.
// What was brought in with this very content is skipped, whatever became of the entry;
// a row that is known by the entry's number or by its own may have been changed in the
// file, and an import changes no entry: that is said, and so is what of it could not be read.
// Of an entry that is not this reader's to compare it is said that it was not, whether or
// not the row says the same.
func (s *Service) known(ctx context.Context, i Import, r *Row, unread []fault.Field, standing map[ledger.Digest]uuid.UUID) error {
	same := false
	if r.Entry == nil {
		for n, name := range r.Names {
			if id, ok := standing[name]; ok {
				// Where the label is another entry's than the content, it is that one.
				same = n == 0 && r.Area != nil || same && *r.Entry == id
				r.Entry = &id
			}
		}
	}
	if r.Entry == nil {
		return nil
	}
	r.Outcome, r.Errors = Skipped, slices.Clone(unread)
	if len(unread) > 0 {
		r.Outcome = Differs
	}
	if same {
		return nil
	}
	f, err := s.Ledger.Says(ctx, ledger.Key{Prison: i.Prison, Entry: *r.Entry})
	if fault.Is(err, fault.NotFound) {
		r.Outcome, r.Errors = Uncompared, append(r.Errors, fault.Field{Code: "entry_uncompared", Text: fault.Text{
			ZH: "已有条目，内容不对您开放，未比对；需要改的，请由填报人办理更正", EN: "An entry already, whose contents are not open to you; it was not compared. If it is to change, its author corrects it"}})
		return nil
	}
	if err != nil {
		return err
	}
	if r.Area != nil && *r.Area != f.Entry.Area {
		r.Errors = append(r.Errors, differing(""))
	}
	row, err := canonical(r.Document)
	if err != nil {
		return err
	}
	entry, err := canonical(f.Revision.Document)
	if err != nil {
		return err
	}
	for _, pointer := range f.Revision.Hidden {
		catalog.Put(entry, pointer, catalog.ForProfessionals.ZH)
	}
	if f.Entry.Ledger == i.Ledger {
		p := workbook.NewPlan(newestFirst(s.Catalog.Versions(i.Ledger))...)
		for _, pointer := range p.Differ(workbook.Said{Version: i.Version, Value: row}, workbook.Said{Version: f.Revision.Version, Value: entry}) {
			r.Errors = append(r.Errors, differing(pointer))
		}
	}
	if len(r.Errors) > 0 {
		r.Outcome = Differs
	}
	return nil
}

func differing(pointer string) fault.Field {
	if pointer == "" {
		return fault.Field{Code: "entry_differs", Text: fault.Text{ZH: "监区与已有条目不同，未改", EN: "The area is another than the entry's, which was not changed"}}
	}
	return fault.Field{Pointer: pointer, Code: "entry_differs", Text: fault.Text{ZH: "与已有条目不同，未改；需要改的，请打开条目办理更正", EN: "Not what the entry says, which was not changed; open the entry and correct it"}}
}

// canonical is a document with its numbers in one way of writing.
func canonical(raw []byte) (map[string]any, error) {
	doc, err := catalog.ParseDocument(raw)
	if err != nil {
		return nil, err
	}
	return loose(doc.Canonical)
}
