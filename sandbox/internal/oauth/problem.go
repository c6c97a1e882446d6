package oauth

import (
	"fmt"
	"net/http"
)

// Problem is an error of OAuth2 (RFC 6749 4.1.2.1 and 5.2). As JSON it is the body of the token endpoint's refusal.
type Problem struct {
	Status      int    `json:"-"`
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

// Error gives one line.
func (p *Problem) Error() string { return p.Code + ": " + p.Description }

func problem(code, format string, args ...any) *Problem {
	status := http.StatusBadRequest
	if code == "invalid_client" {
		status = http.StatusUnauthorized
	}
	return &Problem{Status: status, Code: code, Description: fmt.Sprintf(format, args...)}
}
