//go:build !mutant_hasty && !mutant_forgetful

package postgres

// Faults planted on purpose, each under a build tag of its own, which the kill
// harness must catch: an answer before the commit, and no memory of keys.
const (
	mutantHasty     = false
	mutantForgetful = false
)
