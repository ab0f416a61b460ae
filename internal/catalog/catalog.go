package catalog

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"taizhang/internal/fault"
)

// Catalog is the ledger types in force. It is safe for concurrent use: what it
// holds never changes, other contents take their place in one step (Replace).
type Catalog struct {
	now      atomic.Pointer[contents]
	compiler *compiler
	calendar *Calendar
}

// contents is one immutable state of the catalogue.
type contents struct {
	types   map[string][]*Type // by id, versions ascending
	current []*Type            // those still kept, in the order of their ids
	ended   map[string]End
	twice   func() []Asked // worked out when it is first asked for
}

// End says what became of a ledger that is no longer kept (删、转、并、共).
type End struct {
	Ledger string     `json:"ledger"`
	Kind   string     `json:"kind"`   // delete, transfer, merge, share
	Target string     `json:"target"` // ledger, ext: system, or ""
	Notice fault.Text `json:"notice"` // to those who look for it
	On     string     `json:"on"`     // YYYY-MM-DD
	At     time.Time  `json:"-"`      // when on that day
	// Places say of one that was merged or shared where each of its fields lives now.
	Places []Place `json:"places,omitempty"`
}

// Place of a merged ledger's field in the one that receives it, by stable ids;
// To "" drops it.
type Place struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Load reads a folder as schemas/ is laid out, and holds its occasions and
// what is reserved to its types. All mistakes of all types are in the error.
func Load(fsys fs.FS) (*Catalog, error) {
	c, cal, err := newCompiler(fsys)
	if err != nil {
		return nil, err
	}
	dirs, err := fs.Glob(fsys, "ledgers/*/v*")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	var all []Files
	for _, dir := range dirs {
		var f Files
		for name, into := range map[string]*[]byte{"schema.json": &f.Schema, "ledger.json": &f.Definition, "form.json": &f.Form} {
			if *into, err = fs.ReadFile(fsys, path.Join(dir, name)); err != nil {
				return nil, fmt.Errorf("catalogue: %w", err)
			}
		}
		all = append(all, f)
	}
	out, err := c.catalog(cal, all, false)
	if err != nil {
		return nil, err
	}
	return out, errors.Join(out.holdOccasions(), out.holdReserved())
}

// Compile makes a catalogue of published versions, as the database holds them,
// with the shared files of fsys.
func Compile(fsys fs.FS, versions []Files) (*Catalog, error) {
	c, cal, err := newCompiler(fsys)
	if err != nil {
		return nil, err
	}
	return c.catalog(cal, versions, true)
}

func newCompiler(fsys fs.FS) (*compiler, *Calendar, error) {
	files := map[string][]byte{}
	for _, name := range []string{"settings.json", "calendar.json", "meta/messages.json", "meta/schema.json"} {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, nil, fmt.Errorf("catalogue: %w", err)
		}
		files[name] = raw
	}
	settings := map[string]float64{}
	messages := map[string]fault.Text{}
	if err := errors.Join(json.Unmarshal(files["settings.json"], &settings), json.Unmarshal(files["meta/messages.json"], &messages)); err != nil {
		return nil, nil, fmt.Errorf("catalogue: %w", err)
	}
	cal, err := parseCalendar(files["calendar.json"])
	if err != nil {
		return nil, nil, err
	}
	m, err := newMeta(files["meta/schema.json"], messages)
	if err != nil {
		return nil, nil, err
	}
	occasions, err := readOccasions(fsys)
	if err != nil {
		return nil, nil, err
	}
	readings, err := readReserved(fsys)
	if err != nil {
		return nil, nil, err
	}
	register, err := LoadRegister(fsys)
	if err != nil {
		return nil, nil, err
	}
	systems := map[string]bool{}
	for _, s := range register.Systems {
		systems[s.ID] = true
	}
	w, err := newWorld(settings, cal)
	return &compiler{world: w, settings: settings, occasions: occasions, readings: readings, messages: messages, meta: m, systems: systems}, cal, err
}

func (c *compiler) catalog(cal *Calendar, versions []Files, published bool) (*Catalog, error) {
	out := &Catalog{compiler: c, calendar: cal}
	return out, out.replace(versions, nil, published)
}

// Copy is a catalogue of the same types; what is then put in force in one leaves
// the other alone.
func (c *Catalog) Copy() *Catalog {
	out := &Catalog{compiler: c.compiler, calendar: c.calendar}
	out.now.Store(c.now.Load())
	return out
}

// Replace puts other published contents in force at once. With a mistake in any
// type the old ones stay.
func (c *Catalog) Replace(versions []Files, ends []End) error { return c.replace(versions, ends, true) }

func (c *Catalog) replace(versions []Files, ends []End, published bool) error {
	next := &contents{types: map[string][]*Type{}, ended: map[string]End{}}
	for _, e := range ends {
		next.ended[e.Ledger] = e
	}
	var errs []error
	for _, f := range versions {
		t, err := c.compiled(f, published)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		next.types[t.ID] = append(next.types[t.ID], t)
	}
	for id, list := range next.types {
		slices.SortFunc(list, func(a, b *Type) int { return cmp.Compare(a.Version, b.Version) })
		if _, gone := next.ended[id]; !gone {
			next.current = append(next.current, list[len(list)-1])
		}
	}
	slices.SortFunc(next.current, func(a, b *Type) int { return cmp.Compare(a.ID, b.ID) })
	errs = append(errs, c.hold(next, published)...)
	if err := errors.Join(errs...); err != nil {
		return err
	}
	next.twice = sync.OnceValue(next.askedTwice)
	c.now.Store(next)
	return nil
}

// hold looks at the types that are new among all others: at their sources and
// look-ups, and at ids that were something else. What is published is kept as it is: a source that
// cannot be served only takes nothing.
func (c *Catalog) hold(next *contents, published bool) (errs []error) {
	for _, list := range next.types {
		for _, t := range list {
			if t.shared != nil { // in force already, and read by others now
				continue
			}
			find := func(ledger string) *Type {
				if versions := next.types[ledger]; len(versions) > 0 {
					return versions[len(versions)-1]
				}
				return nil
			}
			bad := append(c.compiler.hold(t, find), reused(t, before(t.Version, list))...)
			bad = append(bad, t.exposed(before(t.Version, list))...)
			bad = append(bad, t.strays(func(id string) bool { return next.types[id] != nil })...)
			bad = append(bad, c.compiler.world.pries(t, func(id string) []*Type { return next.types[id] })...)
			if len(bad) > 0 && !published {
				errs = append(errs, badType(t, bad))
			}
		}
	}
	return errs
}

// compiled takes a version that is in force already as it is.
func (c *Catalog) compiled(f Files, published bool) (*Type, error) {
	if old := c.now.Load(); old != nil {
		sum := f.digest()
		for _, list := range old.types {
			for _, t := range list {
				if t.Digest == sum {
					// The files know no day, the database does.
					if !t.PublishedAt.Equal(f.At) {
						dated := *t
						dated.PublishedAt = f.At
						t = &dated
					}
					return t, nil
				}
			}
		}
	}
	return c.compiler.compile(f, published)
}

// Draft compiles a version that is not published; the fault bad_type names all
// its mistakes.
func (c *Catalog) Draft(f Files) (*Type, error) {
	t, err := c.compiler.compile(f, false)
	if err != nil {
		return nil, err
	}
	bad := c.compiler.hold(t, func(ledger string) *Type {
		if ledger == t.ID {
			return t
		}
		return c.Current(ledger)
	})
	bad = append(bad, reused(t, before(t.Version, c.Versions(t.ID)))...)
	bad = append(bad, t.exposed(before(t.Version, c.Versions(t.ID)))...)
	bad = append(bad, t.strays(func(id string) bool { return id == t.ID || c.Versions(id) != nil })...)
	bad = append(bad, c.compiler.world.pries(t, c.Versions)...)
	bad = append(bad, t.untyped()...)
	bad = append(bad, c.closed(t)...)
	bad = append(bad, c.namesake(t)...)
	if len(bad) > 0 {
		return nil, badType(t, bad)
	}
	return t, nil
}

func (c *Catalog) contents() *contents {
	if n := c.now.Load(); n != nil {
		return n
	}
	return &contents{}
}

// Types lists the current version of every ledger still kept, by id.
func (c *Catalog) Types() []*Type { return c.contents().current }

// End of a ledger, with false while it is kept.
func (c *Catalog) End(id string) (End, bool) {
	e, ok := c.contents().ended[id]
	return e, ok
}

// Merged lists the ledgers that were merged into one, with where their fields
// live in it now: through others too, which were merged into it after them.
func (c *Catalog) Merged(into string) []End {
	var list []End
	ended := c.contents().ended
	for _, id := range slices.Sorted(maps.Keys(ended)) {
		e := ended[id]
		if e.Kind != "merge" || e.Target != into {
			continue
		}
		list = append(list, e)
		for _, far := range c.Merged(id) {
			far.Places = led(far.Places, e.Places)
			list = append(list, far)
		}
	}
	return list
}

// led follows a map of a merge through the next one.
func led(places, on []Place) []Place {
	goals := map[string]string{}
	for _, p := range on {
		goals[p.From] = p.To
	}
	out := slices.Clone(places)
	for i := range out {
		out[i].To = goals[out[i].To]
	}
	return out
}

// Ended lists the newest versions of the ledgers no longer kept, by id.
func (c *Catalog) Ended() []*Type {
	now := c.contents()
	var list []*Type
	for _, id := range slices.Sorted(maps.Keys(now.ended)) {
		if versions := now.types[id]; len(versions) > 0 {
			list = append(list, versions[len(versions)-1])
		}
	}
	return list
}

// Versions of a ledger, ascending; empty for an unknown one.
func (c *Catalog) Versions(id string) []*Type { return c.contents().types[id] }

// IDs of every ledger that ever had a version, sorted.
func (c *Catalog) IDs() []string { return slices.Sorted(maps.Keys(c.contents().types)) }

// Type returns one version, nil if there is none.
func (c *Catalog) Type(id string, version int) *Type {
	for _, t := range c.contents().types[id] {
		if t.Version == version {
			return t
		}
	}
	return nil
}

// Unlike are those of the versions in whose place the catalogue has other contents.
func (c *Catalog) Unlike(versions []*Type) []*Type {
	return slices.DeleteFunc(slices.Clone(versions), func(t *Type) bool {
		ours := c.Type(t.ID, t.Version)
		return ours == nil || ours.Digest == t.Digest
	})
}

// Current returns the newest version, nil if there is none or it is no longer kept.
func (c *Catalog) Current(id string) *Type {
	now := c.contents()
	list := now.types[id]
	if _, gone := now.ended[id]; gone || len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

// KeptOn lists the versions that were kept on a day (YYYY-MM-DD), by id.
func (c *Catalog) KeptOn(day string) []*Type {
	now := c.contents()
	var list []*Type
	for _, id := range slices.Sorted(maps.Keys(now.types)) {
		if e, gone := now.ended[id]; gone && e.On <= day {
			continue
		}
		var last *Type
		for _, t := range now.types[id] {
			if t.PublishedAt.IsZero() || DayOf(t.PublishedAt) <= day {
				last = t
			}
		}
		if last != nil {
			list = append(list, last)
		}
	}
	return list
}

// Calendar of working days.
func (c *Catalog) Calendar() *Calendar { return c.calendar }

// LockedAt is when what was due at a time can no longer be filled without an
// exception: the ledger's own lock days, else those of the settings, after it.
func (c *Catalog) LockedAt(t *Type, due time.Time) time.Time {
	days := float64(t.Cadence.LockDays)
	if days == 0 {
		days = c.compiler.settings["lock_days"]
	}
	return due.Add(time.Duration(days * 24 * float64(time.Hour)))
}

// Setting is a number of schemas/settings.json; zero when there is none.
func (c *Catalog) Setting(name string) float64 { return c.compiler.settings[name] }
