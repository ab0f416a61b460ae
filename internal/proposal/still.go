package proposal

import (
	"context"
	"fmt"
	"reflect"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/ledger"
)

// Catalogue is what the database holds of it.
type Catalogue struct {
	Versions []catalog.Files
	Owners   map[string]string // department by ledger
	Ends     []catalog.End
}

// owners are those of one moment; who may do what stays with the Authorizer.
type owners struct {
	ledger.Authorizer
	of map[string]string
}

func (o owners) Owner(ledger string) string { return o.of[ledger] }

// locked is the service that judges by the catalogue as it stands under the lock:
// what this process has in force follows a change only after its commit.
func (s *Service) locked(ctx context.Context, tx Tx) (*Service, error) {
	held, err := tx.LockCatalogue(ctx)
	if err != nil {
		return nil, err
	}
	now := *s
	now.Access, now.Catalog = owners{s.Access, held.Owners}, s.Catalog.Copy()
	return &now, now.Catalog.Replace(held.Versions, held.Ends)
}

// still makes the dry run again and lets it pass while it is what was proposed.
// Faults: bad_proposal, bad_type, gate_refused, proposal_outdated, drafts_held.
func (s *Service) still(ctx context.Context, tx Tx, p Proposal, today string) (Report, error) {
	if c := s.Catalog.Current(p.Content.Ledger); p.Content.Kind == Version && c != nil && c.Version >= p.Report.Version {
		return Report{}, overtaken(c.Version)
	}
	now, err := s.tried(ctx, tx, p.Prison, p.ID, p.Content, today)
	switch {
	case err != nil:
		return now, err
	case len(now.Failed) > 0:
		return now, refused(now)
	case !same(p.Report, now):
		return now, fault.New(fault.Stale, "proposal_outdated").With("report", now)
	}
	return now, accepted(p.Content, now, p.Report.Drafts.Hold)
}

// same compares what a change does; how many drafts and duties there are goes
// on changing while people work, and is reported again when it is carried out.
func same(a, b Report) bool {
	kinds := func(r Report) (list []string) {
		for _, l := range r.Changes {
			list = append(list, string(l.Kind)+l.Field+l.Member)
		}
		return list
	}
	return a.Version == b.Version && reflect.DeepEqual(kinds(a), kinds(b)) && reflect.DeepEqual(a.Uses, b.Uses)
}

// overtaken says that another version was published since: no decider can mend that.
func overtaken(version int) error {
	outdated := fault.Error{Kind: fault.Stale, Code: "proposal_outdated", Fields: []fault.Field{field("/definition/version",
		fmt.Sprintf("第 %d 版已由另一份提案先行发布，本提案不能再通过；请提案人撤回，在第 %d 版的基础上重新提案", version, version),
		fmt.Sprintf("Version %d of another proposal was published first, so this one can pass no more; its author withdraws it and proposes anew upon version %d", version, version))}}
	return outdated.With("version", version)
}

// refused names the tests of the gate that a change does not pass.
func refused(r Report) *fault.Error {
	return fault.InvalidFields("gate_refused", r.Failed).With("overlaps", r.Overlaps)
}

// accepted refuses a version that would hold back more drafts than its author has
// said may stay: as many as were reported, and none without saying so.
func accepted(c Content, r Report, reported int) error {
	n := r.Drafts.Hold
	if !c.AcceptHeld {
		reported = 0
	}
	if c.Kind != Version || n <= reported {
		return nil
	}
	refusal := fault.Error{Kind: fault.Conflict, Code: "drafts_held", Fields: []fault.Field{field("/accept_held",
		fmt.Sprintf("有 %d 份草稿不能转到新版本，提案确认留在原版本的为 %d 份；请核对影响，确认后再提", n, reported),
		fmt.Sprintf("%d open drafts cannot move to the new version, and the proposal accepts that %d stay; look at the report, accept that and propose anew", n, reported))}}
	return refusal.With("report", r)
}
