package embedded

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"taizhang/internal/fault"
)

func TestLockFolder(t *testing.T) {
	dir := t.TempDir()
	release, err := LockFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(want map[string]any) {
		t.Helper()
		_, err := LockFolder(dir)
		f := (*fault.Error)(nil)
		if !errors.As(err, &f) || f.Code != "already_running" || f.Kind != fault.Conflict {
			t.Fatalf("second start: %v", err)
		}
		if diff := cmp.Diff(want, f.Detail); diff != "" {
			t.Error(diff)
		}
	}
	refused(map[string]any{"pid": os.Getpid()})
	if err := AnnounceAddress(dir, "http://127.0.0.1:8080"); err != nil {
		t.Fatal(err)
	}
	refused(map[string]any{"pid": os.Getpid(), "address": "http://127.0.0.1:8080"})
	release()
	release, err = LockFolder(dir)
	if err != nil {
		t.Fatalf("after release: %v", err)
	}
	refused(map[string]any{"pid": os.Getpid()})
	release()
}
