package printing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
	"taizhang/internal/ledger"
)

// VolumeKey names one volume.
type VolumeKey struct {
	Prison uuid.UUID `json:"prison"`
	ID     uuid.UUID `json:"id"`
}

// Volume is forms of one ledger of one area, bound for the archive (装订成册).
type Volume struct {
	VolumeKey
	Ledger     string         `json:"ledger"`
	Area       uuid.UUID      `json:"area"`
	From       string         `json:"from"`
	To         string         `json:"to"`
	MadeBy     uuid.UUID      `json:"made_by"`
	MadeByName string         `json:"made_by_name"`
	CreatedAt  time.Time      `json:"created_at"`
	State      string         `json:"state"` // waiting, binding, done, failed
	Total      int            `json:"total"` // forms
	Done       int            `json:"done"`
	Pages      int            `json:"pages"`
	Sha256     *ledger.Digest `json:"sha256,omitempty"`
	VersionID  string         `json:"-"`
	Size       int64          `json:"size"`
	FinishedAt *time.Time     `json:"finished_at,omitempty"`
	Attempts   int            `json:"-"` // that count: see MaxAttempts
	PausedTill *time.Time     `json:"-"`
	Failure    string         `json:"failure,omitempty"` // code of what kept it from being bound, last
}

// Bound is one form of a volume.
type Bound struct {
	Entry    uuid.UUID
	Revision int
	Kind     Kind
	Day      string
	Author   string
}

type volumeTx interface {
	InsertVolume(ctx context.Context, v Volume, list []Bound) error
	Volume(ctx context.Context, k VolumeKey) (Volume, error)
	Volumes(ctx context.Context, prison uuid.UUID) ([]Volume, error)
	// BoundIn lists the forms of a volume whose entries the session reads whole.
	BoundIn(ctx context.Context, k VolumeKey) ([]Bound, error)
	// ClaimVolume takes the work on, counts it and forgets what kept the last one;
	// false when another worker has it, it pauses or it is over.
	ClaimVolume(ctx context.Context, k VolumeKey, now time.Time) (bool, error)
	// Progress of the work, and its end.
	UpdateVolume(ctx context.Context, v Volume) error
}

// BindVolume asks for a volume to be bound.
type BindVolume struct{ VolumeKey }

// Kind names the worker.
func (BindVolume) Kind() string { return "bind_volume" }

// MaxVolume is how many forms one volume holds; a thicker one is divided.
const MaxVolume = 2000

// MaxAttempts is how many attempts may end without a word (the volume itself may
// be what its workers die of) or with what will hardly pass, until the volume
// stands as failed. A store or a database that is away costs none.
const MaxAttempts = 5

// WorkerDead is how long a volume goes without progress before another worker
// takes it on.
const WorkerDead = time.Minute

// longestPause is how long a volume waits at most before it is tried again.
const longestPause = 15 * time.Minute

// NewVolume fixes which forms the volume holds, of those in force that the
// actor may read, and asks for it to be bound. Faults: bad_request, forbidden,
// volume_empty, volume_too_large.
func (s *Service) NewVolume(ctx context.Context, v Volume, idem ledger.Idem) (Volume, error) {
	if err := v.check(s.Now()); err != nil {
		return Volume{}, err
	}
	list, err := s.choose(ctx, v)
	if err != nil {
		return Volume{}, err
	}
	who := actor.From(ctx)
	v.ID, v.MadeBy, v.MadeByName, v.State, v.Total = uuid.Must(uuid.NewV7()), who.PersonID, who.Name, "waiting", len(list)
	out := v
	err = s.Store.Write(ctx, s.session(ctx, v.Prison), idem, &out, func(tx Tx) error {
		v.CreatedAt = tx.Now()
		out = v
		if err := tx.InsertVolume(ctx, v, list); err != nil {
			return err
		}
		if err := tx.InsertCustody(ctx, v.Prison, custody(who, "volume/"+v.ID.String(), map[string]any{
			"ledger": v.Ledger, "area": v.Area, "from": v.From, "to": v.To, "forms": len(list)})); err != nil {
			return err
		}
		if _, err := tx.Append(ctx, v.Prison); err != nil {
			return err
		}
		return tx.Enqueue(ctx, BindVolume{v.VolumeKey})
	})
	return out, err
}

func custody(who actor.Actor, subject string, detail map[string]any) ledger.CustodyRow {
	return ledger.CustodyRow{ID: uuid.Must(uuid.NewV7()), Custody: ledger.Custody{Kind: "print", Subject: subject, Detail: detail},
		Person: who.PersonID, Address: who.Address, Salt: integrity.NewSalt()}
}

func (v Volume) check(now time.Time) error {
	var bad []fault.Field
	for name, day := range map[string]string{"/from": v.From, "/to": v.To} {
		m, err := catalog.Day(day)
		switch {
		case err != nil:
			bad = append(bad, fault.Field{Pointer: name, Code: "format", Text: fault.Text{ZH: "日期应写作 年-月-日", EN: "A day is written YYYY-MM-DD"}})
		case m.At.After(now) && !catalog.Near(m.At, now): // old papers are bound, of any year
			bad = append(bad, fault.Field{Pointer: name, Code: "range", Text: fault.Text{ZH: "日期不能晚于一年以后，请核对年份", EN: "The day is more than a year ahead; look at the year"}})
		}
	}
	if len(bad) == 0 && v.To < v.From {
		bad = append(bad, fault.Field{Pointer: "/to", Code: "minimum", Text: fault.Text{ZH: "结束日期不能早于开始日期", EN: "The last day cannot come before the first"}})
	}
	if len(bad) > 0 {
		return fault.InvalidFields("bad_request", bad)
	}
	return nil
}

// choose lists the forms in force, oldest first, as the actor sees them.
func (s *Service) choose(ctx context.Context, v Volume) ([]Bound, error) {
	if err := s.Ledger.AreaIn(ctx, v.Prison, v.Area); err != nil {
		return nil, err
	}
	var list []Bound
	strict := false
	q := ledger.Query{Prison: v.Prison, Area: v.Area, Ledgers: []string{v.Ledger}, From: v.From, To: v.To, Standing: true, Sort: ledger.ByOccurred, Limit: ledger.MaxPage}
	for {
		page, err := s.Ledger.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if e.InForce > 0 {
				strict = strict || e.Level == "L3"
				list = append(list, Bound{Entry: e.Entry, Revision: e.InForce, Kind: Filed})
			}
		}
		switch {
		case len(list) > MaxVolume:
			return nil, fault.New(fault.TooLarge, "volume_too_large").With("limit", MaxVolume)
		case len(page) == ledger.MaxPage:
			last := page[len(page)-1]
			q.After = ledger.Cursor{Value: last.OccurredAt.UTC().Format(time.RFC3339Nano), Entry: last.Entry}
		case len(list) == 0:
			return nil, fault.New(fault.Invalid, "volume_empty")
		case strict:
			// By the pile it is taken out as by an export, and the same posts may.
			return list, s.Access.Check(actor.From(ctx), "create", ledger.Subject{Class: "export_l3", Prison: v.Prison, Area: v.Area,
				Ledger: v.Ledger, Department: s.Access.Owner(v.Ledger)}, s.Now())
		default:
			return list, nil
		}
	}
}

// Volumes lists the actor's own, newest first.
func (s *Service) Volumes(ctx context.Context, prison uuid.UUID) (list []Volume, err error) {
	err = s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		list, err = tx.Volumes(ctx, prison)
		return err
	})
	return list, err
}

// OpenVolume streams a volume to its maker, as long as they may still read
// every entry in it; each download is recorded.
func (s *Service) OpenVolume(ctx context.Context, k VolumeKey) (Volume, io.ReadCloser, error) {
	var v Volume
	err := s.Store.Read(ctx, s.session(ctx, k.Prison), func(tx Tx) error {
		var err error
		if v, err = tx.Volume(ctx, k); err != nil {
			return err
		}
		seen, err := tx.BoundIn(ctx, k)
		if err == nil && len(seen) != v.Total {
			err = fault.New(fault.NotFound, "not_found")
		}
		return err
	})
	if err != nil {
		return v, nil, err
	}
	if v.State == "failed" {
		return v, nil, fault.New(fault.Conflict, "volume_failed")
	}
	if v.Sha256 == nil {
		return v, nil, fault.New(fault.Conflict, "volume_not_ready")
	}
	if err := s.Ledger.Record(ctx, k.Prison, ledger.Custody{Kind: "print", Subject: "volume/" + k.ID.String(), Detail: map[string]any{"sha256": v.Sha256}}); err != nil {
		return v, nil, err
	}
	body, err := s.Files.Open(ctx, ledger.ObjectKey(k.Prison, *v.Sha256), v.VersionID, *v.Sha256, v.Size)
	return v, body, err
}

// Tend takes on what a worker that died has left: forms and volumes that are not
// under lock, volumes that are not bound. A round asks it every minute.
func (s *Service) Tend(ctx context.Context, prison uuid.UUID) error {
	unlocked, err := s.Store.Unlocked(ctx, prison)
	if err != nil {
		return err
	}
	open, err := s.Store.Unbound(ctx, prison, s.Now())
	if err != nil {
		return err
	}
	var errs []error
	for _, u := range unlocked {
		errs = append(errs, s.retain(ctx, prison, u))
	}
	for _, k := range open {
		errs = append(errs, s.Bind(ctx, k))
	}
	return errors.Join(errs...)
}

// Bind makes the volume. What a worker before this one has filed is there
// already, so that going on after a restart costs only the binding itself.
func (s *Service) Bind(ctx context.Context, k VolumeKey) error {
	mine := false
	var v Volume
	var list []Bound
	err := s.Store.Write(ctx, program(k.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		var err error
		if mine, err = tx.ClaimVolume(ctx, k, s.Now()); err != nil || !mine {
			return err
		}
		if v, err = tx.Volume(ctx, k); err != nil {
			return err
		}
		list, err = tx.BoundIn(ctx, k)
		return err
	})
	if err != nil || !mine {
		return err
	}
	if v.Attempts > MaxAttempts {
		v.State, v.Failure = "failed", "volume_given_up"
		return s.progress(ctx, v)
	}
	if err = s.bind(ctx, &v, list); err == nil {
		return s.retain(ctx, k.Prison, Unlocked{Sha256: *v.Sha256, VersionID: v.VersionID, Ledger: v.Ledger, Since: *v.FinishedAt})
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		// The server is to end; the next one goes on.
		v.State = "waiting"
		v.Attempts--
	case ctx.Err() != nil:
		return err // what has used up its time is no better than what died
	default:
		s.failed(&v, err)
	}
	return errors.Join(err, s.progress(context.WithoutCancel(ctx), v))
}

// failed says what becomes of a volume after an attempt that came to an error:
// it is tried again after a pause as long as it has waited already, or not.
func (s *Service) failed(v *Volume, err error) {
	now := s.Now()
	until := now.Add(min(max(now.Sub(v.CreatedAt), WorkerDead), longestPause))
	v.State, v.Failure, v.PausedTill = "waiting", "internal", &until
	var refused *fault.Error
	switch {
	case !errors.As(err, &refused):
		if v.Attempts >= MaxAttempts {
			v.State = "failed"
		}
	case refused.Kind == fault.Unavailable || refused.Kind == fault.Unknown:
		v.Failure = refused.Code
		v.Attempts--
	default:
		v.State, v.Failure = "failed", refused.Code
	}
}

func (s *Service) progress(ctx context.Context, v Volume) error {
	return s.Store.Write(ctx, program(v.Prison), ledger.Idem{}, nil, func(tx Tx) error { return tx.UpdateVolume(ctx, v) })
}

// stride is how many forms go by between two notes of progress.
const stride = 20

func (s *Service) bind(ctx context.Context, v *Volume, list []Bound) error {
	v.State = "binding"
	prints := make([]Print, len(list))
	pages := 0
	for i, b := range list {
		var err error
		if prints[i], err = s.File(ctx, ledger.Key{Prison: v.Prison, Entry: b.Entry}, b.Revision, b.Kind); err != nil {
			return fmt.Errorf("volume %s, form %d: %w", v.ID, i+1, err)
		}
		if _, err = s.bound(ctx, v, &prints[i]); err != nil {
			return fmt.Errorf("volume %s, form %d: %w", v.ID, i+1, err)
		}
		pages += prints[i].Pages
		if (i+1)%stride == 0 {
			v.Done = (i + 1) / 2 // filing is half the way, binding the other
			if err := s.progress(ctx, *v); err != nil {
				return err
			}
		}
	}
	// On disk, so that a thick volume does not lie in memory.
	file, err := os.CreateTemp("", "volume-*.pdf")
	if err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	defer func() { _ = os.Remove(file.Name()) }()
	defer func() { _ = file.Close() }()
	h := sha256.New()
	n := &counted{w: io.MultiWriter(file, h)}
	if v.Pages, err = s.sew(ctx, n, v, list, prints, pages); err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("volume: %w", err)
	}
	sum := ledger.Digest(h.Sum(nil))
	done := *v
	put, err := s.bring(ctx, v.Prison, sum, file, n.n)
	if err != nil {
		return err
	}
	err = s.Store.Write(ctx, program(v.Prison), ledger.Idem{}, nil, func(tx Tx) error {
		version, err := put.Keep(ctx, tx)
		if err != nil {
			return err
		}
		now := tx.Now()
		done.State, done.Failure, done.Done, done.Sha256, done.VersionID, done.Size, done.FinishedAt = "done", "", v.Total, &sum, version, n.n, &now
		return tx.UpdateVolume(ctx, done)
	})
	if err == nil {
		*v = done // only when it is committed
	}
	return err
}

type counted struct {
	w io.Writer
	n int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// typeOf is the type of a file: of a form its own version, of a volume (0) the
// newest, also of a ledger that has ended since.
func (s *Service) typeOf(id string, version int) (*catalog.Type, error) {
	if t := s.Catalog.Type(id, version); t != nil {
		return t, nil
	}
	if all := s.Catalog.Versions(id); version == 0 && len(all) > 0 {
		return all[len(all)-1], nil
	}
	return nil, fault.New(fault.NotFound, "ledger_unknown").With("ledger", id)
}

// sew writes cover, contents, forms and closing sheet, with page numbers that
// run through.
func (s *Service) sew(ctx context.Context, w io.Writer, v *Volume, list []Bound, prints []Print, pages int) (int, error) {
	t, err := s.typeOf(v.Ledger, 0)
	if err != nil {
		return 0, err
	}
	var prison, area string
	err = s.Store.Read(ctx, program(v.Prison), func(tx Tx) error {
		a, err := tx.Area(ctx, v.Prison, v.Area)
		if err != nil {
			return err
		}
		area = a.NameZH
		prison, err = tx.PrisonName(ctx, v.Prison)
		return err
	})
	if err != nil {
		return 0, err
	}
	// The contents are laid out twice: only then is it known where they end.
	cloth := cloth{font: s.Font, type_: t, prison: prison, area: area, volume: *v, list: list, prints: prints, forms: pages}
	_, front, err := cloth.front(0)
	if err != nil {
		return 0, err
	}
	before, front, err := cloth.front(front)
	if err != nil {
		return 0, err
	}
	after, back, err := cloth.back()
	if err != nil {
		return 0, err
	}
	total := front + pages + back
	numbers, err := s.Font.numbers(total)
	if err != nil {
		return 0, err
	}
	b := newBinder(w)
	layers, err := b.layers(numbers)
	if err != nil {
		return 0, err
	}
	next := 0
	over := func(int) int { next++; return layers[next-1] }
	if err := b.add(before, over); err != nil {
		return 0, err
	}
	for i, p := range prints {
		raw, err := s.bound(ctx, v, &p)
		if err == nil && raw == nil {
			raw, err = s.read(ctx, p)
		}
		if err != nil {
			return 0, err
		}
		if err := b.add(raw, over); err != nil {
			return 0, err
		}
		if (i+1)%stride == 0 {
			v.Done = (len(list) + i + 1) / 2
			if err := s.progress(ctx, *v); err != nil {
				return 0, err
			}
		}
	}
	if err := b.add(after, over); err != nil {
		return 0, err
	}
	return total, b.close()
}

// bound is the excerpt that stands in a volume for a form with something for
// professionals: whoever may open the volume reads all of it, and need be none.
func (s *Service) bound(ctx context.Context, v *Volume, p *Print) ([]byte, error) {
	return s.excerpt(ctx, p, v.Ledger, func(sh Sheet) catalog.Hidden { return sh.Type.Reserved() })
}

func (s *Service) read(ctx context.Context, p Print) ([]byte, error) {
	body, err := s.Files.Open(ctx, ledger.ObjectKey(p.Prison, p.Sha256), p.VersionID, p.Sha256, p.Size)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(body)
	return raw, errors.Join(err, body.Close())
}
