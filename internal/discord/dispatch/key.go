package dispatch

import (
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/snowflake/v2"
)

// key names a queue.
type key struct {
	kind keyKind
	a, b snowflake.ID
}

type keyKind uint8

const (
	byShard keyKind = iota
	byGuild
	byChannel
	byUser   // in a guild, or in none
	byChunks // member chunks of a guild: their handler blocks until someone reads them
)

func channelKey(id snowflake.ID) key { return key{kind: byChannel, a: id} }

func guildKey(id snowflake.ID) key { return key{kind: byGuild, a: id} }

// keyOf finds the queue of a gateway event. room says which channels are tickets.
func keyOf(shardID int, event gateway.EventData, room func(snowflake.ID) bool) key {
	if e, ok := event.(gateway.EventInteractionCreate); ok {
		return interactionKey(e.Interaction, room)
	}
	if id, ok := channelOf(event); ok {
		return channelKey(id)
	}
	if id, ok := guildOf(event); ok {
		return guildKey(id)
	}
	return key{kind: byShard, a: snowflake.ID(max(shardID, 0))}
}

func interactionKey(i discord.Interaction, room func(snowflake.ID) bool) key {
	if channel := i.Channel(); channel.MessageChannel != nil && room(channel.ID()) {
		return channelKey(channel.ID())
	}
	k := key{kind: byUser, b: userOf(i)}
	if guild := i.GuildID(); guild != nil {
		k.a = *guild
	}
	return k
}

// userOf is who caused an interaction. disgo panics on one that names nobody; those share a queue.
func userOf(i discord.Interaction) (id snowflake.ID) {
	defer func() {
		if recover() != nil {
			id = 0
		}
	}()
	return i.User().ID
}

// channelOf is the channel or thread that an event is about or happened in.
func channelOf(event gateway.EventData) (snowflake.ID, bool) {
	switch e := event.(type) {
	case gateway.EventMessageCreate:
		return e.ChannelID, true
	case gateway.EventMessageUpdate:
		return e.ChannelID, true
	case gateway.EventMessageDelete:
		return e.ChannelID, true
	case gateway.EventMessageDeleteBulk:
		return e.ChannelID, true
	case gateway.EventMessageReactionAdd:
		return e.ChannelID, true
	case gateway.EventMessageReactionRemove:
		return e.ChannelID, true
	case gateway.EventMessageReactionRemoveAll:
		return e.ChannelID, true
	case gateway.EventMessageReactionRemoveEmoji:
		return e.ChannelID, true
	case gateway.EventTypingStart:
		return e.ChannelID, true
	case gateway.EventChannelPinsUpdate:
		return e.ChannelID, true
	case gateway.EventWebhooksUpdate:
		return e.ChannelID, true
	default:
		return roomOf(event)
	}
}

// roomOf is the channel or thread that an event is about.
func roomOf(event gateway.EventData) (snowflake.ID, bool) {
	switch e := event.(type) {
	case gateway.EventChannelCreate:
		return e.ID(), true
	case gateway.EventChannelUpdate:
		return e.ID(), true
	case gateway.EventChannelDelete:
		return e.ID(), true
	case gateway.EventThreadCreate:
		return e.ID(), true
	case gateway.EventThreadUpdate:
		return e.ID(), true
	case gateway.EventThreadDelete:
		return e.ID, true
	case gateway.EventThreadMembersUpdate:
		return e.ID, true
	default:
		return 0, false
	}
}

// guildOf is the guild of the events that concern a whole guild.
func guildOf(event gateway.EventData) (snowflake.ID, bool) {
	switch e := event.(type) {
	case gateway.EventGuildCreate:
		return e.ID, true
	case gateway.EventGuildUpdate:
		return e.ID, true
	case gateway.EventGuildDelete:
		return e.ID, true
	case gateway.EventGuildMemberAdd:
		return e.GuildID, true
	case gateway.EventGuildMemberUpdate:
		return e.GuildID, true
	case gateway.EventGuildMemberRemove:
		return e.GuildID, true
	case gateway.EventGuildRoleCreate:
		return e.GuildID, true
	case gateway.EventGuildRoleUpdate:
		return e.GuildID, true
	case gateway.EventGuildRoleDelete:
		return e.GuildID, true
	case gateway.EventGuildBanAdd:
		return e.GuildID, true
	case gateway.EventGuildBanRemove:
		return e.GuildID, true
	case gateway.EventThreadListSync:
		return e.GuildID, true
	case gateway.EventGuildAuditLogEntryCreate:
		return e.GuildID, true
	default:
		return 0, false
	}
}
