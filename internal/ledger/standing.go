package ledger

import (
	"encoding/json"
	"fmt"

	"taizhang/internal/catalog"
)

// stand lets the head show a revision: its day, whether it counts, its summary.
// The head shows the revision in force as soon as there is one, so a correction
// moves no fact before it is approved.
func (s *Service) stand(e *Entry, rev Revision) error {
	t := s.Catalog.Type(rev.Ledger, rev.Version)
	if t == nil {
		return fmt.Errorf("revision %d of %s: %s v%d is not in the catalogue", rev.Number, e.Entry, rev.Ledger, rev.Version)
	}
	doc, err := catalog.ParseDocument(rev.Document)
	if err != nil {
		return err
	}
	moment, counts, err := standing(t, doc, rev)
	if err != nil {
		return err
	}
	e.OccurredAt, e.Day, e.Counts = &moment.At, moment.Day, counts
	e.Nil, e.Warnings, e.Hints = rev.Nil, len(rev.Warnings), len(rev.Hints)
	seals := false
	if !rev.Nil { // it has nothing that a condition could look at
		if seals, err = t.Seals(doc); err != nil {
			return err
		}
	}
	// Once sealed, sealed: the one who wrote it does not open it by rewriting.
	e.Sealed = e.Sealed || seals
	if e.Summary, err = json.Marshal(t.Summaries(doc)); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	return nil
}

func standing(t *catalog.Type, doc catalog.Document, rev Revision) (catalog.Moment, bool, error) {
	if rev.Nil {
		return catalog.Moment{At: rev.OccurredAt, Day: catalog.DayOf(rev.OccurredAt)}, true, nil
	}
	moment, err := t.Occurred(doc)
	if err != nil {
		return catalog.Moment{}, false, err
	}
	counts, err := t.Counts(doc)
	return moment, counts, err
}
