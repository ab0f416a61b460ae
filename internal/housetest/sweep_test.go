package housetest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
)

func versions(t *testing.T, h *housetest.House) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for v, err := range h.Files.List(t.Context(), h.Prison.String()) {
		if err != nil {
			t.Fatal(err)
		}
		found[v.VersionID] = true
	}
	return found
}

// TestSweep takes away what nothing rests on, and nothing else.
func TestSweep(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	kept := h.Begin(t, "officer", "cell-body-search", h.Finding())
	h.Attach(t, "officer", kept.Key, "finding_photo", housetest.Photo(1))
	// The same bytes under another name lie there already; others nobody names.
	h.Attach(t, "officer", kept.Key, "finding_photo", housetest.Photo(1))
	stray := housetest.Photo(3)
	if _, err := h.Files.Put(ctx, ledger.ObjectKey(h.Prison, sha256.Sum256(stray)), bytes.NewReader(stray), int64(len(stray)), sha256.Sum256(stray), "image/jpeg"); err != nil {
		t.Fatal(err)
	}
	gone := h.Attach(t, "officer", kept.Key, "finding_photo", housetest.Photo(2))
	if err := h.Ledger.Detach(h.As(ctx, "officer"), kept.Key, gone.ID, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	u, err := h.Ledger.NewUpload(h.As(ctx, "officer"), kept.Key, "finding_photo", "半.jpg", 100, ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.Ledger.PutPart(h.As(ctx, "officer"), h.Prison, u.ID, 0, bytes.NewReader(make([]byte, 10)), 10); err != nil {
		t.Fatal(err)
	}
	young, err := h.Ledger.Sweep(ctx, h.Prison, time.Now().Add(-ledger.SweepAfter))
	if err != nil || young != (ledger.Swept{}) {
		t.Fatalf("what is a moment old: %+v %v", young, err)
	}
	old, err := h.Ledger.Sweep(ctx, h.Prison, time.Now().Add(time.Minute))
	if want := (ledger.Swept{Uploads: 4, Parts: 1, Versions: 2}); err != nil || old != want {
		t.Fatalf("swept %+v %v, want %+v", old, err, want)
	}
	if n := len(versions(t, h)); n != 1 {
		t.Errorf("%d versions left", n)
	}
	v, err := h.Ledger.Get(h.As(ctx, "officer"), kept.Key)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range v.Attached {
		_, body, err := h.Ledger.OpenEvidence(h.As(ctx, "officer"), kept.Key, 0, a.ID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			t.Error(err)
		}
		_ = body.Close()
	}
	if _, err := h.Ledger.UploadAt(h.As(ctx, "officer"), h.Prison, u.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("the abandoned upload: %v", err)
	}
}

// TestSweepRace brings, takes off and brings again the same few pictures while
// the sweeper takes everything for old (T16): whatever was acknowledged is there.
func TestSweepRace(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var sweeping, writing sync.WaitGroup
	swept := 0
	sweeping.Go(func() {
		for ctx.Err() == nil {
			n, err := h.Ledger.SweepVersions(t.Context(), h.Prison, time.Now().Add(time.Minute))
			if err != nil {
				t.Error(err)
				return
			}
			swept += n
		}
	})
	acknowledged := 0
	var mu sync.Mutex
	for w := range 3 {
		e := h.Begin(t, "officer", "cell-body-search", h.Finding())
		writing.Go(func() {
			officer := h.As(t.Context(), "officer")
			for i := range 40 {
				content := housetest.Photo(i % 3)
				ev, err := bring(officer, h, e.Key, content)
				if err != nil {
					t.Error(w, err)
					return
				}
				there, err := h.Files.Has(t.Context(), ledger.ObjectKey(h.Prison, sha256.Sum256(content)), ev.VersionID)
				if err != nil || !there {
					t.Errorf("acknowledged, but its bytes are gone: %v", err)
				}
				mu.Lock()
				acknowledged++
				mu.Unlock()
				if err := h.Ledger.Detach(officer, e.Key, ev.ID, ledger.Idem{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	stop()
	sweeping.Wait()
	if swept == 0 || acknowledged != 120 {
		t.Errorf("no race: swept %d, acknowledged %d", swept, acknowledged)
	}
	t.Logf("swept %d, acknowledged %d of 120", swept, acknowledged)
}

// watched is a store that says when bytes came, before their row.
type watched struct {
	ledger.Files
	came func()
}

func (w watched) Put(ctx context.Context, key string, r io.Reader, size int64, sum [32]byte, mediaType string) (string, error) {
	version, err := w.Files.Put(ctx, key, r, size, sum, mediaType)
	w.came()
	return version, err
}

// TestSweepBetween starts the sweeper when the bytes are there and their row is
// not: it has to wait, and then finds them used.
func TestSweepBetween(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	officer := h.As(t.Context(), "officer")
	e := h.Begin(t, "officer", "cell-body-search", h.Finding())
	content := housetest.Photo(1)
	u, err := h.Ledger.NewUpload(officer, e.Key, "finding_photo", "照片.jpg", int64(len(content)), ledger.Idem{})
	if err != nil {
		t.Fatal(err)
	}
	var swept <-chan error
	slow := *h.Ledger
	slow.Files = watched{h.Files, func() {
		swept = waits(t, h, 1, func() error {
			_, err := h.Ledger.SweepVersions(t.Context(), h.Prison, time.Now().Add(time.Minute))
			return err
		})
	}}
	_, ev, err := slow.PutPart(officer, h.Prison, u.ID, 0, bytes.NewReader(content), int64(len(content)))
	if err := <-swept; err != nil {
		t.Error(err)
	}
	if err != nil || ev == nil {
		t.Fatal(err)
	}
	there, err := h.Files.Has(t.Context(), ledger.ObjectKey(h.Prison, ev.Sha256), ev.VersionID)
	if err != nil || !there {
		t.Errorf("no bytes: %v", err)
	}
}

func bring(ctx context.Context, h *housetest.House, k ledger.Key, content []byte) (*ledger.Evidence, error) {
	u, err := h.Ledger.NewUpload(ctx, k, "finding_photo", "照片.jpg", int64(len(content)), ledger.Idem{})
	if err != nil {
		return nil, err
	}
	_, ev, err := h.Ledger.PutPart(ctx, h.Prison, u.ID, 0, bytes.NewReader(content), int64(len(content)))
	if err == nil && ev == nil {
		err = errors.New("not finished")
	}
	return ev, err
}
