package ledger

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Written is what a browser says of a document that was typed without the
// network: every local save, chained from an anchor on.
type Written struct {
	Anchor string   `json:"anchor"`
	Saves  []Save   `json:"saves"`
	Files  []Digest `json:"files"` // attached at the last save
}

// Save is one local save: the browser's clock, and the hashes of what was there.
type Save struct {
	At       string `json:"at"` // RFC 3339, kept as it was hashed
	Document Digest `json:"document"`
	Files    Digest `json:"files"` // of the files' digests, sorted, one a line
	Link     Digest `json:"link"`  // over the link before, or the anchor
}

// maxSaves bounds the chain; the browser thins it out long before.
const maxSaves = 800

// slack is how far a browser's clock may be off.
const slack = 5 * time.Minute

// Claim is what is known of when something was typed. NotBefore and NotAfter
// are the server's own; WrittenAt is only what the browser's clock said.
type Claim struct {
	WrittenAt *time.Time `json:"written_at,omitempty"`
	NotBefore *time.Time `json:"not_before,omitempty"` // absent without an anchor that holds
	NotAfter  time.Time  `json:"not_after"`
	Verified  bool       `json:"verified"`               // anchor, chain, digests and times all hold, but for the files that are unseen
	Unseen    int        `json:"unseen_files,omitempty"` // named by the chain and not at the server when this was judged
	Wrong     string     `json:"wrong,omitempty"`
	Saves     int        `json:"saves"`
	Document  Digest     `json:"document"` // of the document as it arrived
	Head      *Digest    `json:"head,omitempty"`
}

// Received names what has arrived, so that a browser forgets nothing that has not.
type Received struct {
	Document Digest         `json:"document"` // SHA-256 of the canonical document as typed
	Files    []ReceivedFile `json:"files"`
}

// ReceivedFile is one file lying beside the draft.
type ReceivedFile struct {
	ID     uuid.UUID `json:"id"`
	Sha256 Digest    `json:"sha256"`
}

func received(doc catalog.Document, attached []Evidence) *Received {
	r := &Received{Document: sha256.Sum256(doc.Canonical), Files: []ReceivedFile{}}
	for _, a := range attached {
		r.Files = append(r.Files, ReceivedFile{ID: a.ID, Sha256: a.Sha256})
	}
	return r
}

// lacks counts those of these that have not arrived; more may lie there, from elsewhere.
func (r *Received) lacks(files []Digest) (n int) {
	for _, d := range files {
		if !slices.ContainsFunc(r.Files, func(f ReceivedFile) bool { return f.Sha256 == d }) {
			n++
		}
	}
	return n
}

// bounded refuses what no browser of ours sends, before the transaction.
func (w *Written) bounded() error {
	if w == nil || len(w.Saves) <= maxSaves && len(w.Files) <= maxSaves && len(w.Anchor) <= 1000 {
		return nil
	}
	return fault.New(fault.TooLarge, "body_too_large").With("limit", maxSaves)
}

// claim judges a chain. What does not hold is said and not refused: the entry
// is no worse than one without a chain, and its arrival is known anyway. Files that may
// still be in the browser (wait) are counted; elsewhere a file too few is wrong.
func (w *Written) claim(secret []byte, person uuid.UUID, r *Received, wait bool, now time.Time) Claim {
	c := Claim{NotAfter: now.UTC().Truncate(time.Microsecond), Saves: len(w.Saves), Document: r.Document, Unseen: r.lacks(w.Files)}
	c.Wrong = w.wrong(&c, secret, person, r, wait, now)
	c.Verified = c.Wrong == ""
	return c
}

func (w *Written) wrong(c *Claim, secret []byte, person uuid.UUID, r *Received, wait bool, now time.Time) string {
	if len(w.Saves) == 0 {
		return "chain_empty"
	}
	last := w.Saves[len(w.Saves)-1]
	c.Head = &last.Link
	if at, err := time.Parse(time.RFC3339, last.At); err == nil {
		at = at.UTC().Truncate(time.Microsecond)
		c.WrittenAt = &at
	}
	if w.Anchor == "" {
		return "anchor_missing"
	}
	issued, wrong := openAnchor(secret, w.Anchor, person, now)
	if wrong != "" {
		return wrong
	}
	before, link := issued.Add(-slack), Digest(sha256.Sum256([]byte(w.Anchor)))
	for _, s := range w.Saves {
		link = s.next(link)
		if link != s.Link {
			return "chain_broken"
		}
		at, err := time.Parse(time.RFC3339, s.At)
		if err != nil || at.Before(before) || at.After(now.Add(slack)) {
			return "clock_off"
		}
		before = at
	}
	if last.Document != r.Document {
		return "document_differs"
	}
	if last.Files != filesDigest(w.Files) || c.Unseen > 0 && !wait {
		return "files_differ"
	}
	// Only now does the chain tie this very content to the anchor.
	c.NotBefore = &issued
	return ""
}

// next is the link over the one before. The browser does the same (offline/chain.ts).
func (s Save) next(before Digest) Digest {
	return sha256.Sum256([]byte(before.String() + "\n" + s.At + "\n" + s.Document.String() + "\n" + s.Files.String()))
}

func filesDigest(files []Digest) Digest {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = f.String()
	}
	slices.Sort(lines)
	return sha256.Sum256([]byte(strings.Join(lines, "\n")))
}
