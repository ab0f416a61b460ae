package ledger

import (
	"time"

	"github.com/google/uuid"
)

// Evidence is a file lying beside a draft (then Revision is 0 and it may still
// be taken off) or resting under a submitted revision (then it never changes).
type Evidence struct {
	ID         uuid.UUID  `json:"id"`
	Revision   int        `json:"revision"`
	Slot       string     `json:"slot"` // id of an evidence line of the type, or "" for a field of the form
	Name       string     `json:"name"`
	Hidden     bool       `json:"hidden,omitempty"` // from the reader: neither name nor content
	MediaType  string     `json:"media_type"`
	Size       int64      `json:"size"`
	Sha256     Digest     `json:"sha256"`
	VersionID  string     `json:"-"`
	Width      int        `json:"width,omitempty"`
	Height     int        `json:"height,omitempty"`
	TakenAt    *time.Time `json:"taken_at,omitempty"` // as the camera claims
	UploadedBy uuid.UUID  `json:"uploaded_by"`
	UploadedAt time.Time  `json:"uploaded_at"`
	Salt       []byte     `json:"-"`
}

// ObjectKey is where the bytes lie: by their hash, inside their prison, so that
// nobody learns from an upload what another prison holds.
func ObjectKey(prison uuid.UUID, sum Digest) string {
	return prison.String() + "/" + sum.String()[len("sha256:"):]
}
