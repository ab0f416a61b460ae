//go:build mutant_hasty

package postgres

const (
	mutantHasty     = true
	mutantForgetful = false
)
