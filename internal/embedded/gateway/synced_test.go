package gateway

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/s3response"
)

// With the disk's file closed every sync fails: a write that still succeeds is
// one that was not synced.
func TestWritesAreSynced(t *testing.T) {
	dir := t.TempDir()
	objects := filepath.Join(dir, "objects")
	side := filepath.Join(dir, "metadata")
	for _, d := range []string{objects, side} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	storer, err := meta.NewSideCar(side)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // posix changes the working folder; this puts it back
	p, err := posix.New(objects, storer, posix.PosixOpts{SideCarDir: side})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Shutdown)
	disk, err := os.Open(objects)
	if err != nil {
		t.Fatal(err)
	}
	s := synced{p, disk}
	bucket, key, size := "bucket", "key", int64(3)
	create := func(name string) error {
		return s.CreateBucket(t.Context(), &s3.CreateBucketInput{
			Bucket: &name, CreateBucketConfiguration: &types.CreateBucketConfiguration{},
		}, []byte(`{}`))
	}
	put := func() error {
		_, err := s.PutObject(t.Context(), s3response.PutObjectInput{
			Bucket: &bucket, Key: &key, ContentLength: &size, Body: strings.NewReader("abc"),
		})
		return err
	}
	if err := errors.Join(create(bucket), put()); err != nil {
		t.Fatalf("with an open disk: %v", err)
	}
	disk.Close()
	if err := create("other-bucket"); err == nil {
		t.Error("a bucket was not synced")
	}
	if err := put(); err == nil {
		t.Error("an object was not synced")
	}
}
