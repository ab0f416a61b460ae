// Package migrations carries the database's shape, applied in order by goose.
package migrations

import "embed"

// FS holds NNNN_verb_object.sql.
//
//go:embed *.sql
var FS embed.FS
