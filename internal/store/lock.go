package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"usher/internal/core/fault"
)

// fileLock is an exclusive lock on a file beside the database. The operating system drops it when the process ends, however it ends,
// so the file itself may stay and means nothing.
type fileLock struct{ file *os.File }

// errHeld is what the platform's tryLock answers when another process has the lock.
var errHeld = errors.New("another process holds the lock")

// lockFile takes the lock of a database file at once or not at all. SQLite's own locks cannot serve: they must be free between
// transactions for backups and other readers.
func lockFile(database string) (*fileLock, error) {
	path := database + ".lock"
	file, err := tryLock(path)
	if errors.Is(err, errHeld) {
		return nil, refuse(fault.Unavailable, "store_in_use", fmt.Sprintf(
			"Another Usher%s already serves %s: stop it first, or use PostgreSQL to run several.", holder(path), database), err)
	}
	if err != nil {
		return nil, refuse(fault.Invalid, "store_path", fmt.Sprintf(
			"The lock file %s cannot be made: give the user that runs Usher the right to write the folder.", path), err)
	}
	lock := &fileLock{file: file}
	if err := lock.sign(); err != nil {
		_ = lock.release() // the first error says more
		return nil, refuse(fault.Unavailable, "store_path", fmt.Sprintf("The lock file %s cannot be written: is the disk full?", path), err)
	}
	return lock, nil
}

// sign notes whose lock it is, for the error of the next one who comes.
func (l *fileLock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return fmt.Errorf("emptying the lock file: %w", err)
	}
	if _, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("writing the lock file: %w", err)
	}
	return nil
}

// release gives the lock free. The file stays: removing it would let a third process lock a file that the second no longer sees.
func (l *fileLock) release() error { return l.file.Close() }

// holder says which process holds the lock, where that can be read: " (process 123)".
func holder(path string) string {
	file, err := os.Open(path) //nolint:gosec // beside the file that the operator names
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }() // only read
	text, err := io.ReadAll(io.LimitReader(file, 20))
	if err != nil {
		return ""
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", pid)
}
