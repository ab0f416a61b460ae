package testkit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"taizhang/internal/embedded"
)

// minioVersion is the last version of the archived project that the module
// proxy serves; docker/minio.Dockerfile pins the same.
const minioVersion = "v0.0.0-20260212201848-7aac2a2c5b7c"

var minioURL = sync.OnceValues(func() (string, error) {
	if u := os.Getenv(MinIOVar); u != "" {
		return u, nil
	}
	m, err := StartMinIO(context.Background())
	if err != nil {
		return "", err
	}
	return StoreURL(m.Endpoint, m.AccessKey, m.SecretKey), nil
})

// StartMinIO builds MinIO if need be and starts it, empty, on one drive. It
// ends with Stop, or with the process.
func StartMinIO(ctx context.Context) (*embedded.S3, error) {
	exe, err := minioExe(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := slot(os.TempDir(), "minio")
	if err != nil {
		return nil, err
	}
	drive := filepath.Join(dir, "drive")
	if err := os.RemoveAll(drive); err != nil {
		return nil, err
	}
	if err := os.Mkdir(drive, 0o700); err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	endpoint := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	m := &embedded.S3{Endpoint: endpoint, AccessKey: rand.Text(), SecretKey: rand.Text()}
	m.Child, err = embedded.StartChild(ctx, embedded.Program{
		Name: "minio", Log: quiet, StopSignal: syscall.SIGTERM,
		Command: func() (*exec.Cmd, error) {
			cmd := exec.Command(exe, "server", "--quiet", "--address", endpoint,
				"--console-address", "127.0.0.1:0", "--certs-dir", filepath.Join(dir, "certs"), drive)
			cmd.Env = append(os.Environ(), "HOME="+dir, "MINIO_BROWSER=off", "MINIO_CI_CD=on", "MINIO_UPDATE=off",
				"MINIO_ROOT_USER="+m.AccessKey, "MINIO_ROOT_PASSWORD="+m.SecretKey)
			return cmd, nil
		},
		Ready: func(ctx context.Context) error { return get(ctx, "http://"+endpoint+"/minio/health/cluster") },
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// minioExe returns the built program from the cache, building it first if it is
// not there; processes that need it at once wait for the one that builds.
func minioExe(ctx context.Context) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	exe := filepath.Join(cache, "minio-"+minioVersion)
	return exe, locked(ctx, exe+".lock", func(ctx context.Context) error {
		if _, err := os.Stat(exe); err == nil {
			return nil
		}
		temp, err := os.MkdirTemp(cache, "build-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(temp)
		cmd := exec.CommandContext(ctx, "go", "install", "-trimpath", "-ldflags=-s -w", "github.com/minio/minio@"+minioVersion)
		cmd.Dir = temp // outside this module, whose requirements are not MinIO's
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOBIN="+temp, "GOFLAGS=")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build MinIO: %w\n%s", err, out)
		}
		return os.Rename(filepath.Join(temp, "minio"), exe)
	})
}

func get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := (&http.Client{Timeout: 2 * time.Second}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	return nil
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}
