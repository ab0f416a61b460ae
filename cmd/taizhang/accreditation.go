package main

import (
	"taizhang/internal/organisation"
	"taizhang/internal/postgres"
)

// wireAccreditation joins what the road to a title stands on.
func (h *house) wireAccreditation() {
	h.api.Standards = h.standards
	h.api.Areas = &organisation.Service{Store: postgres.Areas{Store: h.store}, Access: h.access, Now: h.now}
}
