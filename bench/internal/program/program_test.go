package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// behaviour is the variable that makes the test's own binary play a program.
const behaviour = "PROGRAM_TEST"

func TestMain(m *testing.M) {
	switch os.Getenv(behaviour) {
	case "":
		os.Exit(m.Run())
	case "serve":
		serve()
	case "environment":
		fmt.Println(strings.Join(os.Environ(), "\n"))
	case "fail":
		fmt.Println("the disk is full")
		os.Exit(3)
	}
}

func serve() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	fmt.Println("starting")
	fmt.Println("ready at port 7")
	<-told
	fmt.Println("bye")
}

func config(t *testing.T, what string) Config {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return Config{
		Path: self, Env: []string{behaviour + "=" + what}, Patience: time.Minute,
		Ready: func(line string) (string, bool) { return strings.CutPrefix(line, "ready at ") },
	}
}

func TestAProgramIsReadyWeighedAndStopped(t *testing.T) {
	t.Parallel()
	p, found, err := Start(t.Context(), config(t, "serve"))
	if err != nil {
		t.Fatal(err)
	}
	if found != "port 7" {
		t.Errorf("found %q, want what follows the ready line", found)
	}
	if runtime.GOOS == "linux" {
		if m, err := p.Memory(); err != nil || m.Resident <= 0 || m.Peak < m.Resident {
			t.Errorf("memory %+v, %v", m, err)
		}
	}
	if runtime.GOOS == "linux" {
		if _, err := p.Processor(); err != nil {
			t.Error(err)
		}
	}
	if p.CPU() != 0 {
		t.Error("processor time is told before the end")
	}
	if err := errors.Join(p.Stop(), p.Stop()); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff("starting\nready at port 7\nbye", p.Tail()); diff != "" {
		t.Errorf("it was not told to stop in good order: %s", diff)
	}
	if p.CPU() <= 0 {
		t.Error("no processor time after the end")
	}
	if _, err := p.Memory(); err == nil {
		t.Error("a process that has ended has memory")
	}
}

func TestAProgramStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	p, _, err := Start(ctx, config(t, "serve"))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	<-p.ended
	if err := p.Stop(); err != nil {
		t.Error(err)
	}
}

func TestAProgramThatFailsIsQuoted(t *testing.T) {
	t.Parallel()
	_, _, started := Start(t.Context(), config(t, "fail"))
	_, ran := Run(t.Context(), config(t, "fail"))
	for _, err := range []error{started, ran} {
		if err == nil || !strings.Contains(err.Error(), "the disk is full") || !strings.Contains(err.Error(), "exit status 3") {
			t.Errorf("got %v, want the status and the last lines", err)
		}
	}
}

func TestAProgramThatIsNeverReadyIsStopped(t *testing.T) {
	t.Parallel()
	c := config(t, "serve")
	c.Ready = func(string) (string, bool) { return "", false }
	c.Patience = time.Millisecond
	if _, _, err := Start(t.Context(), c); err == nil || !strings.Contains(err.Error(), "not ready after 1ms") {
		t.Errorf("got %v", err)
	}
}

func TestAProgramGetsNothingButItsEnvironment(t *testing.T) {
	t.Parallel()
	got, err := Run(t.Context(), config(t, "environment"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(behaviour+"=environment", got); diff != "" {
		t.Error(diff)
	}
}

func TestAMissingProgramIsNamed(t *testing.T) {
	t.Parallel()
	if _, _, err := Start(t.Context(), Config{Path: "/nowhere/usher"}); err == nil || !strings.Contains(err.Error(), "/nowhere/usher") {
		t.Errorf("got %v", err)
	}
}

func TestOutputKeepsTheLastLinesWhole(t *testing.T) {
	t.Parallel()
	o := newOutput(nil)
	for n := range lastLines + 5 {
		_, _ = fmt.Fprintf(o, "line %d\nhal", n)
		_, _ = fmt.Fprint(o, "f ")
	}
	lines := strings.Split(o.Tail(), "\n")
	if len(lines) != lastLines+1 || lines[0] != "half line 5" || lines[lastLines] != "half " {
		t.Errorf("kept %q", lines)
	}
}

func TestStatusOfAProcess(t *testing.T) {
	t.Parallel()
	got, err := parseStatus([]byte("Name:\tusher\nVmHWM:\t   30720 kB\nVmRSS:\t   20480 kB\nThreads:\t9\n"))
	if diff := cmp.Diff(Memory{Resident: 20 << 20, Peak: 30 << 20}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, text := range []string{"", "Name:\tusher\nState:\tZ (zombie)\n", "VmRSS:\tmuch\n"} {
		if _, err := parseStatus([]byte(text)); err == nil {
			t.Errorf("%q is a status", text)
		}
	}
}

func TestProcessorTimeOfAProcess(t *testing.T) {
	t.Parallel()
	stat := "7 (a) b (c) S 1 7 7 0 -1 4194560 10 0 0 0 120 30 0 0 20 0 9 0 100 1 2\n"
	if got, err := parseStat([]byte(stat)); got != 1500*time.Millisecond || err != nil {
		t.Errorf("read %s, %v", got, err)
	}
	for _, text := range []string{"", "7 (a) S 1 2", "7 (a) S 1 7 7 0 -1 4194560 10 0 0 0 x 30 0 0"} {
		if _, err := parseStat([]byte(text)); err == nil {
			t.Errorf("%q is a stat", text)
		}
	}
}
