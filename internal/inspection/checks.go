package inspection

import (
	"time"

	"github.com/google/uuid"

	"taizhang/internal/ledger"
	"taizhang/internal/scoring"
)

// The kinds of checks.
const (
	SelfCheck = "self_check" // 自查, by the unit's own people
	Mock      = "mock"       // 模拟考核
	Baseline  = "baseline"   // 摸底检查
	OnSite    = "onsite"     // 现场综合考核验收
	LookBack  = "lookback"   // 回头看
	Recheck   = "recheck"    // 复查考核
	Joint     = "joint"      // 片区联检 of the departments
	Other     = "other"      // 其他标准考核, by a framework that is not the accreditation's: it feeds nothing of the road
)

// The states of a check.
const (
	Open      = "open"
	Confirmed = "confirmed"
	Closed    = "closed"
	Cancelled = "cancelled"
)

// Check of a unit under a pinned standard. It changes by acts alone.
type Check struct {
	ID          uuid.UUID  `json:"id"`
	Area        uuid.UUID  `json:"area,omitzero"` // zero: the prison as a whole
	Case        *uuid.UUID `json:"case,omitempty"`
	Kind        string     `json:"kind"`
	Standard    string     `json:"standard"`
	Version     int        `json:"version"`
	FromDay     string     `json:"from_day"`
	ToDay       string     `json:"to_day"`
	Purpose     string     `json:"purpose"`
	OpenedBy    uuid.UUID  `json:"opened_by"`
	RecordedAt  time.Time  `json:"recorded_at"`
	State       string     `json:"state"`
	Seq         int        `json:"seq"` // one more with every act
	Run         *uuid.UUID `json:"run,omitempty"`
	AppealUntil string     `json:"appeal_until,omitempty"` // the last day
	Score       string     `json:"score,omitempty"`        // of the run in force, exact
	Passes      bool       `json:"passes,omitempty"`
	Members     []Member   `json:"members"`
	Salt        []byte     `json:"-"`
}

// Member of a team. The rights begin when one is named and end with the check.
type Member struct {
	Person     uuid.UUID `json:"person"`
	Name       string    `json:"name"`
	Leader     bool      `json:"leader"`
	AddedBy    uuid.UUID `json:"added_by"`
	RecordedAt time.Time `json:"recorded_at"`
	From       uuid.UUID `json:"drawn_from,omitzero"` // the prison they were called from; zero: the bureau
	SkillN     int       `json:"-"`                   // the word of the pool on their skills; 0: none
	Skills     []string  `json:"-"`                   // of that word
	Until      time.Time `json:"-"`                   // when the rights end by themselves, as they are given
	Salt       []byte    `json:"-"`
}

// Act by which a check came to another state.
type Act struct {
	Seq    int        `json:"seq"`
	Kind   string     `json:"kind"` // confirmed, closed, cancelled
	Run    *uuid.UUID `json:"run,omitempty"`
	Reason string     `json:"reason"`
	// AppealUntil is the last day of appeals that a confirmation gives; "" in those of before.
	AppealUntil string    `json:"appeal_until,omitempty"`
	By          uuid.UUID `json:"by"`
	ByName      string    `json:"by_name"`
	RecordedAt  time.Time `json:"recorded_at"`
	Salt        []byte    `json:"-"`
}

// Record commits to what was opened.
func (c Check) Record() (ledger.Record, error) {
	return ledger.NewRecord("check", c.ID.String(), c.Salt, map[string]any{
		"check": c.ID, "area": c.Area, "case": c.Case, "kind": c.Kind, "standard": c.Standard, "version": c.Version,
		"from_day": c.FromDay, "to_day": c.ToDay, "purpose": c.Purpose, "opened_by": c.OpenedBy,
	})
}

// Record commits to the member.
func (m Member) Record(check uuid.UUID) (ledger.Record, error) {
	body := map[string]any{"check": check, "person": m.Person, "leader": m.Leader, "added_by": m.AddedBy}
	// Only where there is one: members older than the pool keep their leaves.
	if m.From != uuid.Nil {
		body["drawn_from"] = m.From
	}
	if m.SkillN > 0 {
		body["skills"] = map[string]any{"n": m.SkillN, "domains": m.Skills}
	}
	return ledger.NewRecord("check_member", check.String()+"/"+m.Person.String(), m.Salt, body)
}

// Record commits to the act.
func (a Act) Record(check uuid.UUID) (ledger.Record, error) {
	body := map[string]any{"check": check, "seq": a.Seq, "kind": a.Kind, "run": a.Run, "reason": a.Reason, "by": a.By}
	// Only where there is one: acts older than the column keep their leaves.
	if a.AppealUntil != "" {
		body["appeal_until"] = a.AppealUntil
	}
	return ledger.NewRecord("check_act", check.String()+"/"+a.Kind, a.Salt, body)
}

// Finding of a check: criterion, evidence and conclusion.
type Finding struct {
	ID         uuid.UUID        `json:"id"`
	Line       string           `json:"line,omitempty"` // "" is advice outside the standard: no points
	Event      string           `json:"event,omitempty"`
	Day        string           `json:"day"`
	Time       string           `json:"time,omitempty"`
	Count      int              `json:"count"`
	Of         *scoring.Decimal `json:"of,omitempty"`
	Per        *scoring.Decimal `json:"per,omitempty"`
	Place      string           `json:"place"`
	Subject    string           `json:"subject,omitempty"`
	Note       string           `json:"note"` // what was found
	Conclusion string           `json:"conclusion"`
	Severity   string           `json:"severity"`
	Scope      string           `json:"scope"`
	Sources    []string         `json:"sources"`
	Key        bool             `json:"key"` // one of at most 15
	Entry      *uuid.UUID       `json:"entry,omitempty"`
	Video      string           `json:"video,omitempty"` // match, mismatch, no_video
	Draw       *Draw            `json:"draw,omitempty"`
	Photos     []string         `json:"photos"` // SHA-256
	By         uuid.UUID        `json:"found_by"`
	ByName     string           `json:"found_by_name"`
	RecordedAt time.Time        `json:"recorded_at"`

	Withdrawn *Withdrawal `json:"withdrawn,omitempty"`
	Replies   []Reply     `json:"replies"`
	Appeal    *Appeal     `json:"appeal,omitempty"`
	Actions   []string    `json:"actions"`
	Salt      []byte      `json:"-"`
}

// stands says that neither the team took it back nor an appeal annulled it: one that is upheld or reduced stands.
func (f Finding) stands() bool {
	annulled := f.Appeal != nil && f.Appeal.Decision != nil && f.Appeal.Decision.Verdict == "annul"
	return f.Withdrawn == nil && !annulled
}

// Draw is how the people of a quiz were drawn, to be repeated by anybody.
type Draw struct {
	Seed   string   `json:"seed"`
	Roster string   `json:"roster"` // SHA-256
	Drawn  []string `json:"drawn"`
}

// Withdrawal of a finding by the team, before the sheet is confirmed.
type Withdrawal struct {
	Reason     string    `json:"reason"`
	By         uuid.UUID `json:"by"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Reply of the unit; its dissent is part of the sheet.
type Reply struct {
	ID         uuid.UUID `json:"id"`
	Agrees     bool      `json:"agrees"`
	Text       string    `json:"text"`
	By         uuid.UUID `json:"by"`
	ByName     string    `json:"by_name"`
	RecordedAt time.Time `json:"recorded_at"`
	Salt       []byte    `json:"-"`
}

// Appeal of the unit against a finding of a confirmed sheet.
type Appeal struct {
	ID         uuid.UUID       `json:"id"`
	Reason     string          `json:"reason"`
	By         uuid.UUID       `json:"asked_by"`
	ByName     string          `json:"asked_by_name"`
	RecordedAt time.Time       `json:"recorded_at"`
	Decision   *AppealDecision `json:"decision,omitempty"`
	Actions    []string        `json:"actions"`
	Salt       []byte          `json:"-"`
}

// AppealDecision never changes. A reduced finding has its new Count, or Of.
type AppealDecision struct {
	Verdict    string           `json:"verdict"` // uphold, reduce, annul
	Count      *int             `json:"count,omitempty"`
	Of         *scoring.Decimal `json:"of,omitempty"`
	Reason     string           `json:"reason"`
	By         uuid.UUID        `json:"decided_by"`
	ByName     string           `json:"decided_by_name"`
	RecordedAt time.Time        `json:"recorded_at"`
	Salt       []byte           `json:"-"`
}

// Record commits to the withdrawal.
func (w Withdrawal) Record(finding uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("finding_end", finding.String(), w.Salt, map[string]any{"finding": finding, "reason": w.Reason, "by": w.By})
}

// Record commits to the reply.
func (r Reply) Record(finding uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("finding_reply", r.ID.String(), r.Salt, map[string]any{
		"finding": finding, "reply": r.ID, "agrees": r.Agrees, "text": r.Text, "by": r.By,
	})
}

// Record commits to the appeal.
func (a Appeal) Record(check, finding uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("appeal", a.ID.String(), a.Salt, map[string]any{
		"check": check, "finding": finding, "appeal": a.ID, "reason": a.Reason, "asked_by": a.By,
	})
}

// Record commits to the decision.
func (d AppealDecision) Record(appeal, asker uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("appeal_decision", appeal.String(), d.Salt, map[string]any{
		"appeal": appeal, "asked_by": asker, "verdict": d.Verdict, "count": d.Count, "of": d.Of, "reason": d.Reason, "decided_by": d.By,
	})
}
