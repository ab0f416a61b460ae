package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// lease is how long a pull or a file is one server's own after its last sign of
// life.
const lease = 2 * time.Minute

// begin takes the connector for a run: a new one, or the one that a fall left.
// open is nil when it is not due, paused, or another server's just now.
func (s *Service) begin(ctx context.Context, prison uuid.UUID, c Connector) (st State, open *Run, err error) {
	err = s.Store.Write(ctx, program(prison), nil, func(tx Tx) error {
		open = nil
		if st, err = tx.Lock(ctx, prison, c.ID); err != nil {
			return err
		}
		if st.Paused || st.NextAt.After(tx.Now()) || st.LeasedUntil.After(tx.Now()) {
			return nil
		}
		if st.Open == nil {
			st.Open = newRun(prison, c, tx.Now())
		}
		st.LeasedUntil = tx.Now().Add(lease)
		open = st.Open
		open.Prison = prison
		return tx.Save(ctx, st)
	})
	return st, open, err
}

func newRun(prison uuid.UUID, c Connector, at time.Time) *Run {
	return &Run{Prison: prison, ID: uuid.Must(uuid.NewV7()), Connector: c.ID, System: c.System, Target: c.Target, StartedAt: at.UTC().Truncate(time.Microsecond)}
}

// page takes in one part of a run and moves the run's cursor, both or neither:
// whoever comes after a fall goes on behind it.
func (s *Service) page(ctx context.Context, c Connector, run *Run, records []Record, next string) error {
	var after Run
	err := s.Store.Write(ctx, program(run.Prison), nil, func(tx Tx) error {
		st, err := tx.Lock(ctx, run.Prison, c.ID)
		if err != nil {
			return err
		}
		if st.Open == nil || st.Open.ID != run.ID || st.Open.Cursor != run.Cursor {
			return fault.New(fault.Conflict, "connector_taken_over")
		}
		after = *run
		if err := apply(ctx, tx, c, &after, records); err != nil {
			return err
		}
		after.Cursor = next
		after.Pages++
		st.Open, st.LeasedUntil = &after, tx.Now().Add(lease)
		return tx.Save(ctx, st)
	})
	if err == nil {
		fault.Point("connector.page_taken")
		*run = after
	}
	return err
}

// apply takes in records: each version once, the greatest standing.
func apply(ctx context.Context, tx Tx, c Connector, run *Run, records []Record) error {
	for _, r := range records {
		run.Read++
		changed, err := applyOne(ctx, tx, c, *run, &r)
		if err != nil {
			return err
		}
		switch {
		case len(r.Problems) > 0:
			run.Rejected++
			if err := tx.Reject(ctx, run.Prison, *run, run.Read, r); err != nil {
				return err
			}
		case changed:
			run.Changed++
		default:
			run.Unchanged++
		}
	}
	return nil
}

func applyOne(ctx context.Context, tx Tx, c Connector, run Run, r *Record) (changed bool, err error) {
	if len(r.Problems) > 0 {
		return false, nil
	}
	prison := run.Prison
	var area, person uuid.UUID
	if c.Fields["area"] != "" {
		area, err = tx.AreaByCode(ctx, prison, r.Fields["area"])
		if fault.Is(err, fault.NotFound) {
			r.wrong(c.Fields["area"], "area_unknown", "没有这个监区", "There is no such area")
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	if c.Target == Rosters {
		person, err = tx.PersonByNumber(ctx, prison, r.Fields["person"])
		if fault.Is(err, fault.NotFound) {
			r.wrong(c.Fields["person"], "person_unknown", "本监狱没有这个警号", "Nobody of this prison has the number")
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	raw, err := r.canonical()
	if err != nil {
		return false, err
	}
	same, newest, err := tx.Kept(ctx, prison, run, *r)
	if err != nil {
		return false, err
	}
	var before map[string]string
	if newest != nil {
		if before, err = newest.fields(); err != nil {
			return false, err
		}
	}
	switch {
	case same != nil && (same.Deleted != r.Deleted || !bytes.Equal(same.Fields, raw)):
		r.wrong(c.Version, "version_reused", "同一版本的内容与以前收到的不同", "The same version came before with other contents")
		return false, nil
	case same != nil:
		return false, nil
	case before != nil && before["number"] != r.Fields["number"]:
		r.wrong(c.Fields["number"], "number_changed", "同一记录的编号不能改变", "The number of a record does not change")
		return false, nil
	}
	if r.Fields["number"] != "" && !(c.Target == Facts && r.Deleted) {
		taken, err := tx.Claimed(ctx, prison, run, *r)
		if err != nil {
			return false, err
		}
		if taken {
			r.wrong(c.Fields["number"], "number_taken", "另一条记录已使用这个编号", "Another record has this number")
			return false, nil
		}
	}
	if err := tx.Keep(ctx, prison, run, *r, raw); err != nil {
		return false, err
	}
	if newest != nil && newest.Version > r.Version {
		return false, nil // heard late: kept, and nothing moves
	}
	switch c.Target {
	case Inmates:
		return true, tx.PutInmate(ctx, prison, area, *r)
	case Facts:
		return true, nil // read where they are kept
	}
	if newest != nil && !newest.Deleted {
		if err := dropShift(ctx, tx, prison, before); err != nil {
			return false, err
		}
	}
	if r.Deleted {
		return true, nil
	}
	return true, tx.PutShift(ctx, prison, area, person, *r)
}

// canonical is a record as it is kept: its fields, and its facts among them.
func (r *Record) canonical() ([]byte, error) {
	all := map[string]any{}
	for name, v := range r.Fields {
		all[name] = v
	}
	if r.Facts != nil {
		all["facts"] = r.Facts
	}
	raw, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return integrity.Canonical(raw)
}

// fields of a kept record, without its facts.
func (k Kept) fields() (map[string]string, error) {
	var all map[string]any
	if err := json.Unmarshal(k.Fields, &all); err != nil {
		return nil, fmt.Errorf("stored record: %w", err)
	}
	texts := map[string]string{}
	for name, v := range all {
		if s, ok := v.(string); ok {
			texts[name] = s
		}
	}
	return texts, nil
}

// dropShift takes back what an earlier version of a roster's record said; the
// version itself stays.
func dropShift(ctx context.Context, tx Tx, prison uuid.UUID, before map[string]string) error {
	area, err := tx.AreaByCode(ctx, prison, before["area"])
	if err != nil {
		return err
	}
	person, err := tx.PersonByNumber(ctx, prison, before["person"])
	if fault.Is(err, fault.NotFound) {
		return nil // posted elsewhere since
	}
	if err != nil {
		return err
	}
	return tx.DropShift(ctx, prison, area, person, before["day"], before["shift"])
}

// end keeps the run with its leaf, and says what is now known of each area.
func end(ctx context.Context, tx Tx, run *Run, problem Trouble) error {
	run.State, run.Problem, run.EndedAt, run.Salt = "done", problem, tx.Now().UTC().Truncate(time.Microsecond), integrity.NewSalt()
	if problem != "" {
		run.State = "failed"
		return tx.EndRun(ctx, run.Prison, *run)
	}
	open, err := tx.OpenRejections(ctx, run.Prison, run.System, run.Target, run.ID)
	if err != nil {
		return err
	}
	// A source with records that nobody could map knows less than the officer
	// who counts: its numbers are not put over theirs. A roll is of the moment, and
	// what it lacked on a day it lacks for ever; what else is said of a day is whole
	// again once the record is mended, so that is asked when it is read.
	relied := open == 0 || run.Target != Inmates
	if err := tx.Deliver(ctx, run.Prison, *run, catalog.DayOf(tx.Now()), relied); err != nil {
		return err
	}
	return tx.EndRun(ctx, run.Prison, *run)
}

// finish ends a pulled or laid-in run and says when to look again.
func (s *Service) finish(ctx context.Context, c Connector, run *Run, problem Trouble) error {
	err := s.Store.Write(ctx, program(run.Prison), nil, func(tx Tx) error {
		st, err := tx.Lock(ctx, run.Prison, c.ID)
		if err != nil {
			return err
		}
		if st.Open == nil || st.Open.ID != run.ID {
			return fault.New(fault.Conflict, "connector_taken_over")
		}
		if err := end(ctx, tx, run, problem); err != nil {
			return err
		}
		st.Open, st.LeasedUntil = nil, tx.Now()
		if problem == "" {
			st.Failures, st.NextAt = 0, tx.Now().Add(c.every())
			st.ETag, st.LastModified = "", ""
			if run.Pages <= 1 {
				st.ETag, st.LastModified = run.ETag, run.LastModified
			}
		} else {
			st.Failures++
			st.NextAt = tx.Now().Add(later(c.every(), st.Failures))
		}
		if c.Kind == Drop {
			st.NextAt = tx.Now() // the next file is not to blame
		}
		return tx.Save(ctx, st)
	})
	fault.Point("connector.run_ended")
	return err
}

// later doubles the wait with each failure, to six hours.
func later(every time.Duration, failures int) time.Duration {
	return min(every<<min(failures, 12), max(6*time.Hour, every))
}
