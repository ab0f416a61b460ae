package connector

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"

	"github.com/google/uuid"

	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// maxPush is how many records one request may bring.
const maxPush = 1000

// Received is the answer to a push.
type Received struct {
	Run       uuid.UUID  `json:"run"`
	Read      int        `json:"read"`
	Changed   int        `json:"changed"`
	Unchanged int        `json:"unchanged"`
	Rejected  []Rejected `json:"-"`
}

// Receive takes in what the other system sends: records in one transaction,
// each mapped or kept with its reason. token is its own; the same key and body
// is the same request, and gets the same answer. Faults: connector_token,
// connector_paused, bad_records, idempotency_key_reused.
func (s *Service) Receive(ctx context.Context, id, token string, body []byte, idem ledger.Idem) (Received, error) {
	c, known := s.Set[id]
	secret, err := "", error(nil)
	if known && c.Kind == Push {
		secret, err = c.Secret.Read()
	}
	// Whether a connector exists is nobody's business who has not its token.
	given, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(secret))
	if err != nil || secret == "" || subtle.ConstantTimeCompare(given[:], want[:]) != 1 {
		return Received{}, fault.New(fault.Unauthenticated, "connector_token").Because(err)
	}
	prison, ok := s.prisonOf(c)
	if !ok {
		return Received{}, fault.New(fault.Unavailable, "prison_preparing")
	}
	raw, ok := member(body, "/records")
	var items []json.RawMessage
	if !ok || json.Unmarshal(raw, &items) != nil || items == nil || len(items) > maxPush {
		return Received{}, &fault.Error{Kind: fault.Malformed, Code: "bad_records", Fields: []fault.Field{{Pointer: "/records", Code: "type",
			Text: fault.Text{ZH: "records 应为数组，最多 1000 条", EN: "records is an array of at most 1000"}}}}
	}
	var out Received
	err = s.Store.Write(ctx, program(prison), nil, func(tx Tx) error {
		st, err := tx.Lock(ctx, prison, c.ID)
		if err != nil {
			return err
		}
		before, err := tx.RunByKey(ctx, prison, c.ID, idem.Key)
		switch {
		case err == nil && !bytes.Equal(before.BodyDigest, idem.BodyHash[:]):
			return fault.New(fault.Invalid, "idempotency_key_reused")
		case err == nil:
			out = before.received()
			if out.Rejected, err = tx.Rejected(ctx, prison, c.ID, before.ID, maxPush); err != nil {
				return err
			}
			return tx.Replayed(ctx, st)
		case !fault.Is(err, fault.NotFound):
			return err
		}
		if st.Paused {
			return fault.New(fault.Unavailable, "connector_paused")
		}
		run := newRun(prison, c, tx.Now())
		run.IdemKey, run.BodyDigest = idem.Key, idem.BodyHash[:]
		records := make([]Record, len(items))
		for i, item := range items {
			records[i] = c.Map(item)
		}
		if err := apply(ctx, tx, c, run, records); err != nil {
			return err
		}
		fault.Point("connector.push_taken")
		if err := end(ctx, tx, run, ""); err != nil {
			return err
		}
		out = run.received()
		out.Rejected, err = tx.Rejected(ctx, prison, c.ID, run.ID, maxPush)
		return err
	})
	return out, err
}

func (r Run) received() Received {
	return Received{Run: r.ID, Read: r.Read, Changed: r.Changed, Unchanged: r.Unchanged}
}
