package ledger

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
)

// keeping is a transaction at a time, in which a key is known by a version.
type keeping struct {
	Tx
	now  time.Time
	held ObjectRow
}

func (k keeping) Now() time.Time { return k.now }

func (k keeping) LockKey(context.Context, uuid.UUID, Digest) (ObjectRow, error) {
	return k.held, nil
}

func (k keeping) TouchObject(context.Context, uuid.UUID, Digest, string, int64) error {
	return nil
}

// TestKeepBrought: a row rests on the version that was brought, or on another's that
// came meanwhile, and on none that the sweeper may have taken.
func TestKeepBrought(t *testing.T) {
	began := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	b := Brought{Version: "new", Over: "lost", Since: began}
	for name, c := range map[string]struct {
		after time.Duration
		held  ObjectRow
		want  string
	}{
		"at once":        {time.Minute, ObjectRow{Known: true, VersionID: "lost"}, "new"},
		"another's":      {time.Minute, ObjectRow{Known: true, VersionID: "theirs"}, "theirs"},
		"swept":          {time.Minute, ObjectRow{}, ""},
		"after too long": {SweepAfter, ObjectRow{Known: true, VersionID: "lost"}, ""},
	} {
		got, err := b.Keep(t.Context(), keeping{now: began.Add(c.after), held: c.held})
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q %v, want %q", name, got, err, c.want)
		}
	}
}
