package cryptoprice_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/examples/cryptoprice"
	"usher/examples/internal/nodetest"
)

func at(second int64) func() time.Time {
	return func() time.Time { return time.Unix(second, 0) }
}

const noon = 1767355200 // 2026-01-02 12:00:00 UTC

func TestThePriceMovesAndFollowsFromSeedAndClock(t *testing.T) {
	first, ok := cryptoprice.New(7, at(noon)).Price("bitcoin")
	if !ok {
		t.Fatal("no bitcoin")
	}
	again, _ := cryptoprice.New(7, at(noon+4)).Price("bitcoin")
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("within one step: %s", diff)
	}
	next, _ := cryptoprice.New(7, at(noon+5)).Price("bitcoin")
	other, _ := cryptoprice.New(8, at(noon)).Price("bitcoin")
	if first.Price == next.Price || first.Price == other.Price {
		t.Errorf("the price stands still: %s, next %s, other seed %s", first.Price, next.Price, other.Price)
	}
	if first.Currency != "USD" || first.UpdatedAt != "2026-01-02T12:00:00Z" || !regexp.MustCompile(`^\d{5}\.\d\d$`).MatchString(first.Price) {
		t.Errorf("quote = %+v", first)
	}
}

func TestThePriceWandersInBounds(t *testing.T) {
	var second int64 = noon
	market := cryptoprice.New(1, func() time.Time { return time.Unix(second, 0) })
	seen := make(map[string]bool)
	previous := 0.0
	for range 5000 {
		quote, _ := market.Price("bitcoin")
		price, err := strconv.ParseFloat(quote.Price, 64)
		if err != nil || price < 0.9*64000 || price > 1.1*64000 {
			t.Fatalf("price = %q", quote.Price)
		}
		if previous != 0 && (price/previous > 1.005 || price/previous < 0.995) {
			t.Fatalf("from %f to %f in one step", previous, price)
		}
		seen[quote.Price], previous = true, price
		second += 5
	}
	if len(seen) < 4000 {
		t.Errorf("%d different prices in 5000 steps", len(seen))
	}
}

func TestTheServersAnswer(t *testing.T) {
	goServer := httptest.NewServer(cryptoprice.New(3, time.Now).Handler())
	t.Cleanup(goServer.Close)
	t.Run("go", func(t *testing.T) { quotes(t, goServer.URL) })
	t.Run("javascript", func(t *testing.T) { quotes(t, nodetest.Start(t, "server.mjs", "SEED=3")) })
}

// quotes holds each answer of a server with seed 3 against the same step of a market here: the twins agree digit for digit.
func quotes(t *testing.T, server string) {
	for _, coin := range []string{"bitcoin", "ethereum", "solana", "dogecoin"} {
		status, body := fetch(t, server+"/price?coin="+coin)
		var got cryptoprice.Quote
		if err := json.Unmarshal(body, &got); err != nil || status != http.StatusOK {
			t.Fatalf("%d %s: %v", status, body, err)
		}
		updated, err := time.Parse(time.RFC3339, got.UpdatedAt)
		if err != nil {
			t.Fatal(err)
		}
		quote, _ := cryptoprice.New(3, at(updated.Unix())).Price(coin)
		want, err := json.Marshal(quote)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(body)); diff != "" {
			t.Error(diff)
		}
	}
	for path, want := range map[string]string{
		"/price?coin=euro": `{"error":"There is no such coin here; try one of bitcoin, ethereum, solana, dogecoin."}`,
		"/price":           `{"error":"There is no such coin here; try one of bitcoin, ethereum, solana, dogecoin."}`,
	} {
		if status, body := fetch(t, server+path); status != http.StatusNotFound || string(body) != want {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}

func fetch(t *testing.T, url string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
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
	return resp.StatusCode, body
}

// TestI38ThePriceIsTheSameForWhoever: the example reads nothing of a request but which coin it is about.
func TestI38ThePriceIsTheSameForWhoever(t *testing.T) {
	handler := cryptoprice.New(3, at(noon)).Handler()
	ask := func(query string) string {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/price?coin=bitcoin"+query, nil))
		if w.Code != http.StatusOK {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		return w.Body.String()
	}
	if one, other := ask(""), ask("&user_id=585576154958921739&username=ryan"); one != other {
		t.Errorf("%s, for somebody %s", one, other)
	}
}
