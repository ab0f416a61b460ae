// Package proposal is how the catalogue changes: the five operations 删减转并共
// and the gated 增, each proposed with its dry run, decided by others, carried
// out once and equal to what was decided on.
package proposal

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"taizhang/internal/actor"
	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Kind of a change.
type Kind string

// The kinds. Version is 减 when it takes away, and any other new version too.
const (
	Add      Kind = "add"
	Version  Kind = "version"
	Delete   Kind = "delete"
	Transfer Kind = "transfer"
	Merge    Kind = "merge"
	Share    Kind = "share"
)

// State of a proposal.
type State string

// The states.
const (
	Proposed  State = "proposed"
	Approved  State = "approved" // waits for its day
	Executed  State = "executed"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Failed    State = "failed" // was approved, and could not be carried out on its day
)

// Content is what is proposed. It never changes; who wants something else
// withdraws and proposes anew.
type Content struct {
	Kind   Kind   `json:"kind"`
	Ledger string `json:"ledger"`
	Reason string `json:"reason"`
	// On is the day it takes effect, YYYY-MM-DD, not before today.
	On string `json:"on"`
	// Files of the new type or version: add, version.
	// They are texts, published as they are, byte by byte.
	Schema     string        `json:"schema,omitempty"`
	Definition string        `json:"definition,omitempty"`
	Form       string        `json:"form,omitempty"`
	Gate       *catalog.Gate `json:"gate,omitempty"` // whatever adds fields
	// AcceptHeld says that drafts which cannot move may stay on their version: as
	// many as the report counts.
	AcceptHeld bool `json:"accept_held,omitempty"`
	// Target: the ledger that receives (merge, share), "ext:…" or a department (transfer).
	Target string `json:"target,omitempty"`
	// Map says for each field of a ledger that is merged or shared where it goes.
	Map    []catalog.Place `json:"map,omitempty"`
	Notice fault.Text      `json:"notice,omitzero"` // to those who look for the ledger
}

func (c Content) files() catalog.Files {
	return catalog.Files{Schema: []byte(c.Schema), Definition: []byte(c.Definition), Form: []byte(c.Form)}
}

// ends reports whether the ledger is no longer kept after it.
func (c Content) ends() bool {
	return c.Kind == Delete || c.Kind == Merge || c.Kind == Share || c.Kind == Transfer && strings.HasPrefix(c.Target, "ext:")
}

// drops names the duties that fall away with it.
func (c Content) drops() Falling {
	switch {
	case c.Kind == Version:
		return NotBegun
	case c.ends():
		return NotFilled
	}
	return None
}

// fate of the drafts that are open, as a report names it.
func (c Content) fate() string {
	if c.Kind == Transfer && c.ends() {
		return "external"
	}
	return string(c.Kind)
}

// Proposal with its standing.
type Proposal struct {
	Prison     uuid.UUID     `json:"prison"`
	ID         uuid.UUID     `json:"id"`
	Content    Content       `json:"content"`
	Department string        `json:"department"` // the owner
	Report     Report        `json:"report"`     // the dry run that was proposed
	Digest     ledger.Digest `json:"digest"`
	Author     uuid.UUID     `json:"author"`
	AuthorName string        `json:"author_name"`
	RecordedAt time.Time     `json:"recorded_at"`
	State      State         `json:"state"`
	Step       int           `json:"step"`
	Steps      []Step        `json:"steps"`
	Decisions  []Decision    `json:"decisions"`
	// Executed is the report worked out again when it was carried out; nil before.
	Executed   *Report    `json:"executed"`
	ExecutedAt *time.Time `json:"executed_at"`
	Failure    *Failure   `json:"failure,omitempty"` // set when it failed
	Allowed    []string   `json:"allowed"`           // approve, refuse, withdraw
	Salt       []byte     `json:"-"`
}

// Failure says why an approved change was not carried out.
type Failure struct {
	Code    string       `json:"code"`
	Reasons []fault.Text `json:"reasons"`
}

// Decision on a step. Withdrawing is the author's own.
type Decision struct {
	ID         uuid.UUID     `json:"id"`
	Step       int           `json:"step"`
	Verdict    string        `json:"verdict"`
	By         uuid.UUID     `json:"decided_by"`
	ByName     string        `json:"decided_by_name"`
	Of         ledger.Digest `json:"of_digest"`
	Comment    string        `json:"comment"`
	RecordedAt time.Time     `json:"recorded_at"`
	Salt       []byte        `json:"-"`
}

// Step of the way to a decision.
type Step struct {
	Unit  string       `json:"unit"` // owner, receiver, bureau
	Roles []actor.Role `json:"roles"`
	Title fault.Text   `json:"title"`
}

var (
	owner    = Step{"owner", []actor.Role{actor.DeptHead}, fault.Text{ZH: "归属部门", EN: "owning department"}}
	receiver = Step{"receiver", []actor.Role{actor.DeptHead}, fault.Text{ZH: "接收部门", EN: "receiving department"}}
	office   = Step{"bureau", []actor.Role{actor.BureauOffice}, fault.Text{ZH: "局创建办", EN: "bureau accreditation office"}}
	bureau   = Step{"bureau", []actor.Role{actor.BureauLeader}, fault.Text{ZH: "分管局领导", EN: "bureau leader"}}
)

// ways is who decides, in order (R22: owner, accreditation office, bureau). Who
// proposed decides nothing, and nobody decides twice.
var ways = map[Kind][]Step{
	Add:      {owner, office, bureau},
	Version:  {office},
	Delete:   {office, bureau},
	Transfer: {receiver, office},
	Merge:    {receiver, office},
	Share:    {receiver, office},
}

// way of a proposal: what goes to an outside system has no department to
// receive it, and a department need not receive from itself.
func way(c Content, department, receiving string) []Step {
	var list []Step
	for _, s := range ways[c.Kind] {
		if s.Unit == "receiver" && (receiving == "" || receiving == department) {
			s = owner
			if c.Kind == Transfer {
				s = bureau
			}
		}
		list = append(list, s)
	}
	return list
}

// Record commits to the proposal as it was made.
func (p Proposal) Record() (ledger.Record, error) {
	return ledger.NewRecord("proposal", p.ID.String(), p.Salt, map[string]any{
		"proposal": p.ID, "content": p.Content, "department": p.Department, "report": p.Report, "digest": p.Digest, "author": p.Author,
	})
}

// Record commits to the decision.
func (d Decision) Record(proposal uuid.UUID) (ledger.Record, error) {
	return ledger.NewRecord("proposal_decision", d.ID.String(), d.Salt, map[string]any{
		"proposal": proposal, "decision": d.ID, "step": d.Step, "verdict": d.Verdict, "decided_by": d.By, "of_digest": d.Of, "comment": d.Comment,
	})
}
