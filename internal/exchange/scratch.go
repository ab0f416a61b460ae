package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// fetch copies a sent file to this machine: a workbook is read here and there.
func (s *Service) fetch(ctx context.Context, key string) (_ *os.File, size int64, err error) {
	r, err := s.Files.OpenStaging(ctx, key)
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	f, err := scratch()
	if err != nil {
		return nil, 0, err
	}
	if size, err = io.Copy(f, r); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, size, nil
}

// scratch is a file that is gone with the program, however it ends.
func scratch() (*os.File, error) {
	f, err := os.CreateTemp("", "taizhang-*")
	if err != nil {
		return nil, fmt.Errorf("scratch file: %w", err)
	}
	return f, os.Remove(f.Name())
}

// loose reads a row's document without the door: it may hold anything.
func loose(raw []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("row of an import: %w", err)
	}
	return v, nil
}
