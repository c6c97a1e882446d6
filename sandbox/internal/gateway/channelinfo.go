package gateway

import (
	"encoding/json"
	"strconv"
)

// requestChannelInfo answers op 43, Request Channel Info
// (https://docs.discord.com/developers/events/gateway-events#request-channel-info):
// what it tells of is voice, of which the sandbox has none, so that no channel
// is in the answer.
func (c *conn) requestChannelInfo(s *session, data json.RawMessage) *closing {
	var in struct {
		GuildID *string   `json:"guild_id"`
		Fields  *[]string `json:"fields"`
	}
	if err := json.Unmarshal(data, &in); err != nil || in.GuildID == nil || in.Fields == nil {
		return &closing{code: closeDecode, reason: "Request Channel Info needs guild_id and fields."}
	}
	guild, err := strconv.ParseUint(*in.GuildID, 10, 64)
	if err != nil {
		return &closing{code: closeDecode, reason: "guild_id must be a snowflake."}
	}
	if s.inGuild(guild) {
		s.offer(delivery{kind: "CHANNEL_INFO", guild: guild, data: json.RawMessage(`{"guild_id":"` + *in.GuildID + `","channels":[]}`)})
	}
	return nil
}
