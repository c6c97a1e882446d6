// Package cryptoprice is an example of an integration server that needs to know nothing about the user: prices of coins. It answers
//
//	GET /price?coin=bitcoin
//
// with {"coin":"bitcoin","currency":"USD","price":"64123.17","change_24h":-1.2,"updated_at":"2026-01-02T03:04:05Z"}. The prices are
// made up: they wander around a fixed level, new every five seconds, and follow from seed and clock alone, so that tests and two
// servers side by side agree. Copy it and replace [Market.Price] by a real source.
//
// It knows nothing of Usher and of any exchange.
package cryptoprice

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Step is how often a price changes.
const Step = 5 * time.Second

const day = 24 * 60 * 60

// Quote is the price of a coin at one moment.
type Quote struct {
	Coin      string  `json:"coin"`
	Currency  string  `json:"currency"`
	Price     string  `json:"price"`      // in Currency, as text so that no digit is lost
	Change24h float64 `json:"change_24h"` // in percent, one decimal
	UpdatedAt string  `json:"updated_at"` // RFC 3339, the start of the step
}

// coin is a made-up coin: its level in USD and how many decimals are usual.
type coin struct {
	name     string
	level    float64
	decimals int
}

func coins() []coin {
	return []coin{{"bitcoin", 64000, 2}, {"ethereum", 3100, 2}, {"solana", 145, 2}, {"dogecoin", 0.125, 4}}
}

// Market quotes prices.
type Market struct {
	seed uint32
	now  func() time.Time
}

// New makes a market whose prices follow from seed and the clock now.
func New(seed uint32, now func() time.Time) *Market {
	return &Market{seed: seed, now: now}
}

// Handler serves GET /price?coin=NAME; an unknown coin is 404 with an error in JSON.
func (m *Market) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /price", func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("coin")
		quote, ok := m.Price(name)
		if !ok {
			reply(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf("There is no such coin here; try one of %s.", names())})
			return
		}
		reply(w, http.StatusOK, quote)
	})
	return mux
}

// Price quotes a coin now; false for an unknown one.
func (m *Market) Price(name string) (Quote, bool) {
	list := coins()
	i := slices.IndexFunc(list, func(c coin) bool { return c.name == name })
	if i < 0 {
		return Quote{}, false
	}
	second := m.now().Unix()
	second -= second % int64(Step/time.Second)
	price, before := m.at(list[i], second), m.at(list[i], second-day)
	change := math.Floor(float64(float64(price/before-1)*1000)+0.5) / 10
	return Quote{
		Coin:      name,
		Currency:  "USD",
		Price:     strconv.FormatFloat(price, 'f', list[i].decimals, 64),
		Change24h: change + 0, // turns -0 into 0
		UpdatedAt: time.Unix(second, 0).UTC().Format(time.RFC3339),
	}, true
}

// at is the price in a second: the coin's level, moved by waves of noise from ten seconds to two days long, the long ones stronger. The
// conversions keep each product rounded, so that every processor, and the JavaScript twin, gives the same digits.
func (m *Market) at(c coin, second int64) float64 {
	factor := 1.0
	for i, period := range []int64{2 * day, 6 * 3600, 2400, 300, 10} {
		strength := []float64{0.06, 0.02, 0.006, 0.002, 0.0008}[i]
		factor += float64(strength * m.wave(c.name, period, second))
	}
	return float64(c.level * factor)
}

// wave is smooth noise between -1 and 1: a random height at each multiple of period, and an S-curve between neighbours.
func (m *Market) wave(name string, period, second int64) float64 {
	k := second / period
	part := float64(second%period) / float64(period)
	smooth := float64(float64(part*part) * (3 - float64(2*part)))
	from, to := m.height(name, period, k), m.height(name, period, k+1)
	return from + float64((to-from)*smooth)
}

// height is a hash (FNV-1a with murmur's last mix) read as a number from -1 to 1.
func (m *Market) height(name string, period, k int64) float64 {
	h := uint32(2166136261)
	for _, b := range []byte(fmt.Sprintf("%d/%s/%d/%d", m.seed, name, period, k)) {
		h = (h ^ uint32(b)) * 16777619
	}
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	h ^= h >> 16
	return float64(h)/2147483648 - 1
}

func names() string {
	list := make([]string, 0, len(coins()))
	for _, c := range coins() {
		list = append(list, c.name)
	}
	return strings.Join(list, ", ")
}

func reply(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "internal error", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a caller that went away needs no answer
}
