package printing

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"taizhang/internal/catalog"
)

// excerpt draws the form of a print without what is hidden, for those who may read
// the entry and not all of it; nil where the form holds nothing of the sort. It is
// kept nowhere: what is filed is the whole. The print then tells of the excerpt.
func (s *Service) excerpt(ctx context.Context, p *Print, ledgerID string, hidden func(Sheet) catalog.Hidden) ([]byte, error) {
	if !s.Catalog.Reserves(ledgerID) {
		return nil, nil
	}
	var sheet Sheet
	err := s.Store.Read(ctx, program(p.Prison), func(tx Tx) (err error) {
		sheet, err = s.gather(ctx, tx, p.Key, p.Revision, p.Kind)
		return err
	})
	if err == nil {
		sheet, err = sheet.without(hidden(sheet))
	}
	if err != nil || !sheet.Excerpt {
		return nil, err
	}
	pdf, pages, _, err := s.Font.Form(sheet)
	p.Sha256, p.Size, p.Pages = sha256.Sum256(pdf), int64(len(pdf)), pages
	return pdf, err
}

// without puts the words in the place of what is hidden.
func (s Sheet) without(h catalog.Hidden) (Sheet, error) {
	doc, err := catalog.ParseDocument(s.Revision.Document)
	if err != nil {
		return s, fmt.Errorf("form of %s: %w", s.Entry.Entry, err)
	}
	open, gone, err := h.Without(doc)
	if err != nil {
		return s, err
	}
	if s.Excerpt = len(gone) > 0 || !h.Whole(); s.Excerpt {
		s.Revision.Digest = s.Revision.Masked()
	}
	value := maps.Clone(open.Value)
	for _, pointer := range gone {
		catalog.Put(value, pointer, catalog.ForProfessionals.ZH)
	}
	if s.Revision.Document, err = json.Marshal(value); err != nil {
		return s, fmt.Errorf("form of %s: %w", s.Entry.Entry, err)
	}
	if !h.Whole() {
		s.hush()
	}
	for i, e := range s.Evidence {
		if h.Slot(e.Slot) {
			s.Evidence[i].Name, s.Excerpt = catalog.ForProfessionals.ZH, true
		}
	}
	return s, nil
}

// hush puts the words in the place of what was written about the entry.
func (s *Sheet) hush() {
	s.Decisions = slices.Clone(s.Decisions)
	for i := range s.Decisions {
		if s.Decisions[i].Comment != "" {
			s.Decisions[i].Comment = catalog.ForProfessionals.ZH
		}
	}
	if s.Revision.Number > 1 {
		s.Revision.Reason = catalog.ForProfessionals.ZH
	}
}
