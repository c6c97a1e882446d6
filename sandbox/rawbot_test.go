package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"usher/sandbox"
)

// rawBot calls the API as a bot without a library, so that a test can send what no library would.
type rawBot struct {
	t     *testing.T
	s     *sandbox.Server
	token string
	// bearer is a person's token, instead of the bot's.
	bearer string
	// reason is for the audit log.
	reason string
}

// object is JSON.
type object = map[string]any

func newRawBot(t *testing.T, s *sandbox.Server) *rawBot {
	return &rawBot{t: t, s: s, token: sandbox.DefaultSeed().Applications[0].BotToken}
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   any
	raw    string
}

func (b *rawBot) call(method, path string, body any) answer {
	b.t.Helper()
	var raw []byte
	switch v := body.(type) {
	case nil:
	case string:
		raw = []byte(v)
	default:
		var err error
		if raw, err = json.Marshal(body); err != nil {
			b.t.Fatalf("encoding the body: %v", err)
		}
	}
	return b.send(method, path, "application/json", raw)
}

func (b *rawBot) send(method, path, contentType string, raw []byte) answer {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, b.s.APIURL()+path, bytes.NewReader(raw))
	if err != nil {
		b.t.Fatalf("making the request: %v", err)
	}
	req.Header.Set("User-Agent", "DiscordBot (https://example.com, 1.0)")
	switch {
	case b.bearer != "":
		req.Header.Set("Authorization", "Bearer "+b.bearer)
	case b.token != "":
		req.Header.Set("Authorization", "Bot "+b.token)
	}
	if b.reason != "" {
		req.Header.Set("X-Audit-Log-Reason", b.reason)
	}
	if len(raw) > 0 {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatalf("reading the answer: %v", err)
	}
	out := answer{status: res.StatusCode, header: res.Header, raw: string(data)}
	_ = json.Unmarshal(data, &out.body)
	return out
}

// must calls and wants a success.
func (b *rawBot) must(method, path string, body any) answer {
	b.t.Helper()
	out := b.call(method, path, body)
	if out.status >= 300 {
		b.t.Fatalf("%s %s: %d %s", method, path, out.status, out.raw)
	}
	return out
}

// at follows keys and indexes into the body.
func (a answer) at(path string) any {
	v := a.body
	for part := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case object:
			v = x[part]
		case []any:
			n := 0
			for _, r := range part {
				n = n*10 + int(r-'0')
			}
			if n >= len(x) {
				return nil
			}
			v = x[n]
		default:
			return nil
		}
	}
	return v
}

// text is at, as a string.
func (a answer) text(path string) string {
	s, _ := a.at(path).(string)
	return s
}

func (a answer) code() int {
	f, _ := a.at("code").(float64)
	return int(f)
}

// refused checks status and JSON error code.
func (a answer) refused(t *testing.T, status, code int) {
	t.Helper()
	if a.status != status || a.code() != code {
		t.Errorf("answered %d %s, want %d with code %d", a.status, a.raw, status, code)
	}
}

// complains checks that the tree of a 50035 has this code at this path.
func (a answer) complains(t *testing.T, path, code string) {
	t.Helper()
	a.refused(t, http.StatusBadRequest, 50035)
	where := "errors." + path + "._errors.0.code"
	if path == "" {
		where = "errors._errors.0.code"
	}
	if got := a.text(where); got != code {
		t.Errorf("%s is %q, want %q in %s", where, got, code, a.raw)
	}
}

const (
	guildPath   = "/guilds/1400000000000000001"
	supportPath = "/channels/1400000000000000026"
	appPath     = "/applications/1400000000000000201"
)

// quick is a sandbox without rate limits, for tests of other things.
func quick(t *testing.T) (*sandbox.Server, *rawBot) {
	t.Helper()
	s := start(t, sandbox.Config{RateLimits: sandbox.RateLimits{Off: true}})
	return s, newRawBot(t, s)
}

func row(components ...object) object { return object{"type": 1, "components": components} }

func button(customID string) object {
	return object{"type": 2, "style": 1, "label": "Press", "custom_id": customID}
}
