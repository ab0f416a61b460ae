package ledger

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/integrity"
)

// Task is what an approved entry, or somebody's arrival, makes somebody do. It
// is opened once for each trigger and source, and never changes; whether it is
// done is looked up.
type Task struct {
	ID         uuid.UUID       `json:"id"`
	Area       uuid.UUID       `json:"area"`
	Trigger    string          `json:"trigger"` // ledger/trigger, arrival/…, release/…
	Source     string          `json:"source"`  // the entry, or the inmate's number
	Entry      *uuid.UUID      `json:"entry,omitempty"`
	Ledger     string          `json:"ledger"` // to be filled; "" is a notice to be taken note of
	Opened     *uuid.UUID      `json:"opened,omitempty"`
	GoOn       *uuid.UUID      `json:"go_on,omitempty"`    // the reader's own draft that does it
	Drafting   string          `json:"drafting,omitempty"` // who else has such a draft, by name
	Voided     bool            `json:"voided,omitempty"`   // the entry that asks for it
	Title      fault.Text      `json:"title"`
	Roles      []actor.Role    `json:"roles"`
	Department string          `json:"department"`
	DueAt      *time.Time      `json:"due_at,omitempty"`
	Disputes   bool            `json:"disputes"`
	RecordedAt time.Time       `json:"recorded_at"`
	Done       bool            `json:"done"`
	DoneBy     string          `json:"done_by,omitempty"`
	Note       string          `json:"note,omitempty"`
	Actions    []string        `json:"actions"` // begin, done
	Body       json.RawMessage `json:"-"`
}

// TaskAct says that a task is done, and how.
type TaskAct struct {
	Task uuid.UUID
	By   uuid.UUID
	Note string
	Salt []byte
}

// Record commits to the act.
func (a TaskAct) Record() (Record, error) {
	return NewRecord("task_act", a.Task.String(), a.Salt, map[string]any{"task": a.Task, "done_by": a.By, "note": a.Note})
}

// TaskEntry says that an entry was begun to do a task.
type TaskEntry struct {
	Task, Entry uuid.UUID
	Salt        []byte
}

// Record commits to it.
func (e TaskEntry) Record() (Record, error) {
	return NewRecord("task_entry", e.Entry.String(), e.Salt, map[string]any{"task": e.Task, "entry": e.Entry})
}

// TaskQuery: zero members do not restrict.
type TaskQuery struct {
	Task, Entry uuid.UUID
	Area        uuid.UUID
	Open        bool
	Me          uuid.UUID // whose draft is GoOn
	// Mine are the posts of whom they are for: what others have to do must not
	// fill the list.
	Mine []actor.Posting
}

// mayDo: whoever holds one of its roles in its area or department.
func (s *Service) mayDo(ctx context.Context, prison uuid.UUID, t Task) error {
	sub := Subject{Class: "task", Prison: prison, Area: t.Area, StepRoles: t.Roles, StepUnit: "area", Department: t.Department}
	if t.Department != "" {
		sub.StepUnit = "owner"
	}
	return s.Access.Check(actor.From(ctx), "submit", sub, s.Now())
}

// Tasks lists the open ones that the actor may do, the most urgent first.
func (s *Service) Tasks(ctx context.Context, prison uuid.UUID) ([]Task, error) {
	list := []Task{}
	err := s.Store.Read(ctx, s.session(ctx, prison), func(r Reader) error {
		mine := []actor.Posting{}
		for _, p := range actor.From(ctx).Postings {
			if p.PrisonID == prison {
				mine = append(mine, p)
			}
		}
		all, err := r.Tasks(ctx, prison, TaskQuery{Open: true, Mine: mine, Me: actor.From(ctx).PersonID})
		for _, t := range all {
			if s.mayDo(ctx, prison, t) == nil {
				list = append(list, dressedTask(t))
			}
		}
		return err
	})
	return list, err
}

func dressedTask(t Task) Task {
	t.Actions = []string{}
	if !t.Done {
		if t.Ledger != "" && t.GoOn == nil {
			t.Actions = append(t.Actions, "begin")
		}
		t.Actions = append(t.Actions, "done")
	}
	return t
}

// DoTask takes note of a task, or says how it was done otherwise: once.
// Faults: not_found, forbidden, task_done, reason_required.
func (s *Service) DoTask(ctx context.Context, prison, id uuid.UUID, note string, idem Idem) (Task, error) {
	var out Task
	err := s.Store.Write(ctx, s.session(ctx, prison), idem, &out, func(tx Tx) error {
		if err := tx.LockTask(ctx, prison, id); err != nil {
			return err
		}
		t, err := s.taskFor(ctx, tx, prison, id)
		if err != nil {
			return err
		}
		// What could have been filled is not waved away without a word.
		if len([]rune(note)) > 500 || t.Ledger != "" && Blank(note) {
			return fault.InvalidFields("reason_required", []fault.Field{{Pointer: "/note", Code: "required",
				Text: fault.Text{ZH: "请说明办理情况，500 字以内", EN: "Say how it was done, in at most 500 characters"}}})
		}
		if err := tx.InsertTaskAct(ctx, prison, TaskAct{Task: id, By: actor.From(ctx).PersonID, Note: note, Salt: integrity.NewSalt()}); err != nil {
			return err
		}
		list, err := tx.Tasks(ctx, prison, TaskQuery{Task: id, Me: actor.From(ctx).PersonID})
		if err == nil {
			out = dressedTask(list[0])
		}
		return err
	})
	return out, err
}

// taskFor is an open task that the actor may do.
func (s *Service) taskFor(ctx context.Context, r Reader, prison, id uuid.UUID) (Task, error) {
	list, err := r.Tasks(ctx, prison, TaskQuery{Task: id})
	if err != nil {
		return Task{}, err
	}
	if len(list) == 0 {
		return Task{}, fault.New(fault.NotFound, "not_found")
	}
	if err := s.mayDo(ctx, prison, list[0]); err != nil {
		return Task{}, err
	}
	if list[0].Done {
		return Task{}, fault.New(fault.Conflict, "task_done")
	}
	return list[0], nil
}

// BeginTask begins the entry that does the task, filled in as far as is known,
// as the actor's own draft. Faults: those of Create, task_done.
func (s *Service) BeginTask(ctx context.Context, prison, id uuid.UUID, idem Idem) (Outcome, error) {
	var out Outcome
	err := s.Store.Write(ctx, s.session(ctx, prison), idem, &out, func(tx Tx) error {
		if err := tx.LockTask(ctx, prison, id); err != nil {
			return err
		}
		task, err := s.taskFor(ctx, tx, prison, id)
		if err != nil {
			return err
		}
		t := s.Catalog.Current(task.Ledger)
		if t == nil {
			return s.unknown(task.Ledger)
		}
		begun, err := s.create(ctx, tx, t, New{Prison: prison, Area: task.Area, Ledger: task.Ledger, Body: task.Body, openedBy: task.Entry})
		if err != nil {
			return err
		}
		out = Outcome{Entry: begun}
		return tx.InsertTaskEntry(ctx, prison, TaskEntry{Task: id, Entry: begun.Entry, Salt: integrity.NewSalt()})
	})
	return out, err
}

// Arrivals opens what is to be done for those who arrived lately or will soon
// be released. However often it runs, each is opened once.
func (s *Service) Arrivals(ctx context.Context, prison uuid.UUID) error {
	ses := Session{Prison: prison, Scope: Everything()}
	if s.Clock != nil {
		ses.Clock = s.Clock()
	}
	o := s.Catalog.Occasions()
	return s.Store.Write(ctx, ses, Idem{}, nil, func(tx Tx) error {
		today := catalog.DayOf(tx.Now())
		arrived, err := tx.Moving(ctx, prison, catalog.DayOf(tx.Now().AddDate(0, 0, -lately)), today, "")
		if err != nil {
			return err
		}
		leaving, err := tx.Moving(ctx, prison, "", "", catalog.DayOf(tx.Now().AddDate(0, 3, 0)))
		if err != nil {
			return err
		}
		if err := s.occasions(ctx, tx, prison, "arrival", o.Arrival, arrived); err != nil {
			return err
		}
		return s.occasions(ctx, tx, prison, "release", o.Release, leaving)
	})
}

func (s *Service) occasions(ctx context.Context, tx Tx, prison uuid.UUID, kind string, list []catalog.Occasion, people []Inmate) error {
	for _, p := range people {
		area, err := tx.Area(ctx, prison, p.Area)
		if err != nil {
			return err
		}
		for _, o := range list {
			t := s.Catalog.Current(o.Opens)
			if t == nil || !t.AppliesTo(area.Kind, area.Function, area.HasLabour) {
				continue
			}
			body, err := o.Body(p.Number)
			if err != nil {
				return err
			}
			due := o.DueAt(tx.Now())
			task := Task{Area: p.Area, Trigger: kind + "/" + o.ID, Source: p.Number, Ledger: o.Opens, Title: o.Title, Department: o.Department, DueAt: &due, Body: body}
			for _, r := range o.Roles {
				task.Roles = append(task.Roles, actor.Role(r))
			}
			if _, err := tx.InsertTask(ctx, prison, task); err != nil {
				return err
			}
		}
	}
	return nil
}

// lately in days: an arrival that was entered late is still noticed.
const lately = 14
