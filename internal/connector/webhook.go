package connector

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/fault"
)

// Message of the outbox: news for one receiver, written with the change it
// tells of.
type Message struct {
	ID         uuid.UUID
	Connector  string
	Event      string
	Ref        string
	Body       []byte
	RecordedAt time.Time
	State      string // waiting, sent, dead
	Attempts   int
	NextAt     time.Time
	Problem    Trouble
	SentAt     *time.Time
}

// Sign makes the signature of the Standard Webhooks form over id, time and body.
// A secret that begins with whsec_ is base64 behind it.
func Sign(secret, id string, at time.Time, body []byte) string {
	key := []byte(secret)
	if rest, ok := strings.CutPrefix(secret, "whsec_"); ok {
		if raw, err := base64.StdEncoding.DecodeString(rest); err == nil {
			key = raw
		}
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	m.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// sendLease is longer than one message can take on its way.
const sendLease = time.Minute

// send tells a receiver what is due for it. A message goes out at least once and
// under one id however often: the receiver knows it by that. One that does not
// answer is left alone until the next look: each try may take half a minute.
func (s *Service) send(ctx context.Context, prison uuid.UUID, c Connector) error {
	for {
		var due []Message
		err := s.Store.Write(ctx, program(prison), nil, func(tx Tx) error {
			var err error
			due, err = tx.Claim(ctx, prison, c.ID, sendLease, 1)
			return err
		})
		if err != nil || len(due) == 0 {
			return err
		}
		if problem, err := s.deliver(ctx, prison, c, due[0]); err != nil || problem == Unreachable {
			return err
		}
	}
}

func (s *Service) deliver(ctx context.Context, prison uuid.UUID, c Connector, m Message) (Trouble, error) {
	problem := s.tell(ctx, c, m)
	if ctx.Err() != nil {
		return problem, ctx.Err() // nobody's fault: the claim runs out by itself
	}
	fault.Point("connector.message_told")
	return problem, s.Store.Write(ctx, program(prison), nil, func(tx Tx) error {
		now, err := tx.LockMessage(ctx, prison, m.ID)
		if err != nil {
			return err
		}
		if now.State != "waiting" || now.Attempts != m.Attempts {
			return nil // somebody sends it anew
		}
		now.Problem = problem
		switch {
		case problem == "":
			at := tx.Now()
			now.State, now.SentAt = "sent", &at
		case now.Attempts >= c.attempts():
			now.State = "dead"
		default:
			now.NextAt = tx.Now().Add(min(30*time.Second<<(2*min(now.Attempts-1, 6)), 6*time.Hour))
		}
		return tx.SaveMessage(ctx, prison, now)
	})
}

func (s *Service) tell(ctx context.Context, c Connector, m Message) Trouble {
	secret, err := c.Secret.Read()
	if err != nil {
		return NoSecret
	}
	at := s.Now()
	h := http.Header{
		"Content-Type": {"application/json"}, "Webhook-Id": {m.ID.String()},
		"Webhook-Timestamp": {strconv.FormatInt(at.Unix(), 10)}, "Webhook-Signature": {Sign(secret, m.ID.String(), at, m.Body)},
	}
	res, err := s.Out.Do(ctx, Request{Method: http.MethodPost, URL: c.URL, Header: h, Body: m.Body, Allow: c.Allow})
	var trouble Trouble
	switch {
	case errors.As(err, &trouble):
		s.Log.WarnContext(ctx, "receiver", "connector", c.ID, "error", err)
		return trouble
	case err != nil:
		return Unreachable
	case res.Status < 200 || res.Status > 299:
		return BadStatus
	}
	return ""
}

// Outbox lists what left, waits and was given up, the newest first.
func (s *Service) Outbox(ctx context.Context, prison uuid.UUID) ([]Message, []string, error) {
	if err := s.may(ctx, "read", prison); err != nil {
		return nil, nil, err
	}
	actions := []string{}
	if s.may(ctx, "manage", prison) == nil {
		actions = append(actions, "send")
	}
	var list []Message
	err := s.Store.Read(ctx, s.session(ctx, prison), func(tx Tx) error {
		var err error
		list, err = tx.Messages(ctx, prison, 200)
		return err
	})
	return list, actions, err
}

// SendAgain makes a message that was given up, or still waits, due at once.
func (s *Service) SendAgain(ctx context.Context, prison, id uuid.UUID) error {
	if err := s.may(ctx, "manage", prison); err != nil {
		return err
	}
	return s.Store.Write(ctx, s.session(ctx, prison), nil, func(tx Tx) error {
		m, err := tx.LockMessage(ctx, prison, id)
		if err != nil {
			return err
		}
		switch {
		case m.State == "sent":
			return fault.New(fault.Conflict, "message_sent")
		case m.State == "waiting" && m.Attempts == 0:
			return nil // another hand was quicker
		}
		m.State, m.Attempts, m.NextAt = "waiting", 0, tx.Now()
		if err := tx.SaveMessage(ctx, prison, m); err != nil {
			return err
		}
		if err := noted(ctx, tx, prison, "connector_send", id.String()); err != nil {
			return err
		}
		return tx.Enqueue(ctx, Due{})
	})
}
