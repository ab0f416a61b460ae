package ledger

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"taizhang/internal/integrity"
)

func newKey(prison uuid.UUID) Key { return Key{Prison: prison, Entry: uuid.Must(uuid.NewV7())} }

// ref identifies a revision within the log.
func ref(k Key, revision int) string { return k.Entry.String() + "/" + strconv.Itoa(revision) }

// evidenceRecord is the canonical form of an evidence row: what its leaf
// commits to.
func evidenceRecord(k Key, e Evidence) ([]byte, error) {
	return canonical(map[string]any{
		"entry": k.Entry, "revision": e.Revision, "evidence": e.ID, "slot": e.Slot, "name": e.Name,
		"media_type": e.MediaType, "size": e.Size, "sha256": e.Sha256, "version_id": e.VersionID,
		"uploaded_by": e.UploadedBy, "uploaded_at": e.UploadedAt.UTC(),
	})
}

// decisionRecord is the canonical form of a decision.
func decisionRecord(k Key, d Decision) ([]byte, error) {
	return canonical(map[string]any{
		"entry": k.Entry, "revision": d.Revision, "step": d.Step, "decision": d.ID, "verdict": d.Verdict,
		"author": d.Author, "decided_by": d.By, "role": d.Role, "of_digest": d.Of, "comment": d.Comment, "remarks": d.Remarks,
	})
}

func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return integrity.Canonical(raw)
}
