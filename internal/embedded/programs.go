package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
)

// programs is the folder that holds postgres and initdb.
type programs string

func (p programs) postgres() string { return filepath.Join(string(p), "postgres") }
func (p programs) initdb() string   { return filepath.Join(string(p), "initdb") }

// oldestMajor is the first version with all that the schema uses
// (security_invoker views).
const oldestMajor = 15

// findPrograms returns PostgreSQL's programs: from the machine if it has them,
// else from the cache, else downloaded. major, if not "", is the only major
// version that will do: a cluster is never opened by another.
func findPrograms(ctx context.Context, o PostgresOptions, major string) (programs, error) {
	fits := func(p programs) bool {
		found := p.major()
		return found >= oldestMajor && (major == "" || major == strconv.Itoa(found))
	}
	if o.BinDir != "" {
		if p := programs(o.BinDir); fits(p) {
			return p, nil
		}
		return "", fmt.Errorf("PG_BINDIR %s does not hold PostgreSQL %s", o.BinDir, wanted(major))
	}
	for _, p := range installed() {
		if fits(p) {
			return p, nil
		}
	}
	if major != "" && major != pinnedMajor {
		return "", fmt.Errorf("the data in %s were made by PostgreSQL %s, which is not on this machine: install it or set PG_BINDIR",
			o.Dir, major)
	}
	p, err := fetchPrograms(ctx, o.CacheDir, o.Log)
	if err != nil {
		return "", fmt.Errorf("no PostgreSQL %s on this machine (PG_BINDIR, PATH, pg_config, /usr/lib/postgresql), and: %w",
			wanted(major), err)
	}
	return p, nil
}

func wanted(major string) string {
	if major == "" {
		return fmt.Sprintf("%d or later", oldestMajor)
	}
	return major
}

// installed lists the places that may hold the programs, best first.
func installed() []programs {
	var found []programs
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			found = append(found, programs(filepath.Dir(path)))
		}
	}
	if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
		found = append(found, programs(bytes.TrimSpace(out)))
	}
	var packaged []programs
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"} {
		dirs, _ := filepath.Glob(pattern)
		for _, dir := range dirs {
			packaged = append(packaged, programs(dir))
		}
	}
	slices.SortStableFunc(packaged, func(a, b programs) int { return b.major() - a.major() })
	return append(found, packaged...)
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)`)

// major is the version of the programs, 0 when they are not all there.
func (p programs) major() int {
	if _, err := os.Stat(p.initdb()); errors.Is(err, os.ErrNotExist) {
		return 0
	}
	out, err := exec.Command(p.postgres(), "--version").Output()
	if err != nil {
		return 0
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return 0
	}
	major, _ := strconv.Atoi(string(m[1]))
	return major
}
