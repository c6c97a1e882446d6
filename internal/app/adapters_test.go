package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"
	"time"

	"usher/internal/core/integration"
	"usher/internal/core/secret"
	"usher/internal/egress"
)

func outTo(t *testing.T, networks ...netip.Prefix) wayOut {
	t.Helper()
	client, err := egress.New(egress.Config{AllowNetworks: networks, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return wayOut{client: client}
}

// What an author's server says of caching, of waiting and of itself arrives in core (I-14, I-15, I-34); what it says to a browser does not.
func TestAnswersKeepTheHeadersThatMatter(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Cache-Control", "max-age=5")
		w.Header().Add("Cache-Control", "no-store")
		w.Header().Set("Retry-After", "7")
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.Header().Set("Set-Cookie", "a=b")
		_, _ = w.Write([]byte(`{}`))
	}))
	t.Cleanup(server.Close)
	reply, err := outTo(t, netip.MustParsePrefix("127.0.0.1/32")).Fetch(t.Context(), integration.Call{Guild: 1, Integration: "x", Method: integration.GET, URL: secret.New(server.URL)})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []integration.ReplyHeader{{Name: "Cache-Control", Value: "max-age=5"}, {Name: "Cache-Control", Value: "no-store"}, {Name: "Retry-After", Value: "7"}, {Name: "Www-Authenticate", Value: "Bearer"}} {
		if !slices.Contains(reply.Headers, want) {
			t.Errorf("%v is not in %v", want, reply.Headers)
		}
	}
	if slices.ContainsFunc(reply.Headers, func(h integration.ReplyHeader) bool { return h.Name == "Set-Cookie" }) {
		t.Errorf("a cookie is in %v", reply.Headers)
	}
}

// Case oracle-01 at the seam: the operator's log tells policy from connect, people outside are not told.
func TestARefusalByPolicyLooksLikeAClosedPort(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	refused := outTo(t)
	allowed := outTo(t, netip.MustParsePrefix("127.0.0.1/32"))
	for class, ask := range map[string]func() error{
		"policy": func() error {
			_, err := refused.Fetch(t.Context(), integration.Call{Method: integration.GET, URL: secret.New(server.URL)})
			return err
		},
		"connect": func() error {
			_, err := allowed.Fetch(t.Context(), integration.Call{Method: integration.GET, URL: secret.New(closed.URL)})
			return err
		},
	} {
		f, ok := ask().(*integration.Failure) //nolint:errorlint // the port promises this very type
		if !ok || f.Class != class || f.Public() != integration.ClassConnect {
			t.Errorf("%s: %+v", class, f)
		}
	}
}
