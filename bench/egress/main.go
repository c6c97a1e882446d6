// Command egress measures the way out of integrations: what the guarded client costs beside a plain one, how many tunnels `usher egress` opens, and
// whether one guild's hostile servers are felt by another guild. See bench/README.md.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"text/tabwriter"
	"time"
)

// serving is the argument by which the program is its own other end, as a process of its own.
const serving = "be-the-servers"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 2 && os.Args[1] == serving {
		if err := serve(ctx, os.Stdout); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, "bench/egress: the servers:", err)
			os.Exit(1) //nolint:gocritic // nothing is left to be undone
		}
		return
	}
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options is what can be asked for.
type options struct {
	usher  string
	time   time.Duration
	rounds int
	json   string
}

// run is the program: 0 when everything was answered as it should, 1 when it was not, 2 when it was asked wrongly.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	var o options
	flags := flag.NewFlagSet("bench/egress", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.usher, "usher", "bin/usher", "`file` of usher")
	flags.DurationVar(&o.time, "time", 2*time.Second, "`time` for each row")
	flags.IntVar(&o.rounds, "rounds", 3, "`number` of rounds beside hostile servers and without, in turn")
	flags.StringVar(&o.json, "json", "", "`file` to write the figures to as JSON too")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 || o.time < 100*time.Millisecond || o.time > time.Minute || o.rounds < 1 || o.rounds > 100 {
		_, _ = fmt.Fprintln(errs, "bench/egress: it takes flags only, -time from 100ms to 1m, -rounds from 1 to 100")
		return 2
	}
	figures, err := measure(ctx, o)
	if err == nil {
		err = figures.report(out, o.json)
	}
	if err != nil {
		_, _ = fmt.Fprintln(errs, "bench/egress:", err)
		return 1
	}
	return 0
}

// figures is all that was measured.
type figures struct {
	Machine string   `json:"machine"`
	Costs   []cost   `json:"costs"`
	Tunnels []tunnel `json:"tunnels"`
	Hostile hostile  `json:"hostile"`
}

func measure(ctx context.Context, o options) (f figures, err error) {
	f.Machine = fmt.Sprintf("%s/%s, %d cores, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	servers, other, err := startServers(ctx)
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, other.Stop()) }()
	if f.Costs, err = measureCosts(ctx, servers, o.time); err != nil {
		return f, err
	}
	if f.Tunnels, err = measureTunnels(ctx, servers, o); err != nil {
		return f, err
	}
	f.Hostile, err = measureHostile(ctx, servers, o)
	return f, err
}

func (f figures) report(out io.Writer, file string) error {
	_, _ = fmt.Fprintf(out, "%s\n\none request after another, processor time of the client alone\n", f.Machine)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(w, "client\t\trequests\ttime\tcpu\tcpu, plain = 1\t")
	for _, c := range f.Costs {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s\t%.2f\t\n", c.Client, c.Scheme, c.Requests, c.Wall.Round(time.Microsecond), c.CPU.Round(time.Microsecond), c.Ratio)
	}
	_ = w.Flush()
	_, _ = fmt.Fprintf(out, "\nusher egress: a tunnel for each request\n")
	_, _ = fmt.Fprintln(w, "in flight\ttunnels a second\tcpu of usher egress for one\talone a second\tmemory\t")
	for _, t := range f.Tunnels {
		_, _ = fmt.Fprintf(w, "%d\t%.0f\t%s\t%.0f\t%d MB\t\n", t.Flight, t.PerSecond, t.CPU.Round(time.Microsecond), t.Alone, t.Memory>>20)
	}
	_ = w.Flush()
	h := f.Hostile
	_, _ = fmt.Fprintf(out, "\na healthy guild (its server takes %s) beside another guild's 64 silent, 64 endless and 64 gzip-bomb servers, %d rounds in turn\n", latency, h.Rounds)
	_, _ = fmt.Fprintln(w, "\trequests\tp50\tp99\t")
	_, _ = fmt.Fprintf(w, "alone\t%d\t%s\t%s\t\n", h.Alone.Requests, h.Alone.P50.Round(time.Microsecond), h.Alone.P99.Round(time.Microsecond))
	_, _ = fmt.Fprintf(w, "beside\t%d\t%s\t%s\t\n", h.Beside.Requests, h.Beside.P50.Round(time.Microsecond), h.Beside.P99.Round(time.Microsecond))
	_ = w.Flush()
	_, _ = fmt.Fprintf(out, "p99 beside / alone: %.3f; attacks ended: %d, shed at once: %d\n", h.Ratio, h.Attacks, h.Shed)
	if file == "" {
		return nil
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the figures: %w", err)
	}
	return os.WriteFile(file, append(text, '\n'), 0o600)
}
