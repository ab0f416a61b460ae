//go:build !faultpoints

package fault

// Point names a step of a write path. The kill harness, built with the tag
// faultpoints, ends the process there; otherwise it is nothing.
func Point(string) {}
