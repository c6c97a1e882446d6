package firstrun

import (
	"crypto/sha256"
	"crypto/subtle"
	"sync"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
)

// Limits of the set-up.
const (
	CodeLife     = 30 * time.Minute // from the start to the code, and again from the code to the end
	codeTries    = 10
	checksEvery  = time.Second // one more check may be made
	checksAtOnce = 30
)

// door lets one browser in: whoever has the code that stands in the terminal. The code works once.
type door struct {
	now  func() time.Time
	text func() string

	mu      sync.Mutex
	code    [sha256.Size]byte
	session [sha256.Size]byte
	spent   bool // the code was used
	wrong   int
	until   time.Time
	closed  bool

	checks    float64 // that may be made now
	checkedAt time.Time
}

// newDoor gives the door and the code that opens it.
func newDoor(now func() time.Time, text func() string) (*door, secret.Value) {
	code := text()
	return &door{now: now, text: text, code: sha256.Sum256([]byte(code)), until: now().Add(CodeLife), checks: checksAtOnce, checkedAt: now()}, secret.New(code)
}

// enter gives a session for the code. Errors: Forbidden "code_wrong", "code_spent", "setup_over".
func (d *door) enter(code string) (secret.Value, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	given := sha256.Sum256([]byte(code))
	right := subtle.ConstantTimeCompare(given[:], d.code[:]) == 1
	switch {
	case d.over():
		return secret.Value{}, errOver()
	case !right:
		d.wrong++
		if d.wrong >= codeTries && !d.spent {
			d.closed = true
			return secret.Value{}, errOver()
		}
		return secret.Value{}, fault.New(fault.Forbidden, "code_wrong", "This is not the code. Open the address that the program printed when it started, whole.")
	case d.spent:
		return secret.Value{}, fault.New(fault.Forbidden, "code_spent",
			"This code was used already, and it works once. Go on where it was used; if that was not you, or the page is closed, start the program again.")
	}
	session := d.text()
	d.spent, d.session, d.until = true, sha256.Sum256([]byte(session)), d.now().Add(CodeLife)
	return secret.New(session), nil
}

// admit is nil for the session. Errors: Forbidden "session_unknown", "setup_over".
func (d *door) admit(session string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.over() {
		return errOver()
	}
	given := sha256.Sum256([]byte(session))
	if !d.spent || subtle.ConstantTimeCompare(given[:], d.session[:]) != 1 {
		return fault.New(fault.Forbidden, "session_unknown", "Open the address that the program printed when it started.")
	}
	return nil
}

// check takes one of the questions to Discord that may be asked. Errors: Unavailable "too_fast".
func (d *door) check() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	d.checks = min(checksAtOnce, d.checks+float64(now.Sub(d.checkedAt))/float64(checksEvery))
	d.checkedAt = now
	if d.checks < 1 {
		return fault.New(fault.Unavailable, "too_fast", "That were many checks in a short time. Wait a few seconds.")
	}
	d.checks--
	return nil
}

// over reports whether nobody may set anything up any more. The lock is held.
func (d *door) over() bool { return d.closed || !d.now().Before(d.until) }

func (d *door) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
}

// ends is when the door closes by itself, and whether it has.
func (d *door) ends() (until time.Time, over bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.until, d.over()
}

func errOver() error {
	return fault.New(fault.Forbidden, "setup_over", "This set-up has ended. Start the program again for a new code.")
}
