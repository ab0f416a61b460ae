package accreditation

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Bulletin is what an issue says, and nothing but what the cases say.
type Bulletin struct {
	Year    int            `json:"year"`
	Issue   int            `json:"issue"`
	Batches []BulletinPart `json:"batches"`
	// Waiting have applied and are in no batch yet.
	Waiting []BulletinUnit `json:"waiting"`
	// Revoked are the titles that ended since the last year's bulletin.
	Revoked []BulletinEnd  `json:"revoked"`
	Counts  BulletinCounts `json:"counts"`
	// To are the departments that it is sent to.
	To []string `json:"to"`
	// Names are what they were called then; the issues of before had none.
	Names map[string]fault.Text `json:"names,omitempty"`
}

// BulletinPart is a batch with its units.
type BulletinPart struct {
	Batch    int            `json:"batch"`
	Level    string         `json:"level"`
	ClosesOn string         `json:"closes_on"`
	From     string         `json:"from"`
	To       string         `json:"to"`
	Units    []BulletinUnit `json:"units"`
}

// BulletinUnit is an applicant, under the name it had then.
type BulletinUnit struct {
	Case   uuid.UUID  `json:"case"`
	Prison uuid.UUID  `json:"prison"`
	Area   uuid.UUID  `json:"area,omitzero"`
	Name   fault.Text `json:"name"`
	Kind   string     `json:"kind"` // ordinary, functional, prison
	Level  string     `json:"level"`
}

// BulletinEnd is a title that was revoked.
type BulletinEnd struct {
	Title      uuid.UUID  `json:"title"`
	Prison     uuid.UUID  `json:"prison"`
	Area       uuid.UUID  `json:"area,omitzero"`
	Name       fault.Text `json:"name"`
	Wording    string     `json:"wording"`
	DocumentNo string     `json:"document_no"`
	OnDay      string     `json:"on_day"`
}

// BulletinCounts are of the applicants.
type BulletinCounts struct {
	Units  int            `json:"units"`
	Kinds  map[string]int `json:"kinds"`
	Levels map[string]int `json:"levels"`
}

// Issued is an issue with its date and who has acknowledged it.
type Issued struct {
	Bulletin
	Digest   ledger.Digest `json:"digest"`
	By       uuid.UUID     `json:"-"`
	ByName   string        `json:"by"`
	IssuedAt time.Time     `json:"issued_at"`
	Newest   bool          `json:"newest"`
	Acks     []Ack         `json:"acks"`
	Marks    *Marks        `json:"marks,omitempty"` // against the issue before
	// MayAck are the departments for which the reader may acknowledge it now.
	MayAck []string `json:"may_ack"`
}

// Ack is a department's acknowledgement; without a time it is wanted.
type Ack struct {
	Department string     `json:"department"`
	ByName     string     `json:"by,omitempty"`
	At         *time.Time `json:"at,omitempty"`
}

// Marks are what an issue has otherwise than the one before it.
type Marks struct {
	Against int        `json:"against"`
	Batches []PartMark `json:"batches"`
	Units   []UnitMark `json:"units"`
	Revoked []EndMark  `json:"revoked"`
	To      []SentMark `json:"to"`
}

// EndMark of a title that was revoked: added or, where the issue before was wrong, removed.
type EndMark struct {
	Title  BulletinEnd `json:"title"`
	Change string      `json:"change"`
}

// SentMark of a department that the issue is sent to: added or removed.
type SentMark struct {
	Department string `json:"department"`
	Change     string `json:"change"`
}

// PartMark of a batch: added, removed or changed. Before is without its units.
type PartMark struct {
	Batch  int           `json:"batch"`
	Change string        `json:"change"`
	Before *BulletinPart `json:"before,omitempty"`
}

// UnitMark of an applicant: added, removed or changed; 0 is no batch yet.
type UnitMark struct {
	Unit   BulletinUnit `json:"unit"`
	Change string       `json:"change"`
	From   *int         `json:"from,omitempty"` // its batch before
	To     *int         `json:"to,omitempty"`
}

// Empty says that nothing is otherwise.
func (m Marks) Empty() bool { return len(m.Batches)+len(m.Units)+len(m.Revoked)+len(m.To) == 0 }

// MarksOf compares an issue with the one before it.
func MarksOf(before, after Bulletin) Marks {
	m := Marks{Against: before.Issue, Batches: []PartMark{}, Units: []UnitMark{}, Revoked: []EndMark{}, To: []SentMark{}}
	part := func(b Bulletin, n int) *BulletinPart {
		i := slices.IndexFunc(b.Batches, func(p BulletinPart) bool { return p.Batch == n })
		if i < 0 {
			return nil
		}
		p := b.Batches[i]
		p.Units = nil
		return &p
	}
	for _, p := range after.Batches {
		switch was, is := part(before, p.Batch), part(after, p.Batch); {
		case was == nil:
			m.Batches = append(m.Batches, PartMark{Batch: p.Batch, Change: "added"})
		case was.Level != is.Level || was.ClosesOn != is.ClosesOn || was.From != is.From || was.To != is.To:
			was.Units = []BulletinUnit{}
			m.Batches = append(m.Batches, PartMark{p.Batch, "changed", was})
		}
	}
	for _, p := range before.Batches {
		if part(after, p.Batch) == nil {
			was := part(before, p.Batch)
			was.Units = []BulletinUnit{}
			m.Batches = append(m.Batches, PartMark{p.Batch, "removed", was})
		}
	}
	was, is := before.placed(), after.placed()
	for _, x := range is {
		switch i := slices.IndexFunc(was, x.same); {
		case i < 0:
			m.Units = append(m.Units, UnitMark{x.BulletinUnit, "added", nil, &x.batch})
		case was[i] != x:
			m.Units = append(m.Units, UnitMark{x.BulletinUnit, "changed", &was[i].batch, &x.batch})
		}
	}
	for _, x := range was {
		if !slices.ContainsFunc(is, x.same) {
			m.Units = append(m.Units, UnitMark{x.BulletinUnit, "removed", &x.batch, nil})
		}
	}
	differing(before.Revoked, after.Revoked, func(a, b BulletinEnd) bool { return a.Title == b.Title }, func(x BulletinEnd, change string) {
		m.Revoked = append(m.Revoked, EndMark{x, change})
	})
	differing(before.To, after.To, func(a, b string) bool { return a == b }, func(x, change string) { m.To = append(m.To, SentMark{x, change}) })
	return m
}

// differing tells what one list has more than the other, and what less.
func differing[T any](before, after []T, same func(a, b T) bool, tell func(x T, change string)) {
	has := func(list []T, x T) bool { return slices.ContainsFunc(list, func(y T) bool { return same(x, y) }) }
	for _, x := range after {
		if !has(before, x) {
			tell(x, "added")
		}
	}
	for _, x := range before {
		if !has(after, x) {
			tell(x, "removed")
		}
	}
}

type placed struct {
	BulletinUnit
	batch int
}

func (p placed) same(o placed) bool { return p.Case == o.Case }

// placed are all applicants with their batches.
func (b Bulletin) placed() (list []placed) {
	for _, p := range b.Batches {
		for _, u := range p.Units {
			list = append(list, placed{u, p.Batch})
		}
	}
	for _, u := range b.Waiting {
		list = append(list, placed{u, 0})
	}
	return list
}

// Applied is a case as a bulletin takes it up.
type Applied struct {
	BulletinUnit
	Year, Batch int // 0: in none
}

// write makes the bulletin of a year out of what there is.
func write(year, issue int, batches []Planned, applied []Applied, revoked []BulletinEnd, to []string) Bulletin {
	b := Bulletin{Year: year, Issue: issue, Batches: []BulletinPart{}, Waiting: []BulletinUnit{}, Revoked: append([]BulletinEnd{}, revoked...), To: append([]string{}, to...),
		Counts: BulletinCounts{Kinds: map[string]int{}, Levels: map[string]int{}}}
	count := func(u BulletinUnit) {
		b.Counts.Units++
		b.Counts.Kinds[u.Kind]++
		b.Counts.Levels[u.Level]++
	}
	for _, p := range batches {
		if p.Year != year {
			continue
		}
		part := BulletinPart{p.Batch, p.Level, p.ClosesOn, p.From, p.To, []BulletinUnit{}}
		for _, a := range applied {
			if a.Year == year && a.Batch == p.Batch {
				part.Units = append(part.Units, a.BulletinUnit)
				count(a.BulletinUnit)
			}
		}
		b.Batches = append(b.Batches, part)
	}
	for _, a := range applied {
		if a.Year == 0 {
			b.Waiting = append(b.Waiting, a.BulletinUnit)
			count(a.BulletinUnit)
		}
	}
	return b
}
