package demo

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"taizhang/internal/fault"
	"taizhang/internal/testkit"
)

// TestClockForward: it goes forward only, stays forward when the program starts
// anew.
func TestClockForward(t *testing.T) {
	wall, file := testkit.NewClock(time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC)), filepath.Join(t.TempDir(), "clock")
	open := func() *Clock {
		t.Helper()
		c, err := OpenClock(file, wall.Now)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := open()
	if !c.Now().Equal(wall.Now()) {
		t.Errorf("begins at %v", c.Now())
	}
	to := wall.Now().AddDate(1, 0, 0)
	if err := c.Forward(to); err != nil || !c.Now().Equal(to) {
		t.Fatalf("%v, %v", c.Now(), err)
	}
	wall.Advance(time.Hour)
	if again := open(); !again.Now().Equal(to.Add(time.Hour)) || !c.Now().Equal(again.Now()) {
		t.Errorf("started anew it is %v, before %v", again.Now(), c.Now())
	}
	for name, at := range map[string]time.Time{"back": to, "where it is": c.Now(), "beyond ten years": c.Now().AddDate(11, 0, 0)} {
		if err := c.Forward(at); fault.CodeOf(err) != "bad_clock" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestClockTwiceAtOnce: set to one time twice at the same moment, it moves once.
func TestClockTwiceAtOnce(t *testing.T) {
	wall := testkit.NewClock(time.Date(2026, 3, 31, 8, 0, 0, 0, time.UTC))
	c, err := OpenClock(filepath.Join(t.TempDir(), "clock"), wall.Now)
	if err != nil {
		t.Fatal(err)
	}
	to := wall.Now().AddDate(0, 3, 0)
	var errs [2]error
	var both sync.WaitGroup
	for i := range errs {
		both.Go(func() { errs[i] = c.Forward(to) })
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !c.Now().Equal(to) {
		t.Errorf("%v, %v", errs, c.Now())
	}
}
