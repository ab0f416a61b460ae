//go:build faultpoints

package fault

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

var (
	killAt, killNth = parsePoint(os.Getenv("TAIZHANG_KILL_AT"))
	passed          atomic.Int64
)

func parsePoint(spec string) (name string, nth int64) {
	name, n, _ := strings.Cut(spec, ":")
	nth, err := strconv.ParseInt(n, 10, 64)
	if err != nil {
		nth = 1
	}
	return name, nth
}

// Point ends the process as by power loss when TAIZHANG_KILL_AT=name:n names
// it and it is passed for the n-th time. Nothing deferred runs.
func Point(name string) {
	if name != killAt || passed.Add(1) != killNth {
		return
	}
	fmt.Fprintln(os.Stderr, "killed at", name)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
