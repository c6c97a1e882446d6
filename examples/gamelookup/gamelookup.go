// Package gamelookup is an example of an integration server: a game that knows its players by their Discord ids. It answers
//
//	GET /lookup?user=585576154958921739
//
// with what the game knows of that user, and with {} for anybody else, so that placeholders fall back. Copy it and replace the map.
//
// It knows nothing of Usher: any HTTP server that answers with a JSON object is an integration.
package gamelookup

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
)

// Player is what the game tells about one user. The paths to its values are online_status, user.username,
// user.account_created_year, user.scores.high_score and user.scores.last_score.
type Player struct {
	OnlineStatus string `json:"online_status"`
	User         User   `json:"user"`
}

// User is the player's account in the game.
type User struct {
	Username           string `json:"username"`
	AccountCreatedYear int    `json:"account_created_year"`
	Scores             Scores `json:"scores"`
}

// Scores are the player's results.
type Scores struct {
	HighScore int `json:"high_score"`
	LastScore int `json:"last_score"`
}

// Handler serves the lookup to everybody.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /lookup", lookup)
	return mux
}

// HandlerWithKey serves the lookup to callers that send key in the Authorization header, and adds a validation URL for it:
// POST /validate with {"api_key": "…"} answers 204 when the key is right, else 400 with an error that is shown to the user.
func HandlerWithKey(key string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /lookup", func(w http.ResponseWriter, r *http.Request) {
		if !same(r.Header.Get("Authorization"), key) {
			reply(w, http.StatusUnauthorized, map[string]string{"error": "Send your API key in the Authorization header."})
			return
		}
		lookup(w, r)
	})
	mux.HandleFunc("POST /validate", func(w http.ResponseWriter, r *http.Request) {
		var secrets struct {
			APIKey string `json:"api_key"`
		}
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(&secrets)
		if err != nil || !same(secrets.APIKey, key) {
			reply(w, http.StatusBadRequest, map[string]string{"error": "Your API key is invalid."})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func lookup(w http.ResponseWriter, r *http.Request) {
	player, ok := players()[r.URL.Query().Get("user")]
	if !ok {
		reply(w, http.StatusOK, struct{}{})
		return
	}
	reply(w, http.StatusOK, player)
}

// players stands for the game's database.
func players() map[string]Player {
	return map[string]Player{
		"585576154958921739": {
			OnlineStatus: "Online",
			User: User{
				Username:           "Ryan",
				AccountCreatedYear: 2019,
				Scores:             Scores{HighScore: 3000, LastScore: 400},
			},
		},
	}
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

// same compares in constant time, so that the key cannot be guessed byte by byte.
func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
