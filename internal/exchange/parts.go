package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/workbook"
)

// text writes an export as CSV: each page becomes a staged part of its own before it
// is said how far it is, and the file is all parts. A run goes on behind the parts
// that were kept, unless they were made on another ground (bring).
func (s *Service) text(ctx context.Context, e *Export, p *workbook.Plan, w io.Writer) error {
	err := s.pages(ctx, e, func(rows []workbook.Out) error {
		if len(rows) == 0 && len(e.Parts) > 0 {
			return nil
		}
		var b bytes.Buffer
		t := workbook.MoreText(&b, p, workbook.Export, encodings[e.Format])
		if len(e.Parts) == 0 {
			var err error
			if t, err = workbook.NewText(&b, p, workbook.Export, encodings[e.Format]); err != nil {
				return err
			}
		}
		for _, o := range rows {
			if err := t.Add(o); err != nil {
				return err
			}
		}
		if err := t.Close(); err != nil {
			return err
		}
		id := uuid.New()
		e.Parts = append(e.Parts, id)
		return s.Files.PutStaging(ctx, partsOf(e.Prison, e.ID)+id.String(), &b, int64(b.Len()))
	})
	if err != nil {
		return err
	}
	for _, id := range e.Parts {
		err := s.copyPart(ctx, w, partsOf(e.Prison, e.ID)+id.String())
		if fault.Is(err, fault.NotFound) {
			// The object store has lost it. The next run has all to do.
			return errors.Join(fmt.Errorf("export %s: a part is gone", e.ID), s.anew(ctx, e, ledger.Digest{}))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// anew forgets the parts; as none is named twice, what lies about gets in nowhere.
func (s *Service) anew(ctx context.Context, e *Export, ground ledger.Digest) error {
	was := slices.Clone(e.Parts)
	e.Rows, e.Parts, e.After, e.Ground = 0, nil, ledger.Cursor{}, ground
	return s.progress(ctx, *e, func(_ Tx, now *Export) error {
		if !slices.Equal(now.Parts, was) {
			return errOvertaken
		}
		now.Rows, now.Parts, now.After, now.Ground = 0, nil, e.After, ground
		return nil
	})
}

func (s *Service) copyPart(ctx context.Context, w io.Writer, key string) error {
	r, err := s.Files.OpenStaging(ctx, key)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return errors.Join(err, r.Close())
}

// ground is what the rows are made by: the build, the versions of the ledgers, what
// became of those that were merged, who reads what by the policy and by reserved.json,
// and whom the file is for, with the posts and grants they have and what these let them
// read at this moment. One file stands on one ground.
func (s *Service) ground(e Export, a actor.Actor) (ledger.Digest, error) {
	versions := []ledger.Digest{}
	for _, id := range e.ledgers() {
		for _, t := range s.Catalog.Versions(id) {
			versions = append(versions, t.Digest)
		}
	}
	raw, err := json.Marshal([]any{s.Build, versions, s.Catalog.Merged(e.Ledger), s.Catalog.Readings(), s.Access.Rules(), a, s.Access.Scope(a, s.Now())})
	return sha256.Sum256(raw), err
}

// moved reports whether the ground of an export is another by now.
func (s *Service) moved(ctx context.Context, e Export) (bool, error) {
	as, err := s.as(ctx, e.Person, e.Address)
	if err != nil {
		return false, err
	}
	ground, err := s.ground(e, actor.From(as))
	return ground != e.Ground, err
}

// dropParts removes what an export was made of, also what a killed run left.
func (s *Service) dropParts(ctx context.Context, prison, id uuid.UUID) error {
	var keys []string
	for part, err := range s.Files.ListStaging(ctx, partsOf(prison, id)) {
		if err != nil {
			return err
		}
		keys = append(keys, part.Key)
	}
	for _, key := range keys {
		if err := s.Files.RemoveStaging(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
