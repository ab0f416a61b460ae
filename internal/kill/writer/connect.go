package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"taizhang/internal/connector"
	"taizhang/internal/housetest"
	"taizhang/internal/ledger"
	"taizhang/internal/outbound"
	"taizhang/internal/postgres"
)

// connect is one life of the connectors: a roll pulled, a file taken in, records
// pushed and news told.
func connect(ctx context.Context, h *housetest.House) error {
	source, folder := os.Getenv("KILL_SOURCE"), os.Getenv("KILL_FOLDER")
	secret := &connector.Secret{File: filepath.Join(folder, "secret")}
	base := connector.Connector{Prison: h.Prison.String(), Target: connector.Inmates, Key: "/id", Version: "/ver", Every: 3600,
		Fields: map[string]string{"number": "/no", "name": "/xm", "area": "/jq", "admitted": "/rj"}}
	pull, push, drop, hook := base, base, base, base
	pull.ID, pull.Kind, pull.System, pull.URL, pull.Paging = "a-pull", connector.Pull, "ext:one", source+"/roll", &connector.Paging{Items: "/list", Next: "/next", Param: "page"}
	drop.ID, drop.Kind, drop.System, drop.Folder = "b-drop", connector.Drop, "ext:two", filepath.Join(folder, "drop")
	push.ID, push.Kind, push.System, push.Secret = "c-push", connector.Push, "ext:three", secret
	hook.ID, hook.Kind, hook.System, hook.URL, hook.Secret, hook.Events = "d-hook", connector.Webhook, "ext:four", source+"/told", secret, []string{ledger.EntryWasApproved}
	s := &connector.Service{Store: postgres.Connectors{Store: h.Store}, Access: h.Access, Out: &outbound.Client{}, Log: slog.New(slog.DiscardHandler),
		Set: connector.Set{pull.ID: pull, drop.ID: drop, push.ID: push, hook.ID: hook},
		// Files must have lain a while.
		Now: func() time.Time { return time.Now().Add(time.Hour) }}
	for range 2 {
		if err := s.Tick(ctx); err != nil {
			return err
		}
	}
	body := []byte(`{"records":[{"id":"p","ver":1,"no":"0000000009","xm":"李四","jq":"A2","rj":"2025-01-01"}]}`)
	out, err := s.Receive(ctx, push.ID, "the-secret", body, ledger.Idem{Key: "one-push", Route: "push", BodyHash: sha256.Sum256(body)})
	if err != nil {
		return err
	}
	fmt.Println("ACK push", out.Run)
	return nil
}
