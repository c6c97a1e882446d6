// Package oauth is Discord's OAuth2 as topics/oauth2 of its documentation describes it (S-3): the consent page, codes
// with PKCE (RFC 7636), tokens, their refreshing and revocation (RFC 6749, RFC 7009), and the installation of bots.
//
// The page and the grants are its own; who exists and who may do what is the world's. It must never know what calls the
// tokens are used for: the REST API asks it whom a token stands for.
package oauth

import (
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

const (
	// TokenLife is how long an access token works: "expires_in": 604800 (topics/oauth2).
	TokenLife = 604800 * time.Second
	// CodeLife is how long a code works. Discord does not tell; RFC 6749 4.1.2 recommends ten minutes at most, so this
	// is an assumption.
	CodeLife = 10 * time.Minute
)

// Config is what OAuth2 depends on.
type Config struct {
	World  *world.World
	Logger *slog.Logger
	// Now is the virtual clock: codes and tokens end by it.
	Now func() time.Time
	// RandSeed makes codes and tokens repeatable.
	RandSeed uint64
}

// Server holds what was authorized. It is safe for concurrent use.
type Server struct {
	cfg  Config
	page *page

	mu    sync.Mutex
	rand  *rand.Rand
	codes map[string]*code
	// access and refresh find an authorization by its tokens, granted by who authorized whom.
	access  map[string]*token
	refresh map[string]*token
	granted map[pair]*authorization
}

// pair is a client and the person who authorized it: Discord keeps one authorization for the two.
type pair struct{ client, user wire.ID }

// authorization is what a person allows a client.
type authorization struct {
	pair
	scopes []string
}

// code is an authorization code on its way to the token endpoint.
type code struct {
	pair
	scopes    []string
	redirect  string
	challenge challenge
	guild     wire.ID
	until     time.Time
	used      bool
}

// token is an access token or a refresh token.
type token struct {
	pair
	scopes []string
	until  time.Time
}

// New makes a server that has authorized nothing.
func New(cfg Config) *Server {
	s := &Server{cfg: cfg, page: newPage()}
	s.Reset()
	return s
}

// Reset forgets every code, token and authorization.
func (s *Server) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rand = rand.New(rand.NewPCG(s.cfg.RandSeed, 0x0a07)) //nolint:gosec // tests want the same tokens again
	s.codes, s.access, s.refresh = map[string]*code{}, map[string]*token{}, map[string]*token{}
	s.granted = map[pair]*authorization{}
}

// secretLength is that of Discord's codes and tokens.
const secretLength = 30

// secret makes a code or token; the caller holds the lock.
func (s *Server) secret() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, secretLength)
	for i := range b {
		b[i] = letters[s.rand.IntN(len(letters))]
	}
	return string(b)
}

// Bearer is whom an access token stands for.
type Bearer struct {
	Client, User wire.ID
	Scopes       []string
	Expires      time.Time
}

// Bearer finds an access token; false when it is unknown, revoked or over.
func (s *Server) Bearer(accessToken string) (Bearer, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.access[accessToken]
	if t == nil || !s.cfg.Now().Before(t.until) {
		return Bearer{}, false
	}
	return Bearer{Client: t.client, User: t.user, Scopes: t.scopes, Expires: t.until}, true
}
