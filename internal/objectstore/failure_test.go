package objectstore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"net"
	"syscall"
	"testing"
	"time"

	"taizhang/internal/embedded"
	"taizhang/internal/fault"
	"taizhang/internal/objectstore"
	"taizhang/internal/testkit"
)

func TestUnreachable(t *testing.T) {
	// A port that is bound but not listened on refuses connections.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	endpoint := l.Addr().String()
	l.Close()
	_, err = objectstore.Open(t.Context(), objectstore.Config{
		Endpoint: endpoint, AccessKey: "k", SecretKey: "s", Bucket: "evidence", StagingBucket: "staging",
	})
	if !fault.Is(err, fault.Unavailable) || fault.CodeOf(err) != "store_unavailable" {
		t.Errorf("got %v; want store_unavailable", err)
	}
}

func TestBucketsMustDiffer(t *testing.T) {
	c := testkit.S3(t)
	c.StagingBucket = c.Bucket
	if _, err := objectstore.Open(t.Context(), c); err == nil {
		t.Error("one bucket for both was taken")
	}
}

func TestBucketWithoutVersionsRefused(t *testing.T) {
	c := testkit.S3(t)
	if _, err := objectstore.Open(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	c.Bucket, c.StagingBucket = c.StagingBucket, c.Bucket
	if _, err := objectstore.Open(t.Context(), c); err == nil || fault.CodeOf(err) != "" {
		t.Errorf("got %v; want a plain refusal", err)
	}
}

// The store is killed between and during puts; what was acknowledged must be
// there when it is back, and every answer in between Unavailable.
func TestKilledVersitygw(t *testing.T) {
	exe, err := testkit.S3Exe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	killed(t, func(ctx context.Context) (*embedded.S3, error) { return testkit.StartS3(ctx, exe) })
}

func TestKilledMinIO(t *testing.T) { killed(t, testkit.StartMinIO) }

func killed(t *testing.T, start func(context.Context) (*embedded.S3, error)) {
	server, err := start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	s, err := objectstore.Open(t.Context(), objectstore.Config{
		Endpoint: server.Endpoint, AccessKey: server.AccessKey, SecretKey: server.SecretKey,
		Bucket: "evidence", StagingBucket: "staging",
	})
	if err != nil {
		t.Fatal(err)
	}
	type kept struct {
		key, version string
		data         []byte
	}
	var acknowledged []kept
	for n := range 6 {
		data := content(400_000 + n)
		pid := server.PID()
		kill := func() { _ = syscall.Kill(pid, syscall.SIGKILL) }
		var r interface {
			Read([]byte) (int, error)
		} = bytes.NewReader(data)
		if n%2 == 1 {
			r = &trap{r: r, after: 200_000, spring: kill}
		}
		key := fmt.Sprintf("kill/%d", n)
		version, err := s.Put(t.Context(), key, r, int64(len(data)), sha256.Sum256(data), "")
		switch {
		case err == nil:
			acknowledged = append(acknowledged, kept{key, version, data})
		case !fault.Is(err, fault.Unavailable):
			t.Errorf("put %d: %v; want Unavailable", n, err)
		}
		if n%2 == 0 {
			kill()
		}
		back(t, s, server, pid)
	}
	if len(acknowledged) < 3 {
		t.Errorf("only %d puts were acknowledged", len(acknowledged))
	}
	for _, k := range acknowledged {
		wantBytes(t, s, k.key, k.version, k.data)
	}
}

// back waits until another process than the killed one answers.
func back(t *testing.T, s *objectstore.Store, server *embedded.S3, killed int) {
	t.Helper()
	limit := time.After(60 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if pid := server.PID(); pid != killed && pid != 0 && s.Ping(t.Context()) == nil {
			return
		}
		select {
		case <-limit:
			t.Fatal("the store did not come back")
		case <-tick.C:
		}
	}
}

// trap springs once so many bytes have been read.
type trap struct {
	r interface {
		Read([]byte) (int, error)
	}
	after  int
	spring func()
}

func (t *trap) Read(p []byte) (int, error) {
	n, err := t.r.Read(p[:min(len(p), 64<<10)])
	if t.after -= n; t.after <= 0 && t.spring != nil {
		t.spring()
		t.spring = nil
	}
	return n, err
}
