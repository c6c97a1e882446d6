package gateway

import "encoding/json"

// Event is something that happened, on its way to sessions.
type Event struct {
	// Type is the event's name, such as MESSAGE_CREATE.
	Type string
	// GuildID is the guild it happened in and decides the shard,
	// (GuildID>>22) % shards; 0 (a DM, say) goes to shard 0.
	GuildID uint64
	// Apps are the apps that may receive it. nil is every app that is in the
	// guild, or every app if GuildID is 0. The gateway knows who is in a guild
	// from Directory.Guilds at IDENTIFY and from the GUILD_CREATE and
	// GUILD_DELETE events published since, which must therefore name their Apps.
	Apps []uint64
	// Intents is the mask of which a session needs any one bit; 0 always passes.
	Intents uint64
	// Data is the event's data. It is kept for replays and must not be changed
	// after publishing.
	Data json.RawMessage
	// Shape, if set, gives the data for one receiver instead of Data: for
	// instance a message emptied because the intents lack MESSAGE_CONTENT.
	// A nil answer means that this receiver does not get the event. It is
	// called during Publish and must not call the Hub.
	Shape func(app, intents uint64) json.RawMessage
}

const (
	typeGuildCreate = "GUILD_CREATE"
	typeGuildDelete = "GUILD_DELETE"
	typeInteraction = "INTERACTION_CREATE"
	typeReady       = "READY"
	typeResumed     = "RESUMED"
)

// leaves says whether a GUILD_DELETE means that the app left; with
// "unavailable": true it is an outage.
func (e Event) leaves() bool {
	var d struct {
		Unavailable bool `json:"unavailable"`
	}
	return e.Type == typeGuildDelete && json.Unmarshal(e.Data, &d) == nil && !d.Unavailable
}

// reaches says whether the event is for this kind of session; it does not know
// yet whether the app is in the guild.
func (e Event) reaches(k key, intents uint64) bool {
	if e.Intents != 0 && e.Intents&intents == 0 {
		return false
	}
	if e.GuildID == 0 {
		return k.shard == 0
	}
	return k.owns(e.GuildID)
}

// key names one shard of an app.
type key struct {
	app    uint64
	shard  int
	shards int
}

// owns says whether the guild belongs to this shard.
func (k key) owns(guild uint64) bool {
	return (guild>>22)%uint64(k.shards) == uint64(k.shard)
}
