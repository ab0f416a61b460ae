package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"taizhang/internal/fault"
)

// Clock is the demonstration's: the server's time, set forward by whole years if
// need be, so that what takes years is seen in a day. It never runs back, for the
// log's does not, and how far it is ahead outlives the program.
type Clock struct {
	file  string
	wall  func() time.Time
	mu    sync.Mutex
	ahead time.Duration
}

// farthest a clock is set at once: a day mistyped must not use up the future.
const farthest = 10 * 366 * 24 * time.Hour

// OpenClock reads how far the file says it is ahead; without the file it is not.
func OpenClock(file string, wall func() time.Time) (*Clock, error) {
	c := &Clock{file: file, wall: wall}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		c.ahead, err = time.ParseDuration(strings.TrimSpace(string(raw)))
	}
	if err == nil && c.ahead < 0 {
		err = errors.New("a clock never runs back")
	}
	if err != nil {
		return nil, fmt.Errorf("the demonstration's clock: %w", err)
	}
	return c, nil
}

// Now is the server's time, as far ahead as the clock was set.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wall().Add(c.ahead)
}

// Forward sets it to a time to come. The fault bad_clock: a time that is over, or
// more than ten years off.
func (c *Clock) Forward(to time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	by := to.Sub(c.wall().Add(c.ahead))
	if by <= 0 || by > farthest {
		return fault.InvalidFields("bad_clock", []fault.Field{{Pointer: "/to", Code: "range",
			Text: fault.Text{ZH: "演示时钟只能向前拨，一次至多十年", EN: "The demonstration's clock is set forward only, by ten years at most"}}})
	}
	// Under its name only when it is whole: a clock that cannot be read starts nothing.
	begun := filepath.Join(filepath.Dir(c.file), "."+filepath.Base(c.file))
	if err := os.WriteFile(begun, []byte((c.ahead+by).String()+"\n"), 0o600); err != nil {
		return err
	}
	if err := os.Rename(begun, c.file); err != nil {
		return err
	}
	c.ahead += by
	return nil
}
