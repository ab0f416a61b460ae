package housetest_test

import (
	"testing"
	"time"

	"taizhang/internal/catalog"
	"taizhang/internal/fault"
	"taizhang/internal/housetest"
	"taizhang/internal/proposal"
)

// TestOwnerIsOneFact: after a transfer the next version names the department that
// owns the ledger since, whatever the file of the version before it says; that name
// alone is no new version.
func TestOwnerIsOneFact(t *testing.T) {
	t.Parallel()
	h := housetest.New(t)
	ctx := t.Context()
	const id = "tool-hazmat"
	before := h.Catalog.Current(id).Version
	p, err := propose(h, ctx, "custody head", proposal.Content{Kind: proposal.Transfer, Ledger: id, Reason: "工具改由教育改造科管理",
		On: catalog.DayOf(time.Now()), Target: "dept_education"})
	if err != nil {
		t.Fatal(err)
	}
	decideAll(t, h, p, "education head", "bureau office")
	named := func(owner, basis string) proposal.Content {
		return next(t, h, id, func(_, definition, _ map[string]any) {
			definition["owner"] = owner
			if basis != "" {
				definition["lawful_basis"] = map[string]any{"zh": basis}
			}
		})
	}
	if _, err := propose(h, ctx, "education head", named("dept_custody", "新的依据")); fault.CodeOf(err) != "bad_proposal" {
		t.Errorf("a version that names the former owner: %v", err)
	}
	if _, err := propose(h, ctx, "education head", named("dept_education", "")); fault.CodeOf(err) != "bad_proposal" {
		t.Errorf("a version that changes nothing else: %v", err)
	}
	p, err = propose(h, ctx, "education head", named("dept_education", "新的依据"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range p.Report.Changes {
		if l.Member == "owner" {
			t.Errorf("the version changes the owner: %+v", l)
		}
	}
	decideAll(t, h, p, "bureau office")
	if now := h.Catalog.Current(id); now.Version != before+1 || now.Owner != h.Access.Owner(id) {
		t.Errorf("version %d of %s, owned by %s", now.Version, now.Owner, h.Access.Owner(id))
	}
}
