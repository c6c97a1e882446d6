package program

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Memory is what a process has in physical memory, in bytes, by proc_pid_status(5).
type Memory struct {
	Resident int64 `json:"resident_bytes"` // now: VmRSS
	Peak     int64 `json:"peak_bytes"`     // at most so far: VmHWM
}

// ErrNotLinux says that this system has no /proc to ask.
var ErrNotLinux = errors.New("memory and processor time of a running process are known on Linux only")

func memoryOf(pid int) (Memory, error) {
	if runtime.GOOS != "linux" {
		return Memory{}, ErrNotLinux
	}
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return Memory{}, fmt.Errorf("asking for the memory of process %d: %w", pid, err)
	}
	return parseStatus(text)
}

func parseStatus(text []byte) (m Memory, err error) {
	for line := range bytes.Lines(text) {
		name, value, _ := strings.Cut(string(line), ":")
		var to *int64
		switch name {
		case "VmRSS":
			to = &m.Resident
		case "VmHWM":
			to = &m.Peak
		default:
			continue
		}
		kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return Memory{}, fmt.Errorf("reading %s of a process: %w", name, err)
		}
		*to = kilobytes << 10
	}
	if m.Resident == 0 || m.Peak == 0 {
		return Memory{}, errors.New("the process has ended: it has no memory")
	}
	return m, nil
}
