package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"usher/internal/blob"
	"usher/internal/config"
	"usher/internal/core/fault"
	"usher/internal/core/health"
	"usher/internal/core/keyring"
	"usher/internal/egress"
	"usher/internal/store"
)

// What is said of a part of an installation, alike by `usher doctor` in the terminal and by the operator's page of a running instance. None
// of them changes anything.

// What is no longer well.
const (
	slowDatabase = 250 * time.Millisecond // for the smallest question
	rotateAfter  = 365 * 24 * time.Hour   // keys that seal
	manyFailures = 10                     // requests of integrations, one after another
)

// failed is what an error says of a part: wrong, or to be looked at where something outside did not answer.
func failed(name string, err error) health.Finding {
	verdict := health.Wrong
	if fault.KindOf(err) == fault.Unavailable || errors.Is(err, context.DeadlineExceeded) {
		verdict = health.Look
	}
	return health.Finding{Name: name, Verdict: verdict, Text: Explain(err)}
}

// lookAtDatabase also reports whether the tables are those that this program needs.
func lookAtDatabase(ctx context.Context, db *store.DB) (f health.Finding, current bool) {
	start := time.Now()
	if err := db.Ping(ctx); err != nil {
		return failed("database", err), false
	}
	took := time.Since(start)
	has, wants, err := db.Versions(ctx)
	if err != nil {
		return failed("database", err), false
	}
	f = health.Finding{Name: "database", Verdict: health.Ok}
	size := ""
	if bytes, err := db.Size(ctx); err == nil { // only told where it can be found out
		size = ", " + binarySize(bytes)
	}
	f.Text = fmt.Sprintf("%s, reachable in %s%s; its tables have version %d, ", db.Engine(), milliseconds(took), size, has)
	switch {
	case has > wants:
		f.Verdict, f.Advice = health.Wrong, "Install the release that made them."
		f.Text += fmt.Sprintf("of a later release: this program knows %d.", wants)
	case has < wants:
		f.Text += fmt.Sprintf("the next start brings them to %d.", wants)
	case took > slowDatabase:
		f.Verdict, f.Advice = health.Look, "Tickets wait for the database: look at its load, and at the way to it."
		f.Text += "as this program needs, but it is slow."
	default:
		f.Text += "as this program needs."
	}
	return f, has == wants
}

// lookAtKeys wants keys for what is sealed; without a store it looks at the keys alone.
func lookAtKeys(ctx context.Context, ring keyring.Ring, kept keyring.Store, now time.Time) health.Finding {
	keys := ring.Keys()
	f := health.Finding{Name: "keys", Verdict: health.Ok, Text: fmt.Sprintf("Readable; %d in all.", len(keys))}
	at := slices.IndexFunc(keys, func(k keyring.Key) bool { return k.State == keyring.Primary })
	if at < 0 {
		return health.Finding{Name: "keys", Verdict: health.Wrong, Text: "No key seals.", Advice: `Run "usher keys promote" with one of "usher keys list".`}
	}
	primary := keys[at]
	if old := now.Sub(primary.Made); !primary.Made.IsZero() {
		f.Text += fmt.Sprintf(" The key %s seals, made on %s; rotate it by %s.", primary.ID, day(primary.Made), day(primary.Made.Add(rotateAfter)))
		if old > rotateAfter {
			f.Verdict, f.Advice = health.Look, `It is older than a year: run "usher keys add", then promote the new one and reseal.`
		}
	}
	if kept == nil {
		return f
	}
	counts, err := keyring.Census(ctx, ring, kept)
	if err != nil {
		return failed("keys", err)
	}
	older, foreign := 0, 0
	for id, n := range counts {
		switch {
		case id == primary.ID:
		case slices.ContainsFunc(keys, func(k keyring.Key) bool { return k.ID == id && k.State == keyring.Ready }):
			older += n
		default:
			foreign += n
		}
	}
	switch {
	case foreign > 0:
		f.Verdict, f.Advice = health.Wrong, `Restore the right keyset, or give the values again: "usher keys list --uses" says what they are.`
		f.Text += fmt.Sprintf(" The database holds values that were sealed with a key which is not here: %d.", foreign)
	case older > 0:
		f.Verdict, f.Advice = health.Look, `Run "usher keys reseal", then retire the older key.`
		f.Text += fmt.Sprintf(" Values that are still under an older key: %d.", older)
	default:
		f.Text += " Everything sealed is under it."
	}
	return f
}

// lookAtWayOut tries the way of integrations' requests; seen is how the latest went, nil: nobody knows.
func lookAtWayOut(ctx context.Context, client *egress.Client, way config.Way, seen *outcomes) health.Finding {
	f := health.Finding{Name: "way out", Verdict: health.Ok, Text: map[config.Way]string{
		"": "Requests leave from this machine (direct).", config.WayDirect: "Requests leave from this machine (direct).", config.WayProxy: "The proxy can be used.", config.WayWorker: "The worker can be used.",
	}[way]}
	if err := client.Probe(ctx); err != nil {
		return health.Finding{
			Name: "way out", Verdict: health.Wrong, Text: fmt.Sprintf("The %s cannot be used: %s", way, Explain(err)),
			Advice: "Until it works every integration's values are missing; there is no other way instead.",
		}
	}
	last, ok := seen.latest()
	switch {
	case !ok:
	case last.class == "":
		f.Text += fmt.Sprintf(" The last request, at %s, got an answer.", clockTime(last.at))
	default:
		f.Text += fmt.Sprintf(" The last request, at %s, failed (%s).", clockTime(last.at), last.class)
	}
	if last.failures >= manyFailures {
		f.Verdict = health.Look
		f.Text += fmt.Sprintf(" So did all of the last %d.", last.failures)
		f.Advice = "Look at this machine's network and name resolution, and at the integrations that are asked."
	}
	return f
}

// lookAtFiles wants a folder that can be written.
func lookAtFiles(ctx context.Context, blobs *blob.Directory, folder string) health.Finding {
	if err := blobs.Probe(ctx); err != nil {
		return health.Finding{Name: "logos", Verdict: health.Wrong, Text: folder + ": " + Explain(err), Advice: "Until then no integration can get a new logo."}
	}
	return health.Finding{Name: "logos", Verdict: health.Ok, Text: folder + " can be written."}
}

func day(at time.Time) string { return at.UTC().Format(time.DateOnly) }

func clockTime(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05") + " UTC" }

func milliseconds(d time.Duration) string {
	if d < 100*time.Microsecond {
		return "less than 0.1 ms"
	}
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// binarySize writes bytes in the largest unit that leaves a number before the point.
func binarySize(bytes int64) string {
	const step = 1024
	size, units := float64(bytes), []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	for len(units) > 1 && size >= step {
		size, units = size/step, units[1:]
	}
	if units[0] == "bytes" {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}
