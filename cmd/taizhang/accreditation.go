package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"taizhang/internal/accreditation"
	"taizhang/internal/config"
	"taizhang/internal/guidance"
	"taizhang/internal/organisation"
	"taizhang/internal/overview"
	"taizhang/internal/planning"
	"taizhang/internal/postgres"
	"taizhang/internal/stewardship"
	"taizhang/schemas"
)

// wireAccreditation joins what the road to a title stands on.
func (h *house) wireAccreditation(ctx context.Context, c config.Config) error {
	h.api.Standards = h.standards
	h.api.Areas = &organisation.Service{Store: postgres.Areas{Store: h.store}, Access: h.access, Now: h.now}
	together := postgres.Guidance{Store: h.store}
	h.api.Guidance = &guidance.Service{Store: together, Access: h.access, Standards: h.standards, Scores: h.assessment, Evenings: postgres.Assessments{Store: h.store},
		Areas: postgres.Duties{Store: h.store}.Areas, Prisons: together.Prisons, Now: h.now}
	i := h.api.Inspection
	i.Store, i.Texts, i.Scores, i.Papers = postgres.Checks{Store: h.store}, h.standards, h.assessment, h.printing
	shipped, err := fs.Sub(schemas.FS, "accreditation")
	if err != nil {
		return err
	}
	folder := cmp.Or(c.Roads, filepath.Join(c.Data, "roads"))
	machines, err := accreditation.ReadMachines(shipped, os.DirFS(folder))
	if err != nil {
		return fmt.Errorf("roads of %s: %w", folder, err)
	}
	h.cases = &accreditation.Service{Store: postgres.Cases{Store: h.store}, Access: h.access, Standards: h.standards, Checks: i, Scores: h.assessment, Files: h.files, Font: h.printing.Font,
		Owner: h.access.Owner, Calendar: h.catalog.Calendar, Machines: machines, Now: h.now}
	if err := h.cases.Complete(ctx); err != nil {
		return fmt.Errorf("roads of %s: %w", folder, err)
	}
	i.Titles, i.Cases = h.cases, h.cases
	h.api.Cases = h.cases
	h.api.Planning = &planning.Service{Store: postgres.Planning{Store: h.store}, Access: h.access, Road: h.cases, Standards: h.standards, Now: h.now}
	h.api.Stewardship = &stewardship.Service{Store: postgres.Stewardship{Store: h.store}, Access: h.access, Catalog: h.catalog, Register: h.api.Register, Now: h.now}
	targets, err := overview.ReadTargets(schemas.FS)
	if err != nil {
		return err
	}
	h.api.Overview = &overview.Service{Store: postgres.Overview{Store: h.store}, Access: h.access, Road: h.cases, Scores: h.assessment, Visits: h.api.Guidance, Standards: h.standards,
		Targets: targets, Owner: h.access.Owner, Now: h.now}
	return nil
}
