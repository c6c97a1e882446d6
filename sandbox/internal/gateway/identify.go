package gateway

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strconv"
)

// identifyData is op 2
// (https://docs.discord.com/developers/events/gateway-events#identify).
type identifyData struct {
	Token          *string         `json:"token"`
	Properties     map[string]any  `json:"properties"`
	Compress       bool            `json:"compress"`
	LargeThreshold *int            `json:"large_threshold"`
	Shard          *[]int          `json:"shard"`
	Presence       json.RawMessage `json:"presence"`
	Intents        *int64          `json:"intents"`
}

// defaultThreshold is large_threshold when IDENTIFY does not say it.
const defaultThreshold = 50

func (in identifyData) threshold() int {
	if in.LargeThreshold == nil {
		return defaultThreshold
	}
	return *in.LargeThreshold
}

// identify handles op 2: checks, limits, then a new session.
func (c *conn) identify(data json.RawMessage) *closing {
	if c.current() != nil {
		return &closing{code: closeAlreadyAuth, reason: "Already authenticated."}
	}
	var in identifyData
	if bad := decodeIdentify(data, &in); bad != nil {
		return bad
	}
	app, known := c.hub.cfg.Directory.App(*in.Token)
	if !known {
		return &closing{code: closeAuthFailed, reason: "Authentication failed."}
	}
	k, bad := shardOf(app.ID, in.Shard)
	if bad == nil {
		bad = checkIntents(app, in.Intents)
	}
	if bad != nil {
		return bad
	}
	return c.open(app, k, in)
}

func decodeIdentify(data json.RawMessage, in *identifyData) *closing {
	refuse := func(reason string) *closing { return &closing{code: closeDecode, reason: reason} }
	if err := json.Unmarshal(data, in); err != nil {
		return refuse("Error while decoding IDENTIFY.")
	}
	switch {
	case in.Token == nil:
		return refuse("IDENTIFY needs token.")
	case in.Properties == nil:
		return refuse("IDENTIFY needs properties.")
	case in.LargeThreshold != nil && (*in.LargeThreshold < 50 || *in.LargeThreshold > 250):
		return refuse("large_threshold must be from 50 to 250.")
	}
	if len(in.Presence) > 0 {
		return checkPresence(in.Presence)
	}
	return nil
}

func shardOf(app uint64, shard *[]int) (key, *closing) {
	if shard == nil {
		return key{app: app, shards: 1}, nil
	}
	s := *shard
	if len(s) != 2 || s[0] < 0 || s[1] < 1 || s[0] >= s[1] {
		return key{}, &closing{code: closeInvalidShard, reason: "Invalid shard."}
	}
	return key{app: app, shard: s[0], shards: s[1]}, nil
}

func checkIntents(app App, intents *int64) *closing {
	if intents == nil || *intents < 0 || uint64(*intents)&^allIntents != 0 {
		return &closing{code: closeInvalidIntents, reason: "Invalid intent(s)."}
	}
	if asked := uint64(*intents) & PrivilegedIntents; asked&^app.PrivilegedIntents != 0 {
		return &closing{code: closeDisallowedIntents, reason: "Disallowed intent(s)."}
	}
	return nil
}

// open starts a session, or answers that it is too soon for one.
func (c *conn) open(app App, k key, in identifyData) *closing {
	h := c.hub
	guilds := shardGuilds(k, h.cfg.Directory.Guilds(app.ID))
	if len(guilds) > h.cfg.MaxGuildsPerShard {
		return &closing{code: closeShardingRequired, reason: "Sharding required."}
	}
	switch h.starts.take(app, k, h.startLimit(app), h.cfg.IdentifyWindow, h.cfg.Clock.Now()) {
	case startTooSoon:
		h.log.Warn("bot identified too soon after another shard of its key", slog.Uint64("app", app.ID), slog.Int("shard", k.shard))
		c.send(control(opInvalidSession, "false"))
		return nil
	case startsSpent:
		h.spent(app.ID)
		return &closing{code: closeAuthFailed, reason: "All session starts of the day are spent."}
	case startAllowed:
	}
	id, err := h.newSessionID()
	if err != nil {
		h.log.Error("making a session id failed", slog.Any("error", err))
		return &closing{code: closeUnknown, reason: "Unknown error."}
	}
	c.mu.Lock()
	c.inflated = in.Compress
	c.mu.Unlock()
	s := h.newSession(id, k, in)
	s.mu.Lock()
	s.attach(c, 0)
	s.mu.Unlock()
	h.register(s)
	// Asked again now that events are kept, so that none falls between.
	guilds = shardGuilds(k, h.cfg.Directory.Guilds(app.ID))
	s.start(h.readyData(s, guilds, in.Shard != nil), guilds, s.intents&IntentGuilds != 0)
	return nil
}

func shardGuilds(k key, all []uint64) []uint64 {
	guilds := make([]uint64, 0, len(all)/k.shards+1)
	for _, g := range all {
		if k.owns(g) {
			guilds = append(guilds, g)
		}
	}
	return guilds
}

// readyEvent is READY's data
// (https://docs.discord.com/developers/events/gateway-events#ready); the empty
// lists are what Discord sends to bots besides the documented fields.
type readyEvent struct {
	V                int               `json:"v"`
	User             json.RawMessage   `json:"user"`
	Guilds           []guildStub       `json:"guilds"`
	SessionID        string            `json:"session_id"`
	ResumeGatewayURL string            `json:"resume_gateway_url"`
	Shard            *[2]int           `json:"shard,omitempty"`
	Application      json.RawMessage   `json:"application"`
	SessionType      string            `json:"session_type"`
	PrivateChannels  []json.RawMessage `json:"private_channels"`
	Relationships    []json.RawMessage `json:"relationships"`
	Presences        []json.RawMessage `json:"presences"`
	JoinRequests     []json.RawMessage `json:"guild_join_requests"`
	RTCRegions       []string          `json:"geo_ordered_rtc_regions"`
	UserSettings     struct{}          `json:"user_settings"`
	Auth             struct{}          `json:"auth"`
	Trace            []string          `json:"_trace"`
}

type guildStub struct {
	ID          string `json:"id"`
	Unavailable bool   `json:"unavailable"`
}

func (h *Hub) readyData(s *session, guilds []uint64, sharded bool) json.RawMessage {
	user, application := h.cfg.Directory.Ready(s.key.app)
	none := []json.RawMessage{}
	ready := readyEvent{
		V: 10, User: user, Application: application, SessionID: s.id,
		ResumeGatewayURL: h.cfg.URL(), SessionType: "normal", Guilds: make([]guildStub, 0, len(guilds)),
		PrivateChannels: none, Relationships: none, Presences: none, JoinRequests: none,
		RTCRegions: []string{}, Trace: []string{"sandbox"},
	}
	if sharded {
		ready.Shard = &[2]int{s.key.shard, s.key.shards}
	}
	for _, g := range guilds {
		ready.Guilds = append(ready.Guilds, guildStub{ID: strconv.FormatUint(g, 10), Unavailable: true})
	}
	data, err := json.Marshal(ready)
	if err != nil {
		h.log.Error("the world's READY objects are not JSON", slog.Any("error", err))
		return json.RawMessage("{}")
	}
	return data
}

func (h *Hub) newSessionID() (string, error) {
	var b [16]byte
	h.randMu.Lock()
	defer h.randMu.Unlock()
	if _, err := io.ReadFull(h.cfg.Rand, b[:]); err != nil {
		return "", fmt.Errorf("reading randomness: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// checkPresence checks op 3's data
// (https://docs.discord.com/developers/events/gateway-events#update-presence).
// The sandbox shows no presences, so nothing is kept of it.
func checkPresence(data json.RawMessage) *closing {
	var p struct {
		Status     *string            `json:"status"`
		Since      *int64             `json:"since"`
		AFK        bool               `json:"afk"`
		Activities *[]json.RawMessage `json:"activities"`
	}
	if err := json.Unmarshal(data, &p); err != nil {
		return &closing{code: closeDecode, reason: "Error while decoding presence."}
	}
	if string(data) == "null" || p.Status == nil {
		return nil
	}
	switch *p.Status {
	case "online", "dnd", "idle", "invisible", "offline":
		return nil
	}
	return &closing{code: closeDecode, reason: "status must be online, dnd, idle, invisible or offline."}
}
