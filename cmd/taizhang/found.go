package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"taizhang/internal/account"
	"taizhang/internal/config"
	"taizhang/internal/postgres"
)

// found reads an organisation from a file and prints the first password of each
// new account, once.
func found(ctx context.Context, c config.Config, file string, out io.Writer) error {
	if c.OwnerURL == "" {
		return errors.New("found wants DATABASE_OWNER_URL")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var o postgres.Organisation
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var first bytes.Buffer
	err = postgres.Found(ctx, c.OwnerURL, o, func(number string) string {
		password := rand.Text()[:16]
		fmt.Fprintf(&first, "%s %s\n", number, password)
		return account.Hash(password)
	})
	if err != nil {
		return err
	}
	_, err = first.WriteTo(out)
	return err
}
