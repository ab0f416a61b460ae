//go:build mutant_forgetful

package postgres

const (
	mutantHasty     = false
	mutantForgetful = true
)
