package ledger

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

func newKey(prison uuid.UUID) Key { return Key{Prison: prison, Entry: uuid.Must(uuid.NewV7())} }

// Record is one row of an append-only table as its leaf commits to it: every
// column, so that none can be changed unseen. It is made of the row when it is
// written and again when it is verified.
type Record struct {
	Kind      string
	Ref       string
	Salt      []byte
	Canonical []byte
}

// NewRecord makes the record of a row from its columns, by name.
func NewRecord(kind, ref string, salt []byte, columns map[string]any) (Record, error) {
	raw, err := json.Marshal(columns)
	if err != nil {
		return Record{}, fmt.Errorf("%s %s: %w", kind, ref, err)
	}
	canonical, err := integrity.Canonical(raw)
	return Record{Kind: kind, Ref: ref, Salt: salt, Canonical: canonical}, err
}

// stamp writes a time as the database keeps it.
func stamp(t time.Time) string { return integrity.Stamp(t) }

// RevisionRecord commits to a revision; the document by its hash.
func RevisionRecord(k Key, r Revision) (Record, error) {
	document := sha256.Sum256(r.Document)
	warnings := r.Warnings
	if warnings == nil {
		warnings = []fault.Field{}
	}
	columns := map[string]any{
		"entry": k.Entry, "revision": r.Number, "author": r.Author, "ledger": r.Ledger, "version": r.Version, "document": Digest(document),
		"digest": r.Digest, "nil_return": r.Nil, "reason": r.Reason, "chain": r.Chain, "warnings": warnings, "occurred_at": stamp(r.OccurredAt),
	}
	// Revisions older than the column have none, and their leaves say nothing of it.
	if len(r.Pins) > 0 {
		columns["pins"] = r.Pins
	}
	if len(r.Hints) > 0 {
		columns["hints"] = r.Hints
	}
	return NewRecord("revision", k.Entry.String()+"/"+strconv.Itoa(r.Number), r.Salt, columns)
}

// EvidenceRecord commits to an evidence row; the bytes by their hash.
func EvidenceRecord(k Key, e Evidence) (Record, error) {
	taken := ""
	if e.TakenAt != nil {
		taken = stamp(*e.TakenAt)
	}
	return NewRecord("evidence", k.Entry.String()+"/"+strconv.Itoa(e.Revision)+"/"+e.ID.String(), e.Salt, map[string]any{
		"entry": k.Entry, "revision": e.Revision, "evidence": e.ID, "slot": e.Slot, "name": e.Name, "media_type": e.MediaType, "size": e.Size,
		"sha256": e.Sha256, "version_id": e.VersionID, "width": e.Width, "height": e.Height, "taken_at": taken,
		"uploaded_by": e.UploadedBy, "uploaded_at": stamp(e.UploadedAt),
	})
}

// DecisionRecord commits to a decision. Of those in one's own name and post, and
// of no void that was asked for, the leaf is as it was before there were others.
func DecisionRecord(k Key, d Decision) (Record, error) {
	columns := map[string]any{
		"entry": k.Entry, "revision": d.Revision, "step": d.Step, "decision": d.ID, "verdict": d.Verdict, "author": d.Author,
		"decided_by": d.By, "role": d.Role, "of_digest": d.Of, "comment": d.Comment, "remarks": d.Remarks,
	}
	if d.Capacity != "" {
		columns["capacity"] = d.Capacity
	}
	if d.For != nil {
		columns["for"] = *d.For
	}
	if d.Delegation != nil {
		columns["delegation"] = *d.Delegation
	}
	if d.Void != nil {
		columns["void"], columns["asked_by"] = *d.Void, *d.AskedBy
	}
	return NewRecord("decision", d.ID.String(), d.Salt, columns)
}

// SignerRecord commits to a signer of a step.
func SignerRecord(k Key, s Signer) (Record, error) {
	return NewRecord("signer", s.ID.String(), s.Salt, map[string]any{
		"entry": k.Entry, "revision": s.Revision, "step": s.Step, "signer": s.ID, "kind": s.Kind, "person": s.Person, "role": s.Role,
		"for": s.For, "author": s.Author, "by": s.By, "reason": s.Reason,
	})
}

// VoidRecord commits to a void that was asked for.
func VoidRecord(k Key, v VoidRequest) (Record, error) {
	return NewRecord("void", v.ID.String(), v.Salt, map[string]any{
		"entry": k.Entry, "void": v.ID, "revision": v.Revision, "of_digest": v.Of, "author": v.Author, "asked_by": v.By, "role": v.Role, "reason": v.Reason,
	})
}

// EventRecord commits to an event of the time line.
func EventRecord(k Key, id uuid.UUID, salt []byte, e Event) (Record, error) {
	return NewRecord("event", id.String(), salt, map[string]any{
		"entry": k.Entry, "kind": e.Kind, "revision": e.Revision, "person": e.Person, "detail": e.Detail,
	})
}

// CustodyRecord commits to a custody event.
func CustodyRecord(r CustodyRow) (Record, error) {
	return NewRecord("custody", r.ID.String(), r.Salt, map[string]any{
		"kind": r.Custody.Kind, "subject": r.Custody.Subject, "reason": r.Custody.Reason, "detail": r.Custody.Detail, "person": r.Person, "address": r.Address,
	})
}
