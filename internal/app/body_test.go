package app

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"usher/internal/core/integration"
	"usher/internal/core/secret"
	"usher/internal/egress"
)

func TestI8ABodyIsSentAsJSON(t *testing.T) {
	seen := make(chan http.Header, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.Header }))
	defer server.Close()
	client, err := egress.New(egress.Config{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, UserAgent: "Usher/test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	way := wayOut{client: client}
	for _, c := range []struct {
		method integration.Method
		body   []byte
		want   []string
	}{{integration.POST, []byte(`{"a":1}`), []string{"application/json"}}, {integration.GET, nil, nil}} {
		if _, err := way.Fetch(t.Context(), integration.Call{Guild: 1, Integration: "i", Method: c.method, URL: secret.New(server.URL + "/"), Body: c.body}); err != nil {
			t.Fatal(err)
		}
		if got := (<-seen).Values("Content-Type"); len(got) != len(c.want) || len(got) == 1 && got[0] != c.want[0] {
			t.Errorf("%s: Content-Type %v, want %v", c.method, got, c.want)
		}
	}
}
