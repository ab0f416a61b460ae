package jobs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// TestRound: a prison that hangs, or fails, costs the others nothing but its
// own time, and is named.
func TestRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hangs, fails, works := uuid.New(), uuid.New(), uuid.New()
		var done []uuid.UUID
		r := &round[planDuties]{bound: perPrison, ending: func() bool { return false },
			prisons: func(context.Context) ([]uuid.UUID, error) { return []uuid.UUID{hangs, fails, works}, nil },
			work: func(ctx context.Context, p uuid.UUID) error {
				switch p {
				case hangs:
					<-ctx.Done()
					return ctx.Err()
				case fails:
					return errors.New("no disk")
				}
				done = append(done, p)
				return ctx.Err()
			}}
		if limit := r.Timeout(nil); limit < 100*perPrison {
			t.Errorf("the whole round has %s: the last prison pays for the first, or a killed one is never given up", limit)
		}
		began := time.Now()
		err := r.Work(t.Context(), nil)
		if !slices.Equal(done, []uuid.UUID{works}) || time.Since(began) != perPrison {
			t.Errorf("done %v after %s", done, time.Since(began))
		}
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), fails.String()+": no disk") || !strings.Contains(err.Error(), hangs.String()) {
			t.Errorf("said: %v", err)
		}
	})
}

// TestRoundOnce: a round that outlasts its interval is not begun beside itself.
func TestRoundOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := 0
		r := &round[planDuties]{bound: perPrison, ending: func() bool { return false },
			prisons: func(context.Context) ([]uuid.UUID, error) { return []uuid.UUID{uuid.New()}, nil },
			work: func(context.Context, uuid.UUID) error {
				begun++
				time.Sleep(time.Minute)
				return nil
			}}
		first := make(chan error)
		go func() { first <- r.Work(t.Context(), nil) }()
		synctest.Wait()
		if err := r.Work(t.Context(), nil); err != nil || begun != 1 {
			t.Errorf("begun %d times, %v", begun, err)
		}
		if err := errors.Join(<-first, r.Work(t.Context(), nil)); err != nil || begun != 2 {
			t.Errorf("begun %d times, %v", begun, err)
		}
	})
}
