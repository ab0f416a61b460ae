// Command writer does one entry's whole life under given keys and says after
// each step that it was acknowledged. The kill harness ends it in between.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run is one life in a straight line. Every act has its key, so whoever lives it
// again gets the first answers until the place where it ended.
func run(ctx context.Context, name string) error {
	h, err := housetest.Join(ctx, os.Getenv("KILL_HOUSE"))
	if err != nil {
		return err
	}
	defer h.Store.Close()
	if os.Getenv("KILL_SOURCE") != "" {
		return connect(ctx, h)
	}
	l := life{House: h, name: name, officer: h.As(ctx, "officer")}
	l.act("create", func(i ledger.Idem) (ledger.Outcome, error) {
		return h.Ledger.Create(l.officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: h.Finding()}, i)
	})
	k, etag := l.entry.Key, func() int64 { return l.entry.ETag }
	l.do("upload", func() error { return upload(l.officer, h, k, name) })
	l.act("save", func(i ledger.Idem) (ledger.Outcome, error) {
		return h.Ledger.SaveDraft(l.officer, k, etag(), l.entry.Version, h.Finding(), i)
	})
	submit := func(i ledger.Idem) (ledger.Outcome, error) { return h.Ledger.Submit(l.officer, k, etag(), "", i) }
	judged := func() ledger.Judgement { return ledger.Judgement{Digest: *l.entry.Digest, Comment: "请核对"} }
	l.act("submit", submit)
	l.act("withdraw", func(i ledger.Idem) (ledger.Outcome, error) { return h.Ledger.Withdraw(l.officer, k, etag(), i) })
	l.act("submit again", submit)
	l.act("return", func(i ledger.Idem) (ledger.Outcome, error) {
		return h.Ledger.Return(h.As(ctx, "duty leader"), k, judged(), i)
	})
	l.act("revise", func(i ledger.Idem) (ledger.Outcome, error) { return h.Ledger.Revise(l.officer, k, etag(), i) })
	l.act("submit at last", submit)
	l.act("transfer", func(i ledger.Idem) (ledger.Outcome, error) {
		return h.Ledger.Transfer(h.As(ctx, "duty leader"), k, ledger.Signing{Digest: *l.entry.Digest, Person: h.Person("second duty leader").Number, Reason: "外出办案"}, i)
	})
	for _, who := range []string{"second duty leader", "area head"} {
		l.act("approve "+who, func(i ledger.Idem) (ledger.Outcome, error) { return h.Ledger.Approve(h.As(ctx, who), k, judged(), i) })
	}
	l.act("amend", func(i ledger.Idem) (ledger.Outcome, error) { return h.Ledger.Amend(l.officer, k, etag(), i) })
	l.act("discard", func(i ledger.Idem) (ledger.Outcome, error) { return h.Ledger.Discard(l.officer, k, etag(), "", i) })
	// Refused, so that it ends in force.
	l.act("ask void", func(i ledger.Idem) (ledger.Outcome, error) { return h.Ledger.AskVoid(l.officer, k, judged(), i) })
	l.act("refuse void", func(i ledger.Idem) (ledger.Outcome, error) {
		return h.Ledger.RefuseVoid(h.As(ctx, "custody head"), k, judged(), i)
	})
	l.do("retain", func() error {
		return h.Ledger.Retain(ctx, ledger.EvidenceFiled{Prison: h.Prison, Entry: k.Entry, Revision: 3})
	})
	l.do("litter", func() error { return litter(ctx, h, name) })
	return l.err
}

// life goes on until the first act that fails.
type life struct {
	*housetest.House
	name    string
	officer context.Context
	entry   ledger.Entry
	err     error
}

func (l *life) act(step string, fn func(ledger.Idem) (ledger.Outcome, error)) {
	l.do(step, func() error {
		out, err := fn(ledger.Idem{Key: l.name + "-" + step, Route: step})
		l.entry = out.Entry
		return err
	})
}

func (l *life) do(step string, fn func() error) {
	if l.err != nil {
		return
	}
	if err := fn(); err != nil {
		l.err = fmt.Errorf("%s: %w", step, err)
		return
	}
	fmt.Println("ACK", step, l.entry.Entry)
}

// upload sends the photo, or finds that it is there already.
func upload(ctx context.Context, h *housetest.House, k ledger.Key, name string) error {
	// Its own bytes: those of another life would lie there already.
	photo := append(housetest.Photo(1), name...)
	u, err := h.Ledger.NewUpload(ctx, k, "finding_photo", "照片.jpg", int64(len(photo)), ledger.Idem{Key: name + "-upload", Route: "upload"})
	if err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	at, err := h.Ledger.UploadAt(ctx, k.Prison, u.ID)
	if fault.Is(err, fault.NotFound) {
		return nil // finished and swept
	}
	if err != nil {
		return fmt.Errorf("where: %w", err)
	}
	rest := photo[at.Received:]
	_, ev, err := h.Ledger.PutPart(ctx, k.Prison, u.ID, at.Received, bytes.NewReader(rest), int64(len(rest)))
	if fault.Is(err, fault.NotFound) {
		return nil // submitted since, and no longer beside a draft
	}
	if err == nil && ev == nil {
		return errors.New("not finished")
	}
	return err
}

// litter leaves bytes without a row, as a life cut off in the middle of an
// upload does, and sweeps them and what earlier lives left.
func litter(ctx context.Context, h *housetest.House, name string) error {
	bytesOf := []byte(name)
	sum := sha256.Sum256(bytesOf)
	if _, err := h.Files.Put(ctx, ledger.ObjectKey(h.Prison, sum), bytes.NewReader(bytesOf), int64(len(bytesOf)), sum, "text/plain"); err != nil {
		return fmt.Errorf("litter: %w", err)
	}
	if _, err := h.Ledger.Sweep(ctx, h.Prison, time.Now().Add(time.Second)); err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	return nil
}
