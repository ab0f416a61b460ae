// Package frontend carries the built web application inside the binary.
package frontend

import (
	"embed"
	"fmt"
)

// Dist is the output of `npm run build` in this folder; before the first build
// it holds only a marker, and the server answers that the page is not built.
//
//go:embed all:dist
var Dist embed.FS

//go:embed all:fonts
var fonts embed.FS

// FormFont is the typeface of printed forms (Noto Serif SC, OFL 1.1), which
// the build takes from the page's packages; an error before the first build.
func FormFont() ([]byte, error) {
	raw, err := fonts.ReadFile("fonts/NotoSerifSC-Regular.ttf")
	if err != nil {
		return nil, fmt.Errorf("font of the forms (make build brings it): %w", err)
	}
	return raw, nil
}
