// Package frontend carries the built web application inside the binary.
package frontend

import "embed"

// Dist is the output of `npm run build` in this folder; before the first build
// it holds only a marker, and the server answers that the page is not built.
//
//go:embed all:dist
var Dist embed.FS
