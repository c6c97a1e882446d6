package webhooksignature_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"usher/internal/core/secret"
	"usher/internal/core/webhooksignature"
)

func newKey(t *testing.T) (text string, key webhooksignature.Key) {
	t.Helper()
	made, err := webhooksignature.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = webhooksignature.ParseKey(made); err != nil {
		t.Fatal(err)
	}
	return made.Reveal(), key
}

// message is a signed request as its receiver sees it.
type message struct {
	Key       string `json:"key"` // the receiver's
	ID        string `json:"id"`
	Timestamp string `json:"timestamp"`
	Signature string `json:"signature"`
	Body      string `json:"body"`
}

type judged struct {
	name string
	message
	valid bool
}

// cases are the rows of the table of cases that a receiver decides.
func cases(t *testing.T) []judged {
	t.Helper()
	now := time.Now()
	id, err := webhooksignature.NewID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	oldText, oldKey := newKey(t)
	newText, key := newKey(t)
	stranger, _ := newKey(t)
	const body = `{"user_id":"585576154958921739","é":"🎫"}`
	sent := func(receiver string, at time.Time, body string, keys ...webhooksignature.Key) message {
		return message{Key: receiver, ID: id, Timestamp: webhooksignature.Timestamp(at), Signature: webhooksignature.Sign(keys, id, at, []byte(body)), Body: body}
	}
	changed := sent(newText, now, body, key)
	changed.Body = strings.Replace(body, "585", "586", 1)
	without := func(cut func(*message)) message {
		m := sent(newText, now, body, key)
		cut(&m)
		return m
	}
	return []judged{
		{"signature-01 valid", sent(newText, now, body, key), true},
		{"signature-02 body changed by one byte", changed, false},
		{"signature-03 id missing", without(func(m *message) { m.ID = "" }), false},
		{"signature-03 timestamp missing", without(func(m *message) { m.Timestamp = "" }), false},
		{"signature-03 signature missing", without(func(m *message) { m.Signature = "" }), false},
		{"signature-04 six minutes old", sent(newText, now.Add(-6*time.Minute), body, key), false},
		{"signature-04 six minutes ahead", sent(newText, now.Add(6*time.Minute), body, key), false},
		{"four minutes old", sent(newText, now.Add(-4*time.Minute), body, key), true},
		{"signature-08 empty body of a GET", sent(newText, now, "", key), true},
		{"another id", without(func(m *message) { m.ID += "a" }), false},
		{"another time", without(func(m *message) { m.Timestamp = webhooksignature.Timestamp(now.Add(time.Second)) }), false},
		{"a stranger's key", sent(stranger, now, body, key), false},
		{"rotating, a receiver with the new key", sent(newText, now, body, key, oldKey), true},
		{"rotating, a receiver with the old key", sent(oldText, now, body, key, oldKey), true},
		{"rotating, a receiver with neither", sent(stranger, now, body, key, oldKey), false},
		{"rotated, a receiver with the old key", sent(oldText, now, body, key), false},
	}
}

func TestI13StandardWebhooksInGoAgrees(t *testing.T) {
	for _, c := range cases(t) {
		receiver, err := standardwebhooks.NewWebhook(c.Key)
		if err != nil {
			t.Fatal(err)
		}
		headers := http.Header{}
		headers.Set(webhooksignature.HeaderID, c.ID)
		headers.Set(webhooksignature.HeaderTimestamp, c.Timestamp)
		headers.Set(webhooksignature.HeaderSignature, c.Signature)
		if err := receiver.Verify([]byte(c.Body), headers); (err == nil) != c.valid {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The key, id, time, body and signature of the specification's own example.
func TestI13ASignatureThatTheSpecificationGives(t *testing.T) {
	key, err := webhooksignature.ParseKey(secret.New("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
	if err != nil {
		t.Fatal(err)
	}
	got := webhooksignature.Sign([]webhooksignature.Key{key}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if want := "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

func TestI13KeysAreRandomAndWellFormed(t *testing.T) {
	one, _ := newKey(t)
	two, key := newKey(t)
	if !regexp.MustCompile(`^whsec_[A-Za-z0-9+/]{43}=$`).MatchString(one) || one == two {
		t.Errorf("keys %s and %s", one, two)
	}
	if made, err := webhooksignature.NewKey(bytes.NewReader(make([]byte, 32))); err != nil || made.Reveal() != "whsec_"+strings.Repeat("A", 43)+"=" {
		t.Errorf("a key of zeros: %v, %v", made.Reveal(), err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if text := fmt.Sprintf(verb, any(key)); text != secret.Mask {
			t.Errorf("with %s a key prints as %s", verb, text)
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).LogAttrs(t.Context(), slog.LevelInfo, "x", slog.Any("key", key))
	if !strings.Contains(log.String(), "key="+secret.Mask) {
		t.Errorf("log %s", log.String())
	}
}

func TestSignature10EmptyAndWrongKeysAreRefused(t *testing.T) {
	for _, text := range []string{
		"", "whsec_", "sesame", "whsec_sesame!", "whsec_AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "whsec_" + strings.Repeat("AAAA", 22), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "whpk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
	} {
		if _, err := webhooksignature.ParseKey(secret.New(text)); !errors.Is(err, webhooksignature.ErrKey) || text != "" && strings.Contains(err.Error(), text) && text != "whsec_" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestSignature08And09IDsAreUniqueAndHaveNoDot(t *testing.T) {
	form := regexp.MustCompile(`^msg_[a-z2-7]{26}$`)
	seen := map[string]bool{}
	for range 1000 {
		id, err := webhooksignature.NewID(rand.Reader)
		if err != nil || !form.MatchString(id) || seen[id] {
			t.Fatalf("id %q, %v", id, err)
		}
		seen[id] = true
	}
}

func TestNoRandomnessIsAnError(t *testing.T) {
	for _, random := range []io.Reader{iotest.ErrReader(errors.New("none")), bytes.NewReader(make([]byte, 15))} {
		if key, err := webhooksignature.NewKey(random); err == nil || !key.Empty() {
			t.Errorf("key %v, %v", key, err)
		}
		if id, err := webhooksignature.NewID(random); err == nil || id != "" {
			t.Errorf("id %v, %v", id, err)
		}
	}
}
