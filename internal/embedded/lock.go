// Package embedded runs the private PostgreSQL and the private S3 server of
// `taizhang up`: real servers as child processes, kept alive while the program
// lives and ended with it, also when it is killed. Linux only: it leans on
// flock, /proc and the parent death signal.
package embedded

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"taizhang/internal/fault"
)

const lockName = "taizhang.lock"

// LockFolder takes the data folder for this process, making it if need be. A
// folder that a living process holds gives the fault `already_running`
// (Conflict) with the members `pid` and, once announced, `address`. The lock
// ends with release, or with the process however it ends.
func LockFolder(dir string) (release func(), err error) {
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, alreadyRunning(dir)
		}
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	// The file is never removed: a second process could hold the lock of an
	// unlinked inode while a third locks its successor.
	if err := writeLock(dir, ""); err != nil {
		f.Close()
		return nil, err
	}
	// A file that nothing refers to is closed by the collector, and the lock
	// would go with it, if the caller does not keep release.
	held.Store(f, true)
	return func() {
		held.Delete(f)
		f.Close()
	}, nil
}

var held sync.Map

// AnnounceAddress leaves the address of the page beside the lock, for the
// message of a refused second start. Call it only while holding the lock.
func AnnounceAddress(dir, address string) error { return writeLock(dir, address) }

func writeLock(dir, address string) error {
	text := fmt.Sprintf("%d\n%s\n", os.Getpid(), address)
	if err := os.WriteFile(filepath.Join(dir, lockName), []byte(text), 0o600); err != nil {
		return fmt.Errorf("lock file: %w", err)
	}
	return nil
}

func alreadyRunning(dir string) error {
	f := fault.New(fault.Conflict, "already_running")
	text, err := os.ReadFile(filepath.Join(dir, lockName))
	if err != nil {
		return f.Because(err)
	}
	pid, address, _ := strings.Cut(string(text), "\n")
	if n, err := strconv.Atoi(pid); err == nil {
		f = f.With("pid", n)
	}
	if address = strings.TrimSpace(address); address != "" {
		f = f.With("address", address)
	}
	return f
}
