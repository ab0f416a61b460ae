package accreditation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/inspection"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
	"taizhang/internal/lifecycle"
	"taizhang/internal/scoring"
)

// Package is what went to the review committee: one zip in the prison's store.
type Package struct {
	Prison    uuid.UUID     `json:"prison"`
	ID        uuid.UUID     `json:"id"` // of the record that seals it
	Case      uuid.UUID     `json:"case"`
	Sha256    ledger.Digest `json:"sha256"`
	Size      int64         `json:"size"`
	VersionID string        `json:"-"`
	Salt      []byte        `json:"-"`

	RecordedAt time.Time `json:"-"`
}

// Record commits to the package.
func (p Package) Record() (ledger.Record, error) {
	return ledger.NewRecord("package", p.ID.String(), p.Salt, map[string]any{
		"package": p.ID, "case": p.Case, "sha256": p.Sha256, "size": p.Size, "version_id": p.VersionID,
	})
}

// SheetKept is a score sheet as it was kept, and who made it final.
type SheetKept struct {
	Run        uuid.UUID
	Kind       string
	Score      string
	By         string
	RecordedAt time.Time
	Sheet      []byte
}

func (x SheetKept) name() string { return "sheets/" + x.Kind + "-" + x.Run.String() }

// Proof is one file under an entry that a sheet names. The file itself stays where it is; of
// what is restricted the entry alone is named: a digest tells of its content.
type Proof struct {
	Entry     uuid.UUID     `json:"entry"`
	Ledger    string        `json:"ledger"`
	Revision  int           `json:"revision"`
	Digest    ledger.Digest `json:"digest,omitzero"`
	Evidence  uuid.UUID     `json:"evidence,omitzero"`
	MediaType string        `json:"media_type,omitempty"`
	Size      int64         `json:"size,omitempty"`
	Sha256    string        `json:"sha256,omitempty"`
}

// FileKept asks that a file of a deliberation be put under lock: it is kept for ever.
type FileKept struct {
	Prison    uuid.UUID     `json:"prison"`
	Sha256    ledger.Digest `json:"sha256"`
	VersionID string        `json:"version_id"`
	At        time.Time     `json:"at"`
}

// Kind of the job.
func (FileKept) Kind() string { return "deliberation_file_kept" }

// Keep puts the file under lock; repeating it changes nothing.
func (s *Service) Keep(ctx context.Context, k FileKept) error {
	until, err := s.Files.Retain(ctx, ledger.ObjectKey(k.Prison, k.Sha256), k.VersionID, catalog.Retention{Permanent: true}.Until(k.At))
	if err != nil {
		return err
	}
	return s.Store.Write(ctx, house(k.Prison), ledger.Idem{}, nil, func(tx Tx) error { return tx.Ledger().RetainObject(ctx, k.Prison, k.Sha256, until) })
}

func (s *Service) bring(ctx context.Context, prison uuid.UUID, raw []byte, mediaType string) (ledger.Brought, error) {
	return ledger.Bring(ctx, s.Files, func(fn func(ledger.Tx) error) error {
		return s.Store.Write(ctx, house(prison), ledger.Idem{}, nil, func(tx Tx) error { return fn(tx.Ledger()) })
	}, prison, sha256.Sum256(raw), bytes.NewReader(raw), int64(len(raw)), mediaType)
}

// AttachMinutes lays the file of the minutes beside an open item, by the body's secretary;
// the last one is frozen with it. Faults as Deliberate's, upload_empty, bad_name.
func (s *Service) AttachMinutes(ctx context.Context, prison, id uuid.UUID, name string, raw []byte, idem ledger.Idem) (Deliberation, error) {
	name, ok := ledger.PlainName(name)
	switch {
	case !ok:
		return Deliberation{}, fault.New(fault.Invalid, "bad_name")
	case len(raw) == 0:
		return Deliberation{}, fault.New(fault.Invalid, "upload_empty")
	}
	d, err := s.Deliberation(ctx, prison, id)
	if err != nil {
		return Deliberation{}, err
	}
	if err := s.serves(ctx, d.Body); err != nil {
		return Deliberation{}, err
	}
	b, err := s.bring(ctx, prison, raw, "application/octet-stream")
	if err != nil {
		return Deliberation{}, err
	}
	return s.onItem(ctx, prison, id, ItemDeed{Kind: "minutes"}, &resting{name, b}, idem)
}

// OpenMinutes streams the file of the minutes as it stands. Faults: forbidden, not_found.
func (s *Service) OpenMinutes(ctx context.Context, prison, id uuid.UUID) (Minutes, io.ReadCloser, error) {
	d, err := s.Deliberation(ctx, prison, id)
	if err != nil {
		return Minutes{}, nil, err
	}
	a := d.last("minutes", uuid.Nil)
	if a == nil || d.Minutes == nil {
		return Minutes{}, nil, fault.New(fault.NotFound, "not_found")
	}
	if err := s.custody(ctx, prison, ledger.Custody{Kind: "minutes", Subject: id.String(), Detail: map[string]any{"sha256": a.Sha256}}); err != nil {
		return Minutes{}, nil, err
	}
	file, err := s.Files.Open(ctx, ledger.ObjectKey(prison, *a.Sha256), a.VersionID, *a.Sha256, a.Size)
	return *d.Minutes, file, err
}

// custody records what somebody took, before the first byte leaves.
func (s *Service) custody(ctx context.Context, prison uuid.UUID, c ledger.Custody) error {
	a := actor.From(ctx)
	row := ledger.CustodyRow{ID: uuid.Must(uuid.NewV7()), Custody: c, Person: a.PersonID, Address: a.Address, Salt: integrity.NewSalt()}
	return s.Store.Write(ctx, s.asked(ctx, prison), ledger.Idem{}, nil, func(tx Tx) error { return tx.Ledger().InsertCustody(ctx, prison, row) })
}

// mayTake a package: the bureau's office, both secretaries, and the members of an agenda
// that the case is on, unless they are out of it.
func (s *Service) mayTake(ctx context.Context, l Look, c Case) (bool, error) {
	if slices.ContainsFunc(s.qualities(ctx, c.Prison, c.Area), func(a lifecycle.Actor) bool {
		return a == lifecycle.BureauOffice || a == lifecycle.PartyCommittee || a == lifecycle.Committee
	}) {
		return true, nil
	}
	sub := meeting(c.Prison)
	items, err := l.ItemsOf(ctx, c.ID)
	if err != nil {
		return false, err
	}
	for _, i := range items {
		if i.off() != nil {
			continue
		}
		seats, err := l.Seats(ctx, i)
		if err != nil {
			return false, err
		}
		for _, x := range seats {
			if !x.Out() {
				sub.Team = append(sub.Team, x.Person)
			}
		}
	}
	return s.may(ctx, "vote", sub) == nil, nil
}

// packageFor is the package of the case that the item is of; the zero id where there is
// none, or it does not go to the reader.
func (s *Service) packageFor(ctx context.Context, l Look, i Item) (uuid.UUID, error) {
	list, err := l.Packages(ctx, i.Case)
	if err != nil || len(list) == 0 {
		return uuid.Nil, err
	}
	c, err := l.Case(ctx, i.Case)
	if err != nil {
		return uuid.Nil, err
	}
	if ok, err := s.mayTake(ctx, l, c); err != nil || !ok {
		return uuid.Nil, err
	}
	return list[len(list)-1].ID, nil
}

// OpenPackage streams the newest package of a case. Faults: forbidden, not_found.
func (s *Service) OpenPackage(ctx context.Context, prison, c uuid.UUID) (Package, io.ReadCloser, error) {
	var p Package
	err := s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		k, err := l.Case(ctx, c)
		if err != nil {
			return err
		}
		return l.Wide(ctx, func() error {
			list, err := l.Packages(ctx, c)
			if err != nil {
				return err
			}
			switch ok, err := s.mayTake(ctx, l, k); {
			case err != nil:
				return err
			case !ok:
				return s.may(ctx, "vote", meeting(prison))
			case len(list) == 0:
				return fault.New(fault.NotFound, "not_found")
			}
			p = list[len(list)-1]
			return nil
		})
	})
	if err != nil {
		return p, nil, err
	}
	if err := s.custody(ctx, prison, ledger.Custody{Kind: "package", Subject: c.String(), Detail: map[string]any{"package": p.ID, "sha256": p.Sha256}}); err != nil {
		return p, nil, err
	}
	file, err := s.Files.Open(ctx, ledger.ObjectKey(prison, p.Sha256), p.VersionID, p.Sha256, p.Size)
	return p, file, err
}

// sealed is a package that was brought, and the digest of what it was made of.
type sealed struct {
	file ledger.Brought
	of   [32]byte
}

// contents of a package but for what is drawn and what lies in the store: names and bytes,
// made from the case alone, so that the same case gives the same bytes.
type contents struct {
	files   map[string][]byte
	minutes []Item
	sheets  []SheetKept
	report  report // says what files say
}

func (c contents) digest() [32]byte {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(c.files[name]))
		_, _ = h.Write(c.files[name])
	}
	return [32]byte(h.Sum(nil))
}

// pack makes and brings the package of a case, before the transaction that seals it.
func (s *Service) pack(ctx context.Context, prison, id uuid.UUID) (*sealed, error) {
	var in contents
	var at time.Time
	err := s.Store.Read(ctx, s.asked(ctx, prison), func(l Look) error {
		c, err := l.Case(ctx, id)
		if err != nil {
			return err
		}
		at = c.At
		return l.Wide(ctx, func() error {
			in, err = s.contents(ctx, l, c)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	var zip bytes.Buffer
	p := inspection.NewPacker(&zip, at)
	report, _, _, err := s.Font.Official(in.report.paper())
	if err != nil {
		return nil, err
	}
	if err := p.Put("report.pdf", report); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(in.files)) {
		if err := p.Put(name, in.files[name]); err != nil {
			return nil, err
		}
	}
	for _, x := range in.sheets {
		_, file, err := s.Checks.Filed(ctx, prison, x.Run)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(p.Copy(x.name()+".pdf", file), file.Close()); err != nil {
			return nil, err
		}
	}
	for _, i := range in.minutes {
		a := i.last("minutes", uuid.Nil)
		file, err := s.Files.Open(ctx, ledger.ObjectKey(prison, *a.Sha256), a.VersionID, *a.Sha256, a.Size)
		if err != nil {
			return nil, err
		}
		// A name that somebody gave never becomes a path.
		if err := errors.Join(p.Copy("minutes/"+i.ID.String()+".file", file), file.Close()); err != nil {
			return nil, err
		}
	}
	if err := p.Close(); err != nil {
		return nil, err
	}
	file, err := s.bring(ctx, prison, zip.Bytes(), "application/zip")
	return &sealed{file, in.digest()}, err
}

// Called is what people call the prison and the bureau's departments.
type Called struct {
	Prison      string
	Departments map[string]fault.Text // by code
}

// spoken is an opinion as the package shows it.
type spoken struct {
	Department string    `json:"department"`
	Name       string    `json:"name"`
	DueOn      string    `json:"due_on"`
	Opines     *Opines   `json:"opinion"` // null: none was given
	By         string    `json:"by,omitempty"`
	At         time.Time `json:"at,omitzero"`
}

// contents gathers score sheets, what proves them, opinions, results, deliberations, the
// conditions with their names and the history of the case.
func (s *Service) contents(ctx context.Context, l Look, c Case) (contents, error) {
	out := contents{files: map[string][]byte{}}
	put := func(name string, v any) error {
		raw, err := canonical(v)
		out.files[name] = raw
		return err
	}
	events, err := l.Events(ctx, c.ID)
	if err != nil {
		return out, err
	}
	records, err := l.Records(ctx, c.ID)
	if err != nil {
		return out, err
	}
	opinions, err := l.Opinions(ctx, c.ID)
	if err != nil {
		return out, err
	}
	items, err := l.ItemsOf(ctx, c.ID)
	if err != nil {
		return out, err
	}
	area, err := areaOf(ctx, l, c.Area)
	if err != nil {
		return out, err
	}
	var runs []uuid.UUID
	for _, e := range events {
		if id, err := uuid.Parse(e.Rests); err == nil {
			runs = append(runs, id)
		}
	}
	sheets, err := l.Sheets(ctx, runs)
	if err != nil {
		return out, err
	}
	var entries []uuid.UUID
	for _, x := range sheets {
		out.files[x.name()+".json"] = x.Sheet
		entries = append(entries, entriesIn(x.Sheet)...)
	}
	proofs, err := l.Proofs(ctx, entries)
	if err != nil {
		return out, err
	}
	called, err := l.Called(ctx)
	if err != nil {
		return out, err
	}
	r := report{Case: c, Unit: called.Prison + "　" + area.NameZH, Level: wordings[c.Level], Events: events}
	if c.Pin != nil {
		std, err := s.Standards.Version(ctx, *c.Pin)
		if err != nil {
			return out, err
		}
		r.Standard = fmt.Sprintf("%s　第 %d 版", std.Title.ZH, std.Version)
	}
	if c.Area == uuid.Nil {
		r.Unit = called.Prison + "　监狱整体"
	}
	for _, o := range opinions {
		x := spoken{Department: o.Department, Name: called.Departments[o.Department].ZH, DueOn: o.DueOn}
		for _, r := range records {
			if r.Kind == kindOpinion && r.Department == o.Department && r.Seq == o.Seq {
				x.Opines, x.By, x.At = &Opines{}, r.ByName, r.RecordedAt
				if err := json.Unmarshal(r.Body, x.Opines); err != nil {
					return out, err
				}
				break
			}
		}
		r.Opinions = append(r.Opinions, x)
	}
	kept := map[string][]Record{}
	for _, r := range records {
		if r.Stands && r.Kind != kindAsked && r.Kind != kindVersion && r.Kind != kindPackage {
			kept[r.Kind] = append(kept[r.Kind], r)
		}
	}
	for kind, list := range kept {
		if err := put("records/"+kind+".json", list); err != nil {
			return out, err
		}
	}
	for _, i := range items {
		if f := i.Frozen(); f != nil {
			out.files["minutes/"+i.ID.String()+".json"] = f.Body
			out.minutes = append(out.minutes, i)
		}
	}
	if c.Area == uuid.Nil {
		now, err := s.conditions(ctx, l, s.machine(c), c.Level, catalog.DayOf(l.Now()))
		if err == nil {
			err = put("eligibility.json", now)
		}
		if err != nil {
			return out, err
		}
		r.Conditions = &now
	}
	for i := range events {
		events[i].Title = titleOf(s.machine(c), events[i].Transition)
	}
	err = errors.Join(put("case.json", c), put("history.json", events), put("opinions.json", r.Opinions), put("evidence.json", proofs),
		r.results(kept[kindResults], called), r.evaluated(kept[kindEvaluation]))
	if err != nil {
		return out, err
	}
	out.sheets = sheets
	out.report, err = r.with(sheets, out.minutes)
	return out, err
}

// entriesIn are the entries that a sheet names.
func entriesIn(sheet []byte) (ids []uuid.UUID) {
	var x scoring.Sheet
	if json.Unmarshal(sheet, &x) != nil {
		return nil
	}
	for _, d := range x.Domains {
		for _, ind := range d.Indicators {
			for _, line := range ind.Lines {
				for _, loss := range line.Losses {
					for _, r := range loss.Refs {
						if id, err := uuid.Parse(r.ID); err == nil && r.Kind == "entry" {
							ids = append(ids, id)
						}
					}
				}
			}
		}
	}
	return ids
}

// sealPackage writes down the package that was made before, if the case still is what it
// was made of.
func sealPackage(ctx context.Context, s *Service, tx Tx, k known, after Case, _ Event) error {
	if k.sealed == nil {
		return fmt.Errorf("case %s has no package to seal", after.ID)
	}
	version, err := k.sealed.file.Keep(ctx, tx.Ledger())
	if err != nil {
		return err
	}
	raw, err := canonical(map[string]any{"sha256": k.sealed.file.Sum, "size": k.sealed.file.Size, "steps": after.Records, "pin": after.Pin})
	if err != nil {
		return err
	}
	p := Package{Prison: after.Prison, ID: uuid.Must(uuid.NewV7()), Case: after.ID, Sha256: k.sealed.file.Sum, Size: k.sealed.file.Size, VersionID: version, Salt: integrity.NewSalt()}
	if err := tx.InsertRecord(ctx, after, Record{ID: p.ID, Seq: after.Seq, State: after.State, Kind: kindPackage, Body: raw, Stands: true, Salt: integrity.NewSalt()}); err != nil {
		return err
	}
	if err := tx.InsertPackage(ctx, p); err != nil {
		return err
	}
	return tx.Ledger().Enqueue(ctx, FileKept{p.Prison, p.Sha256, p.VersionID, tx.Now()})
}
