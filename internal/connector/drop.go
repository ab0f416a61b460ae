package connector

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
)

const (
	fileLimit = 32 << 20
	// batch is how many rows of a file are one transaction.
	batch = 200
	// settled is how long a file must have lain unchanged: who copies it here
	// under its own name is still writing.
	settled = 5 * time.Second
	// resultSuffix makes the name of a file's result; longestName is what file
	// systems take, in bytes.
	resultSuffix = ".result.json"
	longestName  = 255
)

// fileSeen is how a file looked last time.
type fileSeen struct {
	size int64
	mod  time.Time
}

// drop takes in the files of the folder that are complete, oldest name first:
// each is moved to done/ or failed/ with its result beside it. Writers give a
// file the name *.part until it is whole, or leave it alone for five seconds.
func (s *Service) drop(ctx context.Context, prison uuid.UUID, c Connector) error {
	root, err := os.OpenRoot(c.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // not made yet
	}
	if err != nil {
		return fmt.Errorf("drop folder: %w", err)
	}
	defer func() { _ = root.Close() }()
	for _, dir := range []string{"done", "failed"} {
		if err := root.Mkdir(dir, 0o750); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("drop folder: %w", err)
		}
	}
	names, err := s.complete(root, c.ID)
	if err != nil {
		return err
	}
	// A file that cannot be read or moved holds up no other.
	var errs []error
	for _, name := range names {
		if err := s.takeFile(ctx, root, prison, c, name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// complete lists the files that nobody writes to any more.
func (s *Service) complete(root *os.Root, id string) ([]string, error) {
	list, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("drop folder: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, e := range list {
		if !e.Type().IsRegular() || strings.HasPrefix(e.Name(), ".") || !strings.EqualFold(path.Ext(e.Name()), ".csv") {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // gone meanwhile
		}
		at := id + "/" + e.Name()
		now := fileSeen{info.Size(), info.ModTime()}
		if s.seen[at] == now && s.Now().Sub(info.ModTime()) >= settled {
			names = append(names, e.Name())
		}
		if s.seen[at] != now {
			delete(s.left, at) // another file of that name
		}
		s.seen[at] = now
	}
	slices.Sort(names)
	return names, nil
}

// takeFile takes in one file from the row where a fall left it.
func (s *Service) takeFile(ctx context.Context, root *os.Root, prison uuid.UUID, c Connector, name string) error {
	raw, err := readFile(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another server took it
	}
	if err != nil && !errors.Is(err, TooLarge) {
		return err
	}
	sum := sha256.Sum256(raw)
	var done Run
	var known bool
	if err := s.Store.Read(ctx, program(prison), func(tx Tx) error {
		var err error
		done, known, err = tx.FileDone(ctx, prison, c.ID, sum[:])
		return err
	}); err != nil {
		return err
	}
	if !known {
		// One that failed is read again when it is laid here again, for the
		// configuration may name other columns by now; not while it only lies here.
		s.mu.Lock()
		done, known = s.left[c.ID+"/"+name]
		s.mu.Unlock()
		known = known && bytes.Equal(done.BodyDigest, sum[:])
	}
	if known { // taken in before it could be moved, or laid here twice
		return s.putAway(ctx, root, prison, name, done)
	}
	_, run, beginErr := s.begin(ctx, prison, c)
	if beginErr != nil || run == nil {
		return beginErr
	}
	records, trouble := []Record(nil), err
	if trouble == nil {
		records, trouble = c.records(raw)
	}
	// A run that another file began and a fall cut off is ended as it stands:
	// its file is still here and begins anew, which doubles nothing.
	if run.BodyDigest != nil && string(run.BodyDigest) != string(sum[:]) {
		run.BodyDigest = nil
		return s.finish(ctx, c, run, Interrupted)
	}
	var code Trouble
	if errors.As(trouble, &code) {
		s.Log.WarnContext(ctx, "file", "connector", c.ID, "error", trouble)
		run.BodyDigest = sum[:]
		if err := s.finish(ctx, c, run, code); err != nil {
			return err
		}
		s.mu.Lock()
		s.left[c.ID+"/"+name] = *run
		s.mu.Unlock()
		return s.putAway(ctx, root, prison, name, *run)
	}
	if trouble != nil {
		return trouble
	}
	at := 0
	if _, rest, ok := strings.Cut(run.Cursor, " "); ok {
		if at, err = strconv.Atoi(rest); err != nil {
			return fmt.Errorf("cursor of %s: %w", c.ID, err)
		}
	}
	for {
		to := min(at+batch, len(records))
		// The run knows its file from its first page on.
		run.BodyDigest = sum[:]
		if err := s.page(ctx, c, run, records[at:to], hex.EncodeToString(sum[:4])+" "+strconv.Itoa(to)); err != nil {
			return err
		}
		if at = to; at == len(records) {
			break
		}
	}
	if err := s.finish(ctx, c, run, ""); err != nil {
		return err
	}
	return s.putAway(ctx, root, prison, name, *run)
}

func readFile(root *os.Root, name string) ([]byte, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("drop folder: %w", err)
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, fileLimit+1))
	if err != nil {
		return nil, fmt.Errorf("drop folder: %w", err)
	}
	if len(raw) > fileLimit {
		return raw, TooLarge
	}
	return raw, nil
}

// beside is the name of a file with its run's, cut where it would be too long.
func beside(name string, run uuid.UUID) string {
	tail := "." + run.String() + path.Ext(name)
	stem := strings.TrimSuffix(name, path.Ext(name))
	return strings.ToValidUTF8(stem[:min(len(stem), longestName-len(tail+resultSuffix))], "") + tail
}

// putAway moves a file that a kept run speaks of, with the result for whoever
// laid it here.
func (s *Service) putAway(ctx context.Context, root *os.Root, prison uuid.UUID, name string, run Run) error {
	fault.Point("connector.file_taken")
	dir := "done"
	if run.State == "failed" {
		dir = "failed"
	}
	var rejected []Rejected
	if err := s.Store.Read(ctx, program(prison), func(tx Tx) error {
		var err error
		rejected, err = tx.Rejected(ctx, prison, run.Connector, run.ID, 10_000)
		return err
	}); err != nil {
		return err
	}
	type line struct {
		Row     int    `json:"row"` // of the file, the header being 1
		Key     string `json:"key"`
		Column  string `json:"column"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	result := struct {
		File      string  `json:"file"`
		Run       string  `json:"run"`
		State     string  `json:"state"`
		Problem   Trouble `json:"problem,omitempty"`
		Message   string  `json:"message,omitempty"`
		Read      int     `json:"read"`
		Changed   int     `json:"changed"`
		Unchanged int     `json:"unchanged"`
		Rejected  []line  `json:"rejected"`
	}{File: name, Run: run.ID.String(), State: run.State, Problem: run.Problem, Message: Words[run.Problem].ZH, Read: run.Read, Changed: run.Changed,
		Unchanged: run.Unchanged, Rejected: []line{}}
	for _, r := range rejected {
		for _, p := range r.Problems {
			result.Rejected = append(result.Rejected, line{Row: r.Number + 1, Key: r.Key, Column: strings.TrimPrefix(p.Pointer, "/"), Code: p.Code, Message: p.Text.ZH})
		}
	}
	raw, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return fmt.Errorf("result: %w", err)
	}
	to := path.Join(dir, name)
	if _, err := root.Stat(to); err == nil || len(name+resultSuffix) > longestName {
		// One of that name was here before, and both stay; or no room is left behind it.
		to = path.Join(dir, beside(name, run.ID))
	}
	if err := root.WriteFile(to+resultSuffix, raw, 0o640); err != nil {
		return fmt.Errorf("drop folder: %w", err)
	}
	if err := root.Rename(name, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop folder: %w", err)
	}
	s.mu.Lock()
	delete(s.seen, run.Connector+"/"+name)
	delete(s.left, run.Connector+"/"+name)
	s.mu.Unlock()
	return nil
}
