package httpapi

import (
	"time"

	"usher/internal/core/firstrun"
	"usher/internal/core/snowflake"
)

// setupState is what the set-up page shows.
type setupState struct {
	Phase       firstrun.Phase    `json:"phase"`
	Until       time.Time         `json:"until"`
	Failure     string            `json:"failure,omitempty"`
	Application *setupApplication `json:"application,omitempty"`
	Address     string            `json:"address"`
	Redirect    string            `json:"redirect"`
	Registered  bool              `json:"registered"`
	SecretKnown bool              `json:"secret_known"`
	Operator    *setupPerson      `json:"operator,omitempty"`
	Fixed       []string          `json:"fixed"`
	Invite      string            `json:"invite"`
	Links       setupLinks        `json:"links"`
	Guilds      []setupGuild      `json:"guilds"`
}

// setupLinks are pages of Discord's developer portal.
type setupLinks struct {
	Applications string `json:"applications"`
	Bot          string `json:"bot"`
	OAuth2       string `json:"oauth2"`
}

type setupApplication struct {
	ID       snowflake.Application `json:"id"`
	Name     string                `json:"name"`
	Bot      setupPerson           `json:"bot"`
	Findings []setupFinding        `json:"findings"`
}

type setupFinding struct {
	Code string `json:"code"`
	Text string `json:"text"`
	Link string `json:"link"`
}

type setupPerson struct {
	ID      snowflake.User `json:"id"`
	Name    string         `json:"name"`
	Shown   string         `json:"shown"`
	Picture string         `json:"picture"`
}

type setupGuild struct {
	ID      snowflake.Guild `json:"id"`
	Name    string          `json:"name"`
	Icon    string          `json:"icon"`
	Missing []string        `json:"missing"`
}

func stateOf(s firstrun.State) setupState {
	out := setupState{
		Phase: s.Phase, Until: s.Until, Failure: s.Failure, Address: s.PublicURL, Redirect: s.Redirect, Registered: s.Registered,
		SecretKnown: s.SecretKnown, Fixed: append([]string{}, s.Fixed...), Invite: s.Invite, Guilds: []setupGuild{},
		Links: setupLinks{Applications: firstrun.PortalURL(0, "")},
	}
	if a := s.Application; a != nil {
		shown := setupApplication{ID: a.ID, Name: a.Name, Bot: setupPerson(a.Bot), Findings: []setupFinding{}}
		for _, f := range a.Findings {
			shown.Findings = append(shown.Findings, setupFinding(f))
		}
		out.Application = &shown
		out.Links.Bot, out.Links.OAuth2 = firstrun.PortalURL(a.ID, "bot"), firstrun.PortalURL(a.ID, "oauth2")
	}
	if s.Operator != nil {
		operator := setupPerson(*s.Operator)
		out.Operator = &operator
	}
	for _, g := range s.Guilds {
		out.Guilds = append(out.Guilds, setupGuild{ID: g.ID, Name: g.Name, Icon: g.Icon, Missing: append([]string{}, g.Missing...)})
	}
	return out
}
