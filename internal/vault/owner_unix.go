//go:build unix

package vault

import (
	"os"
	"syscall"
)

// keepOwner gives a file the owner of another, so that a change by root leaves the keys readable for the program.
func keepOwner(file *os.File, of os.FileInfo) error {
	stat, ok := of.Sys().(*syscall.Stat_t)
	if !ok || int(stat.Uid) == os.Geteuid() && int(stat.Gid) == os.Getegid() {
		return nil
	}
	return file.Chown(int(stat.Uid), int(stat.Gid))
}
