package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Program describes a server that must stay up.
type Program struct {
	Name string
	Log  *slog.Logger
	// Command makes a fresh command for each start and clears away what a
	// predecessor left behind.
	Command func() (*exec.Cmd, error)
	// Ready is asked again and again until it returns nil.
	Ready func(context.Context) error
	// StopSignal ends it cleanly: at Stop, and from the kernel when this
	// process dies.
	StopSignal syscall.Signal
}

// Child is a supervised server process: started again whenever it dies,
// until Stop.
type Child struct {
	program Program
	stop    chan struct{}
	once    sync.Once
	done    chan struct{}

	mu      sync.Mutex
	process *os.Process
}

const (
	startLimit = 60 * time.Second // crash recovery of a big cluster comes under it
	askEvery   = 10 * time.Millisecond
	minBackoff = 50 * time.Millisecond
	maxBackoff = 5 * time.Second
)

// StartChild starts the program and returns when it is ready, or with what it
// printed when it ended before. ctx bounds the start only.
func StartChild(ctx context.Context, p Program) (*Child, error) {
	c := &Child{program: p, stop: make(chan struct{}), done: make(chan struct{})}
	first := make(chan error, 1)
	go c.run(ctx, first)
	if err := <-first; err != nil {
		<-c.done
		return nil, err
	}
	return c, nil
}

// PID is the process id at this moment; 0 while none runs.
func (c *Child) PID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process == nil {
		return 0
	}
	return c.process.Pid
}

// Stop ends the child with its stop signal and waits; when ctx ends first, the
// child is killed. Calling it again is harmless.
func (c *Child) Stop(ctx context.Context) error {
	c.once.Do(func() { close(c.stop) })
	select {
	case <-c.done:
		return nil
	case <-ctx.Done():
		c.signal(syscall.SIGKILL)
		<-c.done
		return fmt.Errorf("%s did not end in time and was killed: %w", c.program.Name, ctx.Err())
	}
}

func (c *Child) signal(s syscall.Signal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.process != nil {
		_ = c.process.Signal(s) // an ended process is what was wanted
	}
}

// run is the child's whole life. The kernel sends the parent death signal when
// the starting *thread* ends, so this goroutine keeps its thread to the last.
func (c *Child) run(ctx context.Context, first chan<- error) {
	runtime.LockOSThread()
	defer close(c.done)
	backoff := minBackoff
	for started := false; ; {
		began := time.Now()
		wasReady, err := c.runOnce(ctx, func() {
			if !started {
				started = true
				first <- nil
				ctx = context.Background()
			}
		})
		if !started {
			first <- err
			return
		}
		if c.stopping() {
			return
		}
		if wasReady && time.Since(began) > maxBackoff {
			backoff = minBackoff
		}
		c.program.Log.Warn("server ended, starting it again", "server", c.program.Name, "error", err)
		select {
		case <-c.stop:
			return
		case <-time.After(backoff):
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

func (c *Child) stopping() bool {
	select {
	case <-c.stop:
		return true
	default:
		return false
	}
}

// runOnce runs the program once, until it ends. It calls ready when it answers.
func (c *Child) runOnce(ctx context.Context, ready func()) (wasReady bool, err error) {
	cmd, err := c.program.Command()
	if err != nil {
		return false, err
	}
	out := &lastLines{log: c.program.Log, server: c.program.Name}
	cmd.Stdout, cmd.Stderr = out, out
	// Orphaned helpers of a killed server keep the pipe open; do not wait for them.
	cmd.WaitDelay = time.Second
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = c.program.StopSignal
	// Own group: Ctrl-C in the terminal reaches only us, and we stop in order.
	cmd.SysProcAttr.Setpgid = true
	if err := cmd.Start(); err != nil {
		return false, fmt.Errorf("start %s: %w", c.program.Name, err)
	}
	c.setProcess(cmd.Process)
	ended := make(chan struct{})
	watched := make(chan bool, 1)
	go func() { watched <- c.watch(ctx, ended, ready) }()
	err = cmd.Wait()
	c.setProcess(nil)
	close(ended)
	wasReady = <-watched
	if err == nil {
		err = errors.New("ended by itself")
	}
	return wasReady, fmt.Errorf("%s: %w\n%s", c.program.Name, err, out)
}

func (c *Child) setProcess(p *os.Process) {
	c.mu.Lock()
	c.process = p
	c.mu.Unlock()
}

// watch asks for readiness and passes on the wish to stop, until the process
// has ended. It reports whether the process became ready.
func (c *Child) watch(ctx context.Context, ended <-chan struct{}, ready func()) (wasReady bool) {
	asking, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for !wasReady {
		select {
		case <-ended:
			return false
		case <-c.stop:
			c.signal(c.program.StopSignal)
			<-ended
			return false
		case <-asking.Done():
			c.signal(syscall.SIGKILL)
			<-ended
			return false
		case <-tick.C:
			if c.program.Ready(asking) == nil {
				wasReady = true
				ready()
			}
		}
	}
	select {
	case <-ended:
	case <-c.stop:
		c.signal(c.program.StopSignal)
		<-ended
	}
	return true
}

// lastLines passes a server's output to the log and keeps the end of it for
// the error message.
type lastLines struct {
	log    *slog.Logger
	server string

	mu   sync.Mutex
	rest []byte
	kept []string
}

const keptLines = 20

func (l *lastLines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.rest = rest
		l.log.Debug(string(line), "server", l.server)
		l.kept = append(l.kept, string(line))
		l.kept = l.kept[max(0, len(l.kept)-keptLines):]
	}
}

func (l *lastLines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(append(l.kept, string(l.rest)), "\n")
}

// output runs a short command and returns an error that carries its output.
func output(cmd *exec.Cmd) ([]byte, error) {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("%s: %w\n%s", cmd.Path, err, bytes.TrimSpace(out))
	}
	return out, nil
}

// plainEnv is this process's environment with PostgreSQL's own variables left
// out, so that a developer's PGDATA or PGPORT cannot lead it elsewhere.
func plainEnv(more ...string) []string {
	var env []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PG") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			env = append(env, kv)
		}
	}
	return append(env, more...)
}
