package integration

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/webhooksignature"
)

// Trial is a test request of an integration as its author has it before them, saved or not (I-34). The secrets are for this one request
// and are kept nowhere.
type Trial struct {
	By snowflake.User // who tries it; where Draft has an ID, its owner
	// Draft is what is tried. With an ID, the request is signed by that integration's key, a header without a value takes the stored one, and
	// it is public if that one is; without, it is private and signed by a key that nobody knows.
	Draft   Integration
	Secrets map[string]secret.Value // one for each of Draft.Secrets
	Subject Subject                 // the guild, the user to try it for, and what else a ticket would tell. IsNew is false for a test (I-9)
}

// Tried is what became of a test request. No text in it holds one of the trial's secrets.
type Tried struct {
	Request Sent
	Failure *Failure      // nil: it went well. Class is the public one
	Status  int           // 0: there was no answer
	Took    time.Duration // 0 where there was none, or where the time would tell of our own network
	Size    int           // bytes of the body
	Headers []ReplyHeader // of the answer
	// JSON is the answer's body where it is JSON within the limits of an integration's answer, be it an object or not; else nil.
	JSON []byte
	// Text is the beginning of a body that is not in JSON, and Cut says that there was more.
	Text   string
	Cut    bool
	Yields []Yield // what each of the draft's placeholders gives, in their order
}

// Sent is the request as it went out, with [Concealed] in place of each secret.
type Sent struct {
	Method  Method
	URL     string
	Headers []ReplyHeader // the author's, then the signature's
	Body    string        // of a POST
}

// Concealed stands for a secret in a request that is shown: what stays the same when it is written into a URL.
const Concealed = "SECRET"

// maxTriedText is how much of an answer that is not JSON is shown, in characters.
const maxTriedText = 4096

// Try sends a test request through everything that a real one passes: checks, guard, limits and rates; but neither cache nor breaker, so
// that it tells how it is now. What goes wrong with the request itself is a part of the result.
//
// Errors: Invalid with a field for each fault of the draft ("integration_invalid") or the secrets ("secrets_invalid"); NotFound for
// another user's integration; Limited "trial_busy" when there were too many.
func (r *Resolver) Try(ctx context.Context, t Trial) (Tried, error) {
	p, err := r.prepare(ctx, &t)
	if err != nil {
		return Tried{}, err
	}
	call := Call{Guild: t.Subject.Guild, Integration: t.Draft.ID}
	if call.Integration == "" {
		call.Integration = ID("trial-" + t.By.String())
	}
	if err := r.takeTrial(call.Guild, t.By, call.Integration); err != nil {
		return Tried{}, err
	}
	id := call.Integration
	start, hide := r.now(), newMasker(t.Secrets)
	var (
		a    answer
		sent Sent
	)
	if call, err = t.Draft.call(p.plan, t.Subject, t.Secrets); err == nil {
		call.Integration = id
		a, sent, err = r.sendTrial(ctx, t, p, call)
	}
	if asUnreachable(err) {
		if waited := r.wait(ctx, max(0, r.tuning.TrialFloor-r.now().Sub(start))); waited != nil {
			return Tried{}, fmt.Errorf("waiting with a test request's result: %w", waited)
		}
	}
	result := tried(t, p, a, hide, err)
	result.Request = sent
	if t.Draft.ID != "" {
		r.journal.Note(delivery(t.Subject, t.Draft.ID, r.now(), a, err, missingOf(result.Yields)))
	}
	return result, nil
}

// prepared is a draft that can be sent.
type prepared struct {
	plan  plan
	paths []Path // of the draft's placeholders, in their order
	keys  []secret.Value
}

// prepare completes and checks a trial.
func (r *Resolver) prepare(ctx context.Context, t *Trial) (p prepared, err error) {
	t.Subject.Trigger, t.Subject.IsNew = ForTest, false
	if p.keys, err = r.adopt(ctx, t); err != nil {
		return p, err
	}
	if err := t.Draft.Check(r.limits, r.guard); err != nil {
		return p, err
	}
	if err := checkSecretValues(t.Draft, t.Secrets, true); err != nil {
		return p, err
	}
	if p.plan, err = t.Draft.plan(r.limits); err != nil {
		return p, fmt.Errorf("reading a checked draft: %w", err)
	}
	for _, one := range t.Draft.Placeholders {
		path, err := ParsePath(one.Path)
		if err != nil {
			return p, fmt.Errorf("reading a checked draft: %w", err)
		}
		p.paths = append(p.paths, path)
	}
	return p, nil
}

// adopt gives a draft what is known of the integration that it is of, and the keys to sign with.
func (r *Resolver) adopt(ctx context.Context, t *Trial) ([]secret.Value, error) {
	if t.Draft.ID == "" {
		t.Draft.Owner, t.Draft.Public = t.By, false
		key, err := webhooksignature.NewKey(r.signer.Random)
		if err != nil {
			return nil, fmt.Errorf("making a key for a test request: %w", err)
		}
		return []secret.Value{key}, nil
	}
	record, err := r.signer.Store.Integration(ctx, t.Draft.ID)
	if err != nil {
		return nil, fmt.Errorf("looking for the integration: %w", err)
	}
	if record.Owner != t.By {
		return nil, notFound()
	}
	stored, err := openRecord(ctx, r.sealer, record)
	if err != nil {
		return nil, fmt.Errorf("opening the headers of integration %s: %w", record.ID, err)
	}
	t.Draft = t.Draft.onto(stored)
	return r.signer.keys(ctx, record)
}

// sendTrial signs and sends, and gives the request as it may be shown.
func (r *Resolver) sendTrial(ctx context.Context, t Trial, p prepared, call Call) (a answer, sent Sent, err error) {
	signature, err := r.signer.headers(p.keys, call.Body)
	if err != nil {
		return a, sent, fmt.Errorf("signing a test request: %w", err)
	}
	if sent, err = t.shown(p, signature); err != nil {
		return a, sent, err
	}
	call.Headers = append(call.Headers, signature...)
	start := r.now()
	a.reply, err = r.fetch.Fetch(ctx, call)
	a.took = r.now().Sub(start)
	if err == nil {
		err = a.reply.check()
	}
	return a, sent, err
}

// shown builds the request once more, without the secrets.
func (t Trial) shown(p prepared, signature []Header) (Sent, error) {
	concealed := make(map[string]secret.Value, len(t.Secrets))
	for name := range t.Secrets {
		concealed[name] = secret.New(Concealed)
	}
	call, err := t.Draft.call(p.plan, t.Subject, concealed)
	if err != nil {
		return Sent{}, err
	}
	sent := Sent{Method: call.Method, URL: call.URL.Reveal(), Body: string(call.Body)}
	for _, h := range append(call.Headers, signature...) {
		sent.Headers = append(sent.Headers, ReplyHeader{Name: h.Name, Value: h.Value.Reveal()})
	}
	return sent, nil
}

// asUnreachable reports whether a request failed in a way that must not be told apart by its time.
func asUnreachable(err error) bool { return err != nil && toldOf(err).Public() == ClassConnect }

// tried makes the result; err is how the request ended.
func tried(t Trial, p prepared, a answer, hide masker, err error) Tried {
	result := Tried{Status: a.reply.Status, Size: len(a.reply.Body)}
	if !asUnreachable(err) {
		result.Took = a.took
	}
	for _, h := range a.reply.Headers {
		result.Headers = append(result.Headers, ReplyHeader{Name: h.Name, Value: hide.text(h.Value)})
	}
	if result.JSON = hide.json(a.reply.Body); result.JSON == nil {
		result.Text, result.Cut = beginning(hide.text(strings.ToValidUTF8(string(a.reply.Body), "\uFFFD")))
	}
	var broken error
	result.Yields, broken = t.yields(p.paths, a.reply.Body, hide, err == nil)
	if err == nil {
		err = broken
	}
	if err != nil {
		f := toldOf(err)
		result.Failure = &Failure{Class: f.Public(), Text: hide.text(f.Text)}
	}
	return result
}

// beginning is the part of a text that is shown.
func beginning(text string) (shown string, cut bool) {
	n := 0
	for at := range text {
		if n++; n > maxTriedText {
			return text[:at], true
		}
	}
	return text, false
}

// missingOf names the placeholders without a value.
func missingOf(all []Yield) []string {
	var names []string
	for _, y := range all {
		if y.Missing {
			names = append(names, y.Name)
		}
	}
	return names
}

// tester is a user who tries integrations, or messages, in a guild (case oracle-04).
type tester struct {
	guild snowflake.Guild
	user  snowflake.User
}

// trials holds the rate of test requests, or of previews. It is safe for concurrent use.
type trials struct {
	mu  sync.Mutex
	all *buckets[tester]
}

func newTrials(rate Rate) *trials { return &trials{all: newBuckets[tester](rate)} }

// take lets one pass with 0, or says how long to wait.
func (t *trials) take(who tester, now time.Time) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if delay := t.all.delay(who, now); delay > 0 {
		return delay
	}
	t.all.at(who, now).tokens--
	return 0
}

// takeTrial lets a test request pass, or says that there were too many.
func (r *Resolver) takeTrial(g snowflake.Guild, by snowflake.User, id ID) error {
	if delay := r.pace.delay(g, id); delay > 0 {
		return tooMany("trial_busy", "There were many requests just now", delay)
	}
	if delay := r.trials.take(tester{g, by}, r.now()); delay > 0 {
		return tooMany("trial_busy", "You sent many test requests just now", delay)
	}
	if !r.pace.take(g, id) { // others came in between
		return tooMany("trial_busy", "There were many requests just now", r.pace.delay(g, id))
	}
	return nil
}

// TakePreview lets a message be tried with real values, or says that it was done too often. Previews are counted for themselves, so that
// writing a message leaves the test requests of an integration alone. Errors: Limited "preview_busy".
func (r *Resolver) TakePreview(g snowflake.Guild, by snowflake.User) error {
	if delay := r.previews.take(tester{g, by}, r.now()); delay > 0 {
		return tooMany("preview_busy", "You looked at many previews just now", delay)
	}
	return nil
}

func tooMany(code, what string, delay time.Duration) error {
	seconds := max(1, int(math.Ceil(delay.Seconds())))
	unit := "seconds"
	if seconds == 1 {
		unit = "second"
	}
	return &fault.Error{
		Kind: fault.Limited, Code: code, Text: fmt.Sprintf("%s. Try again in %d %s.", what, seconds, unit), Retry: time.Duration(seconds) * time.Second,
	}
}
