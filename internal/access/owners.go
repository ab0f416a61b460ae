package access

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"strings"
)

// readOwners takes exactly one department for each ledger.
func readOwners(fsys fs.FS, ledgers []string) (map[string]string, error) {
	lines, err := table(fsys, "owners.csv", 2)
	if err != nil {
		return nil, err
	}
	owners := map[string]string{}
	for _, l := range lines {
		ledger, department := l[0], l[1]
		if other, twice := owners[ledger]; twice {
			return nil, fmt.Errorf("owners.csv: %s has two owners, %s and %s", ledger, other, department)
		}
		if code, ok := strings.CutPrefix(department, "dept_"); !ok || code == "" {
			return nil, fmt.Errorf("owners.csv: %s: %q is no department", ledger, department)
		}
		owners[ledger] = department
	}
	for _, id := range ledgers {
		if owners[id] == "" {
			return nil, fmt.Errorf("owners.csv: %s has no owner", id)
		}
	}
	return owners, nil
}

// table reads a CSV of n columns; # begins a comment.
func table(fsys fs.FS, name string, n int) ([][]string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comment, r.TrimLeadingSpace, r.FieldsPerRecord = '#', true, n
	lines, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return lines, nil
}
