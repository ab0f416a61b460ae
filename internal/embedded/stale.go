package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const orphanLimit = 30 * time.Second

// clearStale makes room for a new postmaster. PostgreSQL trusts the process id
// in its lock files, which after a kill may be a zombie's, or a stranger's, or
// a living postmaster's. What counts is who stands in the data folder: the
// postmaster and all its backends do, a zombie does not.
func clearStale(data, socketDir string, log *slog.Logger) error {
	deadline := time.Now().Add(orphanLimit)
	for asked := false; ; asked = true {
		living := standingIn(data)
		if len(living) == 0 {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v still use %s", living, data)
		}
		if !asked {
			log.Warn("ending a PostgreSQL left over from an earlier run", "processes", living)
			endOrphans(data, living)
		}
		time.Sleep(20 * time.Millisecond)
	}
	stale := []string{filepath.Join(data, "postmaster.pid")}
	sockets, _ := filepath.Glob(filepath.Join(socketDir, ".s.PGSQL.*"))
	for _, path := range append(stale, sockets...) {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("stale lock: %w", err)
		}
	}
	return nil
}

// endOrphans asks the postmaster to shut down; when it is dead and only its
// backends live, they are asked themselves.
func endOrphans(data string, living []int) {
	text, _ := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	line, _, _ := strings.Cut(string(text), "\n")
	postmaster, _ := strconv.Atoi(strings.TrimSpace(line))
	for _, pid := range living {
		if pid == postmaster {
			_ = syscall.Kill(pid, syscall.SIGINT)
			return
		}
	}
	for _, pid := range living {
		_ = syscall.Kill(pid, syscall.SIGTERM)
	}
}

// standingIn lists the living processes whose working folder is dir.
func standingIn(dir string) []int {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var pids []int
	for _, link := range links {
		if at, err := os.Readlink(link); err == nil && at == dir {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(link)))
			pids = append(pids, pid)
		}
	}
	return pids
}
