package inspection

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/uuid"

	"taizhang/internal/assessment"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/scoring"
)

// Paper streams a kept score as an official paper, to whoever may read the score; each printing
// is recorded before the first byte leaves. Faults: forbidden, not_found.
func (s *Service) Paper(ctx context.Context, prison, run uuid.UUID) (printing.SheetPrint, io.ReadCloser, error) {
	r, _, err := s.Scores.Run(ctx, prison, run)
	if err != nil {
		return printing.SheetPrint{}, nil, err
	}
	if err := s.Ledger.Record(ctx, prison, ledger.Custody{Kind: "print", Subject: run.String(), Detail: map[string]any{"kind": "score_sheet"}}); err != nil {
		return printing.SheetPrint{}, nil, err
	}
	return s.filed(ctx, prison, r)
}

// Filed is the same paper for what the program makes of it.
func (s *Service) Filed(ctx context.Context, prison, run uuid.UUID) (printing.SheetPrint, io.ReadCloser, error) {
	r, err := s.Scores.Store.Run(ctx, program(prison), run)
	if err != nil {
		return printing.SheetPrint{}, nil, err
	}
	return s.filed(ctx, prison, r)
}

func program(prison uuid.UUID) ledger.Session {
	return ledger.Session{Prison: prison, Scope: ledger.Everything()}
}

func (s *Service) filed(ctx context.Context, prison uuid.UUID, r assessment.Run) (printing.SheetPrint, io.ReadCloser, error) {
	std, err := s.Texts.Compiled(ctx, r.Standard, r.Version)
	if err != nil {
		return printing.SheetPrint{}, nil, err
	}
	paper := printing.ScoreSheet{Kind: r.Kind, AsOf: r.AsOf, MadeBy: r.MadeByName, RecordedAt: r.RecordedAt, Run: r.ID, AreaID: r.Area, Salt: r.Salt,
		Standard: std.Title.ZH, Digest: r.Digest, Bytes: sha256.Sum256(r.Sheet), Sheet: &scoring.Sheet{}}
	if err := json.Unmarshal(r.Sheet, paper.Sheet); err != nil {
		return printing.SheetPrint{}, nil, fmt.Errorf("run %s: %w", r.ID, err)
	}
	if r.Check != nil {
		c, err := s.Store.Check(ctx, program(prison), *r.Check)
		if err != nil {
			return printing.SheetPrint{}, nil, err
		}
		items, err := s.Store.Rectifications(ctx, program(prison), &c.Area, mostItems)
		if err != nil {
			return printing.SheetPrint{}, nil, err
		}
		// As they stood when the score was kept: what was put right later changes no paper.
		if x := closing(c, beside(c, items), r.RecordedAt); x != nil {
			paper.Verified, paper.All = x.Verified, x.All
		}
	}
	return s.Papers.FileSheet(ctx, prison, paper)
}
