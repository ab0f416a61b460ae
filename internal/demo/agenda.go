package demo

import (
	"cmp"
	"container/heap"
	"context"
	"time"
)

// act is something that happens at a time; acts cause later acts.
type act struct {
	at time.Time
	n  int
	do func(context.Context) error
}

// agenda is what is still to happen, in the order of time; what is to happen at
// the same time, in the order it was added.
type agenda struct {
	acts acts
	n    int
}

func (a *agenda) add(at time.Time, do func(context.Context) error) {
	a.n++
	heap.Push(&a.acts, act{at: at, n: a.n, do: do})
}

// next takes the first act out; false when nothing is left.
func (a *agenda) next() (act, bool) {
	if len(a.acts) == 0 {
		return act{}, false
	}
	return heap.Pop(&a.acts).(act), true
}

type acts []act

func (a acts) Len() int { return len(a) }
func (a acts) Less(i, j int) bool {
	return cmp.Or(a[i].at.Compare(a[j].at), cmp.Compare(a[i].n, a[j].n)) < 0
}
func (a acts) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *acts) Push(x any)   { *a = append(*a, x.(act)) }
func (a *acts) Pop() any {
	old := *a
	x := old[len(old)-1]
	*a = old[:len(old)-1]
	return x
}
