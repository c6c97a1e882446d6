package gateway

import "strings"

// The intents, bits of IDENTIFY's intents field
// (https://docs.discord.com/developers/events/gateway#gateway-intents).
const (
	IntentGuilds                      uint64 = 1 << 0
	IntentGuildMembers                uint64 = 1 << 1
	IntentGuildModeration             uint64 = 1 << 2
	IntentGuildExpressions            uint64 = 1 << 3
	IntentGuildIntegrations           uint64 = 1 << 4
	IntentGuildWebhooks               uint64 = 1 << 5
	IntentGuildInvites                uint64 = 1 << 6
	IntentGuildVoiceStates            uint64 = 1 << 7
	IntentGuildPresences              uint64 = 1 << 8
	IntentGuildMessages               uint64 = 1 << 9
	IntentGuildMessageReactions       uint64 = 1 << 10
	IntentGuildMessageTyping          uint64 = 1 << 11
	IntentDirectMessages              uint64 = 1 << 12
	IntentDirectMessageReactions      uint64 = 1 << 13
	IntentDirectMessageTyping         uint64 = 1 << 14
	IntentMessageContent              uint64 = 1 << 15
	IntentGuildScheduledEvents        uint64 = 1 << 16
	IntentAutoModerationConfiguration uint64 = 1 << 20
	IntentAutoModerationExecution     uint64 = 1 << 21
	IntentGuildMessagePolls           uint64 = 1 << 24
	IntentDirectMessagePolls          uint64 = 1 << 25
)

// PrivilegedIntents are those an application must be granted.
const PrivilegedIntents = IntentGuildMembers | IntentGuildPresences | IntentMessageContent

// allIntents are the bits that exist; any other closes with 4013.
const allIntents = (1<<17 - 1) | IntentAutoModerationConfiguration |
	IntentAutoModerationExecution | IntentGuildMessagePolls | IntentDirectMessagePolls

// IntentsFor gives the intents of which a session needs any one to receive the
// event, or 0 if every session receives it. direct says that it happened in a
// DM. It is a help for whoever fills Event.Intents.
func IntentsFor(eventType string, direct bool) uint64 {
	if direct {
		return directIntents(eventType)
	}
	switch eventType {
	case "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE":
		return IntentGuildMembers
	case "GUILD_AUDIT_LOG_ENTRY_CREATE", "GUILD_BAN_ADD", "GUILD_BAN_REMOVE":
		return IntentGuildModeration
	case "THREAD_MEMBERS_UPDATE":
		return IntentGuilds | IntentGuildMembers
	case "WEBHOOKS_UPDATE":
		return IntentGuildWebhooks
	case "INVITE_CREATE", "INVITE_DELETE":
		return IntentGuildInvites
	case "VOICE_STATE_UPDATE", "VOICE_CHANNEL_EFFECT_SEND":
		return IntentGuildVoiceStates
	case "PRESENCE_UPDATE":
		return IntentGuildPresences
	case "TYPING_START":
		return IntentGuildMessageTyping
	}
	return intentsByPrefix(eventType)
}

func directIntents(eventType string) uint64 {
	switch {
	case strings.HasPrefix(eventType, "MESSAGE_REACTION_"):
		return IntentDirectMessageReactions
	case strings.HasPrefix(eventType, "MESSAGE_POLL_"):
		return IntentDirectMessagePolls
	case strings.HasPrefix(eventType, "MESSAGE_"), eventType == "CHANNEL_PINS_UPDATE":
		return IntentDirectMessages
	case eventType == "TYPING_START":
		return IntentDirectMessageTyping
	}
	return 0
}

// intentsByPrefix knows the families of events; order matters where one name
// is the beginning of another.
func intentsByPrefix(eventType string) uint64 {
	families := []struct {
		prefix string
		intent uint64
	}{
		{"GUILD_MEMBERS_CHUNK", 0},
		{"GUILD_EMOJIS_", IntentGuildExpressions},
		{"GUILD_STICKERS_", IntentGuildExpressions},
		{"GUILD_SOUNDBOARD_", IntentGuildExpressions},
		{"GUILD_SCHEDULED_EVENT_", IntentGuildScheduledEvents},
		{"GUILD_INTEGRATIONS_", IntentGuildIntegrations},
		{"INTEGRATION_", IntentGuildIntegrations},
		{"MESSAGE_REACTION_", IntentGuildMessageReactions},
		{"MESSAGE_POLL_", IntentGuildMessagePolls},
		{"MESSAGE_", IntentGuildMessages},
		{"AUTO_MODERATION_RULE_", IntentAutoModerationConfiguration},
		{"AUTO_MODERATION_ACTION_", IntentAutoModerationExecution},
		{"GUILD_", IntentGuilds},
		{"CHANNEL_", IntentGuilds},
		{"THREAD_", IntentGuilds},
		{"STAGE_INSTANCE_", IntentGuilds},
	}
	for _, f := range families {
		if strings.HasPrefix(eventType, f.prefix) {
			return f.intent
		}
	}
	return 0
}
