package world

import (
	"regexp"
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

var (
	userMention = regexp.MustCompile(`<@!?(\d{1,20})>`)
	roleMention = regexp.MustCompile(`<@&(\d{1,20})>`)
	codeSpan    = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`")
)

// maxMentions is how many users or roles allowed_mentions may list.
const maxMentions = 100

// checkAllowed refuses lists that contradict parse (resources/message "Allowed Mentions Object").
func checkAllowed(a *AllowedMentions) error {
	if a == nil {
		return nil
	}
	var t refusal.Tree
	for kind, ids := range map[string][]ID{"users": a.Users, "roles": a.Roles} {
		if slices.Contains(a.Parse, kind) && len(ids) > 0 {
			t.Add([]string{"allowed_mentions"}, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
				`parse:["`+kind+`"] and `+kind+`: [ids...] are mutually exclusive.`)
		}
		if len(ids) > maxMentions {
			t.Add([]string{"allowed_mentions", kind}, "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
		}
	}
	if !t.Empty() {
		return refusal.Form(&t)
	}
	return nil
}

// mention finds whom the text mentions and lets allowed_mentions decide what of it counts. may are the author's
// permissions in the channel.
func (w *World) mention(m *message, allowed *AllowedMentions, may permission.Bits) mentioned {
	text := codeSpan.ReplaceAllString(mentionText(m), "")
	var out mentioned
	for _, id := range idsIn(userMention, text) {
		if w.users[id] != nil && allowed.allows("users", id) {
			out.users = appendNew(out.users, id)
		}
	}
	w.mentionReplied(m, allowed, &out)
	if m.channel.guild == nil {
		return out
	}
	for _, id := range idsIn(roleMention, text) {
		r := m.channel.guild.roles[id]
		if r != nil && allowed.allows("roles", id) && (r.mentionable || may.Has(permission.MentionEveryone)) {
			out.roles = appendNew(out.roles, id)
		}
	}
	loud := strings.Contains(text, "@everyone") || strings.Contains(text, "@here")
	out.everyone = loud && allowed.allows("everyone", 0) && may.Has(permission.MentionEveryone)
	return out
}

func (w *World) mentionReplied(m *message, allowed *AllowedMentions, out *mentioned) {
	if m.kind != wire.MessageReply || m.reply == nil {
		return
	}
	target := w.messages[m.reply.MessageID]
	pings := allowed == nil || allowed.RepliedUser.Or(false)
	if target != nil && pings && w.users[target.author.ID] != nil {
		out.users = appendNew(out.users, target.author.ID)
	}
}

// mentionText is all text that can notify: the content and text displays, never embeds.
func mentionText(m *message) string {
	parts := []string{m.content}
	wire.Walk(m.components, func(c *wire.Component) {
		if c.Type == wire.ComponentText {
			parts = append(parts, c.Content)
		}
	})
	return strings.Join(parts, "\n")
}

// allowed is what the request allows. Where it says nothing, everything counts in a message, but users alone in what an
// interaction or a webhook writes (resources/message "Default Settings for Allowed Mentions").
func (m *message) allowed(r *MessageRequest) *AllowedMentions {
	if r.AllowedMentions == nil && m.webhook != 0 {
		return &AllowedMentions{Parse: []string{"users"}}
	}
	return r.AllowedMentions
}

// allows: without allowed_mentions everything counts.
func (a *AllowedMentions) allows(kind string, id ID) bool {
	if a == nil || slices.Contains(a.Parse, kind) {
		return true
	}
	return kind == "users" && slices.Contains(a.Users, id) || kind == "roles" && slices.Contains(a.Roles, id)
}

func idsIn(re *regexp.Regexp, text string) []ID {
	var out []ID
	for _, match := range re.FindAllStringSubmatch(text, -1) {
		if id, err := wire.ParseID(match[1]); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func appendNew[T comparable](list []T, v T) []T {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// reached are all whom the mentions mean, whether or not they can see the message.
func (m *message) reached() map[ID]bool {
	out := map[ID]bool{}
	for _, id := range m.mentions.users {
		out[id] = true
	}
	if m.channel.guild == nil {
		return out
	}
	for _, member := range m.channel.guild.members {
		named := slices.ContainsFunc(member.roles, func(r ID) bool { return slices.Contains(m.mentions.roles, r) })
		if named || m.mentions.everyone {
			out[member.user.ID] = true
		}
	}
	return out
}

// notify finds everybody whom a new message notifies: those mentioned who can see it, never its author.
func (w *World) notify(m *message) {
	hears := m.reached()
	delete(hears, m.author.ID)
	for id := range hears {
		if w.sees(m.channel, id) && (m.onlyFor == 0 || m.onlyFor == id) {
			m.mentions.notified = append(m.mentions.notified, id)
		}
	}
	slices.Sort(m.mentions.notified)
	if len(m.mentions.notified) == 0 && len(m.mentions.roles) == 0 && !m.mentions.everyone {
		return
	}
	w.cfg.Output.Pinged(Ping{
		At: m.at, ChannelID: m.channel.id, MessageID: m.id, AuthorID: m.author.ID, Everyone: m.mentions.everyone,
		UserIDs: append([]ID{}, m.mentions.notified...), RoleIDs: append([]ID{}, m.mentions.roles...),
	})
	for _, id := range m.mentions.notified {
		w.show(id, "ping", map[string]any{"channel_id": m.channel.id, "message_id": m.id})
	}
}
