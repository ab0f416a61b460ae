// Package inspection is what an inspector does with what the areas kept: proof
// by indicator, and packs of evidence that verify without us.
package inspection

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/assessment"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
	"taizhang/internal/printing"
	"taizhang/internal/scoring"
)

// Service is the use cases of an inspection.
type Service struct {
	Ledger  *ledger.Service
	Access  ledger.Authorizer
	Catalog *catalog.Catalog
	// Standards in force: an indicator is found by its code in whichever has it.
	Standards func() []*scoring.Standard
	Now       func() time.Time

	// Of checks. Clock overrides the transaction's time in demonstration prisons; nil: never.
	Clock  func() time.Time
	Store  Store
	Texts  Texts
	Scores *assessment.Service
	Papers *printing.Service
	Titles Titles
	Cases  Cases
}

// maxPack bounds one pack; a wider question is asked by narrower days.
const maxPack = 2000

// Request of a pack: what of an area proves an indicator, between two days.
type Request struct {
	Prison    uuid.UUID
	Area      uuid.UUID
	Indicator string
	From, To  string // days, both included; "" is unbounded
	Reason    string
}

// Proof lists the entries that prove an indicator, in force or on their way
// there, newest first. Being corrected takes none away.
func (s *Service) Proof(ctx context.Context, r Request, after ledger.Cursor, limit int) (*scoring.Indicator, []ledger.Entry, error) {
	ind, ok := s.indicator(r.Indicator)
	if !ok {
		return nil, nil, fault.New(fault.NotFound, "not_found")
	}
	if err := s.Access.Check(actor.From(ctx), "read", ledger.Subject{Class: "score", Prison: r.Prison, Area: r.Area}, s.Now()); err != nil {
		return nil, nil, err
	}
	if len(ind.Ledgers) == 0 {
		return ind, nil, nil
	}
	list, err := s.Ledger.List(ctx, ledger.Query{Prison: r.Prison, Area: r.Area, Ledgers: ind.Ledgers, From: r.From, To: r.To,
		Standing: true, Sort: ledger.ByOccurred, Desc: true, After: after, Limit: limit})
	return ind, list, err
}

// Allowed lists what the actor may do about an indicator of an area: "pack",
// "finding".
func (s *Service) Allowed(ctx context.Context, r Request) []string {
	who := actor.From(ctx)
	list := []string{}
	for name, sub := range map[string]ledger.Subject{
		"finding": {Class: "finding", Prison: r.Prison, Area: r.Area},
		"pack":    {Class: "pack", Prison: r.Prison, Area: r.Area, Department: s.answering(who, r.Indicator)},
	} {
		if s.Access.Check(who, "create", sub, s.Now()) == nil {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// item is one entry in a pack's table of contents.
type item struct {
	Entry    uuid.UUID         `json:"entry"`
	Ledger   string            `json:"ledger"`
	Day      string            `json:"day"`
	Revision int               `json:"revision"`
	Author   string            `json:"author"`
	Digest   ledger.Digest     `json:"digest"`
	Document string            `json:"document"`
	Hidden   []string          `json:"hidden,omitempty"` // fields that Document lacks: the maker of the pack may not read them
	Decided  []ledger.Decision `json:"decisions"`
	Files    []string          `json:"files"`
	Withheld []uuid.UUID       `json:"withheld,omitempty"` // files that are not in the pack, likewise
}

// Pack writes a zip: the canonical documents in force, as far as the actor may read them, their decisions and
// evidence, and a manifest that `sha256sum -c manifest-sha256.txt` checks. The
// making of the pack is itself recorded, before the first byte leaves.
func (s *Service) Pack(ctx context.Context, r Request, begin func(name string) io.Writer) error {
	who := actor.From(ctx)
	if err := s.Access.Check(who, "create", ledger.Subject{Class: "pack", Prison: r.Prison, Area: r.Area, Department: s.answering(who, r.Indicator)}, s.Now()); err != nil {
		return err
	}
	if err := r.check(); err != nil {
		return err
	}
	if err := s.Ledger.AreaIn(ctx, r.Prison, r.Area); err != nil {
		return err
	}
	keys, err := s.inForce(ctx, r)
	if err != nil {
		return err
	}
	err = s.Ledger.Record(ctx, r.Prison, ledger.Custody{Kind: "pack", Subject: r.Area.String() + "/" + r.Indicator, Reason: r.Reason,
		Detail: map[string]any{"entries": len(keys), "from": r.From, "to": r.To}})
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.zip", r.Indicator, s.Now().In(catalog.Zone).Format("20060102-150405"))
	p := NewPacker(begin(name), s.Now())
	var contents []item
	for _, k := range keys {
		it, err := s.add(ctx, p, k)
		if err != nil {
			return err
		}
		contents = append(contents, it)
	}
	about := map[string]any{"indicator": r.Indicator, "prison": r.Prison, "area": r.Area, "from": r.From, "to": r.To, "reason": r.Reason,
		"made_at": s.Now().UTC(), "made_by": actor.From(ctx).Name, "entries": contents}
	raw, err := json.MarshalIndent(about, "", "  ")
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if err := p.Put("contents.json", raw); err != nil {
		return err
	}
	return p.Close()
}

func (s *Service) indicator(code string) (*scoring.Indicator, bool) {
	for _, std := range s.Standards() {
		if ind, ok := std.Find(code); ok {
			return ind, true
		}
	}
	return nil, false
}

// answering is the department of the actor that owns one of the indicator's
// ledgers, "" if none does.
func (s *Service) answering(who actor.Actor, indicator string) string {
	ind, ok := s.indicator(indicator)
	if !ok {
		return ""
	}
	for _, l := range ind.Ledgers {
		owner := s.Access.Owner(l)
		if slices.ContainsFunc(who.Postings, func(p actor.Posting) bool { return owner != "" && p.Department == owner }) {
			return owner
		}
	}
	return ""
}

const maxReason = 200

func (r Request) check() error {
	var bad []fault.Field
	if ledger.Blank(r.Reason) || utf8.RuneCountInString(r.Reason) > maxReason {
		bad = append(bad, fault.Field{Pointer: "/reason", Code: "required",
			Text: fault.Text{ZH: "请写明调取佐证的事由，200 字以内", EN: "Say in at most 200 characters what the pack is for"}})
	}
	for name, day := range map[string]string{"/from": r.From, "/to": r.To} {
		if _, err := catalog.Day(day); day != "" && err != nil {
			bad = append(bad, fault.Field{Pointer: name, Code: "format", Text: fault.Text{ZH: "日期应写作 年-月-日", EN: "A day is written YYYY-MM-DD"}})
		}
	}
	if len(bad) == 0 && r.From != "" && r.To != "" && r.To < r.From {
		bad = append(bad, fault.Field{Pointer: "/to", Code: "minimum", Text: fault.Text{ZH: "结束日期不能早于开始日期", EN: "The last day cannot come before the first"}})
	}
	switch {
	case len(bad) == 0:
		return nil
	case bad[0].Pointer == "/reason":
		return fault.InvalidFields("reason_required", bad)
	}
	return fault.InvalidFields("bad_request", bad)
}

// inForce lists what the actor may see of the approved entries.
func (s *Service) inForce(ctx context.Context, r Request) ([]ledger.Key, error) {
	var keys []ledger.Key
	var after ledger.Cursor
	for {
		_, list, err := s.Proof(ctx, r, after, 200)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			if e.InForce > 0 {
				keys = append(keys, e.Key)
			}
		}
		if len(keys) > maxPack {
			return nil, fault.New(fault.TooLarge, "pack_too_large").With("limit", maxPack)
		}
		if len(list) < 200 {
			return keys, nil
		}
		last := list[len(list)-1]
		after = ledger.Cursor{Value: last.OccurredAt.UTC().Format(time.RFC3339Nano), Entry: last.Entry}
	}
}

func (s *Service) add(ctx context.Context, p *Packer, k ledger.Key) (item, error) {
	v, err := s.Ledger.Get(ctx, k)
	if err != nil {
		return item{}, err
	}
	i := slices.IndexFunc(v.Revisions, func(rev ledger.Revision) bool { return rev.Number == v.Entry.InForce })
	if i < 0 {
		return item{}, errors.New("pack: the revision in force is missing")
	}
	rev := v.Revisions[i]
	dir := path.Join("data", v.Entry.Ledger, v.Entry.Day+"-"+k.Entry.String())
	it := item{Entry: k.Entry, Ledger: v.Entry.Ledger, Day: v.Entry.Day, Revision: rev.Number, Author: rev.AuthorName, Digest: rev.Digest,
		Document: path.Join(dir, "document.json"), Hidden: rev.Hidden, Files: []string{}}
	if err := p.Put(it.Document, rev.Document); err != nil {
		return item{}, err
	}
	for _, d := range v.Decisions {
		if d.Revision == rev.Number {
			it.Decided = append(it.Decided, d)
		}
	}
	for _, e := range v.Evidence {
		if e.Revision != rev.Number {
			continue
		}
		if e.Hidden {
			it.Withheld = append(it.Withheld, e.ID)
			continue
		}
		ev, body, err := s.Ledger.OpenEvidence(ctx, k, rev.Number, e.ID)
		if err != nil {
			return item{}, err
		}
		file := path.Join(dir, "evidence", ev.ID.String()+extension(ev.MediaType))
		if err := errors.Join(p.Copy(file, body), body.Close()); err != nil {
			return item{}, err
		}
		it.Files = append(it.Files, file)
	}
	return it, nil
}

// extension by content; a name given by somebody never becomes a path.
func extension(mediaType string) string {
	return map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf",
		"video/mp4": ".mp4", "audio/mpeg": ".mp3", "audio/wav": ".wav"}[mediaType]
}

// Packer writes files into a zip and remembers their hashes for the manifest, which
// `sha256sum -c manifest-sha256.txt` checks.
type Packer struct {
	zip      *zip.Writer
	at       time.Time
	manifest strings.Builder
}

// NewPacker writes to w; at is the time that its files bear.
func NewPacker(w io.Writer, at time.Time) *Packer { return &Packer{zip: zip.NewWriter(w), at: at} }

// Put writes one file.
func (p *Packer) Put(name string, content []byte) error {
	return p.Copy(name, strings.NewReader(string(content)))
}

// Copy writes one file from a reader.
func (p *Packer) Copy(name string, r io.Reader) error {
	// Stored, not compressed: pictures are small already, and anybody's tool reads it.
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: p.at})
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, h), r); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	fmt.Fprintf(&p.manifest, "%s  %s\n", hex.EncodeToString(h.Sum(nil)), name)
	return nil
}

// Close writes the manifest, last.
func (p *Packer) Close() error {
	w, err := p.zip.CreateHeader(&zip.FileHeader{Name: "manifest-sha256.txt", Method: zip.Store, Modified: p.at})
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if _, err := io.WriteString(w, p.manifest.String()); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	return p.zip.Close()
}
