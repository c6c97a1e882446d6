package integration

import "time"

// Tuning is how all integrations' requests together are kept within bounds; the operator decides.
type Tuning struct {
	GuildRate       Rate // of one guild to all integrations (I-43)
	IntegrationRate Rate // of all guilds to one integration (I-43)
	TrialRate       Rate // of one user's test requests in one guild
	PreviewRate     Rate // of one user's previews in one guild; they reach only what is active there
	LogoRate        Rate // of one user's logos
	CacheBytes      int  // memory for answers that may be used again; 0: no cache
	BreakAfter      int  // failures one after another until an integration is left alone (I-15)
	BreakFirst      time.Duration
	BreakMost       time.Duration // it is left alone for BreakFirst, and twice as long after each try that fails, up to BreakMost
	// TrialFloor is how long a test request or a validation that could not be delivered takes at least, so that its time does not tell what stands in
	// the way: nothing there, a closed port, or our refusal.
	TrialFloor time.Duration
}

// DefaultTuning leaves room for a guild that opens two tickets a second with all its integrations, and for bursts of twenty.
func DefaultTuning() Tuning {
	return Tuning{
		GuildRate:       Rate{PerMinute: 600, Burst: 100},
		IntegrationRate: Rate{PerMinute: 6000, Burst: 1000},
		TrialRate:       Rate{PerMinute: 10, Burst: 5},
		PreviewRate:     Rate{PerMinute: 30, Burst: 15},
		LogoRate:        Rate{PerMinute: 1, Burst: 20},
		CacheBytes:      32 << 20,
		BreakAfter:      5, BreakFirst: 30 * time.Second, BreakMost: 5 * time.Minute,
		TrialFloor: 4 * time.Second, // resolving and connecting have 2 s each
	}
}
