package standards

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"taizhang/internal/scoring"
)

// Shipped is what comes with the program: versions that are issued, and the documents
// they rest on.
type Shipped struct {
	Sets     []Whole
	Mappings []Mapping
	Basis    []Document
}

// ReadShipped reads standards/: the folders that issued.json names with the day each
// comes into force, and basis.json.
func ReadShipped(fsys fs.FS) (Shipped, error) {
	var out Shipped
	days := map[string]string{}
	if err := readJSON(fsys, "standards/issued.json", &days); err != nil {
		return out, err
	}
	if err := readJSON(fsys, "standards/basis.json", &out.Basis); err != nil {
		return out, err
	}
	for _, dir := range slices.Sorted(maps.Keys(days)) {
		set, err := scoring.ReadSet(fsys, "standards/"+dir)
		if err != nil {
			return out, err
		}
		s, err := scoring.Compile(set)
		if err != nil {
			return out, fmt.Errorf("%s: %w", dir, err)
		}
		out.Sets = append(out.Sets, Whole{Set: set, Version: Version{Standard: s.ID, Version: s.Version, Title: s.Title, Unit: s.Unit, Label: s.Label,
			Unofficial: s.Unofficial, Points: s.Points, Line: s.Line, Digest: Digest(set), State: Issued, EffectiveOn: days[dir]}})
		var m Mapping
		switch err := readJSON(fsys, "standards/"+dir+"/mapping.json", &m); {
		case err == nil:
			out.Mappings = append(out.Mappings, m)
		case !errors.Is(err, fs.ErrNotExist):
			return out, err
		}
	}
	return out, nil
}

func readJSON(fsys fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
