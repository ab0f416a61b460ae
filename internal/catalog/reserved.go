package catalog

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"taizhang/internal/fault"
)

// reservation says which fields and files of a ledger only some of its readers
// read. It is no part of a version: to whom something is shown is a right, and
// binds what was filed long ago too.
type reservation struct {
	Ledger   string   `json:"ledger"`
	Class    string   `json:"class"`    // in policies/policy.csv, which names the readers
	Fields   []string `json:"fields"`   // stable ids of fields at the top
	Evidence []string `json:"evidence"` // ids of what may be attached
}

// portion says which fields of an L3 entry they read who read only a part of it (class
// entry_part/<ledger> of the policy); of its files they read none.
type portion struct {
	Ledger string   `json:"ledger"`
	Fields []string `json:"fields"` // stable ids of fields at the top
}

// readings is reserved.json: who reads less of an entry than the whole.
type readings struct {
	Reserved []reservation `json:"reserved"`
	Parts    []portion     `json:"parts"`
}

// Readings is a digest of reserved.json.
func (c *Catalog) Readings() [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%q", c.compiler.readings))
}

// ForProfessionals stands where somebody may not read a field or a file.
var ForProfessionals = fault.Text{ZH: "仅专业人员可见", EN: "For professionals only"}

// readReserved reads reserved.json; a catalogue without the file reserves nothing.
func readReserved(fsys fs.FS) (file readings, err error) {
	raw, err := fs.ReadFile(fsys, "reserved.json")
	if errors.Is(err, fs.ErrNotExist) {
		return file, nil
	}
	if err == nil {
		err = strict(raw, &file)
	}
	if err != nil {
		return file, fmt.Errorf("reserved.json: %w", err)
	}
	return file, nil
}

// holdReserved holds what is reserved to the types it is shipped with: a name
// misspelt would show to all what it is to hide.
func (c *Catalog) holdReserved() error {
	for _, r := range c.compiler.readings.Reserved {
		t := c.Current(r.Ledger)
		if t == nil || r.Class == "" {
			return fmt.Errorf("reserved.json: %s is no ledger, or has no class", r.Ledger)
		}
		for _, id := range r.Fields {
			if t.named(id) == "" {
				return fmt.Errorf("reserved.json: %s has no field %s at the top", r.Ledger, id)
			}
		}
		for _, id := range r.Evidence {
			if !slices.ContainsFunc(t.Evidence, func(s Slot) bool { return s.ID == id }) {
				return fmt.Errorf("reserved.json: %s has no evidence %s", r.Ledger, id)
			}
		}
	}
	for _, r := range c.compiler.readings.Parts {
		t := c.Current(r.Ledger)
		if t == nil {
			return fmt.Errorf("reserved.json: %s is no ledger", r.Ledger)
		}
		for _, id := range r.Fields {
			if t.named(id) == "" {
				return fmt.Errorf("reserved.json: %s has no field %s at the top", r.Ledger, id)
			}
			if t.Reserved().ID(id) {
				return fmt.Errorf("reserved.json: %s of %s is reserved, and no part to be read by others", id, r.Ledger)
			}
		}
	}
	return nil
}

// named is the name of the top field with a stable id, "" for none.
func (t *Type) named(id string) string {
	for name, p := range t.top() {
		if p["x-id"] == id {
			return name
		}
	}
	return ""
}

// Hidden is what of a version's documents somebody may not read.
type Hidden struct {
	ids    []string
	fields []string // names
	slots  []string
	part   []string // ids of all that is read, where it is not the whole
}

// Hidden collects what is reserved to classes that somebody may not read, and what
// lies outside the part of whoever does not read the whole.
func (t *Type) Hidden(whole bool, may func(class string) bool) Hidden {
	var h Hidden
	if !whole {
		h.part = append([]string{}, t.part...)
		for name, p := range t.top() {
			if id, _ := p["x-id"].(string); !slices.Contains(h.part, id) {
				h.fields = append(h.fields, name)
			}
		}
	}
	for _, r := range t.reserved {
		if may(r.Class) {
			continue
		}
		h.slots = append(h.slots, r.Evidence...)
		h.ids = append(h.ids, r.Fields...)
		for _, id := range r.Fields {
			if name := t.named(id); name != "" {
				h.fields = append(h.fields, name)
			}
		}
	}
	return h
}

// None reports whether nothing is hidden.
func (h Hidden) None() bool { return len(h.ids) == 0 && len(h.slots) == 0 && h.part == nil }

// Whole reports whether it is a whole entry of which this is hidden, and not all but a part.
func (h Hidden) Whole() bool { return h.part == nil }

// Field reports whether a pointer leads into a field that is hidden.
func (h Hidden) Field(pointer string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(pointer, "/"), "/")
	return slices.Contains(h.fields, unescape(name))
}

// Slot reports whether what is attached there is hidden.
func (h Hidden) Slot(id string) bool { return h.part != nil || slices.Contains(h.slots, id) }

// ID reports whether the field of a stable id is hidden, in whatever version.
func (h Hidden) ID(id string) bool {
	return slices.Contains(h.ids, id) || h.part != nil && !slices.Contains(h.part, id)
}

// Without is a document without the hidden fields, and the pointers of those that
// it held; of whoever reads a part all that there may be, for which of them a document
// has tells what it is about.
func (h Hidden) Without(doc Document) (Document, []string, error) {
	value := maps.Clone(doc.Value)
	var gone []string
	for _, name := range h.fields {
		if _, held := value[name]; held || h.part != nil {
			delete(value, name)
			gone = append(gone, "/"+escape(name))
		}
	}
	if gone == nil {
		return doc, nil, nil
	}
	slices.Sort(gone)
	raw, err := json.Marshal(value)
	if err != nil {
		return doc, nil, fmt.Errorf("reserved: %w", err)
	}
	open, err := ParseDocument(raw)
	return open, gone, err
}

// Reserved is all that is hidden from anybody: what serves everybody alike, as an
// index does, is made without it.
func (t *Type) Reserved() Hidden { return t.Hidden(true, func(string) bool { return false }) }

// Part is what is hidden from who reads only a part of an entry and is no
// professional; with false for a ledger that is read whole or not at all.
func (t *Type) Part() (Hidden, bool) {
	return t.Hidden(false, func(string) bool { return false }), t.part != nil
}

// Reserves reports whether some readers of a ledger's entries do not read all of them.
func (c *Catalog) Reserves(id string) bool {
	return slices.ContainsFunc(c.compiler.readings.Reserved, func(r reservation) bool { return r.Ledger == id }) ||
		slices.ContainsFunc(c.compiler.readings.Parts, func(r portion) bool { return r.Ledger == id })
}

// Parted lists the ledgers of which some read only a part that lacks a field of that
// name; with "" all of which some read only a part.
func (c *Catalog) Parted(name string) []string {
	var list []string
	for _, r := range c.compiler.readings.Parts {
		if slices.ContainsFunc(c.Versions(r.Ledger), func(t *Type) bool { h, _ := t.Part(); return name == "" || h.Field("/"+name) }) {
			list = append(list, r.Ledger)
		}
	}
	return list
}

// ReservedIn lists the ledgers in any version of which a field of that name is reserved.
func (c *Catalog) ReservedIn(name string) []string {
	var list []string
	for _, id := range c.IDs() {
		if c.Reserves(id) && slices.ContainsFunc(c.Versions(id), func(t *Type) bool { return t.Reserved().Field("/" + name) }) {
			list = append(list, id)
		}
	}
	return list
}

// open refuses what would carry a reserved field on to those who may not read it: a
// summary, a computed field, a warning beside another field, and what is opened elsewhere.
func (w *world) open(t *Type, p *problems) {
	h := t.Reserved()
	if h.None() {
		return
	}
	say := func(at, pointer string) {
		p.say("ledger.json"+at, "reserved", fault.Text{ZH: "专业人员可见的字段不能写到别处：" + pointer, EN: "A field for professionals is not carried on: " + pointer})
	}
	asks := func(at, expr string) {
		names, vague := w.reads(expr)
		if vague {
			p.say("ledger.json"+at, "reserved", fault.Text{ZH: "本台账有仅专业人员可见的字段，所取字段须直接写明", EN: "The ledger has fields for professionals: the fields asked about are written out"})
		}
		for _, name := range names {
			if h.Field("/" + escape(name)) {
				say(at, "/"+escape(name))
			}
		}
	}
	for i, pointer := range t.SummaryOf {
		if h.Field(pointer) {
			say(fmt.Sprintf("/summary/%d", i), pointer)
		}
	}
	for i, c := range t.Computed {
		if !h.Field(c.Field) {
			asks(fmt.Sprintf("/computed/%d", i), c.Expr)
		}
	}
	for i, r := range t.Rules {
		if r.Level == "warning" && !h.Field(r.At) {
			asks(fmt.Sprintf("/rules/%d", i), r.Expr)
		}
	}
	for i, tr := range t.Triggers {
		asks(fmt.Sprintf("/triggers/%d/when", i), tr.When)
		for field, expr := range tr.Fill {
			if expr != entryItself {
				asks(fmt.Sprintf("/triggers/%d/fill/%s", i, field), expr)
			}
		}
	}
}

// exposed names the fields of a version that stand where those read them who may not:
// within another field what is reserved, and within a field of the part what was
// outside of it in an earlier version.
func (t *Type) exposed(earlier []*Type) []fault.Field {
	var bad []fault.Field
	reserved := t.Reserved()
	part, parted := t.Part()
	for _, f := range t.Fields() {
		if f.parent == "" {
			continue
		}
		gone := reserved.ID(f.ID)
		for _, old := range earlier {
			was, had := byID(old.Fields())[f.ID]
			outside, _ := old.Part()
			gone = gone || parted && had && outside.Field(was.Pointer) && !part.Field(f.Pointer)
		}
		if gone {
			bad = append(bad, fault.Field{Pointer: f.inSchema(), Code: "reserved", Text: fault.Text{
				ZH: "“" + f.Title().ZH + "”仅专业人员可见，不能放进其他人能看到的分组", EN: f.Title().In("en") + " is for professionals, and does not stand in a group that others read"}})
		}
	}
	return bad
}
