package testkit_test

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"taizhang/internal/testkit"
)

func run(t *testing.T, url, sql string) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		return err
	}
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), sql)
	return err
}

func TestDatabase(t *testing.T) {
	var migrations atomic.Int64
	migrate := func(ctx context.Context, url string) error {
		migrations.Add(1)
		return run(t, url, "CREATE TABLE things (n int PRIMARY KEY); INSERT INTO things VALUES (1)")
	}
	key := t.Name() + time.Now().String() // a template of a former run would not be made
	urls := make([]string, 4)
	t.Run("clones", func(t *testing.T) {
		var wg sync.WaitGroup
		for n := range urls {
			wg.Go(func() { urls[n] = testkit.Database(t, key, migrate) })
		}
		wg.Wait()
		for _, u := range urls {
			// The same key fits into each: they are apart, and each is migrated.
			if err := run(t, u, "INSERT INTO things VALUES (2)"); err != nil {
				t.Error(err)
			}
			if err := run(t, u, "INSERT INTO things VALUES (1)"); err == nil {
				t.Error("the migration's row is not there")
			}
		}
	})
	for _, u := range urls {
		if err := run(t, u, "SELECT"); err == nil {
			t.Errorf("%s outlived its test", u)
		}
	}
	if n := migrations.Load(); n != 1 {
		t.Errorf("migrated %d times", n)
	}
}

func TestClock(t *testing.T) {
	start := time.Date(2026, 2, 28, 23, 59, 0, 0, time.UTC)
	c := testkit.NewClock(start)
	if c.Now() != start || c.Advance(time.Minute) != c.Now() || c.Now().Month() != time.March {
		t.Errorf("clock stands at %v", c.Now())
	}
}

func TestCacheDirOfUserWithoutHome(t *testing.T) {
	t.Setenv("TAIZHANG_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", filepath.Join("/proc", "nowhere"))
	dir, err := testkit.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "written"), nil, 0o600); err != nil {
		t.Error(err)
	}
}
