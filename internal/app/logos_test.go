package app

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"usher/internal/blob"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/egress"
	"usher/internal/logo"
)

// noWait is a wait that is over at once.
func noWait(context.Context, time.Duration) error { return nil }

// inside resolves every name that begins with "inner" to an address of the own network, and no other.
type inside struct{}

func (inside) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if strings.HasPrefix(host, "inner") {
		return []netip.Addr{netip.MustParseAddr("10.1.2.3")}, nil
	}
	return nil, errors.New("no such name")
}

// Case oracle-01: saving a logo tells an author nothing of which names lead into the operator's network.
func TestI39WhatStandsInALogosWayLooksAlike(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"inner.example.com", "nowhere.example.com"} {
		var waited time.Duration
		now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		way, err := newLogoWay(egress.Config{Resolver: inside{}, Now: func() time.Time { return now }}, func(_ context.Context, d time.Duration) error {
			waited += d
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = way.Fetch(t.Context(), "author", "https://"+host+"/logo.png")
		var told *fault.Error
		if !errors.As(err, &told) || told.Code != "logo_unreachable" || waited != integration.DefaultTuning().TrialFloor {
			t.Errorf("%s: waited %s, %v", host, waited, err)
		}
	}
}

// logoHouse is a keeper over the real way out and a folder, as the program has them.
func logoHouse(t *testing.T) (*logo.Keeper, *blob.Directory) {
	t.Helper()
	way, err := newLogoWay(egress.Config{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, Now: time.Now}, noWait)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := blob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	return logo.NewKeeper(way, kept), kept
}

// TestI42ALogoIsFetchedKeptAndServed goes the whole way of one, over a file that is larger than an integration's answer may be.
func TestI42ALogoIsFetchedKeptAndServed(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	noise := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	for i := range noise.Pix {
		noise.Pix[i] = byte(i * i >> 7)
	}
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&picture, noise); err != nil || picture.Len() < 512<<10 {
		t.Fatalf("%d bytes, %v", picture.Len(), err)
	}
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept"), "image/png") {
			http.Error(w, "", http.StatusNotAcceptable)
			return
		}
		_, _ = w.Write(picture.Bytes())
	}))
	defer host.Close()
	keeper, kept := logoHouse(t)
	hash, err := keeper.Keep(t.Context(), "author", host.URL+"/logo.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range logo.Sizes() {
		w := httptest.NewRecorder()
		logo.Handler(kept, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequest(http.MethodGet, logo.Path(hash, size), nil))
		m, err := png.Decode(w.Body)
		if w.Code != http.StatusOK || err != nil || m.Bounds().Dx() != size {
			t.Errorf("status %d, %v", w.Code, err)
		}
	}
}

func TestALogosServerThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	host := httptest.NewServer(http.NotFoundHandler())
	defer host.Close()
	keeper, _ := logoHouse(t)
	for url, says := range map[string]string{host.URL: "status 404", "https://user:sesame@x.example/": "", "http://10.0.0.1/a.png": "", "nonsense": ""} {
		_, err := keeper.Keep(t.Context(), "author", url)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(Explain(err), says) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", url, err)
		}
	}
	for class, want := range map[egress.Class]fault.Kind{egress.ClassBusy: fault.Unavailable, egress.ClassEgress: fault.Unavailable, egress.ClassTimeout: fault.Invalid} {
		if err := logoFault(&egress.Failure{Class: class, Text: "x"}); fault.KindOf(err) != want {
			t.Errorf("%s: %v", class, err)
		}
	}
}
