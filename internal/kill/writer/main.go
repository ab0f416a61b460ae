// Command writer does one entry's whole life under given keys and says after
// each step that it was acknowledged. The kill harness ends it in between.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
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

func run(ctx context.Context, name string) error {
	h, err := housetest.Join(ctx, os.Getenv("KILL_HOUSE"))
	if err != nil {
		return err
	}
	defer h.Store.Close()
	officer := h.As(ctx, "officer")
	key := func(step string) ledger.Idem { return ledger.Idem{Key: name + "-" + step, Route: step} }
	said := func(step string, e ledger.Entry) { fmt.Println("ACK", step, e.Entry) }
	out, err := h.Ledger.Create(officer, ledger.New{Prison: h.Prison, Area: h.Area, Ledger: "cell-body-search", Body: h.Finding()}, key("create"))
	if err != nil {
		return fmt.Errorf("create: %w", err)
	}
	said("create", out.Entry)
	k := out.Entry.Key
	v, err := h.Ledger.Get(officer, k)
	if err != nil {
		return fmt.Errorf("look: %w", err)
	}
	if v.Entry.State == ledger.Draft {
		if len(v.Attached) == 0 {
			if err := upload(officer, h, k, name, key); err != nil {
				return err
			}
			said("upload", v.Entry)
		}
		saved, err := h.Ledger.SaveDraft(officer, k, v.Entry.ETag, v.Draft.Body, key(fmt.Sprintf("save-%d", v.Entry.ETag)))
		if err != nil {
			return fmt.Errorf("save: %w", err)
		}
		said("save", saved.Entry)
		out, err = h.Ledger.Submit(officer, k, saved.Entry.ETag, "", key("submit"))
		if err != nil {
			return fmt.Errorf("submit: %w", err)
		}
		said("submit", out.Entry)
	}
	if v, err = h.Ledger.Get(officer, k); err != nil {
		return fmt.Errorf("look: %w", err)
	}
	j := ledger.Judgement{Digest: *v.Entry.Digest}
	for i, who := range []string{"duty leader", "area head"} {
		if v.Entry.Step > i || v.Entry.State == ledger.Approved {
			continue
		}
		if out, err = h.Ledger.Approve(h.As(ctx, who), k, j, key("approve "+who)); err != nil {
			return fmt.Errorf("approve: %w", err)
		}
		said("approve", out.Entry)
	}
	return litter(ctx, h, name)
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

// upload sends the photo. A finished upload whose answer was lost is found by
// its file lying beside the draft; the caller looks for that first.
func upload(ctx context.Context, h *housetest.House, k ledger.Key, name string, key func(string) ledger.Idem) error {
	photo := housetest.Photo(len(name))
	u, err := h.Ledger.NewUpload(ctx, k, "finding_photo", "照片.jpg", int64(len(photo)), key("upload"))
	if err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	at, err := h.Ledger.UploadAt(ctx, k.Prison, u.ID)
	if err != nil {
		return fmt.Errorf("where: %w", err)
	}
	rest := photo[at.Received:]
	if len(rest) == 0 {
		// All parts are there but finishing was cut off: an empty part finishes.
		_, _, err = h.Ledger.PutPart(ctx, k.Prison, u.ID, at.Received, bytes.NewReader(nil), 0)
	} else {
		_, _, err = h.Ledger.PutPart(ctx, k.Prison, u.ID, at.Received, bytes.NewReader(rest), int64(len(rest)))
	}
	if err != nil && fault.CodeOf(err) != "offset_mismatch" {
		return fmt.Errorf("part: %w", err)
	}
	return nil
}
