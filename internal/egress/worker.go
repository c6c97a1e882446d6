package egress

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/internal/core/secret"
	"usher/internal/core/webhooksignature"
)

// Worker is a forwarder in somebody else's network, such as deploy/cloudflare: it sends the requests that signed envelopes describe (I-40).
// It sees requests and answers in the clear; names are resolved by it.
type Worker struct {
	URL     string         // https://…; http only on this machine, for tests
	Key     secret.Value   // whsec_ and the base64 of 24 to 64 bytes: the same at the worker
	Random  io.Reader      // [crypto/rand]
	RootCAs *x509.CertPool // [the system's]
}

const (
	// workerSkew is how much the clocks may differ.
	workerSkew = time.Minute
	// workerMargin is what the way to the worker and back may take of a call's time: a tenth, but not less than this.
	workerMargin = 200 * time.Millisecond
	// maxWorkerHead bounds the line of JSON before an answer's body, in bytes.
	maxWorkerHead = 64 << 10
)

// forwarded is the back end that goes through a worker.
type forwarded struct {
	url     Target
	key     webhooksignature.Key
	speaker speaker
	timeout time.Duration // for connecting to the worker
	limits  wire          // of the target's answer
	random  io.Reader
	now     func() time.Time
}

var _ backEnd = (*forwarded)(nil)

// newForwarded's errors name what is wrong and never the key.
func newForwarded(cfg Config) (*forwarded, error) {
	if len(cfg.AllowNetworks) > 0 {
		return nil, errors.New("egress: a worker stands outside of every network of yours: allowed networks cannot be reached through it, so leave them out")
	}
	u, err := ParseURL(cfg.Worker.URL)
	if err != nil {
		return nil, errors.New("egress: the worker's address must be a whole URL such as https://usher-egress.example.workers.dev/")
	}
	if u.origin.Scheme != "https" && !u.origin.Host.Addr().IsLoopback() {
		return nil, errors.New("egress: the worker's address must begin with https://, since secrets go there")
	}
	key, err := webhooksignature.ParseKey(cfg.Worker.Key)
	if err != nil {
		return nil, fmt.Errorf("egress: the worker's key: %w", err)
	}
	random := cfg.Worker.Random
	if random == nil {
		random = rand.Reader
	}
	f := &forwarded{
		url: u, key: key, timeout: cfg.ConnectTimeout, limits: newSpeaker(cfg).wire, random: random, now: cfg.Now,
	}
	cfg.RootCAs, cfg.MaxBody = cfg.Worker.RootCAs, cfg.MaxBody+maxWorkerHead
	f.speaker = newSpeaker(cfg)
	f.speaker.wire.kept = append(f.speaker.wire.kept, webhooksignature.HeaderTimestamp, webhooksignature.HeaderSignature)
	return f, nil
}

// exchange implements backEnd: one envelope there, one signed answer back.
func (f *forwarded) exchange(ctx context.Context, c call) (Response, error) {
	if c.allowedOnly {
		return Response{}, unreachable(ClassPolicy)
	}
	envelope, err := f.envelope(ctx, c)
	if err != nil {
		return Response{}, err
	}
	id, err := webhooksignature.NewID(f.random)
	if err != nil {
		return Response{}, noWayOut()
	}
	answer, err := f.post(ctx, id, envelope)
	if err != nil {
		return Response{}, noWayOut() // whatever it was, the target has no part in it
	}
	if answer.Status != http.StatusOK || !f.signed(answer, id) {
		return Response{}, noWayOut()
	}
	return f.open(answer.Body, c.URL)
}

// envelopeHead is the first line of an envelope; the body to send follows.
type envelopeHead struct {
	Version   int         `json:"v"`
	Method    string      `json:"method"`
	URL       string      `json:"url"`
	Headers   [][2]string `json:"headers"`
	TimeMS    int64       `json:"time_ms"`
	MaxHeader int         `json:"max_header"`
	MaxBody   int         `json:"max_body"`
}

// envelope describes the call, headers and all. The worker is given less time than there is, so that it can say itself that the target was
// too slow.
func (f *forwarded) envelope(ctx context.Context, c call) ([]byte, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return nil, noWayOut()
	}
	left := deadline.Sub(f.now())
	left -= max(workerMargin, left/10)
	if left < time.Millisecond {
		return nil, timedOut()
	}
	head := envelopeHead{
		Version: 1, Method: c.Method, URL: c.URL.origin.String() + *c.URL.location, TimeMS: left.Milliseconds(), MaxHeader: f.limits.maxHeader, MaxBody: f.limits.maxBody,
		Headers: [][2]string{{"User-Agent", f.limits.userAgent}},
	}
	for _, h := range c.Header {
		head.Headers = append(head.Headers, [2]string{h.Name, h.Value.Reveal()})
	}
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	lines.SetEscapeHTML(false)
	if err := lines.Encode(head); err != nil {
		return nil, noWayOut()
	}
	b.Write(c.Body)
	return b.Bytes(), nil
}

// post hands the envelope over. The worker was named by the operator: the guard has no say here.
func (f *forwarded) post(ctx context.Context, id string, envelope []byte) (Response, error) {
	at := f.now()
	request := Request{Method: http.MethodPost, URL: f.url, Body: envelope, Header: []Header{
		{Name: "Content-Type", Value: secret.New("application/octet-stream")},
		{Name: webhooksignature.HeaderID, Value: secret.New(id)},
		{Name: webhooksignature.HeaderTimestamp, Value: secret.New(webhooksignature.Timestamp(at))},
		{Name: webhooksignature.HeaderSignature, Value: secret.New(webhooksignature.Sign([]webhooksignature.Key{f.key}, id, at, envelope))},
	}}
	dialing, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	host := strings.Trim(f.url.origin.Host.String(), "[]")
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(dialing, "tcp", net.JoinHostPort(host, strconv.Itoa(int(f.url.origin.Port))))
	if err != nil {
		return Response{}, noWayOut()
	}
	return f.speaker.speak(ctx, conn, call{Request: request})
}

// signed says whether an answer is the worker's, to this envelope, and new. The id that is signed is ours to know, whatever the answer says; it
// differs from the envelope's in the beginning, so that an envelope that is sent back is no answer.
func (f *forwarded) signed(answer Response, id string) bool {
	answerID := "ans_" + strings.TrimPrefix(id, "msg_")
	seconds, err := strconv.ParseInt(answer.Header.Get(webhooksignature.HeaderTimestamp), 10, 64)
	if err != nil {
		return false
	}
	at := time.Unix(seconds, 0)
	want := webhooksignature.Sign([]webhooksignature.Key{f.key}, answerID, at, answer.Body)
	return f.now().Sub(at).Abs() <= workerSkew && hmac.Equal([]byte(want), []byte(answer.Header.Get(webhooksignature.HeaderSignature)))
}

// answerHead is the first line of a worker's answer; the body follows.
type answerHead struct {
	Version  int         `json:"v"`
	Class    Class       `json:"class"` // why there is no answer; else empty
	Status   int         `json:"status"`
	Headers  [][2]string `json:"headers"`
	Location *string     `json:"location"`
}

// open reads a verified answer, and holds it to what the other ways out promise all the same.
func (f *forwarded) open(body []byte, from Target) (Response, error) {
	line, body, _ := bytes.Cut(body, []byte("\n"))
	var head answerHead
	if err := json.Unmarshal(line, &head); err != nil || head.Version != 1 {
		return Response{}, noWayOut()
	}
	switch {
	case head.Class != "":
		return Response{}, f.classed(head.Class)
	case head.Status >= 300 && head.Status < 400:
		return Response{}, redirected(&http.Response{Header: locations(head.Location)}, from)
	case head.Status < 200 || head.Status > 999:
		return Response{}, unreachable(ClassConnect)
	case len(body) > f.limits.maxBody:
		return Response{}, f.limits.tooLarge()
	}
	all := make(http.Header)
	for _, h := range head.Headers {
		all.Add(h[0], h[1])
	}
	return Response{Status: head.Status, Header: few(all, f.limits.kept), Body: body, Size: len(body)}, nil
}

// classed puts our own words to a class: a worker's text reaches nobody.
func (f *forwarded) classed(class Class) *Failure {
	switch class {
	case ClassURL:
		return fail(ClassURL, "The URL or a header cannot be sent by this instance's way out.")
	case ClassPolicy, ClassResolve, ClassConnect:
		return unreachable(class)
	case ClassTimeout:
		return timedOut()
	case ClassTooLarge:
		return f.limits.tooMuch()
	case ClassEncoding:
		return unasked()
	default:
		return noWayOut()
	}
}

// locations parts what JavaScript joined, so that two Location headers are not taken for one.
func locations(joined *string) http.Header {
	header := make(http.Header)
	if joined == nil {
		return header
	}
	for part := range strings.SplitSeq(*joined, ", ") {
		header.Add("Location", part)
	}
	return header
}

// probe says whether the worker knows our key, by an envelope that it must refuse.
func (f *forwarded) probe(ctx context.Context) error {
	u, err := ParseURL("https://192.0.2.1/")
	if err != nil {
		return err
	}
	_, err = f.exchange(ctx, call{Request: Request{Method: http.MethodGet, URL: u}})
	if slices.Contains([]Class{ClassPolicy, ClassURL}, asFailure(err).Class) {
		return nil
	}
	return fmt.Errorf("the worker at %s cannot be reached, does not know the key, or its clock and ours differ by more than a minute", f.url.origin)
}
