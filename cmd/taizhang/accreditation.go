package main

import (
	"taizhang/internal/guidance"
	"taizhang/internal/organisation"
	"taizhang/internal/postgres"
)

// wireAccreditation joins what the road to a title stands on.
func (h *house) wireAccreditation() {
	h.api.Standards = h.standards
	h.api.Areas = &organisation.Service{Store: postgres.Areas{Store: h.store}, Access: h.access, Now: h.now}
	together := postgres.Guidance{Store: h.store}
	h.api.Guidance = &guidance.Service{Store: together, Access: h.access, Standards: h.standards, Scores: h.assessment, Evenings: postgres.Assessments{Store: h.store},
		Areas: postgres.Duties{Store: h.store}.Areas, Prisons: together.Prisons, Now: h.now}
}
