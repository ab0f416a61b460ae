package demo

import (
	"encoding/json"
	"io/fs"
	"path"
	"regexp"
	"time"

	"taizhang/internal/catalog"
	"taizhang/schemas"
)

// sampleFiller is the police number that samples give to who fills them.
const sampleFiller = "0000001"

// sample is a valid document of a type, the pattern new ones are cut from.
type sample struct {
	doc      catalog.Document
	occurred time.Time
}

func readSamples(c *catalog.Catalog) (map[string][]sample, error) {
	all := map[string][]sample{}
	for _, t := range c.Types() {
		names, err := fs.Glob(schemas.FS, path.Join("ledgers", t.ID, "v1", "valid", "*.json"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			raw, err := fs.ReadFile(schemas.FS, name)
			if err != nil {
				return nil, err
			}
			var wrapped struct {
				Document json.RawMessage `json:"document"`
			}
			if json.Unmarshal(raw, &wrapped) == nil && wrapped.Document != nil {
				raw = wrapped.Document
			}
			doc, err := catalog.ParseDocument(raw)
			if err != nil {
				return nil, err
			}
			full := t.Validate(doc, catalog.Env{Now: time.Now(), Filler: "0000001"}).Document
			m, err := t.Occurred(full)
			if err != nil {
				continue
			}
			all[t.ID] = append(all[t.ID], sample{doc: doc, occurred: m.At})
		}
	}
	return all, nil
}

var (
	dayLike    = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	monthLike  = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)
	policeLike = regexp.MustCompile(`^\d{7}$`)
	inmateLike = regexp.MustCompile(`^\d{10}$`)
)

// tailor cuts a new document from a sample: its times moved by delta, its
// people replaced by those of the area, every one always by the same.
type tailor struct {
	delta             time.Duration
	month             string
	officers, inmates []string
	swapped           map[string]string
	used              int
}

func (t *tailor) cut(v any) any {
	switch x := v.(type) {
	case map[string]any:
		m := make(map[string]any, len(x))
		for _, k := range sortedKeys(x) {
			m[k] = t.cut(x[k])
		}
		return m
	case []any:
		l := make([]any, len(x))
		for i, e := range x {
			l[i] = t.cut(e)
		}
		return l
	case string:
		return t.text(x)
	}
	return v
}

func (t *tailor) text(s string) string {
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.Add(t.delta).In(catalog.Zone).Format(time.RFC3339)
	}
	switch {
	case dayLike.MatchString(s):
		at, err := time.ParseInLocation(time.DateOnly, s, catalog.Zone)
		if err != nil {
			return s
		}
		return catalog.DayOf(at.Add(12 * time.Hour).Add(t.delta))
	case monthLike.MatchString(s):
		return t.month
	case policeLike.MatchString(s):
		return t.swap(s, t.officers)
	case inmateLike.MatchString(s):
		return t.swap(s, t.inmates)
	}
	return s
}

func (t *tailor) swap(old string, with []string) string {
	if n, ok := t.swapped[old]; ok {
		return n
	}
	if len(with) == 0 {
		return old
	}
	n := with[t.used%len(with)]
	t.used++
	t.swapped[old] = n
	return n
}
