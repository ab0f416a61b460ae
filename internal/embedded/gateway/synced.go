package gateway

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/versity/versitygw/backend"
	"github.com/versity/versitygw/s3response"
	"golang.org/x/sys/unix"
)

// synced answers a write only when it is on disk. The backend below never
// syncs, and one object touches files, folders, attributes and the folder of
// old versions: syncing their common file system is the one call that covers
// them all.
type synced struct {
	backend.Backend
	disk *os.File // any open file of the file system
}

func (s synced) sync(err error) error {
	if err != nil {
		return err
	}
	return unix.Syncfs(int(s.disk.Fd()))
}

func (s synced) PutObject(ctx context.Context, in s3response.PutObjectInput) (s3response.PutObjectOutput, error) {
	out, err := s.Backend.PutObject(ctx, in)
	return out, s.sync(err)
}

func (s synced) CompleteMultipartUpload(ctx context.Context, in *s3.CompleteMultipartUploadInput) (s3response.CompleteMultipartUploadResult, string, error) {
	out, version, err := s.Backend.CompleteMultipartUpload(ctx, in)
	return out, version, s.sync(err)
}

func (s synced) CopyObject(ctx context.Context, in s3response.CopyObjectInput) (s3response.CopyObjectOutput, error) {
	out, err := s.Backend.CopyObject(ctx, in)
	return out, s.sync(err)
}

func (s synced) PutObjectRetention(ctx context.Context, bucket, object, version string, retention []byte) error {
	return s.sync(s.Backend.PutObjectRetention(ctx, bucket, object, version, retention))
}

func (s synced) CreateBucket(ctx context.Context, in *s3.CreateBucketInput, acl []byte) error {
	return s.sync(s.Backend.CreateBucket(ctx, in, acl))
}
