package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"taizhang/internal/fault"
)

// TestMapped: a server that dies under a statement is away, not a mistake of ours.
func TestMapped(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want fault.Kind
		code string
	}{
		"cut in the middle":       {fmt.Errorf("log head: %w", io.ErrUnexpectedEOF), fault.Unavailable, "database_unavailable"},
		"reset":                   {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, fault.Unavailable, "database_unavailable"},
		"shutting down":           {&pgconn.PgError{Code: "57P01"}, fault.Unavailable, "database_unavailable"},
		"no row":                  {pgx.ErrNoRows, fault.NotFound, "not_found"},
		"a row behind the wall":   {&pgconn.PgError{Code: "42501", Routine: "ExecWithCheckOptions"}, fault.NotFound, "not_found"},
		"a value nothing holds":   {&pgconn.PgError{Code: "22003"}, fault.Malformed, "bad_request"},
		"one's own entry decided": {&pgconn.PgError{Code: "23514", ConstraintName: "decisions_check"}, fault.Forbidden, "own_entry"},
	} {
		if err := mapped(c.err); !fault.Is(err, c.want) || fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Who hung up before the answer (pgx says it of a connection, too, that had to be closed for it).
	gone := fmt.Errorf("timeout: %w", errors.Join(context.Canceled, &pgconn.PgError{Code: "57014"}))
	for _, err := range []error{mapped(gone), mapped(fmt.Errorf("%w: %w", context.Canceled, io.ErrUnexpectedEOF))} {
		if errors.As(err, new(*fault.Error)) || !errors.Is(err, context.Canceled) {
			t.Errorf("a request that was dropped: %v", err)
		}
	}
	// A grant that was forgotten is our mistake and must not look like an absent row.
	if err := mapped(&pgconn.PgError{Code: "42501", Routine: "aclcheck_error"}); errors.As(err, new(*fault.Error)) {
		t.Errorf("a missing grant: %v", err)
	}
}
