package ledger

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
)

// anchorLife is how long a chain may go on from an anchor. Networks are away
// for days; a token of a year ago would prove nothing that matters.
const anchorLife = 7 * 24 * time.Hour

// Anchor is what a chain of local saves begins with: whoever holds the token
// wrote what follows after At. It says nothing about how soon after.
type Anchor struct {
	Token string    `json:"token"`
	At    time.Time `json:"at"`
}

type sealedAnchor struct {
	Person uuid.UUID `json:"person"`
	At     time.Time `json:"at"`
	Nonce  string    `json:"nonce"`
}

// Anchor gives the context's actor a new one, by the database's clock.
func (s *Service) Anchor(ctx context.Context) (Anchor, error) {
	var a Anchor
	err := s.Store.Read(ctx, s.session(ctx, uuid.Nil), func(r Reader) error {
		secret, now, err := r.AnchorKey(ctx)
		if err != nil {
			return err
		}
		a.At = now.UTC().Truncate(time.Microsecond)
		raw, err := json.Marshal(sealedAnchor{Person: actor.From(ctx).PersonID, At: a.At, Nonce: rand.Text()})
		if err != nil {
			return fmt.Errorf("anchor: %w", err)
		}
		a.Token = base64.RawURLEncoding.EncodeToString(raw) + "." + base64.RawURLEncoding.EncodeToString(seal(secret, raw))
		return nil
	})
	return a, err
}

func seal(secret, raw []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("anchor\n"))
	h.Write(raw)
	return h.Sum(nil)
}

// openAnchor returns when the token was issued, or what is wrong with it.
func openAnchor(secret []byte, token string, person uuid.UUID, now time.Time) (at time.Time, wrong string) {
	body, mac, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return time.Time{}, "anchor_forged"
	}
	got, err := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || !hmac.Equal(got, seal(secret, raw)) {
		return time.Time{}, "anchor_forged"
	}
	var a sealedAnchor
	if err := json.Unmarshal(raw, &a); err != nil {
		return time.Time{}, "anchor_forged"
	}
	switch {
	case a.Person != person:
		return time.Time{}, "anchor_of_another"
	case now.Sub(a.At) > anchorLife:
		return time.Time{}, "anchor_expired"
	}
	return a.At, ""
}
