package integrity

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is what a prison's log was at a size. Signed and out of the
// house, it is what alteration is detected by.
type Checkpoint struct {
	Prison uuid.UUID
	Size   int64
	Root   tlog.Hash
}

const origin = "taizhang/"

// Text is the note's text: origin, size, root (C2SP tlog-checkpoint).
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s%s\n%d\n%s\n", origin, c.Prison, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// ParseCheckpoint verifies a signed note and reads it.
func ParseCheckpoint(signed []byte, v note.Verifier) (Checkpoint, error) {
	n, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], origin) || lines[3] != "" {
		return Checkpoint{}, errors.New("checkpoint: not in its form")
	}
	prison, err1 := uuid.Parse(strings.TrimPrefix(lines[0], origin))
	size, err2 := strconv.ParseInt(lines[1], 10, 64)
	root, err3 := base64.StdEncoding.DecodeString(lines[2])
	if err := errors.Join(err1, err2, err3); err != nil || len(root) != tlog.HashSize || size < 0 {
		return Checkpoint{}, errors.Join(errors.New("checkpoint: not in its form"), err)
	}
	c := Checkpoint{Prison: prison, Size: size, Root: tlog.Hash(root)}
	if c.Text() != n.Text {
		return Checkpoint{}, errors.New("checkpoint: not in its form")
	}
	return c, nil
}

// Signer signs checkpoints and remembers, outside the database, the last one
// of each prison: it refuses a tree that is smaller or does not contain what
// it signed before, so not even this program can make it fork.
type Signer struct {
	signer   note.Signer
	verifier note.Verifier
	dir      string
}

// OpenSigner reads the key in dir, making one at first use; only its owner can
// read it.
func OpenSigner(dir string) (*Signer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("signer: %w", err)
	}
	file := filepath.Join(dir, "signing.key")
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		private, public, err := note.GenerateKey(rand.Reader, "taizhang")
		if err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
		if err := writeDurably(filepath.Join(dir, "verifier.key"), []byte(public+"\n"), 0o644); err != nil {
			return nil, err
		}
		raw = []byte(private + "\n")
		if err := writeDurably(file, raw, 0o600); err != nil {
			return nil, err
		}
	} else if err != nil {
		return nil, fmt.Errorf("signer: %w", err)
	}
	s, err := note.NewSigner(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("signer: %w", err)
	}
	v, err := OpenVerifier(dir)
	if err != nil {
		return nil, err
	}
	return &Signer{signer: s, verifier: v, dir: dir}, nil
}

// OpenVerifier reads the public key beside the signer's.
func OpenVerifier(dir string) (note.Verifier, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "verifier.key"))
	if err != nil {
		return nil, fmt.Errorf("verifier: %w", err)
	}
	v, err := note.NewVerifier(strings.TrimSpace(string(raw)))
	if err != nil {
		return nil, fmt.Errorf("verifier: %w", err)
	}
	return v, nil
}

// writeDurably replaces a file so that after a crash it is the old or the new
// one, whole.
func writeDurably(name string, content []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	d, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}

// Verifier of this signer's notes.
func (s *Signer) Verifier() note.Verifier { return s.verifier }

func (s *Signer) remembered(prison uuid.UUID) string {
	return filepath.Join(s.dir, "last-"+prison.String()+".note")
}

// Last is the newest checkpoint signed for the prison; the zero one if none.
func (s *Signer) Last(prison uuid.UUID) (Checkpoint, error) {
	raw, err := os.ReadFile(s.remembered(prison))
	if errors.Is(err, os.ErrNotExist) {
		return Checkpoint{Prison: prison}, nil
	}
	if err != nil {
		return Checkpoint{}, fmt.Errorf("signer: %w", err)
	}
	return ParseCheckpoint(raw, s.verifier)
}

// ErrFork is the refusal of a tree that does not contain the last signed one.
var ErrFork = errors.New("the log does not contain what was signed before")

// Sign remembers, then signs. hashes proves that the tree contains the last
// one signed.
func (s *Signer) Sign(c Checkpoint, hashes tlog.HashReader) ([]byte, error) {
	last, err := s.Last(c.Prison)
	if err != nil {
		return nil, err
	}
	if c.Size < last.Size {
		return nil, fmt.Errorf("%w: %d entries, %d were signed", ErrFork, c.Size, last.Size)
	}
	if last.Size > 0 {
		root, err := tlog.TreeHash(last.Size, hashes)
		if err != nil {
			return nil, fmt.Errorf("signer: %w", err)
		}
		if root != last.Root {
			return nil, ErrFork
		}
	}
	if root, err := tlog.TreeHash(c.Size, hashes); err != nil || root != c.Root {
		return nil, errors.Join(ErrFork, err)
	}
	signed, err := note.Sign(&note.Note{Text: c.Text()}, s.signer)
	if err != nil {
		return nil, fmt.Errorf("signer: %w", err)
	}
	return signed, writeDurably(s.remembered(c.Prison), signed, 0o600)
}

// WriteCheckpoint puts a note into a folder that leaves the house: named so
// that none ever replaces another.
func WriteCheckpoint(dir string, c Checkpoint, signed []byte) error {
	folder := filepath.Join(dir, c.Prison.String())
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return writeDurably(filepath.Join(folder, fmt.Sprintf("%012d.note", c.Size)), signed, 0o644)
}

// CheckpointPrisons lists the prisons that have notes in such a folder.
func CheckpointPrisons(dir string) ([]uuid.UUID, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoints: %w", err)
	}
	var list []uuid.UUID
	for _, e := range entries {
		if id, err := uuid.Parse(e.Name()); err == nil && e.IsDir() {
			list = append(list, id)
		}
	}
	return list, nil
}

// ReadCheckpoints reads all notes of a prison from such a folder.
func ReadCheckpoints(dir string, prison uuid.UUID) ([][]byte, error) {
	files, err := filepath.Glob(filepath.Join(dir, prison.String(), "*.note"))
	if err != nil {
		return nil, fmt.Errorf("checkpoints: %w", err)
	}
	var list [][]byte
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("checkpoints: %w", err)
		}
		list = append(list, raw)
	}
	return list, nil
}

// Recheck compares one stored leaf with its number and its hashes, before a
// tree over it is signed.
func Recheck(want, idx int64, meta, hash, node []byte) error {
	h := LeafHash(meta)
	if want != idx || string(h[:]) != string(hash) || string(h[:]) != string(node) {
		return fmt.Errorf("%w: leaf %d", ErrFork, want)
	}
	return nil
}

// Complete refuses a log that is shorter than its head says.
func Complete(have, want int64) error {
	if have != want {
		return fmt.Errorf("%w: %d leaves, the head says %d", ErrFork, have, want)
	}
	return nil
}
