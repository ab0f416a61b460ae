// Package printing makes the official forms: one entry on A4, frozen as it was
// filed; copies with their reader's name; volumes bound of many forms; and what
// a verification code on paper is answered with.
package printing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// Service is the use cases of printing. All fields but Address are required.
type Service struct {
	Store   Store
	Files   ledger.Files
	Access  ledger.Authorizer
	Catalog *catalog.Catalog
	Ledger  *ledger.Service
	Font    *Font
	// Address of the page, which the QR of a form leads to: https://host. Without
	// one the QR holds the path alone.
	Address string
	Now     func() time.Time
}

// Print is a form that was made and kept. It never changes.
type Print struct {
	ledger.Key
	Revision int  `json:"revision"`
	Kind     Kind `json:"kind"`
	Filing
}

// Filing is a paper as it was drawn and kept.
type Filing struct {
	Code       string        `json:"code"`
	Sha256     ledger.Digest `json:"sha256"`
	VersionID  string        `json:"-"`
	Size       int64         `json:"size"`
	Pages      int           `json:"pages"`
	Maker      int           `json:"maker"`
	Missing    []string      `json:"missing"`
	Salt       []byte        `json:"-"`
	RecordedAt time.Time     `json:"recorded_at"`
}

// Record commits to a print; the bytes by their hash.
func (p Print) Record() (ledger.Record, error) {
	return ledger.NewRecord("print", p.ref(), p.Salt, map[string]any{
		"entry": p.Entry, "revision": p.Revision, "kind": p.Kind, "code": p.Code, "sha256": p.Sha256, "version_id": p.VersionID,
		"size": p.Size, "pages": p.Pages, "maker": p.Maker, "missing": p.Missing,
	})
}

func (p Print) ref() string { return fmt.Sprintf("%s/%d/%s", p.Entry, p.Revision, p.Kind) }

// Unlocked is a form, a volume or a score sheet that is to be put under lock.
type Unlocked struct {
	Sha256    ledger.Digest
	VersionID string
	Ledger    string // "" for a score sheet, which is kept for ever
	Version   int    // of the ledger type; 0 for a volume, which holds forms of many
	Since     time.Time
}

// Store keeps prints and volumes (postgres.Prints).
type Store interface {
	Write(ctx context.Context, s ledger.Session, idem ledger.Idem, out any, fn func(Tx) error) error
	Read(ctx context.Context, s ledger.Session, fn func(Tx) error) error
	// Unbound lists volumes that nobody works on and that do not pause.
	Unbound(ctx context.Context, prison uuid.UUID, now time.Time) ([]VolumeKey, error)
	// Unlocked lists what is not under lock.
	Unlocked(ctx context.Context, prison uuid.UUID) ([]Unlocked, error)
}

// Tx is a transaction over prints; what row-level security hides is not_found.
type Tx interface {
	ledger.Tx
	// Print of a revision; not_found while there is none.
	Print(ctx context.Context, k ledger.Key, revision int, kind Kind) (Print, error)
	// PrintOf finds by code, in whatever prison the session sees.
	PrintOf(ctx context.Context, code string) (Print, error)
	InsertPrint(ctx context.Context, p Print) error
	sheetTx
	// Leaf is the place of a record in the prison's log.
	Leaf(ctx context.Context, prison uuid.UUID, kind, ref string) (int64, error)
	PrisonName(ctx context.Context, prison uuid.UUID) (string, error)
	volumeTx
}

func (s *Service) session(ctx context.Context, prison uuid.UUID) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Prison: prison, Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

func program(prison uuid.UUID) ledger.Session {
	return ledger.Session{Prison: prison, Scope: ledger.Everything()}
}

func filing(code string, pdf []byte, pages int, missing []rune) Filing {
	f := Filing{Code: code, Sha256: sha256.Sum256(pdf), Size: int64(len(pdf)), Pages: pages, Maker: Maker, Missing: []string{}, Salt: integrity.NewSalt()}
	for _, r := range missing {
		f.Missing = append(f.Missing, fmt.Sprintf("U+%04X", r))
	}
	return f
}

// File makes the form of a revision unless it is there already, and returns it.
// It runs as a job after the last approval, and whenever a form is asked for
// that has not been made yet; twice at once makes one.
func (s *Service) File(ctx context.Context, k ledger.Key, revision int, kind Kind) (Print, error) {
	var p Print
	var sheet Sheet
	err := s.Store.Read(ctx, program(k.Prison), func(tx Tx) error {
		var err error
		if p, err = tx.Print(ctx, k, revision, kind); !fault.Is(err, fault.NotFound) {
			return err
		}
		sheet, err = s.gather(ctx, tx, k, revision, kind)
		return err
	})
	if err != nil || p.Code != "" {
		return p, err
	}
	pdf, pages, missing, err := s.Font.Form(sheet)
	if err != nil {
		return Print{}, err
	}
	made := Print{Key: k, Revision: revision, Kind: kind, Filing: filing(sheet.Code, pdf, pages, missing)}
	put, err := s.bring(ctx, k.Prison, made.Sha256, bytes.NewReader(pdf), made.Size)
	if err != nil {
		return Print{}, err
	}
	err = s.Store.Write(ctx, program(k.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		if _, err := tx.Lock(ctx, k); err != nil {
			return err
		}
		var err error
		if p, err = tx.Print(ctx, k, revision, kind); !fault.Is(err, fault.NotFound) {
			return err // somebody was quicker, or the database is away
		}
		p = made
		if p.VersionID, err = put.Keep(ctx, tx); err != nil {
			return err
		}
		p.RecordedAt = tx.Now()
		return tx.InsertPrint(ctx, p)
	})
	if err != nil {
		return Print{}, err
	}
	return p, s.retain(ctx, p.Prison, Unlocked{Sha256: p.Sha256, VersionID: p.VersionID, Ledger: sheet.Type.ID, Version: sheet.Type.Version, Since: p.RecordedAt})
}

// retain puts a form or a volume under lock for as long as the type says, after
// commit as with evidence. Repeating it changes nothing.
func (s *Service) retain(ctx context.Context, prison uuid.UUID, u Unlocked) error {
	kept := catalog.Retention{Permanent: true}
	if u.Ledger != "" {
		t, err := s.typeOf(u.Ledger, u.Version)
		if err != nil {
			return err
		}
		kept = t.Retention
	}
	until, err := s.Files.Retain(ctx, ledger.ObjectKey(prison, u.Sha256), u.VersionID, kept.Until(u.Since))
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, program(prison), ledger.Idem{}, nil, func(tx Tx) error { return tx.RetainObject(ctx, prison, u.Sha256, until) })
}

// Job files the form that a decision asked for.
func (s *Service) Job(ctx context.Context, j ledger.FormFiled) error {
	kind := Filed
	if j.Voided {
		kind = Voided
	}
	_, err := s.File(ctx, ledger.Key{Prison: j.Prison, Entry: j.Entry}, j.Revision, kind)
	return err
}

// gather reads what stands on the form. Of the decisions only those that led to
// it: a form made late shows no later void.
func (s *Service) gather(ctx context.Context, tx Tx, k ledger.Key, revision int, kind Kind) (Sheet, error) {
	sheet := Sheet{Kind: kind}
	var err error
	if sheet.Entry, err = tx.Entry(ctx, k); err != nil {
		return sheet, err
	}
	if sheet.Revision, err = tx.Revision(ctx, k, max(revision, 1)); err != nil {
		return sheet, err
	}
	if sheet.Type = s.Catalog.Type(sheet.Revision.Ledger, sheet.Revision.Version); sheet.Type == nil {
		return sheet, fault.New(fault.NotFound, "ledger_unknown").With("ledger", sheet.Revision.Ledger)
	}
	decisions, err := tx.Decisions(ctx, k)
	if err != nil {
		return sheet, err
	}
	last := ""
	for _, d := range decisions {
		if d.Revision != revision || d.Verdict == "keep" || d.Verdict == "void" && kind != Voided {
			continue
		}
		sheet.Decisions = append(sheet.Decisions, d)
		if last = d.Verdict; last == "approve" && d.Step+1 < len(sheet.Revision.Chain) {
			last = ""
		}
	}
	// A revision on its way may have all its approvals but one of a vote.
	if want := map[Kind]string{Filed: "approve", Voided: "void"}[kind]; want == "" || last != want || sheet.Entry.InForce < revision {
		return sheet, fault.New(fault.Conflict, "not_filed")
	}
	if sheet.Evidence, err = tx.Evidence(ctx, k, revision); err != nil {
		return sheet, err
	}
	area, err := tx.Area(ctx, k.Prison, sheet.Entry.Area)
	if err != nil {
		return sheet, err
	}
	sheet.Area = area.NameZH
	if sheet.Prison, err = tx.PrisonName(ctx, k.Prison); err != nil {
		return sheet, err
	}
	sheet.Code = CodeOf(sheet.Revision, kind)
	sheet.Link = s.Address + "/verify/" + sheet.Code
	sheet.Names, err = s.named(ctx, tx, sheet)
	return sheet, err
}

// named finds the names of all people the document mentions.
func (s *Service) named(ctx context.Context, tx Tx, sheet Sheet) (map[string]string, error) {
	doc, err := catalog.ParseDocument(sheet.Revision.Document)
	if err != nil {
		return nil, err
	}
	return tx.Named(ctx, sheet.Entry.Prison, sheet.Type.References(doc))
}

// Ask names a form: of an entry, of its revision (0: the one in force, or the
// one taken out of force), as it was filed or as a copy with the reader's name.
type Ask struct {
	ledger.Key
	Revision int
	Copy     bool
}

// Open streams a form. Whoever may read the entry may print it; each printing
// is recorded before the first byte leaves.
func (s *Service) Open(ctx context.Context, a Ask) (Print, io.ReadCloser, error) {
	v, err := s.Ledger.Get(ctx, a.Key)
	if err != nil {
		return Print{}, nil, err
	}
	kind := Filed
	if a.Revision == 0 {
		if a.Revision = v.Entry.InForce; v.Entry.State == ledger.Voided {
			a.Revision, kind = v.Entry.Revision, Voided
		}
	}
	if a.Revision == 0 {
		return Print{}, nil, fault.New(fault.Conflict, "not_filed")
	}
	p, err := s.File(ctx, a.Key, a.Revision, kind)
	if err != nil {
		return p, nil, err
	}
	filed := p
	excerpt, err := s.excerpt(ctx, &p, v.Entry.Ledger, func(sh Sheet) catalog.Hidden { return s.Ledger.Hidden(ctx, sh.Entry, sh.Type) })
	if err != nil {
		return p, nil, err
	}
	if err := s.Ledger.Record(ctx, a.Prison, ledger.Custody{Kind: "print", Subject: a.Entry.String(),
		Detail: map[string]any{"revision": p.Revision, "kind": p.Kind, "sha256": p.Sha256, "copy": a.Copy}}); err != nil {
		return p, nil, err
	}
	var file io.ReadCloser
	if excerpt != nil {
		file = io.NopCloser(bytes.NewReader(excerpt))
	} else {
		file, err = s.Files.Open(ctx, ledger.ObjectKey(filed.Prison, filed.Sha256), filed.VersionID, filed.Sha256, filed.Size)
	}
	if err != nil || !a.Copy {
		return p, file, err
	}
	raw, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return p, nil, err
	}
	raw, err = s.copyOf(raw, actor.From(ctx).Name)
	p.Size = int64(len(raw))
	return p, io.NopCloser(bytes.NewReader(raw)), err
}

// copyOf lays the reader's name and the time over every page.
func (s *Service) copyOf(form []byte, name string) ([]byte, error) {
	over := newPaper(s.Font)
	at := s.Now().In(catalog.Zone)
	words := over.font.clean(strings.ReplaceAll("复印件　"+name+"　"+catalog.OnPaper(at)+at.Format(" 15:04"), "\n", " "), over.missing)
	over.put(watermark(words, s.Font.width(words, watermarkSize)))
	layer, _, err := over.finish(func(int, int) []mark { return nil })
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	b := newBinder(&out)
	layers, err := b.layers(layer)
	if err != nil {
		return nil, err
	}
	if err := b.add(form, func(int) int { return layers[0] }); err != nil {
		return nil, err
	}
	err = b.close()
	return out.Bytes(), err
}
