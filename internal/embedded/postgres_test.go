package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The test program is its own helper: with helperVar set it starts PostgreSQL
// there, says so, and waits to be killed.
const helperVar = "TAIZHANG_TEST_HELPER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperVar); dir != "" {
		helper(dir)
	}
	os.Exit(m.Run())
}

func helper(dir string) {
	if _, err := LockFolder(dir); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	p, err := StartPostgres(context.Background(), PostgresOptions{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(p.PID(), p.URL("postgres"))
	select {}
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// openFolder is a temporary folder that other users can pass through, unlike
// t.TempDir: as root it leads to the step down, t.TempDir to the namespace.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "taizhang-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

func startPostgres(t *testing.T, dir string) *Postgres {
	t.Helper()
	p, err := StartPostgres(t.Context(), PostgresOptions{Dir: dir, CacheDir: t.TempDir(), Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stopPostgres(t, p) })
	return p
}

func stopPostgres(t *testing.T, p *Postgres) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := p.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// eventually asks until it is true.
func eventually(t *testing.T, what string, ask func() bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !ask() {
		select {
		case <-limit:
			t.Fatalf("did not happen: %s", what)
		case <-tick.C:
		}
	}
}

func query(url, sql string) (got string, err error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, sql).Scan(&got)
	return got, err
}

func exec1(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestPostgresSettings(t *testing.T) {
	for name, dir := range map[string]string{"closed folder": t.TempDir(), "open folder": openFolder(t)} {
		t.Run(name, func(t *testing.T) {
			p := startPostgres(t, dir)
			for setting, want := range map[string]string{
				"listen_addresses": "", "data_checksums": "on", "server_encoding": "UTF8",
				"lc_collate": "C", "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on",
			} {
				got, err := query(p.URL("postgres"), "SELECT current_setting('"+setting+"')")
				if err != nil || got != want {
					t.Errorf("%s = %q, %v; want %q", setting, got, err, want)
				}
			}
			info, err := os.Stat(p.socketDir)
			if err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("socket folder %v, %v; want it closed to others", info.Mode(), err)
			}
		})
	}
}

func TestPostgresRunsAsTheAccountThatReaches(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root steps down; TestAsNobody covers the rest")
	}
	open, closed := openFolder(t), t.TempDir()
	for _, dir := range []string{open, closed} {
		p := startPostgres(t, dir)
		info, err := os.Stat(filepath.Join(dir, "data"))
		if err != nil {
			t.Fatal(err)
		}
		ownedByRoot := info.Sys().(*syscall.Stat_t).Uid == 0
		if ownedByRoot != (dir == closed) {
			t.Errorf("cluster in %s: owned by root is %v", dir, ownedByRoot)
		}
		stopPostgres(t, p)
		startPostgres(t, dir) // and again as the same
	}
}

func TestPostgresComesBackAfterKill(t *testing.T) {
	p := startPostgres(t, openFolder(t))
	url := p.URL("postgres")
	exec1(t, url, "CREATE TABLE kept (n int)")
	for n := range 3 {
		exec1(t, url, fmt.Sprintf("INSERT INTO kept VALUES (%d)", n))
		killed := p.PID()
		if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the rows are back", func() bool {
			got, err := query(url, "SELECT count(*)::text FROM kept")
			return err == nil && got == strconv.Itoa(n+1) && p.PID() != killed
		})
	}
}

func TestPostgresStaleLock(t *testing.T) {
	zombie := exec.Command("true")
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = zombie.Wait() })
	eventually(t, "zombie", func() bool {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", zombie.Process.Pid))
		return strings.Contains(string(text), ") Z ")
	})
	// PostgreSQL believes only in processes of its own user: as root that is so
	// in the closed folder.
	dir := t.TempDir()
	stopPostgres(t, startPostgres(t, dir))
	for name, pid := range map[string]int{"pid 1": 1, "zombie": zombie.Process.Pid, "ourselves": os.Getpid()} {
		t.Run(name, func(t *testing.T) {
			lock := fmt.Sprintf("%d\n%s\n0\n5432\n\n\n", pid, filepath.Join(dir, "data"))
			if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), []byte(lock), 0o644); err != nil {
				t.Fatal(err)
			}
			stopPostgres(t, startPostgres(t, dir))
		})
	}
}

func TestPostgresLiveOrphan(t *testing.T) {
	dir := openFolder(t)
	first := startPostgres(t, dir)
	url := first.URL("postgres")
	exec1(t, url, "CREATE TABLE kept AS SELECT 1 AS n")
	stopPostgres(t, first)

	// A postmaster that no supervisor knows.
	data := filepath.Join(dir, "data")
	programs, err := findPrograms(t.Context(), PostgresOptions{}, clusterMajor(data))
	if err != nil {
		t.Fatal(err)
	}
	account, err := chooseAccount(programs, dir, data)
	if err != nil {
		t.Fatal(err)
	}
	sockets, err := makeSocketDir(account, dir)
	if err != nil {
		t.Fatal(err)
	}
	orphan := account.command(programs.postgres(), "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+sockets)
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- orphan.Wait() }()
	eventually(t, "orphan stands in the data folder", func() bool {
		text, _ := os.ReadFile(filepath.Join(data, "postmaster.pid"))
		return len(standingIn(data)) > 0 && strings.Contains(string(text), "ready")
	})
	p := startPostgres(t, dir)
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Fatal("the orphan still lives")
	}
	if got, err := query(p.URL("postgres"), "SELECT n::text FROM kept"); err != nil || got != "1" {
		t.Errorf("row: %q, %v", got, err)
	}
}

// TestParentKilled kills a whole program with SIGKILL and starts it again.
func TestParentKilled(t *testing.T) {
	dir := openFolder(t)
	for n := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), helperVar+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var pid int
		var url string
		if _, err := fmt.Fscan(out, &pid, &url); err != nil {
			t.Fatalf("run %d did not start: %v", n, err)
		}
		exec1(t, url, "CREATE TABLE IF NOT EXISTS kept (n int)")
		exec1(t, url, "INSERT INTO kept VALUES (1)")
		if got, err := query(url, "SELECT count(*)::text FROM kept"); err != nil || got != strconv.Itoa(n+1) {
			t.Errorf("run %d: %s rows, %v", n, got, err)
		}
		if _, err := LockFolder(dir); err == nil {
			t.Error("the folder of a living program was given away")
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if n == 2 {
			eventually(t, "postgres ends with its parent", func() bool { return len(standingIn(filepath.Join(dir, "data"))) == 0 })
		}
	}
}

func TestPostgresLongPath(t *testing.T) {
	dir := filepath.Join(openFolder(t), strings.Repeat("很长的路径", 5), strings.Repeat("x", 80))
	p := startPostgres(t, dir)
	if _, err := query(p.URL("postgres"), "SELECT ''"); err != nil {
		t.Error(err)
	}
}

func TestPostgresOfAnotherMajor(t *testing.T) {
	dir := openFolder(t)
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9.6\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := StartPostgres(t.Context(), PostgresOptions{Dir: dir, CacheDir: t.TempDir(), Log: testLog(t)})
	if err == nil || !strings.Contains(err.Error(), "9.6") {
		t.Errorf("got %v, want an error that names 9.6", err)
	}
}

// TestAsNobody runs this package's tests again as an ordinary user with an
// unwritable home.
func TestAsNobody(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("is one already")
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(nobody.Uid)
	gid, _ := strconv.Atoi(nobody.Gid)
	dir := openFolder(t)
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "embedded.test")
	if err := os.WriteFile(program, text, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "-test.run", "^TestPostgres|^TestParentKilled|^TestLock", "-test.v")
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/root", "TMPDIR=" + os.TempDir()}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
	if !strings.Contains(string(out), "--- PASS: TestPostgresComesBackAfterKill") {
		t.Errorf("as nobody nothing was run:\n%s", out)
	}
}
