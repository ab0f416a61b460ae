package accreditation

import "taizhang/internal/lifecycle"

// Machine is the road of applications that are submitted now.
func (s *Service) Machine() *lifecycle.Machine { return s.Machines.newest() }
