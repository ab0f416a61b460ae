package embedded

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// S3Command is the hidden first argument with which a program is its own S3
// server: its main then calls gateway.Run with the arguments after it.
const S3Command = "s3-server"

// S3Options says where the private S3 store lives.
type S3Options struct {
	// Dir holds objects, old versions, port and key; made at first start.
	Dir string
	// Exe is the program that understands S3Command; usually os.Executable().
	Exe string
	Log *slog.Logger
}

// S3 is a running private S3 server on loopback. Port and key stay the same
// over restarts as long as the port is free.
type S3 struct {
	*Child
	Endpoint  string // host:port, plain HTTP
	AccessKey string
	SecretKey string
}

// S3Settings are what the server and its starter share, in a file only their
// user can read: a command line or an environment would show the key.
type S3Settings struct {
	Port      int    `json:"port"`
	AccessKey string `json:"access_key"`
	SecretKey string `json:"secret_key"`
}

// StartS3 starts the server, keeps it up, and returns when it answers.
func StartS3(ctx context.Context, o S3Options) (*S3, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("S3 folder: %w", err)
	}
	settings, err := settleS3(dir)
	if err != nil {
		return nil, err
	}
	s := &S3{
		Endpoint:  "127.0.0.1:" + strconv.Itoa(settings.Port),
		AccessKey: settings.AccessKey,
		SecretKey: settings.SecretKey,
	}
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	s.Child, err = StartChild(ctx, Program{
		Name: "s3",
		Log:  o.Log,
		Command: func() (*exec.Cmd, error) {
			cmd := exec.Command(o.Exe, S3Command, dir)
			cmd.Dir = "/"
			return cmd, nil
		},
		Ready: func(ctx context.Context) error {
			return answersOK(ctx, client, "http://"+s.Endpoint+settings.HealthPath())
		},
		StopSignal: syscall.SIGTERM,
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// ReadS3Settings reads what StartS3 settled for the store in dir.
func ReadS3Settings(dir string) (S3Settings, error) {
	var c S3Settings
	text, err := os.ReadFile(filepath.Join(dir, "settings.json"))
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return S3Settings{}, fmt.Errorf("settings of the S3 store: %w", err)
	}
	return c, nil
}

// HealthPath is where the server answers 200 without a key. It follows from
// the key, so a stranger on our port cannot be taken for our server.
func (c S3Settings) HealthPath() string {
	sum := sha256.Sum256([]byte("health " + c.SecretKey))
	return "/health-" + hex.EncodeToString(sum[:8])
}

// settleS3 keeps the former key and, if it is free, the former port.
func settleS3(dir string) (S3Settings, error) {
	c, err := ReadS3Settings(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c = S3Settings{AccessKey: "taizhang-" + rand.Text()[:8], SecretKey: rand.Text() + rand.Text()}
	case err != nil:
		return S3Settings{}, err
	}
	port, err := freePort(c.Port)
	if err != nil {
		return S3Settings{}, err
	}
	if port == c.Port {
		return c, nil
	}
	c.Port = port
	text, err := json.Marshal(c)
	if err != nil {
		return S3Settings{}, err
	}
	// A kill in mid-write must not cost the key.
	path := filepath.Join(dir, "settings.json")
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return S3Settings{}, fmt.Errorf("settings of the S3 store: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return S3Settings{}, fmt.Errorf("settings of the S3 store: %w", err)
	}
	return c, nil
}

// freePort returns the port wanted if nobody listens there, else another;
// 0 wants any. After a kill the former server may still be ending.
func freePort(wanted int) (int, error) {
	for try := 0; wanted != 0 && try < 20; try++ {
		if l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(wanted)); err == nil {
			return wanted, l.Close()
		}
		time.Sleep(25 * time.Millisecond)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("no free port on loopback: %w", err)
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func answersOK(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("health: %s", res.Status)
	}
	return nil
}
