package standards

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// The states of a version. Superseded is no act: it is what the issued one becomes on
// the day from which a later one of the same units is in force.
const (
	Draft      = "draft"
	Reviewed   = "reviewed"
	Issued     = "issued"
	Superseded = "superseded"
)

// Version of a standard, as lists show it.
type Version struct {
	Standard    string          `json:"standard"`
	Version     int             `json:"version"`
	Title       fault.Text      `json:"title"`
	Unit        scoring.Kind    `json:"unit"`
	Label       string          `json:"label,omitempty"`
	Unofficial  bool            `json:"unofficial"`
	Points      scoring.Decimal `json:"points"`
	Line        scoring.Decimal `json:"line"`
	State       string          `json:"state"`
	Revision    int64           `json:"revision"`
	Digest      ledger.Digest   `json:"digest"`
	EffectiveOn string          `json:"effective_on,omitempty"`
	Author      uuid.UUID       `json:"-"` // of what is about to be kept; zero: shipped
	Savers      []uuid.UUID     `json:"-"` // everybody who ever saved it
	AuthorName  string          `json:"author,omitempty"`
	IssuedAt    *time.Time      `json:"issued_at,omitempty"`
	Review      *Review         `json:"review,omitempty"` // the latest
}

// writtenBy names the actor where they saved the version at any time: to its review they are its author,
// whoever saved after them.
func (v Version) writtenBy(a actor.Actor) uuid.UUID {
	if slices.Contains(v.Savers, a.PersonID) {
		return a.PersonID
	}
	return uuid.Nil
}

// Review is one verdict on one revision of a draft.
type Review struct {
	Revision int64     `json:"revision"`
	Verdict  string    `json:"verdict"` // pass, return
	Reviewer string    `json:"reviewer"`
	Comment  string    `json:"comment"`
	At       time.Time `json:"at"`
}

// Whole is a version with its artefacts.
type Whole struct {
	Version
	Set scoring.Set
	// Mapping from the version before, where one was written.
	Mapping *Mapping
}

// Verdict of a reviewer on what was read.
type Verdict struct {
	Verdict string
	Comment string
	Digest  ledger.Digest
	By      uuid.UUID
}

// Store keeps versions. Every write names the revision that was seen: changed_meanwhile
// when another stands.
type Store interface {
	List(ctx context.Context, s ledger.Session) ([]Version, error)
	// Load gives one version: standard_unknown.
	Load(ctx context.Context, s ledger.Session, standard string, version int) (Whole, error)
	// Insert makes a draft, the only one of its standard: draft_there.
	Insert(ctx context.Context, s ledger.Session, idem ledger.Idem, w Whole) (Version, error)
	Save(ctx context.Context, s ledger.Session, idem ledger.Idem, w Whole) (Version, error)
	Review(ctx context.Context, s ledger.Session, idem ledger.Idem, v Version, say Verdict) (Version, error)
	Issue(ctx context.Context, s ledger.Session, idem ledger.Idem, v Version) (Version, error)
	// Map keeps the mapping of a draft, which is a draft again.
	Map(ctx context.Context, s ledger.Session, idem ledger.Idem, w Whole) (Version, error)
	Mappings(ctx context.Context, s ledger.Session, standard string) ([]Mapping, error)
	// Lists are the latest version of each external list.
	Lists(ctx context.Context, s ledger.Session) ([]List, error)
	// AddList keeps the next version of a list.
	AddList(ctx context.Context, s ledger.Session, idem ledger.Idem, l List) (List, error)
	Basis(ctx context.Context, s ledger.Session) ([]Document, error)
	AddBasis(ctx context.Context, s ledger.Session, idem ledger.Idem, d Document) error
	ReplaceBasis(ctx context.Context, s ledger.Session, idem ledger.Idem, r Replacement) error
	// AttachBasis keeps the next version of a document's file, unless the newest is the same: not_found.
	AttachBasis(ctx context.Context, s ledger.Session, idem ledger.Idem, title string, f BasisFile, body []byte) (BasisFile, error)
	BasisFile(ctx context.Context, s ledger.Session, title string, version int) (BasisFile, []byte, error)
}

// Service is the use cases. All fields are required.
type Service struct {
	Store  Store
	Access ledger.Authorizer
	Ground Ground
	Now    func() time.Time

	shelf shelf
}

// Digest is of the three artefacts together.
func Digest(set scoring.Set) (sum ledger.Digest) {
	h := sha256.New()
	for _, part := range [][]byte{set.Standard, set.Rules, set.Guide} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write(part)
	}
	h.Sum(sum[:0])
	return sum
}

func (s *Service) asked(ctx context.Context) ledger.Session {
	a := actor.From(ctx)
	return ledger.Session{Person: a.PersonID, Scope: s.Access.Scope(a, s.Now())}
}

func (s *Service) may(ctx context.Context, action string, author uuid.UUID) error {
	return s.Access.Check(actor.From(ctx), action, ledger.Subject{Class: "standard", Author: author}, s.Now())
}

// eachIssued looks at every version that is issued and not superseded.
func (s *Service) eachIssued(ctx context.Context, fn func(*scoring.Standard)) error {
	list, err := s.List(ctx)
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.State != Issued {
			continue
		}
		std, err := s.Version(ctx, v.pin())
		if err != nil {
			return err
		}
		fn(std)
	}
	return nil
}

func (s *Service) today() string { return catalog.DayOf(s.Now()) }

// List is every version: what is issued, for everybody; drafts, for the bureau.
func (s *Service) List(ctx context.Context) ([]Version, error) {
	list, err := s.Store.List(ctx, s.asked(ctx))
	if err != nil {
		return nil, err
	}
	if s.may(ctx, "read", uuid.Nil) != nil {
		list = slices.DeleteFunc(list, func(v Version) bool { return v.State != Issued })
	}
	return dated(list, s.today()), nil
}

// dated tells of each issued version whether a later one has come into force.
func dated(list []Version, day string) []Version {
	for i := range list {
		v := &list[i]
		if v.State != Issued {
			continue
		}
		later := func(o Version) bool {
			return o.State != Draft && o.State != Reviewed && sameUnit(o.Unit, v.Unit) && o.EffectiveOn <= day && after(o, *v) && !overtaken(list, o, day)
		}
		if overtaken(list, *v, day) || slices.ContainsFunc(list, later) {
			v.State = Superseded
		}
	}
	return list
}

// overtaken says that the next version of the same standard has come into force: it stands,
// whichever day the one before it was to come into force.
func overtaken(list []Version, v Version, day string) bool {
	return slices.ContainsFunc(list, func(o Version) bool {
		return o.State != Draft && o.State != Reviewed && o.Standard == v.Standard && o.Version > v.Version && alike(o.Unit, v.Unit) && o.EffectiveOn <= day
	})
}

// sameUnit: a framework of another field gives way to its own later version alone.
func sameUnit(a, b scoring.Kind) bool { return a.Official() && alike(a, b) }

func alike(a, b scoring.Kind) bool {
	return a.Kind == b.Kind && slices.Equal(slices.Sorted(slices.Values(a.Functions)), slices.Sorted(slices.Values(b.Functions)))
}

// after orders versions by the day they come into force.
func after(a, b Version) bool {
	if a.EffectiveOn != b.EffectiveOn {
		return a.EffectiveOn > b.EffectiveOn
	}
	return a.IssuedAt != nil && b.IssuedAt != nil && a.IssuedAt.After(*b.IssuedAt) || a.Standard == b.Standard && a.Version > b.Version
}

// Load gives one version with its artefacts; a draft to the bureau only.
func (s *Service) Load(ctx context.Context, standard string, version int) (Whole, error) {
	w, err := s.Store.Load(ctx, s.asked(ctx), standard, version)
	if err != nil {
		return Whole{}, err
	}
	if w.State != Issued && s.may(ctx, "read", uuid.Nil) != nil {
		return Whole{}, fault.New(fault.NotFound, "standard_unknown")
	}
	list, err := s.List(ctx)
	if err != nil {
		return Whole{}, err
	}
	if i := slices.IndexFunc(list, func(v Version) bool { return v.Standard == standard && v.Version == version }); i >= 0 {
		w.Version = list[i]
	}
	return w, nil
}

// Actions are what the actor may do with standards, given one, with that one.
func (s *Service) Actions(ctx context.Context, v Version) []string {
	list := []string{}
	for _, action := range []string{"create", "edit", "approve", "manage"} {
		if s.may(ctx, action, v.writtenBy(actor.From(ctx))) == nil {
			list = append(list, action)
		}
	}
	return list
}

// Check holds artefacts to the release checks, whoever asks: nothing is kept.
func (s *Service) Check(ctx context.Context, set scoring.Set) (Report, error) {
	if err := s.may(ctx, "read", uuid.Nil); err != nil {
		return Report{}, err
	}
	return Check(set, s.Ground), nil
}

// Draft makes the next version of a standard. Faults: forbidden, bad_standard with
// fields where it cannot even be read, draft_there.
func (s *Service) Draft(ctx context.Context, set scoring.Set, idem ledger.Idem) (Version, error) {
	if err := s.may(ctx, "create", uuid.Nil); err != nil {
		return Version{}, err
	}
	w, err := drafted(ctx, set)
	if err != nil {
		return Version{}, err
	}
	return s.Store.Insert(ctx, s.asked(ctx), idem, w)
}

// Save keeps a draft as it now is; what was reviewed becomes a draft again.
func (s *Service) Save(ctx context.Context, standard string, version int, revision int64, set scoring.Set, idem ledger.Idem) (Version, error) {
	if err := s.may(ctx, "edit", uuid.Nil); err != nil {
		return Version{}, err
	}
	w, err := drafted(ctx, set)
	if err != nil {
		return Version{}, err
	}
	if w.Standard != standard || w.Version.Version != version {
		return Version{}, fault.InvalidFields("bad_standard", []fault.Field{told("/id", "standard", "编号与版本不能更改", "Id and version stay as they are", nil)})
	}
	w.Revision = revision
	return s.Store.Save(ctx, s.asked(ctx), idem, w)
}

// MaxSet bounds the three artefacts of a version together, in bytes.
const MaxSet = 4 << 20

// idForm is how a standard is called for good: the database holds it to the same.
var idForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// drafted reads what a draft says of itself; its other mistakes wait for the release.
func drafted(ctx context.Context, set scoring.Set) (Whole, error) {
	head, err := scoring.ReadHead(set)
	if err != nil {
		return Whole{}, err
	}
	if err := scoring.Shape(set); err != nil {
		return Whole{}, err
	}
	var bad []fault.Field
	if !idForm.MatchString(head.ID) {
		bad = append(bad, told("/id", "format", "编号为 2 至 40 个小写字母、数字和连字符，以字母开头", "An id is 2 to 40 small letters, digits and hyphens, a letter first", nil))
	}
	if !head.Unit.Known() {
		bad = append(bad, told("/unit/kind", "enum", "请选择适用单位", "Choose for which units it is", nil))
	}
	if len(set.Standard)+len(set.Rules)+len(set.Guide) > MaxSet {
		bad = append(bad, told("", "size", "标准、细则与指引合计不得超过 4 MB", "Standard, rules and guide may hold 4 MB together", nil))
	}
	if len(bad) > 0 {
		return Whole{}, fault.InvalidFields("bad_standard", bad)
	}
	return Whole{Version: Version{Standard: head.ID, Version: head.Version, Title: head.Title, Unit: head.Unit, Label: head.Label, Unofficial: head.Unofficial,
		Points: head.Points, Line: head.Line, Digest: Digest(set), Author: actor.From(ctx).PersonID}, Set: set}, nil
}

// Review passes or returns the revision that was read, by somebody who never saved the
// draft. Faults: forbidden, own_draft, changed_meanwhile, standard_refused.
func (s *Service) Review(ctx context.Context, standard string, version int, say Verdict, revision int64, idem ledger.Idem) (Version, error) {
	w, err := s.Store.Load(ctx, s.asked(ctx), standard, version)
	if err != nil {
		return Version{}, err
	}
	if err := s.may(ctx, "approve", w.writtenBy(actor.From(ctx))); err != nil {
		return Version{}, err
	}
	if say.Verdict != "pass" && say.Verdict != "return" || say.Verdict == "return" && ledger.Blank(say.Comment) || len([]rune(say.Comment)) > 500 {
		return Version{}, fault.InvalidFields("bad_standard", []fault.Field{told("/comment", "required", "退回须写明理由，500 字以内", "A return wants a reason, of at most 500 characters", nil)})
	}
	if say.Verdict == "pass" {
		if err := s.released(ctx, w); err != nil {
			return Version{}, err
		}
	}
	say.By = actor.From(ctx).PersonID
	w.Revision = revision
	return s.Store.Review(ctx, s.asked(ctx), idem, w.Version, say)
}

func (s *Service) released(ctx context.Context, w Whole) error {
	if r := Check(w.Set, s.Ground); len(r.Mistakes) > 0 {
		return fault.InvalidFields("standard_refused", r.Mistakes)
	}
	return s.mapped(ctx, w)
}

// Issue puts what was reviewed in force from a day, its three artefacts at once.
// Faults: forbidden, changed_meanwhile, standard_unreviewed, standard_refused.
func (s *Service) Issue(ctx context.Context, standard string, version int, revision int64, from string, idem ledger.Idem) (Version, error) {
	if err := s.may(ctx, "manage", uuid.Nil); err != nil {
		return Version{}, err
	}
	w, err := s.Store.Load(ctx, s.asked(ctx), standard, version)
	if err != nil {
		return Version{}, err
	}
	if _, err := catalog.Day(from); err != nil || from < s.today() {
		return Version{}, fault.InvalidFields("bad_standard", []fault.Field{told("/effective_on", "format", "生效日期须为今天或以后，写作 年-月-日", "It comes into force today or later, written YYYY-MM-DD", nil)})
	}
	// The catalogue may have changed since the review.
	if err := s.released(ctx, w); err != nil {
		return Version{}, err
	}
	w.Revision, w.EffectiveOn = revision, from
	v, err := s.Store.Issue(ctx, s.asked(ctx), idem, w.Version)
	if err != nil {
		return Version{}, err
	}
	return v, s.Refresh(ctx)
}

// Import makes a draft of a table, or puts it in the place of the draft there is, at the revision over
// that was seen; 0 is a new one. A table with mistakes makes none: they come back.
func (s *Service) Import(ctx context.Context, r io.ReaderAt, size int64, f Frame, over int64, idem ledger.Idem) (Version, []Misread, error) {
	if err := s.may(ctx, "create", uuid.Nil); err != nil {
		return Version{}, nil, err
	}
	set, bad, err := Import(r, size, f)
	if err != nil || len(bad) > 0 {
		return Version{}, bad, err
	}
	if over > 0 {
		if f.Version < 1 || f.Version > math.MaxInt32 {
			return Version{}, nil, fault.New(fault.NotFound, "standard_unknown")
		}
		v, err := s.Save(ctx, f.ID, f.Version, over, set, idem)
		return v, nil, err
	}
	v, err := s.Draft(ctx, set, idem)
	return v, nil, err
}
