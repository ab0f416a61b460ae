package integrity

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"
)

// SaltSize is the length of a salt in bytes.
const SaltSize = 32

// Meta is what a leaf says openly: enough to find its row, nothing that could
// be guessed from a name.
type Meta struct {
	Version int       `json:"v"` // of this encoding: 1
	Prison  uuid.UUID `json:"prison"`
	Kind    string    `json:"kind"` // revision, decision, evidence, custody
	Ref     string    `json:"ref"`  // the row within its kind
	// RecordedAt is when the row was written, RFC 3339 in microseconds, UTC.
	RecordedAt string `json:"recorded_at"`
	// Digest covers the row's canonical content and its salt.
	Digest string `json:"digest"`
}

// Stamp writes a time as leaves do: UTC, microseconds, what the database keeps.
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// ContentDigest hides content behind its salt: short contents (张三 扣2分)
// could be guessed from a bare hash.
func ContentDigest(salt, canonical []byte) [32]byte {
	h := sha256.New()
	h.Write(salt)
	h.Write(canonical)
	var d [32]byte
	h.Sum(d[:0])
	return d
}

// Encode returns the bytes that enter the tree: canonical JSON of the meta.
func (m Meta) Encode() ([]byte, error) {
	m.Version = 1
	raw, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("leaf: %w", err)
	}
	return Canonical(raw)
}

// LeafHash is RFC 6962's hash of an encoded leaf.
func LeafHash(encoded []byte) tlog.Hash { return tlog.RecordHash(encoded) }

// Stored lists the hashes to be stored when the leaf comes at index idx of the
// tree, the first at tlog.StoredHashIndex(0, idx). r reads those stored before.
func Stored(idx int64, leaf tlog.Hash, r tlog.HashReader) ([]tlog.Hash, error) {
	h, err := tlog.StoredHashesForRecordHash(idx, leaf, r)
	if err != nil {
		return nil, fmt.Errorf("tree at %d: %w", idx, err)
	}
	return h, nil
}

// NewSalt is 32 fresh random bytes.
func NewSalt() []byte {
	b := make([]byte, SaltSize)
	_, _ = rand.Read(b) // never fails (crypto/rand, Go 1.24)
	return b
}
