package embedded_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/embedded"
	"taizhang/internal/objectstore"
	"taizhang/internal/testkit"
)

func startS3(t *testing.T, dir string) (*embedded.S3, func()) {
	t.Helper()
	exe, err := testkit.S3Exe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := embedded.StartS3(t.Context(), embedded.S3Options{
		Dir: dir, Exe: exe, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	stop := func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return s, stop
}

func open(t *testing.T, s *embedded.S3) *objectstore.Store {
	t.Helper()
	store, err := objectstore.Open(t.Context(), objectstore.Config{
		Endpoint: s.Endpoint, AccessKey: s.AccessKey, SecretKey: s.SecretKey,
		Bucket: "evidence", StagingBucket: "staging",
	})
	if err != nil {
		t.Fatal(err)
	}
	return store
}

var photo = bytes.Repeat([]byte("照片"), 10_000)

func putPhoto(t *testing.T, store *objectstore.Store) (version string) {
	t.Helper()
	version, err := store.Put(t.Context(), "photo", bytes.NewReader(photo), int64(len(photo)), sha256.Sum256(photo), "image/jpeg")
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func wantPhoto(t *testing.T, store *objectstore.Store, version string) {
	t.Helper()
	r, err := store.Open(t.Context(), "photo", version, sha256.Sum256(photo), int64(len(photo)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		t.Error(err)
	}
}

func TestS3ComesBackAfterKill(t *testing.T) {
	s, _ := startS3(t, t.TempDir())
	store := open(t, s)
	version := putPhoto(t, store)
	killed := s.PID()
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	limit := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for pid := killed; pid == killed || pid == 0 || store.Ping(t.Context()) != nil; pid = s.PID() {
		select {
		case <-limit:
			t.Fatal("it did not come back")
		case <-tick.C:
		}
	}
	wantPhoto(t, store, version)
}

func TestS3KeepsPortAndKey(t *testing.T) {
	dir := t.TempDir()
	first, stop := startS3(t, dir)
	version := putPhoto(t, open(t, first))
	stop()
	second, stop := startS3(t, dir)
	if second.Endpoint != first.Endpoint || second.SecretKey != first.SecretKey {
		t.Errorf("port or key changed: %s, then %s", first.Endpoint, second.Endpoint)
	}
	wantPhoto(t, open(t, second), version)
	stop()

	stranger, err := net.Listen("tcp", first.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	third, _ := startS3(t, dir)
	if third.Endpoint == first.Endpoint || third.SecretKey != first.SecretKey {
		t.Errorf("with the port taken: %s", third.Endpoint)
	}
	wantPhoto(t, open(t, third), version)

	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == dir { // t.TempDir's own mode is not ours
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestStartFailureCarriesOutput(t *testing.T) {
	dir := t.TempDir()
	_, err := embedded.StartS3(t.Context(), embedded.S3Options{
		Dir: dir, Exe: "/bin/false", Log: slog.New(slog.DiscardHandler),
	})
	if err == nil {
		t.Fatal("a program that ends at once was taken for a server")
	}
}
