package bloxlink

import "time"

// Code says why there are no values.
type Code string

// The codes.
const (
	NoKey       Code = "no_key"      // neither the guild nor the operator has one
	KeyClosed   Code = "key_closed"  // the guild's key does not open with the keys of this instance
	KeyRefused  Code = "key_refused" // Bloxlink does not take the key
	Limited     Code = "limited"     // too many requests
	Failing     Code = "failing"     // a status that means nothing to us
	BadAnswer   Code = "bad_answer"  // an answer that means nothing to us
	Unreachable Code = "unreachable" // no answer
)

// For how long a service that failed is left alone.
const (
	pause        = 30 * time.Second
	limitPause   = time.Minute
	keyPause     = 5 * time.Minute
	longestPause = time.Hour // whatever Retry-After says
)

// Trouble is why there are no values, as far as this process has seen.
type Trouble struct {
	Code   Code
	Roblox bool      // it is Roblox that fails, not Bloxlink
	Since  time.Time // when it was last seen
	Until  time.Time // until then nobody is asked
}

func trouble(c Code) Trouble { return Trouble{Code: c} }

// Error implements error.
func (t Trouble) Error() string {
	if t.Roblox {
		return "roblox: " + string(t.Code)
	}
	return "bloxlink: " + string(t.Code)
}

// Text is a sentence for those who manage the guild.
func (t Trouble) Text() string {
	service := "Bloxlink"
	if t.Roblox {
		service = "Roblox"
	}
	switch t.Code {
	case NoKey:
		return "There is no Bloxlink key: make one for this server at https://blox.link/dashboard/user/developer and enter it here."
	case KeyClosed:
		return "This server's Bloxlink key cannot be decrypted any more: enter it again."
	case KeyRefused:
		return "Bloxlink does not accept the key: make a new one for this server at https://blox.link/dashboard/user/developer and enter it here."
	case Limited:
		return service + " takes no more requests for the moment. Values come again by themselves."
	case Failing, BadAnswer:
		return service + " answers, but with nothing that can be used. Values come again when it works."
	case Unreachable:
		return service + " cannot be reached. Values come again when it answers."
	default:
		return service + " gives no values."
	}
}
