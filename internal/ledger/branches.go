package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
)

// Branch is what somebody wrote without the network while the entry went on
// without them: both are kept, and a person resolves.
type Branch struct {
	ID         uuid.UUID       `json:"id"`
	By         uuid.UUID       `json:"written_by"`
	ByName     string          `json:"written_by_name"`
	Version    int             `json:"version"`   // of the type it was typed under
	BaseETag   int64           `json:"base_etag"` // of the draft it was typed over; 0: there was none
	Body       json.RawMessage `json:"body"`      // as typed
	Claim      *Claim          `json:"written,omitempty"`
	RecordedAt time.Time       `json:"recorded_at"`
	// Worked out when it is read, where the entry's version is another one.
	Rebased json.RawMessage `json:"rebased,omitempty"`
	Dropped map[string]any  `json:"dropped,omitempty"` // by stable id: fields the version no longer has
	Held    []string        `json:"held,omitempty"`    // fields whose change keeps it from being moved
}

// NewBranch is a branch as it arrives.
type NewBranch struct {
	Version  int
	BaseETag int64
	Body     json.RawMessage
	Written  *Written
}

// Resolution says what becomes of a branch: Body is the document put together
// from both, or empty where the branch is dismissed, with a reason.
type Resolution struct {
	Body   json.RawMessage
	Reason string
}

// Branch keeps the offline version beside the entry, whatever state that is in
// by now. It changes nothing of the entry. Faults: ledger_unknown for a version
// that never was, and those of the door.
func (s *Service) Branch(ctx context.Context, k Key, n NewBranch, idem Idem) (Outcome, error) {
	doc, err := catalog.ParseDocument(n.Body)
	if err != nil {
		return Outcome{}, err
	}
	if err := n.Written.bounded(); err != nil {
		return Outcome{}, err
	}
	return s.change(ctx, k, Diverge, 0, idem, func(tx Tx, e *Entry, _ Situation, _ State) (*Outcome, error) {
		if s.Catalog.Type(e.Ledger, n.Version) == nil {
			return nil, fault.New(fault.NotFound, "ledger_unknown").With("ledger", e.Ledger).With("version", n.Version)
		}
		// Its files lie beside the draft or what was filed, or still in the browser.
		attached, err := tx.Evidence(ctx, k, 0)
		if err != nil {
			return nil, err
		}
		filed, err := tx.Evidence(ctx, k, e.Revision)
		if err != nil {
			return nil, err
		}
		got := received(doc, append(attached, filed...))
		b := Branch{ID: uuid.Must(uuid.NewV7()), By: actor.From(ctx).PersonID, Version: n.Version, BaseETag: n.BaseETag, Body: n.Body}
		if b.Claim, err = claimed(ctx, tx, n.Written, got, true); err != nil {
			return nil, err
		}
		if err := tx.InsertBranch(ctx, k, b); err != nil {
			return nil, err
		}
		detail := map[string]any{"branch": b.ID, "version": b.Version, "base_etag": b.BaseETag, "document": got.Document}
		if b.Claim != nil {
			detail["written"] = b.Claim
		}
		got.Files = []ReceivedFile{}
		return &Outcome{Received: got}, tx.InsertEvent(ctx, k, "branched", e.Revision, detail)
	})
}

// claimed judges what came with a document; nil when nothing did.
func claimed(ctx context.Context, tx Tx, w *Written, got *Received, wait bool) (*Claim, error) {
	if w == nil {
		return nil, nil
	}
	secret, _, err := tx.AnchorKey(ctx)
	if err != nil {
		return nil, err
	}
	c := w.claim(secret, actor.From(ctx).PersonID, got, wait, tx.Now())
	return &c, nil
}

// Resolve ends a branch, once: its fields are put into the draft by a person's
// choice, or it is dismissed. Merging wants a draft that may be edited;
// dismissing is possible whatever became of the entry. Faults: not_found for a
// branch that is resolved, reason_required.
func (s *Service) Resolve(ctx context.Context, k Key, branch uuid.UUID, ifMatch int64, r Resolution, idem Idem) (Outcome, error) {
	action, how := Diverge, "dismissed"
	var doc catalog.Document
	if len(r.Body) > 0 {
		action, how = Edit, "merged"
		var err error
		if doc, err = catalog.ParseDocument(r.Body); err != nil {
			return Outcome{}, err
		}
	} else if Blank(r.Reason) {
		return Outcome{}, fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/reason", Code: "required",
			Text: fault.Text{ZH: "请说明为何不采用离线内容", EN: "Say why the offline version is not used"}}})
	}
	return s.change(ctx, k, action, ifMatch, idem, func(tx Tx, e *Entry, _ Situation, _ State) (*Outcome, error) {
		if err := tx.ResolveBranch(ctx, k, branch, how); err != nil {
			return nil, err
		}
		out := &Outcome{}
		detail := map[string]any{"branch": branch, "resolution": how, "reason": r.Reason}
		if how == "merged" {
			var err error
			if out.Retaken, err = s.retype(ctx, tx, *e, r.Body, doc, false); err != nil {
				return nil, err
			}
			out.Received = received(doc, nil)
			detail["document"] = out.Received.Document
		}
		if err := tx.InsertEvent(ctx, k, "branch_resolved", e.Revision, detail); err != nil {
			return nil, err
		}
		return out, tx.UpdateEntry(ctx, e)
	})
}

// branches lists the open ones as they look under the entry's version now.
func (s *Service) branches(ctx context.Context, r Reader, e Entry) ([]Branch, error) {
	list, err := r.Branches(ctx, e.Key)
	if err != nil {
		return nil, err
	}
	for i := range list {
		b := &list[i]
		if b.Version == e.Version {
			continue
		}
		from, to := s.Catalog.Type(e.Ledger, b.Version), s.Catalog.Type(e.Ledger, e.Version)
		if from == nil || to == nil {
			return nil, fmt.Errorf("branch %s: %s v%d or v%d is not in the catalogue", b.ID, e.Ledger, b.Version, e.Version)
		}
		doc, err := catalog.ParseDocument(b.Body)
		if err != nil {
			return nil, err
		}
		moved, err := catalog.Rebase(catalog.Compare(from, to), doc)
		if err != nil {
			return nil, err
		}
		b.Rebased, b.Dropped = moved.Document.Canonical, moved.Dropped
		for _, c := range moved.Held {
			b.Held = append(b.Held, c.Field)
		}
	}
	return list, nil
}
