//go:build unix

package postgrestest

import (
	"bufio"
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// keeperScript starts the server, waits until its standard input ends and then
// removes everything. The input ends with this process, however it ends.
//
//go:embed keeper.sh
var keeperScript string

// socketLimit is what a unix socket's path may have, less the name of the socket.
const socketLimit = 107 - len("/.s.PGSQL.5432")

// server is one running PostgreSQL, reachable only through a socket in its own
// folder: no port, so none that could be taken.
type server struct {
	folder string
	keeper *exec.Cmd
	alive  io.Closer // the keeper's standard input
}

// start brings up a server, or returns ErrNoBinaries when there is none to start.
func start() (*server, error) {
	binaries, err := findBinaries()
	if err != nil {
		return nil, err
	}
	credential, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := newFolder(credential)
	if err != nil {
		return nil, err
	}
	s, err := keep(binaries, folder, credential)
	if err != nil {
		_ = os.RemoveAll(folder) // the reason for the failure is worth more
		return nil, err
	}
	return s, nil
}

// keep runs the keeper and returns once the server accepts connections.
func keep(binaries, folder string, credential *syscall.Credential) (*server, error) {
	cmd := exec.Command("/bin/sh", "-c", keeperScript, "keeper", binaries, folder)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC"}
	// An own session: Ctrl-C on the terminal must reach the tests, and the
	// keeper only through them.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: credential}
	var trouble bytes.Buffer
	cmd.Stderr = &trouble
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("preparing PostgreSQL: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("preparing PostgreSQL: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	// The keeper bounds its own waiting, so this read ends.
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "ready\n" {
		_ = stdin.Close()
		err := cmd.Wait()
		return nil, fmt.Errorf("starting PostgreSQL in %s: %w\n%s", folder, err, strings.TrimSpace(trouble.String()))
	}
	return &server{folder: folder, keeper: cmd, alive: stdin}, nil
}

// stop ends the server and returns when its processes and files are gone.
func (s *server) stop() {
	if err := s.alive.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest: telling PostgreSQL to stop:", err)
	}
	if err := s.keeper.Wait(); err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest: stopping PostgreSQL:", err)
	}
}

// url addresses the server's own database, from which others are created.
func (s *server) url() string {
	query := url.Values{"host": {s.folder}}
	return (&url.URL{Scheme: "postgres", User: url.User("usher"), Path: "/postgres", RawQuery: query.Encode()}).String()
}

// unprivileged returns whom PostgreSQL runs as: nil for the user of the tests,
// somebody else when that is root, as which PostgreSQL refuses to run.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // no credential is what exec takes for "the same user"
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(account.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(account.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, fmt.Errorf("PostgreSQL does not run as root and there is no user postgres or nobody: run the tests as another user, or set %s", EnvURL)
}

// newFolder makes the server's folder, owned by its user.
func newFolder(credential *syscall.Credential) (string, error) {
	parent := os.TempDir()
	if len(parent)+len("/usher-postgres-0123456789") > socketLimit {
		parent = "/tmp" // a socket's path is short by law of the kernel
	}
	folder, err := os.MkdirTemp(parent, "usher-postgres-")
	if err != nil {
		return "", fmt.Errorf("making a folder for PostgreSQL: %w", err)
	}
	if credential == nil {
		return folder, nil
	}
	if err := os.Chown(folder, int(credential.Uid), int(credential.Gid)); err != nil {
		return "", fmt.Errorf("handing PostgreSQL its folder: %w", err)
	}
	return folder, nil
}

// findBinaries returns the folder of the newest installed PostgreSQL: Debian's
// place first, then the PATH.
func findBinaries() (string, error) {
	return newestBinaries("/usr/lib/postgresql", os.Getenv("PATH"))
}

// oldest is the first release with ICU collations for a whole database.
const oldest = 15

func newestBinaries(debian, path string) (string, error) {
	best, version := "", oldest-1
	folders, err := filepath.Glob(filepath.Join(debian, "*", "bin"))
	if err != nil {
		return "", fmt.Errorf("looking for PostgreSQL in %s: %w", debian, err)
	}
	for _, folder := range folders {
		number, err := strconv.Atoi(filepath.Base(filepath.Dir(folder)))
		if err == nil && number > version && complete(folder) {
			best, version = folder, number
		}
	}
	if best != "" {
		return best, nil
	}
	for _, folder := range filepath.SplitList(path) {
		if complete(folder) {
			return folder, nil
		}
	}
	return "", ErrNoBinaries
}

func complete(folder string) bool {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(filepath.Join(folder, name)); err != nil {
			return false
		}
	}
	return true
}
