// Package schemas carries the shipped catalogue inside the binary: ledger
// types, standards, the schemas of both, and the settings of the deployment.
package schemas

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
)

// FS holds ledgers/, standards/, consolidation/, meta/ and the files beside them.
//
//go:embed all:ledgers all:standards all:accreditation all:meta all:consolidation *.json
var FS embed.FS

// Example is the first of the documents that a shipped version accepts; nil for
// a version that was published later.
func Example(ledger string, version int) json.RawMessage {
	list, err := fs.Glob(FS, fmt.Sprintf("ledgers/%s/v%d/valid/*.json", ledger, version))
	if err != nil || len(list) == 0 {
		return nil
	}
	raw, err := fs.ReadFile(FS, list[0])
	if err != nil {
		return nil
	}
	return raw
}
