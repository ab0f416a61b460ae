package housetest_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/inspection"
	"taizhang/internal/ledger"
)

func inspecting(h *housetest.House) *inspection.Service {
	return &inspection.Service{Ledger: h.Ledger, Access: h.Access, Catalog: h.Catalog, Standards: h.Standards.InForce, Now: time.Now}
}

// manifested reads a pack and compares every file with the manifest, as
// sha256sum -c does, and the other way round.
func manifested(t *testing.T, pack []byte) (names []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(pack), int64(len(pack)))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "manifest-sha256.txt" {
			for line := range strings.Lines(string(raw)) {
				sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
				if !ok || sums[name] != sum {
					t.Errorf("manifest says %q, the file is %s", line, sums[name])
				}
				delete(sums, name)
			}
			continue
		}
		s := sha256.Sum256(raw)
		sums[f.Name] = hex.EncodeToString(s[:])
		names = append(names, f.Name)
	}
	for name := range sums {
		t.Errorf("%s is not in the manifest, or the manifest does not come last", name)
	}
	return names
}

// TestPack: what is in force is in the pack, with hashes that hold, even while
// its author corrects it.
func TestPack(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	s := inspecting(h)
	warden := h.As(t.Context(), "warden")
	e := approved(t, h)
	ask := inspection.Request{Prison: h.Prison, Area: h.Area, Indicator: "JG-04", Reason: "年度检查"}
	made := func() []string {
		t.Helper()
		var b bytes.Buffer
		if err := s.Pack(warden, ask, func(string) io.Writer { return &b }); err != nil {
			t.Fatal(err)
		}
		return manifested(t, b.Bytes())
	}
	has := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, e.Entry.String()) })
	}
	if names := made(); !has(names) {
		t.Errorf("the approved entry is missing: %v", names)
	}
	if _, err := h.Ledger.Amend(h.As(t.Context(), "officer"), e.Key, e.ETag, ledger.Idem{}); err != nil {
		t.Fatal(err)
	}
	if names := made(); !has(names) {
		t.Errorf("missing while it is being corrected: %v", names)
	}
	var custody int
	if err := h.Owner.QueryRow(t.Context(), "select count(*) from custody_events where kind = 'pack' and reason = '年度检查'").Scan(&custody); err != nil || custody != 2 {
		t.Errorf("%d packs recorded: %v", custody, err)
	}
	for name, bad := range map[string]inspection.Request{
		"no reason":        {Prison: h.Prison, Area: h.Area, Indicator: "JG-04", Reason: " "},
		"an unseen reason": {Prison: h.Prison, Area: h.Area, Indicator: "JG-04", Reason: "\u200b"},
		"a bad day":        {Prison: h.Prison, Area: h.Area, Indicator: "JG-04", Reason: "x", From: "abc"},
		"backwards":        {Prison: h.Prison, Area: h.Area, Indicator: "JG-04", Reason: "x", From: "2026-02-02", To: "2026-02-01"},
	} {
		if err := s.Pack(warden, bad, nil); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Pack(h.As(t.Context(), "officer"), ask, nil); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an officer packs: %v", err)
	}
}
