package testkit

import (
	"sync"
	"time"
)

// Clock is a time that moves only when told. Pass its Now where the program
// takes a `now func() time.Time`.
type Clock struct {
	mu sync.Mutex
	at time.Time
}

// NewClock starts at the given time.
func NewClock(at time.Time) *Clock { return &Clock{at: at} }

// Now is the time it stands at.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

// Advance moves it and returns the new time.
func (c *Clock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
	return c.at
}
