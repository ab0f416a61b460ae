package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"taizhang/internal/fault"
)

// Digest is a SHA-256, written in JSON as "sha256:<hex>".
type Digest [32]byte

func (d Digest) String() string { return "sha256:" + hex.EncodeToString(d[:]) }

// MarshalText writes "sha256:<hex>".
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads "sha256:<hex>"; anything else is the fault bad_digest.
func (d *Digest) UnmarshalText(b []byte) error {
	raw, ok := bytes.CutPrefix(b, []byte("sha256:"))
	if !ok || len(raw) != 64 {
		return fault.New(fault.Malformed, "bad_digest")
	}
	if _, err := hex.Decode(d[:], raw); err != nil {
		return fault.New(fault.Malformed, "bad_digest").Because(err)
	}
	return nil
}

type sealedEvidence struct {
	ID     string `json:"id"`
	Sha256 Digest `json:"sha256"`
	Slot   string `json:"slot"`
}

// Seal is the digest a decision binds to: the document's canonical bytes, the
// evidence and the version of the ledger type, together.
func Seal(ledger string, version int, nilReturn bool, canonical []byte, evidence []Evidence) (Digest, error) {
	list := make([]sealedEvidence, len(evidence))
	for i, e := range evidence {
		list[i] = sealedEvidence{ID: e.ID.String(), Sha256: e.Sha256, Slot: e.Slot}
	}
	slices.SortFunc(list, func(a, b sealedEvidence) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	sealed, err := json.Marshal(struct {
		Document Digest           `json:"document"`
		Evidence []sealedEvidence `json:"evidence"`
		Ledger   string           `json:"ledger"`
		Nil      bool             `json:"nil_return"`
		Version  int              `json:"version"`
	}{sha256.Sum256(canonical), list, ledger, nilReturn, version})
	if err != nil {
		return Digest{}, fmt.Errorf("seal: %w", err)
	}
	return sha256.Sum256(sealed), nil
}
