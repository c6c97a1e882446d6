package panel

import (
	"fmt"
	"slices"
	"strings"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
)

// DefaultChannelName is how tickets' channels are called where a panel does not say.
const DefaultChannelName = "ticket-%ticket_id%"

// MaxChannelName is the longest name of a channel, in characters.
// https://discord.com/developers/docs/resources/channel#channel-object
const MaxChannelName = 100

// ChannelPlaceholders are the names that may stand in a channel's name, besides form.ID for the answers to the panel's form. Those of
// integrations may not: the channel is made before any of them has answered, and waits for none (I-12). So a name means the ticket's own
// value here, whatever an active integration calls its placeholders.
func ChannelPlaceholders() []string {
	return []string{"ticket_id", "username", "nickname", "user_id"}
}

// AnswerPrefix begins the placeholders of answers.
const AnswerPrefix = "form."

func (p Panel) checkChannelName(c *fault.Checks) {
	const path = "channel_name"
	if p.ChannelName == "" {
		return
	}
	c.Require(strings.TrimSpace(p.ChannelName) != "", path, "Write a name, or none for "+DefaultChannelName+".")
	placeholder.CheckName(c, path, p.ChannelName)
	c.Require(placeholder.Units(p.ChannelName) <= MaxChannelName, path, fmt.Sprintf("Use at most %d characters.", MaxChannelName))
	// What is filled in is asked for; names that begin at the end of a known placeholder are not.
	placeholder.Parse(p.ChannelName).Fill(placeholder.InPlain, func(name string) (placeholder.Value, bool) {
		plain := strings.TrimPrefix(name, "ticket.")
		answer := strings.HasPrefix(plain, AnswerPrefix)
		switch {
		case slices.Contains(ChannelPlaceholders(), plain), answer && p.Form != "":
			return placeholder.Value{}, true
		case answer:
			c.Add(path, fmt.Sprintf("%%%s%% is an answer, and this panel asks no form.", name))
		default:
			c.Add(path, fmt.Sprintf("%%%s%% cannot stand here: the channel is made before any integration has answered. Use %%%s%%, or %%%sID%% for an answer to the form.",
				name, strings.Join(ChannelPlaceholders(), "%, %"), AnswerPrefix))
		}
		return placeholder.Value{}, false
	})
}
