package dispatch

import (
	"testing"

	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/snowflake/v2"
)

func TestKeyOf(t *testing.T) {
	const ticket = 20
	press := func(where string) string {
		return `{"id":"1","application_id":"2","type":3,"token":"t","data":{"component_type":2,"custom_id":"c"},` + where + `}`
	}
	cases := []struct {
		name string
		kind gateway.EventType
		data string
		want key
	}{
		{"press on a panel", gateway.EventTypeInteractionCreate, press(`"guild_id":"1","channel":{"id":"10","type":0},"member":{"user":{"id":"7"}}`), key{kind: byUser, a: 1, b: 7}},
		{"press in a ticket", gateway.EventTypeInteractionCreate, press(`"guild_id":"1","channel":{"id":"20","type":0},"member":{"user":{"id":"7"}}`), channelKey(ticket)},
		{"press in a direct message", gateway.EventTypeInteractionCreate, press(`"channel":{"id":"10","type":1},"user":{"id":"7"}`), key{kind: byUser, b: 7}},
		{"message", gateway.EventTypeMessageCreate, `{"id":"1","channel_id":"10","author":{"id":"7"}}`, channelKey(10)},
		{"edit", gateway.EventTypeMessageUpdate, `{"id":"1","channel_id":"10","author":{"id":"7"}}`, channelKey(10)},
		{"deletion", gateway.EventTypeMessageDelete, `{"id":"1","channel_id":"10"}`, channelKey(10)},
		{"bulk deletion", gateway.EventTypeMessageDeleteBulk, `{"ids":["1"],"channel_id":"10"}`, channelKey(10)},
		{"reaction", gateway.EventTypeMessageReactionAdd, `{"channel_id":"10","user_id":"7"}`, channelKey(10)},
		{"typing", gateway.EventTypeTypingStart, `{"channel_id":"10","user_id":"7","timestamp":1}`, channelKey(10)},
		{"pins", gateway.EventTypeChannelPinsUpdate, `{"channel_id":"10"}`, channelKey(10)},
		{"channel created", gateway.EventTypeChannelCreate, `{"id":"10","type":0,"guild_id":"1"}`, channelKey(10)},
		{"channel deleted", gateway.EventTypeChannelDelete, `{"id":"10","type":0,"guild_id":"1"}`, channelKey(10)},
		{"thread created", gateway.EventTypeThreadCreate, `{"id":"10","type":12,"guild_id":"1","parent_id":"5"}`, channelKey(10)},
		{"thread deleted", gateway.EventTypeThreadDelete, `{"id":"10","guild_id":"1"}`, channelKey(10)},
		{"thread members", gateway.EventTypeThreadMembersUpdate, `{"id":"10","guild_id":"1"}`, channelKey(10)},
		{"guild", gateway.EventTypeGuildUpdate, `{"id":"1"}`, guildKey(1)},
		{"guild gone", gateway.EventTypeGuildDelete, `{"id":"1"}`, guildKey(1)},
		{"member left", gateway.EventTypeGuildMemberRemove, `{"guild_id":"1","user":{"id":"7"}}`, guildKey(1)},
		{"role", gateway.EventTypeGuildRoleDelete, `{"guild_id":"1","role_id":"3"}`, guildKey(1)},
		{"ready", gateway.EventTypeReady, `{"session_id":"s"}`, key{kind: byShard, a: 4}},
		{"resumed", gateway.EventTypeResumed, `{}`, key{kind: byShard, a: 4}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			event, err := gateway.UnmarshalEventData([]byte(c.data), c.kind)
			if err != nil {
				t.Fatal(err)
			}
			if got := keyOf(4, event, func(id snowflake.ID) bool { return id == ticket }); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}
