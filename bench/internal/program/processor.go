package program

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"time"
)

// tick is the unit of times in /proc: USER_HZ, which Linux fixes at 100 a second on every architecture that Go runs on.
const tick = 10 * time.Millisecond

// Processor asks the system how much processor time the running program has taken so far, in steps of 10 ms. Error: it runs no more, or
// the system is not Linux.
func (p *Program) Processor() (time.Duration, error) { return processorOf(p.cmd.Process.Pid) }

// OwnProcessor is Processor for the measuring program itself.
func OwnProcessor() (time.Duration, error) { return processorOf(os.Getpid()) }

func processorOf(process int) (time.Duration, error) {
	if runtime.GOOS != "linux" {
		return 0, ErrNotLinux
	}
	pid := strconv.Itoa(process)
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return 0, fmt.Errorf("asking for the processor time of process %s: %w", pid, err)
	}
	return parseStat(text)
}

// parseStat reads utime and stime, fields 14 and 15 of proc_pid_stat(5). The second field, the name, may hold anything.
func parseStat(text []byte) (time.Duration, error) {
	_, rest, ok := bytes.Cut(text, []byte(") "))
	for {
		_, more, again := bytes.Cut(rest, []byte(") "))
		if !again {
			break
		}
		rest = more
	}
	fields := bytes.Fields(rest)
	if !ok || len(fields) < 13 {
		return 0, fmt.Errorf("reading the processor time of a process: %q is no stat", text)
	}
	var sum int64
	for _, field := range fields[11:13] {
		ticks, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading the processor time of a process: %w", err)
		}
		sum += ticks
	}
	return time.Duration(sum) * tick, nil
}
