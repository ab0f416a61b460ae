package objectstore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"taizhang/internal/fault"
	"taizhang/internal/objectstore"
	"taizhang/internal/testkit"
)

// The evidence contract: what any S3 server must do to hold evidence. Each
// server runs the same suite.
func TestContractVersitygw(t *testing.T) { contract(t, testkit.S3(t)) }
func TestContractMinIO(t *testing.T)     { contract(t, testkit.MinIO(t)) }

type bench struct {
	*objectstore.Store
	config objectstore.Config
	raw    *minio.Core // the store's own client, for what others could do to it
}

func contract(t *testing.T, c objectstore.Config) {
	s, err := objectstore.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := minio.NewCore(c.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Region: "us-east-1",
	})
	if err != nil {
		t.Fatal(err)
	}
	b := bench{s, c, raw}
	for name, test := range map[string]func(*testing.T, bench){
		"put and get":           putAndGet,
		"reopened":              reopened,
		"range":                 ranges,
		"versions":              versions,
		"swap not seen":         swapNotSeen,
		"damage seen":           damageSeen,
		"lock":                  lock,
		"remove":                remove,
		"hash mismatch":         hashMismatch,
		"server checks hash":    serverChecks,
		"truncated upload":      truncated,
		"staging":               staging,
		"staging of no length":  stagingUnknown,
		"staging cut off":       stagingCutOff,
		"list":                  list,
		"missing":               missing,
		"strangers are refused": strangers,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, b)
		})
	}
}

func content(n int) []byte {
	data := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(n)}).Read(data)
	return data
}

func put(t *testing.T, s *objectstore.Store, key string, data []byte) (version string) {
	t.Helper()
	version, err := s.Put(t.Context(), key, bytes.NewReader(data), int64(len(data)), sha256.Sum256(data), "image/png")
	if err != nil {
		t.Fatal(err)
	}
	return version
}

func get(ctx context.Context, s *objectstore.Store, key, version string, want []byte) ([]byte, error) {
	r, err := s.Open(ctx, key, version, sha256.Sum256(want), int64(len(want)))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func wantBytes(t *testing.T, s *objectstore.Store, key, version string, want []byte) {
	t.Helper()
	got, err := get(t.Context(), s, key, version, want)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, %v; want %d", key, len(got), err, len(want))
	}
}

func wantCode(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.CodeOf(err) != code || !fault.Is(err, kind) {
		t.Errorf("got %v; want %s", err, code)
	}
}

func putAndGet(t *testing.T, b bench) {
	// 100 KiB and 5 MiB are where clients begin to treat objects otherwise.
	for _, n := range []int{0, 1, 1 << 10, 100<<10 - 1, 100 << 10, 5 << 20, 20<<20 + 7} {
		key := "甲监狱/put " + strconv.Itoa(n)
		data := content(n)
		wantBytes(t, b.Store, key, put(t, b.Store, key, data), data)
	}
}

func reopened(t *testing.T, b bench) {
	data := content(2000)
	version := put(t, b.Store, "reopened", data)
	again, err := objectstore.Open(t.Context(), b.config)
	if err != nil {
		t.Fatal(err)
	}
	wantBytes(t, again, "reopened", version, data)
	if err := again.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func ranges(t *testing.T, b bench) {
	data := content(300 << 10)
	version := put(t, b.Store, "range", data)
	o := minio.GetObjectOptions{VersionID: version}
	if err := o.SetRange(1000, 199_999); err != nil {
		t.Fatal(err)
	}
	body, _, _, err := b.raw.GetObject(t.Context(), b.config.Bucket, "range", o)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	got, err := io.ReadAll(body)
	if err != nil || !bytes.Equal(got, data[1000:200_000]) {
		t.Errorf("range: %d bytes, %v", len(got), err)
	}
}

func versions(t *testing.T, b bench) {
	first, second := content(10), content(20)
	v1 := put(t, b.Store, "versions", first)
	v2 := put(t, b.Store, "versions", second)
	v3 := put(t, b.Store, "versions", first)
	if v1 == v2 || v2 == v3 || v1 == v3 {
		t.Fatalf("versions %q %q %q", v1, v2, v3)
	}
	wantBytes(t, b.Store, "versions", v1, first)
	wantBytes(t, b.Store, "versions", v2, second)
	wantBytes(t, b.Store, "versions", v3, first)
}

// swapNotSeen does what somebody with the store's key can do despite object
// lock: put a forged version over the evidence, and a delete marker over that.
func swapNotSeen(t *testing.T, b bench) {
	data := content(5000)
	version := put(t, b.Store, "swap", data)
	if _, err := b.Retain(t.Context(), "swap", version, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	forged := content(5001)
	if _, err := b.raw.PutObject(t.Context(), b.config.Bucket, "swap", bytes.NewReader(forged), 5001, "", "", minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	wantBytes(t, b.Store, "swap", version, data)
	if err := b.raw.RemoveObject(t.Context(), b.config.Bucket, "swap", minio.RemoveObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	wantBytes(t, b.Store, "swap", version, data)
}

// damageSeen asks for a version as if it should have held other bytes.
func damageSeen(t *testing.T, b bench) {
	stored := content(70_000)
	version := put(t, b.Store, "damage", stored)
	flipped := slices.Clone(stored)
	flipped[69_999] ^= 1
	for name, expected := range map[string][]byte{
		"one bit": flipped, "longer": append(slices.Clone(stored), 0), "shorter": stored[:69_999], "nothing": {},
	} {
		_, err := get(t.Context(), b.Store, "damage", version, expected)
		if fault.CodeOf(err) != "evidence_damaged" {
			t.Errorf("%s: %v; want evidence_damaged", name, err)
		}
	}
}

func lock(t *testing.T, b bench) {
	if !b.Locks() {
		t.Fatal("the probe found no object lock")
	}
	ctx := t.Context()
	data := content(3000)
	version := put(t, b.Store, "lock", data)
	if until, err := b.Retention(ctx, "lock", version); err != nil || !until.IsZero() {
		t.Errorf("before: %v, %v", until, err)
	}
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	later := until.Add(time.Hour)
	for _, x := range []struct {
		name       string
		asked, got time.Time
	}{{"first", until, until}, {"again the same", until, until}, {"longer", later, later}, {"shorter", until, later}} {
		if got, err := b.Retain(ctx, "lock", version, x.asked); err != nil || !got.Equal(x.got) {
			t.Errorf("%s: until %v, %v; want %v", x.name, got, err, x.got)
		}
	}
	if got, err := b.Retention(ctx, "lock", version); err != nil || !got.Equal(later) {
		t.Errorf("retention %v, %v; want %v", got, err, later)
	}
	wantCode(t, b.Remove(ctx, "lock", version), fault.Conflict, "evidence_locked")
	// Nor with the right of a governance bypass, which COMPLIANCE does not know.
	err := b.raw.RemoveObject(ctx, b.config.Bucket, "lock", minio.RemoveObjectOptions{VersionID: version, GovernanceBypass: true})
	if err == nil {
		t.Error("a locked version was removed by bypass")
	}
	wantBytes(t, b.Store, "lock", version, data)
}

func remove(t *testing.T, b bench) {
	ctx := t.Context()
	data := content(100)
	v1, v2 := put(t, b.Store, "remove", data), put(t, b.Store, "remove", data)
	if err := b.Remove(ctx, "remove", v1); err != nil {
		t.Fatal(err)
	}
	if err := b.Remove(ctx, "remove", v1); err != nil {
		t.Errorf("again: %v", err)
	}
	_, err := get(ctx, b.Store, "remove", v1, data)
	wantCode(t, err, fault.NotFound, "object_missing")
	wantBytes(t, b.Store, "remove", v2, data)
	if err := b.Remove(ctx, "remove", ""); err == nil {
		t.Error("removed without a version")
	}
}

func hashMismatch(t *testing.T, b bench) {
	data := content(200_000)
	for name, r := range map[string]io.Reader{
		"other bytes":    bytes.NewReader(content(200_001)[:200_000]),
		"too long":       bytes.NewReader(append(slices.Clone(data), 1)),
		"last bit":       bytes.NewReader(append(slices.Clone(data[:199_999]), data[199_999]^1)),
		"in small bites": iotest.OneByteReader(bytes.NewReader(content(200_001)[:200_000])),
	} {
		_, err := b.Put(t.Context(), "mismatch", r, 200_000, sha256.Sum256(data), "")
		if name == "too long" && err == nil {
			continue // only as much as was announced is read
		}
		wantCode(t, err, fault.Invalid, "hash_mismatch")
	}
	wantNone(t, b, "mismatch", 1)
}

// serverChecks sends bytes that changed on the way, past our own check.
func serverChecks(t *testing.T, b bench) {
	data := content(150_000)
	sum := sha256.Sum256(content(150_001))
	_, err := b.raw.PutObject(t.Context(), b.config.Bucket, "changed", bytes.NewReader(data), 150_000, "",
		hex.EncodeToString(sum[:]), minio.PutObjectOptions{DisableContentSha256: true})
	if err == nil {
		t.Error("bytes of another hash were taken")
	}
	wantNone(t, b, "changed", 0)
}

func truncated(t *testing.T, b bench) {
	data := content(300_000)
	sum := sha256.Sum256(data)
	_, err := b.Put(t.Context(), "truncated", bytes.NewReader(data[:200_000]), 300_000, sum, "")
	wantCode(t, err, fault.Invalid, "hash_mismatch")
	broken := errors.New("the line was cut")
	_, err = b.Put(t.Context(), "truncated", io.MultiReader(bytes.NewReader(data[:200_000]), iotest.ErrReader(broken)), 300_000, sum, "")
	if !errors.Is(err, broken) || fault.CodeOf(err) != "" {
		t.Errorf("got %v; want the reader's own error", err)
	}
	_, err = b.Put(t.Context(), "truncated", bytes.NewReader(nil), objectstore.MaxSize+1, sum, "")
	wantCode(t, err, fault.TooLarge, "file_too_large")
	wantNone(t, b, "truncated", 0)
}

// wantNone checks that failed puts left at most so many versions.
func wantNone(t *testing.T, b bench, key string, most int) {
	t.Helper()
	n := 0
	for _, err := range b.List(t.Context(), key) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n > most {
		t.Errorf("%s: %d versions left", key, n)
	}
}

func staging(t *testing.T, b bench) {
	ctx := t.Context()
	for _, n := range []int{0, 9, 6 << 20} {
		for _, data := range [][]byte{content(n), content(n + 1)} { // the second replaces the first
			if err := b.PutStaging(ctx, "upload", bytes.NewReader(data), int64(len(data))); err != nil {
				t.Fatal(err)
			}
			wantStaged(t, b, "upload", data)
		}
	}
	for range 2 {
		if err := b.RemoveStaging(ctx, "upload"); err != nil {
			t.Error(err)
		}
	}
	_, err := b.OpenStaging(ctx, "upload")
	wantCode(t, err, fault.NotFound, "object_missing")
}

func wantStaged(t *testing.T, b bench, key string, want []byte) {
	t.Helper()
	r, err := b.OpenStaging(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("staged %s: %d bytes, %v; want %d", key, len(got), err, len(want))
	}
}

func stagingUnknown(t *testing.T, b bench) {
	// None, part of one, exactly one, exactly two parts of 8 MiB, and more.
	for _, n := range []int{0, 100, 8 << 20, 16 << 20, 17 << 20} {
		data := content(n)
		key := "unknown " + strconv.Itoa(n)
		if err := b.PutStaging(t.Context(), key, bytes.NewReader(data), -1); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		wantStaged(t, b, key, data)
	}
}

func stagingCutOff(t *testing.T, b bench) {
	broken := errors.New("the line was cut")
	for _, size := range []int64{20 << 20, -1} {
		r := io.MultiReader(bytes.NewReader(content(9<<20)), iotest.ErrReader(broken))
		if err := b.PutStaging(t.Context(), "cut", r, size); !errors.Is(err, broken) {
			t.Errorf("size %d: %v; want the reader's own error", size, err)
		}
		_, err := b.OpenStaging(t.Context(), "cut")
		wantCode(t, err, fault.NotFound, "object_missing")
	}
}

func list(t *testing.T, b bench) {
	ctx := t.Context()
	want := map[string]int64{}
	for n, key := range []string{"list/a/1", "list/a/1", "list/a/2", "list/b/1"} {
		version := put(t, b.Store, key, content(n+1))
		if strings.HasPrefix(key, "list/a/") {
			want[key+" "+version] = int64(n + 1)
		}
	}
	if err := b.raw.RemoveObject(ctx, b.config.Bucket, "list/a/2", minio.RemoveObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for o, err := range b.List(ctx, "list/a/") {
		if err != nil {
			t.Fatal(err)
		}
		if time.Since(o.Modified).Abs() > time.Hour {
			t.Errorf("%s: time %v", o.Key, o.Modified)
		}
		got[o.Key+" "+o.VersionID] = o.Size
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for range b.List(ctx, "list/") {
		break // an early end must leave nothing running
	}
	if err := b.PutStaging(ctx, "list/up", strings.NewReader("abc"), 3); err != nil {
		t.Fatal(err)
	}
	for o, err := range b.ListStaging(ctx, "list/") {
		if err != nil || o.Key != "list/up" || o.Size != 3 {
			t.Errorf("staged: %+v, %v", o, err)
		}
	}
}

func missing(t *testing.T, b bench) {
	ctx := t.Context()
	version := put(t, b.Store, "missing/here", content(1))
	_, err := get(ctx, b.Store, "missing/not here", version, nil)
	wantCode(t, err, fault.NotFound, "object_missing")
	_, err = b.Retention(ctx, "missing/not here", version)
	wantCode(t, err, fault.NotFound, "object_missing")
	if _, err := get(ctx, b.Store, "missing/here", "", nil); err == nil {
		t.Error("opened without a version")
	}
	if err := b.Remove(ctx, "missing/not here", version); err != nil {
		t.Errorf("remove: %v", err)
	}
}

func strangers(t *testing.T, b bench) {
	for name, change := range map[string]func(*objectstore.Config){
		"wrong secret": func(c *objectstore.Config) { c.SecretKey += "x" },
		"wrong key":    func(c *objectstore.Config) { c.AccessKey += "x" },
		"nobody":       func(c *objectstore.Config) { c.AccessKey, c.SecretKey = "", "" },
	} {
		c := b.config
		change(&c)
		if _, err := objectstore.Open(t.Context(), c); err == nil {
			t.Errorf("%s: let in", name)
		}
	}
}
