package catalog

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"taizhang/internal/fault"
)

// Catalog is a snapshot of all ledger types. It never changes.
type Catalog struct {
	types    map[string][]*Type // by id, versions ascending
	current  []*Type            // in the order of their ids
	calendar *Calendar
}

// Load reads a folder as schemas/ is laid out. All mistakes of all types are
// in the error.
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
	return c.catalog(cal, all)
}

// Compile makes a catalogue of published versions, as the database holds them,
// with the shared files of fsys.
func Compile(fsys fs.FS, versions []Files) (*Catalog, error) {
	c, cal, err := newCompiler(fsys)
	if err != nil {
		return nil, err
	}
	return c.catalog(cal, versions)
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
	m, err := newMeta(files["meta/schema.json"])
	if err != nil {
		return nil, nil, err
	}
	w, err := newWorld(settings, cal)
	return &compiler{world: w, messages: messages, meta: m}, cal, err
}

func (c *compiler) catalog(cal *Calendar, versions []Files) (*Catalog, error) {
	out := &Catalog{types: map[string][]*Type{}, calendar: cal}
	var errs []error
	for _, f := range versions {
		t, err := c.compile(f)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out.types[t.ID] = append(out.types[t.ID], t)
	}
	for _, list := range out.types {
		slices.SortFunc(list, func(a, b *Type) int { return cmp.Compare(a.Version, b.Version) })
		out.current = append(out.current, list[len(list)-1])
	}
	slices.SortFunc(out.current, func(a, b *Type) int { return cmp.Compare(a.ID, b.ID) })
	return out, errors.Join(errs...)
}

// Types lists the current version of every ledger, by id.
func (c *Catalog) Types() []*Type { return c.current }

// Type returns one version, nil if there is none.
func (c *Catalog) Type(id string, version int) *Type {
	for _, t := range c.types[id] {
		if t.Version == version {
			return t
		}
	}
	return nil
}

// Current returns the newest version, nil if there is none.
func (c *Catalog) Current(id string) *Type {
	list := c.types[id]
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

// Calendar of working days.
func (c *Catalog) Calendar() *Calendar { return c.calendar }
