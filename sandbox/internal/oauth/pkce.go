package oauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"regexp"
)

// challenge is what the client promised to know the origin of (RFC 7636). The zero value is none. PKCE is not described
// in topics/oauth2, so all of it follows the RFC.
type challenge struct {
	value  string
	method string
}

// Methods of a challenge (RFC 7636 4.2).
const (
	methodPlain = "plain"
	methodS256  = "S256"
)

// verifierForm is a verifier, and a plain challenge too (RFC 7636 4.1).
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9\-._~]{43,128}$`)

// readChallenge judges the parameters of the authorization request; the method is plain when none is named.
func readChallenge(value, method string) (challenge, *Problem) {
	if value == "" && method == "" {
		return challenge{}, nil
	}
	if method == "" {
		method = methodPlain
	}
	switch {
	case method != methodPlain && method != methodS256:
		return challenge{}, problem("invalid_request", "code_challenge_method is S256 or plain, not %q.", method)
	case !verifierForm.MatchString(value):
		return challenge{}, problem("invalid_request", "code_challenge must be 43 to 128 letters, digits and - . _ ~")
	}
	return challenge{value: value, method: method}, nil
}

// met tells that the verifier is the origin of the challenge. A verifier without a challenge is refused too: somebody
// took the challenge out of the request (RFC 9700 2.1.1).
func (c challenge) met(verifier string) bool {
	if c.value == "" || verifier == "" {
		return c.value == verifier
	}
	if c.method == methodS256 {
		sum := sha256.Sum256([]byte(verifier))
		verifier = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return subtle.ConstantTimeCompare([]byte(c.value), []byte(verifier)) == 1
}
