package testkit

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"taizhang/internal/embedded"
	"taizhang/internal/objectstore"
)

// S3 returns the tests' versitygw with two bucket names of this test's own.
func S3(t testing.TB) objectstore.Config { return store(t, s3URL) }

// MinIO is S3 for a MinIO built from its pinned module, which takes some
// minutes the first time on a machine.
func MinIO(t testing.TB) objectstore.Config { return store(t, minioURL) }

func store(t testing.TB, server func() (string, error)) objectstore.Config {
	t.Helper()
	text, err := server()
	if err != nil {
		t.Fatalf("object store for tests: %v", err)
	}
	c, err := storeConfig(text)
	if err != nil {
		t.Fatalf("object store for tests: %v", err)
	}
	return c
}

func storeConfig(text string) (objectstore.Config, error) {
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return objectstore.Config{}, fmt.Errorf("not of the form http://key:secret@host:port")
	}
	secret, _ := u.User.Password()
	unique := strings.ToLower(rand.Text()[:12])
	return objectstore.Config{
		Endpoint: u.Host, AccessKey: u.User.Username(), SecretKey: secret, Secure: u.Scheme == "https",
		Bucket: "evidence-" + unique, StagingBucket: "staging-" + unique,
	}, nil
}

// StoreURL joins what S3Var and MinIOVar hold.
func StoreURL(endpoint, accessKey, secretKey string) string {
	u := url.URL{Scheme: "http", Host: endpoint, User: url.UserPassword(accessKey, secretKey)}
	return u.String()
}

var s3URL = sync.OnceValues(func() (string, error) {
	if u := os.Getenv(S3Var); u != "" {
		return u, nil
	}
	exe, err := S3Exe(context.Background())
	if err != nil {
		return "", err
	}
	s, err := StartS3(context.Background(), exe)
	if err != nil {
		return "", err
	}
	return StoreURL(s.Endpoint, s.AccessKey, s.SecretKey), nil
})

// StartS3 starts an empty versitygw. It ends with Stop, or with the process.
func StartS3(ctx context.Context, exe string) (*embedded.S3, error) {
	dir, err := slot(os.TempDir(), "s3")
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "store")
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	return embedded.StartS3(ctx, embedded.S3Options{Dir: dir, Exe: exe, Log: quiet})
}

// S3Exe builds, once, a program that understands embedded.S3Command. Test
// binaries are not that program themselves: the server is a large dependency
// and every one of them would carry it.
func S3Exe(ctx context.Context) (string, error) {
	if exe := os.Getenv(s3ExeVar); exe != "" {
		return exe, nil
	}
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	// Each checkout has its own; go build writes it only when something changed.
	module, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "taizhang").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	exe := filepath.Join(cache, "with-servers-"+shortHash(strings.TrimSpace(string(module))))
	return exe, locked(ctx, exe+".lock", func(ctx context.Context) error {
		cmd := exec.CommandContext(ctx, "go", "build", "-o", exe, "taizhang/cmd/with-servers")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build the S3 server: %w\n%s", err, out)
		}
		return nil
	})
}

// s3ExeVar names a program built beforehand, for tests run without the go tool.
const s3ExeVar = "TAIZHANG_TEST_S3_EXE"
