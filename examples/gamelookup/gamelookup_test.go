package gamelookup_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/examples/gamelookup"
	"usher/examples/internal/nodetest"
)

// guide is the answer of the integration guide, byte for byte as a JSON encoder without indentation writes it.
const guide = `{"online_status":"Online","user":{"username":"Ryan","account_created_year":2019,"scores":{"high_score":3000,"last_score":400}}}`

const key = "a-key-for-tests"

type ask struct {
	name, method, path, authorization, body string
	status                                  int
	want                                    string
}

func TestTheGuidesLookup(t *testing.T) {
	open := []ask{
		{name: "the guide's user", path: "/lookup?user=585576154958921739", status: 200, want: guide},
		{name: "somebody else", path: "/lookup?user=1", status: 200, want: `{}`},
		{name: "nobody", path: "/lookup", status: 200, want: `{}`},
		{name: "another path", path: "/", status: 404},
	}
	goServer := httptest.NewServer(gamelookup.Handler())
	t.Cleanup(goServer.Close)
	t.Run("go", func(t *testing.T) { askAll(t, goServer.URL, open) })
	t.Run("javascript", func(t *testing.T) { askAll(t, nodetest.Start(t, "server.mjs"), open) })
}

func TestTheLookupWithAKeyAndItsValidation(t *testing.T) {
	guarded := []ask{
		{name: "right key", path: "/lookup?user=585576154958921739", authorization: key, status: 200, want: guide},
		{name: "no key", path: "/lookup?user=585576154958921739", status: 401, want: `{"error":"Send your API key in the Authorization header."}`},
		{name: "wrong key", path: "/lookup?user=585576154958921739", authorization: key + "x", status: 401, want: `{"error":"Send your API key in the Authorization header."}`},
		{name: "valid secret", method: "POST", path: "/validate", body: `{"api_key":"` + key + `"}`, status: 204},
		{name: "invalid secret", method: "POST", path: "/validate", body: `{"api_key":"x"}`, status: 400, want: `{"error":"Your API key is invalid."}`},
		{name: "no JSON", method: "POST", path: "/validate", body: `{`, status: 400, want: `{"error":"Your API key is invalid."}`},
		{name: "no secret", method: "POST", path: "/validate", body: `null`, status: 400, want: `{"error":"Your API key is invalid."}`},
	}
	goServer := httptest.NewServer(gamelookup.HandlerWithKey(key))
	t.Cleanup(goServer.Close)
	t.Run("go", func(t *testing.T) { askAll(t, goServer.URL, guarded) })
	t.Run("javascript", func(t *testing.T) { askAll(t, nodetest.Start(t, "server.mjs", "API_KEY="+key), guarded) })
}

func askAll(t *testing.T, server string, asks []ask) {
	for _, a := range asks {
		t.Run(a.name, func(t *testing.T) {
			method := a.method
			if method == "" {
				method = http.MethodGet
			}
			req, err := http.NewRequestWithContext(t.Context(), method, server+a.path, strings.NewReader(a.body))
			if err != nil {
				t.Fatal(err)
			}
			if a.authorization != "" {
				req.Header.Set("Authorization", a.authorization)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			body, err := io.ReadAll(resp.Body)
			if err != nil {
				t.Fatal(err)
			}
			if resp.StatusCode != a.status || (a.want != "" && string(body) != a.want) {
				t.Errorf("%d %s, want %d %s", resp.StatusCode, body, a.status, a.want)
			}
			if a.want != "" && !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
				t.Errorf("Content-Type = %q", resp.Header.Get("Content-Type"))
			}
		})
	}
}
