package stewardship

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/catalog"
	"taizhang/internal/ledger"
)

// PaperState is how a ledger is kept in an area.
type PaperState string

// The states. What nobody declared is on paper.
const (
	OnPaper    PaperState = "paper" // 纸质在用
	Dual       PaperState = "dual"  // 双轨
	PaperEnded PaperState = "ended" // 已停用纸质
)

// The verdicts on a declaration.
const (
	Confirm  = "confirm"
	Refuse   = "refuse"
	Withdraw = "withdraw"
)

// actions that access is asked about for each verdict.
var actions = map[string]string{Confirm: "approve", Refuse: "return", Withdraw: "withdraw"}

// Declaration says how a ledger is kept in an area from a day on. It never changes.
type Declaration struct {
	Prison     uuid.UUID     `json:"-"`
	Area       uuid.UUID     `json:"area"`
	Ledger     string        `json:"ledger"`
	N          int           `json:"n"`
	State      PaperState    `json:"state"`
	FromDay    string        `json:"from_day"`
	Reason     string        `json:"reason,omitempty"`
	Author     uuid.UUID     `json:"-"`
	AuthorName string        `json:"author_name"`
	RecordedAt time.Time     `json:"recorded_at"`
	Verdict    *PaperVerdict `json:"verdict,omitempty"` // nil while it waits for the owning department
	Salt       []byte        `json:"-"`
}

// PaperVerdict on a declaration: the owning department's, or the author's who takes it back.
type PaperVerdict struct {
	Verdict    string    `json:"verdict"`
	Comment    string    `json:"comment,omitempty"`
	By         uuid.UUID `json:"-"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

func (d Declaration) ref() string {
	return strings.Join([]string{d.Area.String(), d.Ledger, strconv.Itoa(d.N)}, "/")
}

// Record commits to it.
func (d Declaration) Record() (ledger.Record, error) {
	return ledger.NewRecord("paper", d.ref(), d.Salt, map[string]any{
		"area": d.Area, "ledger": d.Ledger, "n": d.N, "state": d.State, "from_day": d.FromDay, "reason": d.Reason, "author": d.Author,
	})
}

// VerdictRecord commits to the verdict.
func (d Declaration) VerdictRecord() (ledger.Record, error) {
	v := *d.Verdict
	return ledger.NewRecord("paper_verdict", d.ref(), v.Salt, map[string]any{
		"area": d.Area, "ledger": d.Ledger, "n": d.N, "verdict": v.Verdict, "comment": v.Comment, "author": d.Author, "decided_by": v.By,
	})
}

func (d Declaration) of(area uuid.UUID, id string) bool { return d.Area == area && d.Ledger == id }

// Standing is how a ledger is kept in an area on a day.
type Standing struct {
	State PaperState `json:"state"`
	// Since: the day from which it was declared so; absent where nobody ever declared anything.
	Since string `json:"since,omitempty"`
	// Ahead was confirmed for a later day.
	Ahead *Declaration `json:"ahead,omitempty"`
	// Waits for its confirmation.
	Waits *Declaration `json:"waits,omitempty"`
}

// standing of one ledger in one area, whose declarations come oldest first. What had not begun
// when the next one was confirmed never begins: so an end that is ahead is put off or called off.
func standing(acts []Declaration, day string) Standing {
	var good []Declaration
	out := Standing{State: OnPaper}
	for _, d := range acts {
		switch {
		case d.Verdict == nil:
			out.Waits = &d
		case d.Verdict.Verdict == Confirm:
			on := catalog.DayOf(d.Verdict.RecordedAt)
			good = append(slices.DeleteFunc(good, func(e Declaration) bool { return e.FromDay > on }), d)
		}
	}
	for _, d := range good {
		if d.FromDay > day {
			out.Ahead = &d
		} else {
			out.State, out.Since = d.State, d.FromDay
		}
	}
	return out
}

// moves are the states that follow each, and whether it has to be said why.
var moves = map[PaperState]map[PaperState]bool{
	OnPaper:    {Dual: false, PaperEnded: false},
	Dual:       {PaperEnded: false, OnPaper: true},
	PaperEnded: {Dual: true, OnPaper: true},
}

// next says whether a ledger may come to the state from how it stands, and whether a reason is
// asked for. Where a change is ahead, whatever is said instead needs one, be it that all stays.
func (s Standing) next(to PaperState) (reason, may bool) {
	reason, may = moves[s.State][to]
	if _, known := moves[to]; s.Ahead != nil && known {
		return true, true
	}
	return reason, may
}
