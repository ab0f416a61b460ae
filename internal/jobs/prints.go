package jobs

import (
	"context"
	"time"

	"taizhang/internal/printing"
)

// bindingTime is longer than that of other jobs, and of a prison in other rounds: a
// volume holds up to two thousand forms.
const bindingTime = time.Hour

func (d Deps) bindVolume(ctx context.Context, b printing.BindVolume) error {
	return d.Printing.Bind(ctx, b.VolumeKey)
}

// tendPrints takes on what a worker that died has left.
type tendPrints struct{}

func (tendPrints) Kind() string { return "tend_prints" }
