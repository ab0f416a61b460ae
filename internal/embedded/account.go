package embedded

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is the user PostgreSQL runs as. It refuses to run as root, so root
// steps down: to another user, or, where that one cannot reach the folders,
// into a user namespace in which root's files are an ordinary user's.
type account struct {
	name      string
	uid, gid  int
	drop      bool // run as uid:gid, own the files
	namespace bool
}

// insideID is the id that root has inside the namespace; any but 0.
const insideID = 1000

func (a account) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = "/"
	cmd.Env = plainEnv("LANG=C", "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	switch {
	case a.drop:
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	case a.namespace:
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: insideID, HostID: 0, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: insideID, HostID: 0, Size: 1}}
	}
	return cmd
}

// own gives a folder made by root to the account.
func (a account) own(path string) error {
	if !a.drop {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// chooseAccount returns the account that can run the programs and reach dir.
// An existing cluster keeps the one that owns it.
func chooseAccount(p programs, dir, data string) (account, error) {
	if os.Geteuid() != 0 {
		return account{}, nil
	}
	namespace := account{name: "root in a user namespace", namespace: true}
	var candidates []account
	if info, err := os.Stat(data); err == nil {
		owner := info.Sys().(*syscall.Stat_t)
		if owner.Uid != 0 {
			id := int(owner.Uid)
			candidates = []account{{name: strconv.Itoa(id), uid: id, gid: int(owner.Gid), drop: true}}
		}
	} else {
		for _, name := range []string{"postgres", "nobody"} {
			if u, err := user.Lookup(name); err == nil {
				uid, _ := strconv.Atoi(u.Uid)
				gid, _ := strconv.Atoi(u.Gid)
				candidates = append(candidates, account{name: name, uid: uid, gid: gid, drop: true})
			}
		}
	}
	if len(candidates) == 0 || !exists(data) {
		candidates = append(candidates, namespace)
	}
	var last error
	for _, a := range candidates {
		if last = a.probe(p, dir); last == nil {
			return a, nil
		}
	}
	return account{}, fmt.Errorf("PostgreSQL does not run as root, and no other account can reach both %s and %s: "+
		"choose a data folder outside root's home (last attempt, as %s: %w)",
		filepath.Dir(p.postgres()), dir, candidates[len(candidates)-1].name, last)
}

// probe runs the server's program as the account, standing in dir.
func (a account) probe(p programs, dir string) error {
	cmd := a.command(p.postgres(), "--version")
	cmd.Dir = dir
	_, err := output(cmd)
	return err
}
