// Package testkit brings what tests need of the world: a real PostgreSQL, two
// real S3 servers, a clock. Servers started by cmd/with-servers are used when
// there are; else the first test that needs one starts it for its process. A
// server that cannot be had fails the test, it is never skipped.
package testkit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"taizhang/internal/embedded"
	"taizhang/internal/fault"
)

// Variables that cmd/with-servers sets and tests use.
const (
	PostgresVar = "TAIZHANG_TEST_POSTGRES" // superuser's URL
	S3Var       = "TAIZHANG_TEST_S3"       // http://key:secret@host:port, versitygw
	MinIOVar    = "TAIZHANG_TEST_MINIO"    // the same, MinIO
)

var quiet = slog.New(slog.DiscardHandler)

// CacheDir is where built and fetched servers are kept: TAIZHANG_CACHE, or the
// user's cache, or a folder of the user's own among the temporary ones.
func CacheDir() (string, error) {
	var candidates []string
	if dir := os.Getenv("TAIZHANG_CACHE"); dir != "" {
		candidates = append(candidates, dir)
	} else if dir, err := os.UserCacheDir(); err == nil {
		candidates = append(candidates, filepath.Join(dir, "taizhang"))
	}
	for _, dir := range candidates {
		if os.MkdirAll(dir, 0o755) == nil && syscall.Access(dir, 2) == nil {
			return dir, nil
		}
	}
	return scratch(os.TempDir(), "cache")
}

// inMemory is a file system in memory with room for the tests' databases, else
// the temporary folder: a house is a thousand small files made and soon removed,
// which on a disk's file system cost more than what the test does with them.
func inMemory() string {
	const dir, room = "/dev/shm", 4 << 30
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) == nil && s.Bavail*uint64(s.Bsize) >= room && syscall.Access(dir, 2) == nil {
		return dir
	}
	return os.TempDir()
}

// scratch makes a folder of this user's own below a folder that is everybody's. It is
// not below the home: root's is closed to the account PostgreSQL runs as.
func scratch(below, name string) (string, error) {
	top := filepath.Join(below, "taizhang-"+strconv.Itoa(os.Geteuid()))
	if err := os.Mkdir(top, 0o711); err != nil && !os.IsExist(err) {
		return "", err
	}
	info, err := os.Lstat(top)
	if err != nil {
		return "", err
	}
	// Anybody may make a name there before us.
	if owner := info.Sys().(*syscall.Stat_t); !info.IsDir() || owner.Uid != uint32(os.Geteuid()) {
		return "", fmt.Errorf("%s belongs to somebody else", top)
	}
	dir := filepath.Join(top, name)
	return dir, os.MkdirAll(dir, 0o755)
}

// held keeps the locks of this process's slots: a lock that nothing refers to
// ends with its file at the next garbage collection.
var held struct {
	sync.Mutex
	releases []func()
}

// slot takes the first folder <kind>-<n> below that no living process holds, so that
// test processes side by side each have their own and the next run finds a
// cluster already made. It is held until the process ends.
func slot(below, kind string) (string, error) {
	for n := 0; ; n++ {
		dir, err := scratch(below, fmt.Sprintf("%s-%d", kind, n))
		if err != nil {
			return "", err
		}
		release, err := embedded.LockFolder(dir)
		if err == nil {
			held.Lock()
			held.releases = append(held.releases, release)
			held.Unlock()
			return dir, nil
		}
		if fault.CodeOf(err) != "already_running" {
			return "", err
		}
	}
}

// locked runs f while no other process runs one under the same lock file.
func locked(ctx context.Context, file string, f func(context.Context) error) error {
	lock, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	return f(ctx)
}
