package standards

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// levels of superior documents: whose demand they are (R115).
var levels = []string{"law", "ministry", "province", "reform", "justice", "bureau", "other"}

// Document that indicators rest on, by its title.
type Document struct {
	Title      string `json:"title"`
	Issuer     string `json:"issuer"`
	Level      string `json:"level"`
	Number     string `json:"number,omitempty"`
	IssuedOn   string `json:"issued_on,omitempty"`
	ReplacedBy string `json:"replaced_by,omitempty"`
	ReplacedOn string `json:"replaced_on,omitempty"`
	// Replaced from that day on.
	Replaced bool      `json:"replaced"`
	AddedBy  uuid.UUID `json:"-"` // zero: shipped
	// Files are the versions of the document itself, the newest first.
	Files []BasisFile `json:"files"`
	// Uses are the indicators of standards that are not superseded; once the document
	// is replaced, they want to be looked at.
	Uses []Use `json:"uses"`
}

// BasisFile is a version of the document itself.
type BasisFile struct {
	Version int           `json:"version"`
	Name    string        `json:"name"`
	Size    int64         `json:"size"`
	Sha256  ledger.Digest `json:"sha256"`
	AddedOn string        `json:"added_on"`
	AddedBy uuid.UUID     `json:"-"`
}

// MaxFile bounds a document's file, in bytes; the table does too.
const MaxFile = 20 << 20

// Use is an indicator that quotes a clause.
type Use struct {
	Standard  string `json:"standard"`
	Version   int    `json:"version"`
	Indicator string `json:"indicator"`
	Clause    string `json:"clause"`
}

// Replacement of a document by another of the register.
type Replacement struct {
	Title string
	By    string
	Day   string
	Who   uuid.UUID
}

// Basis is the register, with what rests on each document.
func (s *Service) Basis(ctx context.Context) ([]Document, error) {
	docs, err := s.Store.Basis(ctx, s.asked(ctx))
	if err != nil {
		return nil, err
	}
	for i := range docs {
		docs[i].Replaced = docs[i].ReplacedBy != "" && docs[i].ReplacedOn <= s.today()
	}
	return docs, s.eachIssued(ctx, func(std *scoring.Standard) { quoted(docs, std) })
}

func quoted(docs []Document, std *scoring.Standard) {
	for _, d := range std.Domains {
		for _, ind := range d.Indicators {
			for _, b := range ind.Basis {
				if i := slices.IndexFunc(docs, func(d Document) bool { return d.Title == b.Document }); i >= 0 {
					docs[i].Uses = append(docs[i].Uses, Use{Standard: std.ID, Version: std.Version, Indicator: ind.Code, Clause: b.Clause})
				}
			}
		}
	}
}

// AddBasis enters a document. Faults: forbidden, bad_basis with fields, basis_there.
func (s *Service) AddBasis(ctx context.Context, d Document, idem ledger.Idem) error {
	if err := s.may(ctx, "manage", uuid.Nil); err != nil {
		return err
	}
	var bad []fault.Field
	for pointer, text := range map[string]*string{"/title": &d.Title, "/issuer": &d.Issuer} {
		name, ok := catalog.Name(*text, 200)
		if !ok {
			bad = append(bad, told(pointer, "required", "不能为空，最多 200 字", "It is wanted, of at most 200 characters", nil))
		}
		*text = name
	}
	if d.Number != "" {
		number, ok := catalog.Name(d.Number, 100)
		if !ok {
			bad = append(bad, told("/number", "length", "文号最多 100 字", "A number has at most 100 characters", nil))
		}
		d.Number = number
	}
	if !slices.Contains(levels, d.Level) {
		bad = append(bad, told("/level", "enum", "请选择文件层级", "Choose whose document it is", nil))
	}
	if _, err := catalog.Day(d.IssuedOn); d.IssuedOn != "" && err != nil {
		bad = append(bad, told("/issued_on", "format", "日期应写作 年-月-日", "A day is written YYYY-MM-DD", nil))
	}
	if len(bad) > 0 {
		return fault.InvalidFields("bad_basis", bad)
	}
	d.AddedBy = actor.From(ctx).PersonID
	return s.Store.AddBasis(ctx, s.asked(ctx), idem, d)
}

// ReplaceBasis says that another document of the register stands in a document's
// place: from the day on what rests on it is flagged. Faults: forbidden, bad_basis,
// not_found, basis_replaced, basis_gone.
func (s *Service) ReplaceBasis(ctx context.Context, r Replacement, idem ledger.Idem) error {
	if err := s.may(ctx, "manage", uuid.Nil); err != nil {
		return err
	}
	if _, err := catalog.Day(r.Day); err != nil {
		return fault.InvalidFields("bad_basis", []fault.Field{told("/on", "format", "日期应写作 年-月-日", "A day is written YYYY-MM-DD", nil)})
	}
	// A slip of the year could not be put right.
	if last := catalog.DayOf(s.Now().AddDate(1, 0, 0)); r.Day > last {
		return fault.InvalidFields("bad_basis", []fault.Field{told("/on", "range", "替代日期不晚于一年后（"+last+"）", "It is replaced within a year, by "+last, nil)})
	}
	if r.By == "" || r.By == r.Title {
		return fault.InvalidFields("bad_basis", []fault.Field{told("/by", "enum", "请选择替代它的另一份文件", "Choose another document that replaces it", nil)})
	}
	r.Who = actor.From(ctx).PersonID
	return s.Store.ReplaceBasis(ctx, s.asked(ctx), idem, r)
}

// AttachBasis keeps the next version of a document's file. The same bytes as the newest are kept
// once. Faults: forbidden, not_found, bad_name, upload_empty, upload_too_large.
func (s *Service) AttachBasis(ctx context.Context, title, name string, raw []byte, idem ledger.Idem) (BasisFile, error) {
	if err := s.may(ctx, "manage", uuid.Nil); err != nil {
		return BasisFile{}, err
	}
	name, ok := ledger.PlainName(name)
	switch {
	case !ok:
		return BasisFile{}, fault.New(fault.Invalid, "bad_name")
	case len(raw) == 0:
		return BasisFile{}, fault.New(fault.Invalid, "upload_empty")
	case len(raw) > MaxFile:
		return BasisFile{}, fault.New(fault.TooLarge, "upload_too_large").With("limit", MaxFile)
	}
	f := BasisFile{Name: name, Size: int64(len(raw)), Sha256: sha256.Sum256(raw), AddedBy: actor.From(ctx).PersonID}
	return s.Store.AttachBasis(ctx, s.asked(ctx), idem, title, f, raw)
}

// BasisFile is a version of a document's file, for everybody. Fault: not_found.
func (s *Service) BasisFile(ctx context.Context, title string, version int) (BasisFile, []byte, error) {
	return s.Store.BasisFile(ctx, s.asked(ctx), title, version)
}
