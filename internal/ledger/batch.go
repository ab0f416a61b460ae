package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Row of a batch; Key is its own within the batch, and stays with it when the
// batch is sent again.
type Row struct {
	Key  string          `json:"key"`
	Body json.RawMessage `json:"body"`
	// Effort is the row's part of what the grid took; nil: not measured.
	Effort *Effort `json:"effort"`
}

// Batch files rows of one ledger and area, each whole and by itself: one that
// fails holds back no other, one that was filed before is not filed again. n is
// what they have in common. each is told what became of every row, in order.
func (s *Service) Batch(ctx context.Context, n New, rows []Row, idem Idem, each func(Row, Outcome, error)) error {
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return err
		}
		one := n
		one.Body, one.effort = row.Body, row.Effort
		h := sha256.New()
		fmt.Fprintf(h, "%s\n%s\n%s\n%s", n.Ledger, n.Area, n.Files, row.Body)
		key := Idem{Key: idem.Key + "/" + row.Key, Route: idem.Route}
		h.Sum(key.BodyHash[:0])
		out, err := s.File(ctx, one, key)
		each(row, out, err)
	}
	return nil
}

// Checked is what a row would become.
type Checked struct {
	catalog.Result
	Pins []Pin // what its sources say, without whom they have it from
	Err  error // of the door: then there is no result
}

// CheckBatch says of every row what Batch would, and changes nothing. Rows that
// stand before another count as filed for its rules, as they would be by then.
func (s *Service) CheckBatch(ctx context.Context, n New, rows []Row) ([]Checked, error) {
	list := make([]Checked, len(rows))
	err := s.lookAtArea(ctx, n, func(r looking, t *catalog.Type, e Entry, area Area) error {
		files, err := s.lent(ctx, r, n)
		if err != nil {
			return err
		}
		bodies := make([][]byte, len(rows))
		for i, row := range rows {
			bodies[i] = row.Body
		}
		if r.Reader, err = meet(ctx, r.Reader, t, n.Prison, bodies); err != nil {
			return err
		}
		docs, values := make([]catalog.Document, len(rows)), make([]map[string]any, len(rows))
		for i, row := range rows {
			docs[i], list[i].Err = catalog.ParseDocument(row.Body)
			values[i] = docs[i].Value
		}
		taken, err := takeRows(ctx, r, t, area, values, r.at)
		if err != nil {
			return err
		}
		before := &earlier{dated: r, ledger: t.ID}
		for i, doc := range docs {
			if list[i].Err != nil {
				continue
			}
			stands, err := pinned(t, doc, nil, taken[i])
			if err != nil {
				return err
			}
			res, err := s.weigh(ctx, before, e, t, stands, files)
			if err != nil {
				return err
			}
			// What was left empty is shown by its pin.
			for _, f := range overruled(t, doc, stands) {
				if catalog.At(doc.Value, f.Pointer) != nil {
					res.Warnings = append(res.Warnings, f)
				}
			}
			list[i].Result, list[i].Pins = res, unnamed(taken[i])
			if len(res.Errors) == 0 {
				before.docs = append(before.docs, res.Document)
			}
		}
		return nil
	})
	return list, err
}

// unnamed pins say of which ledger or system they are, and not of which entries:
// not all of these are for everybody.
func unnamed(pins []Pin) []Pin {
	for i := range pins {
		pins[i].Of = []Pinned{}
	}
	return pins
}

// MovedRow is a row as the current version takes it; one that the door does not
// let in is as it was.
type MovedRow struct {
	Key     string          `json:"key"`
	Body    json.RawMessage `json:"body"`
	Dropped []Dropped       `json:"dropped"`
}

// MoveBatch carries rows from the version they were typed under to the current
// one, by stable field ids. A row is no entry that could be finished under its
// own version: it goes along whatever changed, and is checked anew. Faults:
// ledger_unknown for a version that never was.
func (s *Service) MoveBatch(ctx context.Context, n New, rows []Row) (version int, list []MovedRow, err error) {
	from := s.Catalog.Type(n.Ledger, n.Version)
	if from == nil {
		return 0, nil, fault.New(fault.NotFound, "ledger_unknown").With("ledger", n.Ledger).With("version", n.Version)
	}
	n.Version = 0
	err = s.lookAtArea(ctx, n, func(_ looking, t *catalog.Type, _ Entry, _ Area) error {
		version = t.Version
		changes := catalog.Compare(from, t)
		list = make([]MovedRow, len(rows))
		for i, row := range rows {
			list[i] = MovedRow{Key: row.Key, Body: row.Body, Dropped: []Dropped{}}
			doc, err := catalog.ParseDocument(row.Body)
			if err != nil {
				continue
			}
			r, err := catalog.Move(changes, doc)
			if err != nil {
				return err
			}
			list[i].Body = r.Document.Canonical
			for _, c := range changes {
				if v, gone := r.Dropped[c.Field]; gone && (c.Kind == catalog.RemoveField || c.Kind == catalog.Meaning) {
					list[i].Dropped = append(list[i].Dropped, Dropped{c.Title, v})
				}
			}
		}
		return nil
	})
	return version, list, err
}

// looking is a reading transaction with the time it was begun at.
type looking struct {
	Reader
	at time.Time
}

func (l looking) Now() time.Time { return l.at }

// earlier adds to the look-ups what stands before in the same batch.
type earlier struct {
	dated
	ledger string
	docs   []catalog.Document
}

// Others as in Reader.
func (e *earlier) Others(ctx context.Context, k Key, ledger string, members map[string]any) ([]json.RawMessage, error) {
	list, err := e.dated.Others(ctx, k, ledger, members)
	if ledger != e.ledger {
		return list, err
	}
	for _, d := range e.docs {
		if d.Holds(members) {
			list = append([]json.RawMessage{d.Canonical}, list...)
		}
	}
	return list, err
}

// lookAtArea reads as somebody who may begin entries of the ledger there.
func (s *Service) lookAtArea(ctx context.Context, n New, fn func(looking, *catalog.Type, Entry, Area) error) error {
	t := s.Catalog.Current(n.Ledger)
	if t == nil {
		return s.unknown(n.Ledger)
	}
	return s.Store.Read(ctx, s.session(ctx, n.Prison), func(r Reader) error {
		e, area, err := s.admit(ctx, r, t, n)
		if err != nil {
			return err
		}
		return fn(looking{r, s.now()}, t, e, area)
	})
}

// Latest is the newest document about one subject.
type Latest struct {
	Subject  string          `json:"-"`
	Entry    uuid.UUID       `json:"entry"`
	Day      string          `json:"day"`
	Version  int             `json:"-"`
	Document json.RawMessage `json:"document"`
}

// Prefilled is one row of a batch before anybody types.
type Prefilled struct {
	Key  string         `json:"key"`
	Name string         `json:"name"` // of the subject; "" where there is none
	Body map[string]any `json:"body"`
	// Offers are rows that wait beside their field: the officer completes those they take over.
	Offers []Pin   `json:"offers"`
	Pins   []Pin   `json:"pins"`  // shared fields that are not typed
	Last   *Latest `json:"last"`  // of the same subject, before the end of the period
	Filed  bool    `json:"filed"` // Last lies in the period: nothing more is due
}

// Prefill is a batch as it begins.
type Prefill struct {
	Version int         `json:"version"` // of the type that the rows are of
	Subject string      `json:"subject"` // name of the field that tells the rows apart, or ""
	Rows    []Prefilled `json:"rows"`
}

// Prefill gives a row for everybody, or every site, that the ledger is kept for
// in the period, a month (2006-01) or a day (2006-01-02): defaults, what the
// sources say, and what was filed last.
func (s *Service) Prefill(ctx context.Context, n New, period string) (Prefill, error) {
	until := period
	if len(period) == 7 {
		first, err := catalog.Day(period + "-01")
		if err != nil {
			return Prefill{}, err
		}
		until = catalog.DayOf(first.At.AddDate(0, 1, -1))
	}
	out := Prefill{Rows: []Prefilled{}}
	err := s.lookAtArea(ctx, n, func(r looking, t *catalog.Type, _ Entry, area Area) error {
		out.Version, out.Subject = t.Version, t.Subject()
		by, err := s.beginner(ctx, r, t, area, time.Time{})
		if err != nil {
			return err
		}
		// Who is on duty now says nothing of another period.
		if strings.HasPrefix(catalog.DayOf(by.At), period) {
			if err := manned(ctx, r, t, area, &by); err != nil {
				return err
			}
		}
		begun := t.Defaults(by)
		t.InPeriod(begun, period)
		if out.Subject == "" {
			out.Rows = append(out.Rows, Prefilled{Key: "1", Body: begun, Offers: []Pin{}, Pins: []Pin{}})
			return begunWith(ctx, r, t, area, until, out.Rows)
		}
		latest, err := r.Latest(ctx, n.Prison, n.Area, t.ID, out.Subject, until)
		if err != nil {
			return err
		}
		if err := s.offerable(ctx, n, latest); err != nil {
			return err
		}
		subjects := make([]Inmate, len(latest))
		if t.Cadence.Per == "inmate" {
			if subjects, err = r.Held(ctx, n.Prison, n.Area, min(until, catalog.DayOf(r.at))); err != nil {
				return err
			}
		} else {
			for i, l := range latest {
				subjects[i].Number = l.Subject
			}
		}
		last := map[string]*Latest{}
		for i := range latest {
			last[latest[i].Subject] = &latest[i]
		}
		for _, sub := range subjects {
			row := Prefilled{Key: sub.Number, Name: sub.Name, Body: maps.Clone(begun), Last: last[sub.Number], Offers: []Pin{}, Pins: []Pin{}}
			row.Body[out.Subject] = sub.Number
			row.Filed = row.Last != nil && len(row.Last.Day) >= len(period) && row.Last.Day[:len(period)] == period
			out.Rows = append(out.Rows, row)
		}
		return begunWith(ctx, r, t, area, until, out.Rows)
	})
	return out, err
}

// begunWith puts into rows what the sources say of each, with one question to a
// source however many rows there are; of what another system says, only what is the
// area's.
func begunWith(ctx context.Context, r looking, t *catalog.Type, area Area, until string, rows []Prefilled) error {
	end, err := catalog.Day(until)
	if err != nil || len(rows) == 0 {
		return err
	}
	moment := end.At.AddDate(0, 0, 1).Add(-time.Microsecond)
	if moment.After(r.at) {
		moment = r.at
	}
	docs := make([]map[string]any, len(rows))
	for i, row := range rows {
		docs[i] = row.Body
	}
	for _, src := range t.Sources {
		pins := make([]*Pin, len(rows))
		if src.Ledger != "" {
			if pins, err = takeEntries(ctx, r, t, src, area, docs, moment); err != nil {
				return err
			}
		} else {
			p, err := takeSource(ctx, r, t, src, area, nil, moment)
			if err != nil {
				return err
			}
			for i := range pins {
				pins[i] = p
			}
			if p == nil && src.Take == "roll" {
				n, err := r.Roll(ctx, area.Prison, area.ID, catalog.DayOf(moment))
				if err != nil {
					return err
				}
				for _, row := range rows {
					catalog.Put(row.Body, src.Field, n)
				}
			}
		}
		for i, p := range pins {
			switch {
			case p == nil:
			case !p.Offered:
				catalog.Put(rows[i].Body, src.Field, p.Value)
				rows[i].Pins = append(rows[i].Pins, unnamed([]Pin{*p})...)
			case p.offer(t) != nil:
				catalog.Put(rows[i].Body, src.Field, p.offer(t))
			default:
				rows[i].Offers = append(rows[i].Offers, unnamed([]Pin{*p})...)
			}
		}
	}
	return nil
}
