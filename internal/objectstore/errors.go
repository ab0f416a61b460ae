package objectstore

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/minio/minio-go/v7"

	"taizhang/internal/fault"
)

// classify turns an error of minio-go into one somebody can act on; nil stays
// nil. What the store says itself below 500 (a refused key, a missing right) is
// for the operator and stays a plain error.
func classify(doing string, err error) error {
	if err == nil {
		return nil
	}
	wrapped := fmt.Errorf("object store: %s: %w", doing, err)
	// A passed deadline is not left out here: the store did not answer in time,
	// and a dial that timed out looks the same.
	if errors.Is(err, context.Canceled) {
		return wrapped
	}
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return err
	}
	answer := minio.ErrorResponse{}
	if !errors.As(err, &answer) || answer.StatusCode >= http.StatusInternalServerError {
		return fault.New(fault.Unavailable, "store_unavailable").Because(wrapped)
	}
	if isMissing(err) {
		return fault.New(fault.NotFound, "object_missing").Because(wrapped)
	}
	return wrapped
}

func isMissing(err error) bool {
	switch minio.ToErrorResponse(err).Code {
	case minio.NoSuchKey, minio.NoSuchVersion:
		return true
	}
	return false
}
