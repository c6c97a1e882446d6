package oauth

import (
	"slices"
	"strings"
)

// Names of scopes that the sandbox itself looks at (topics/oauth2 "OAuth2 Scopes").
const (
	scopeBot      = "bot"
	scopeCommands = "applications.commands"
)

// offered gives the scopes that one can be asked for, with what the page says of them.
func offered() map[string]string {
	return map[string]string{
		"identify":                     "See your username, avatar and language",
		"email":                        "See your email address",
		"connections":                  "See your connections to other services",
		"guilds":                       "See the servers you are in",
		"guilds.join":                  "Join servers for you",
		"guilds.members.read":          "See your nickname, roles and more in your servers",
		"openid":                       "Sign you in",
		scopeBot:                       "Add its bot to a server",
		scopeCommands:                  "Create commands in a server",
		commandPermissionsScope:        "Change who may use its commands in your servers",
		"applications.commands.update": "Change its own commands",
	}
}

// commandPermissionsScope lets a client set permissions of commands for the person.
const commandPermissionsScope = "applications.commands.permissions.update"

// others are scopes that Discord has and the sandbox has not.
func others() []string {
	return []string{
		"activities.invites.write", "activities.read", "activities.write", "applications.builds.read", "applications.builds.upload",
		"applications.entitlements", "applications.store.update", "dm_channels.read", "gdm.join", "messages.read",
		"relationships.read", "role_connections.write", "rpc", "rpc.activities.write", "rpc.notifications.read",
		"rpc.screenshare.read", "rpc.screenshare.write", "rpc.video.read", "rpc.video.write", "rpc.voice.read", "rpc.voice.write",
		"voice", "webhook.incoming",
	}
}

// readScopes splits a list and refuses what Discord or the sandbox does not know.
func readScopes(list string) ([]string, *Problem) {
	known := offered()
	var out []string
	for _, name := range strings.Fields(list) {
		switch {
		case slices.Contains(others(), name):
			return nil, problem("invalid_scope", "The sandbox does not offer the scope %q.", name)
		case known[name] == "":
			return nil, problem("invalid_scope", "There is no scope %q.", name)
		case !slices.Contains(out, name):
			out = append(out, name)
		}
	}
	if len(out) == 0 {
		return nil, problem("invalid_scope", "scope is missing: name at least one, separated by spaces.")
	}
	return out, nil
}

// installs tells that the scopes put something into a server.
func installs(scopes []string) bool { return slices.Contains(scopes, scopeBot) }

// needsNoCode tells that the scopes alone do not ask for a code (topics/oauth2 "Bot Authorization Flow").
func needsNoCode(scopes []string) bool {
	return !slices.ContainsFunc(scopes, func(s string) bool { return s != scopeBot && s != scopeCommands })
}

func covers(have, want []string) bool {
	return !slices.ContainsFunc(want, func(s string) bool { return !slices.Contains(have, s) })
}
