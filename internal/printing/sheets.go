package printing

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// SheetPrint is the paper of a kept score. It never changes.
type SheetPrint struct {
	Prison uuid.UUID
	Run    uuid.UUID
	Filing
}

// Record commits to it; the bytes by their hash.
func (p SheetPrint) Record() (ledger.Record, error) {
	return ledger.NewRecord("sheet_print", p.Run.String(), p.Salt, map[string]any{
		"run": p.Run, "code": p.Code, "sha256": p.Sha256, "version_id": p.VersionID, "size": p.Size, "pages": p.Pages, "maker": p.Maker, "missing": p.Missing,
	})
}

// SheetAnswer is which score stands on the paper.
type SheetAnswer struct {
	Prison     uuid.UUID       `json:"prison"`
	Area       uuid.UUID       `json:"area,omitzero"`
	Run        uuid.UUID       `json:"run"`
	Kind       string          `json:"kind"` // of the check
	Score      scoring.Decimal `json:"score"`
	Display    string          `json:"display"` // as it stands on the paper
	Passes     bool            `json:"passes"`
	AsOf       string          `json:"as_of"`
	MadeBy     string          `json:"made_by_name"`
	RecordedAt time.Time       `json:"recorded_at"`
	Leaf       int64           `json:"run_leaf"`
	// Stands while no later run of the same check took its place.
	Stands bool `json:"-"`
}

// sheetTx is what score sheets ask of the store.
type sheetTx interface {
	// SheetPrint of a run; not_found while there is none.
	SheetPrint(ctx context.Context, prison, run uuid.UUID) (SheetPrint, error)
	// SheetOf finds by code, in whatever prison the session sees.
	SheetOf(ctx context.Context, code string) (SheetPrint, error)
	// SheetAnswer but for its leaf: not_found where the session does not see the run.
	SheetAnswer(ctx context.Context, prison, run uuid.UUID) (SheetAnswer, error)
	// AloneWith keeps others who file the same run's paper out until commit.
	AloneWith(ctx context.Context, run uuid.UUID) error
	InsertSheetPrint(ctx context.Context, p SheetPrint) error
}

// FileSheet draws the paper of a kept score unless it was drawn before, under the names of the
// unit on that day, and opens it. Twice at once makes one. Whoever calls has asked who may.
func (s *Service) FileSheet(ctx context.Context, prison uuid.UUID, sheet ScoreSheet) (SheetPrint, io.ReadCloser, error) {
	var p SheetPrint
	err := s.Store.Read(ctx, program(prison), func(tx Tx) error {
		var err error
		if p, err = tx.SheetPrint(ctx, prison, sheet.Run); !fault.Is(err, fault.NotFound) {
			return err
		}
		if sheet.Prison, err = tx.PrisonName(ctx, prison); err != nil || sheet.AreaID == uuid.Nil {
			return err
		}
		a, err := tx.Area(ctx, prison, sheet.AreaID)
		sheet.Area = a.NameZH
		return err
	})
	if err == nil && p.Code == "" {
		p, err = s.drawSheet(ctx, prison, sheet)
	}
	if err != nil {
		return p, nil, err
	}
	file, err := s.Files.Open(ctx, ledger.ObjectKey(prison, p.Sha256), p.VersionID, p.Sha256, p.Size)
	return p, file, err
}

func (s *Service) drawSheet(ctx context.Context, prison uuid.UUID, sheet ScoreSheet) (SheetPrint, error) {
	sheet.Code = codeOf(sheet.Salt, "score_sheet", sheet.Bytes)
	sheet.Link = s.Address + "/verify/" + sheet.Code
	pdf, pages, missing, err := s.Font.Official(sheet.Paper())
	if err != nil {
		return SheetPrint{}, err
	}
	made := SheetPrint{Prison: prison, Run: sheet.Run, Filing: filing(sheet.Code, pdf, pages, missing)}
	put, err := s.bring(ctx, prison, made.Sha256, bytes.NewReader(pdf), made.Size)
	if err != nil {
		return SheetPrint{}, err
	}
	var p SheetPrint
	err = s.Store.Write(ctx, program(prison), ledger.Idem{}, nil, func(tx Tx) error {
		if err := tx.AloneWith(ctx, sheet.Run); err != nil {
			return err
		}
		var err error
		if p, err = tx.SheetPrint(ctx, prison, sheet.Run); !fault.Is(err, fault.NotFound) {
			return err // somebody was quicker, or the database is away
		}
		p = made
		if p.VersionID, err = put.Keep(ctx, tx); err != nil {
			return err
		}
		p.RecordedAt = tx.Now()
		return tx.InsertSheetPrint(ctx, p)
	})
	if err != nil {
		return SheetPrint{}, err
	}
	return p, s.retain(ctx, prison, Unlocked{Sha256: p.Sha256, VersionID: p.VersionID, Since: p.RecordedAt})
}
