// Package gateway is the private S3 server, to be run as a process of its own:
// the library changes the working folder and allows one server per process.
// Only mains import it; it is a large dependency.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/versity/versitygw/backend/meta"
	"github.com/versity/versitygw/backend/posix"
	"github.com/versity/versitygw/embedgw"

	"taizhang/internal/embedded"
)

// Run serves the S3 store whose folder is args[0], with the port and key that
// embedded.StartS3 left there, until SIGTERM. It is what a main does when its
// first argument is embedded.S3Command.
func Run(args []string) error {
	if len(args) != 1 {
		return errors.New("expected the folder of the S3 store")
	}
	dir := args[0]
	// The library opens its lock files to everybody, whatever modes it is given.
	syscall.Umask(0o077)
	c, err := embedded.ReadS3Settings(dir)
	if err != nil {
		return err
	}
	objects, versions := filepath.Join(dir, "objects"), filepath.Join(dir, "versions")
	for _, d := range []string{objects, versions} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return err
		}
	}
	options := posix.PosixOpts{VersioningDir: versions, CopyObjectThreshold: 5 << 30}
	options.SetNewDirPerm(0o700)
	options.SetNewFilePerm(0o600)
	storer, err := metadata(dir, objects, &options)
	if err != nil {
		return err
	}
	store, err := posix.New(objects, storer, options)
	if err != nil {
		return fmt.Errorf("S3 folder: %w", err)
	}
	disk, err := os.Open(objects)
	if err != nil {
		return err
	}
	defer disk.Close()

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return embedgw.RunVersityGW(ctx, synced{store, disk}, &embedgw.Config{
		RootUserAccess:    c.AccessKey,
		RootUserSecret:    c.SecretKey,
		Ports:             []string{"127.0.0.1:" + strconv.Itoa(c.Port)},
		MaxConnections:    4096,
		MaxRequests:       1024,
		MultipartMaxParts: 10000,
		KeepAlive:         true,
		Quiet:             true,
		DisableACLs:       true,
		HealthPath:        c.HealthPath(),
	})
}

// metadata keeps what S3 knows about an object in extended attributes, or,
// where the file system has none, in files beside.
func metadata(dir, objects string, options *posix.PosixOpts) (meta.MetadataStorer, error) {
	side := filepath.Join(dir, "metadata")
	_, err := os.Stat(side)
	if err != nil && (meta.XattrMeta{}).Test(objects) == nil {
		return meta.XattrMeta{}, nil
	}
	if err := os.MkdirAll(side, 0o700); err != nil {
		return nil, err
	}
	options.SideCarDir = side
	return meta.NewSideCar(side)
}
