// Package schemas carries the shipped catalogue inside the binary: ledger
// types, standards, the schemas of both, and the settings of the deployment.
package schemas

import "embed"

// FS holds ledgers/, standards/, consolidation/, meta/ and the files beside them.
//
//go:embed all:ledgers all:standards all:meta all:consolidation *.json
var FS embed.FS
