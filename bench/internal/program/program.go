// Package program runs a program as a process of its own for a benchmark: started with just the environment that it is given, watched
// for the line that says it is ready, weighed, and ended by its own process id. It must never know what the program is for.
package program

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// stopTime is how long a program may take to stop after SIGTERM before it is killed.
const stopTime = 15 * time.Second

// Config names a program and how to know that it is ready.
type Config struct {
	Path string // of the file
	Args []string
	Env  []string // the whole environment, "NAME=value"
	Dir  string   // to work in; the caller's when empty
	// Ready looks at each line of output and says whether it means that the program is ready, and what else is to be known of it.
	Ready func(line string) (found string, ok bool)
	// Patience is how long Start waits for it to be ready.
	Patience time.Duration
}

// Program is a running process. Stop it in any case.
type Program struct {
	path   string
	cmd    *exec.Cmd
	output *output
	cancel context.CancelFunc
	ended  chan struct{}
	err    error // of Wait; read after ended
}

// Start starts the program and waits until it is ready; found is what Ready gave. When ctx ends the program is told to stop (SIGTERM).
// The error of a program that ends before it is ready has the last lines of its output.
func Start(ctx context.Context, c Config) (p *Program, found string, err error) {
	running, cancel := context.WithCancel(ctx)
	p = command(running, c)
	p.cancel = cancel
	if err := p.cmd.Start(); err != nil {
		cancel()
		return nil, "", fmt.Errorf("starting %s: %w", c.Path, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	patience := time.NewTimer(c.Patience)
	defer patience.Stop()
	select {
	case found = <-p.output.found:
		return p, found, nil
	case <-patience.C:
		err := fmt.Errorf("%s is not ready after %s:\n%s", c.Path, c.Patience, p.Tail())
		return nil, "", errors.Join(err, p.Stop())
	case <-p.ended:
		cancel()
		return nil, "", p.failure("ended before it was ready")
	case <-ctx.Done():
		return nil, "", errors.Join(fmt.Errorf("waiting for %s: %w", c.Path, ctx.Err()), p.Stop())
	}
}

// Run runs a program to its end and gives its output. The error of one that does not exit with 0 has the last lines of it.
func Run(ctx context.Context, c Config) (string, error) {
	p := command(ctx, c)
	if p.err = p.cmd.Run(); p.err != nil {
		return "", p.failure("failed")
	}
	return p.output.Tail(), nil
}

func command(ctx context.Context, c Config) *Program {
	p := &Program{path: c.Path, output: newOutput(c.Ready), ended: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, c.Path, c.Args...) //nolint:gosec // the person at the keyboard names the program to measure
	p.cmd.Env, p.cmd.Dir = c.Env, c.Dir
	if p.cmd.Env == nil {
		p.cmd.Env = []string{} // nil would hand on the caller's
	}
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = stopTime
	return p
}

// Stop tells the program to stop, waits for it, and kills it when it takes longer than 15 seconds. Further calls change nothing.
// The error of a program that had ended before, or does not exit with 0, has the last lines of its output.
func (p *Program) Stop() error {
	p.cancel()
	<-p.ended
	// What ends well after the signal has the context's error.
	if p.err == nil || errors.Is(p.err, context.Canceled) || errors.Is(p.err, context.DeadlineExceeded) {
		return nil
	}
	return p.failure("did not stop well")
}

func (p *Program) failure(what string) error {
	text := p.output.Tail()
	if text == "" {
		text = "(it wrote nothing)"
	}
	if p.err == nil {
		return fmt.Errorf("%s %s:\n%s", p.path, what, text)
	}
	return fmt.Errorf("%s %s (%w):\n%s", p.path, what, p.err, text)
}

// Tail is the last of what the program wrote.
func (p *Program) Tail() string { return p.output.Tail() }

// CPU is the processor time that the program took in its life. It is known after Stop, and 0 before.
func (p *Program) CPU() time.Duration {
	select {
	case <-p.ended:
	default:
		return 0
	}
	if p.cmd.ProcessState == nil {
		return 0
	}
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// Memory asks the system how much memory the running program has. Error: it runs no more, or the system is not Linux.
func (p *Program) Memory() (Memory, error) { return memoryOf(p.cmd.Process.Pid) }
