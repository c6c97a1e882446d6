package gateway

// guildsPerShard is how many guilds Discord plans for a shard when it
// recommends a number of them.
const guildsPerShard = 1000

// BotInfo is the answer of GET /gateway/bot
// (https://docs.discord.com/developers/events/gateway#get-gateway-bot).
type BotInfo struct {
	URL               string            `json:"url"`
	Shards            int               `json:"shards"`
	SessionStartLimit SessionStartLimit `json:"session_start_limit"`
}

// SessionStartLimit tells how many sessions an app may still start.
type SessionStartLimit struct {
	Total     int `json:"total"`
	Remaining int `json:"remaining"`
	// ResetAfter is in milliseconds.
	ResetAfter     int64 `json:"reset_after"`
	MaxConcurrency int   `json:"max_concurrency"`
}

// BotInfo tells an app how to connect.
func (h *Hub) BotInfo(app App) BotInfo {
	limit := h.startLimit(app)
	remaining, reset := h.starts.left(app.ID, limit, h.cfg.Clock.Now())
	guilds := len(h.cfg.Directory.Guilds(app.ID))
	return BotInfo{
		URL:    h.cfg.URL(),
		Shards: max(1, (guilds+guildsPerShard-1)/guildsPerShard),
		SessionStartLimit: SessionStartLimit{
			Total: limit, Remaining: remaining, ResetAfter: reset.Milliseconds(),
			MaxConcurrency: max(1, app.MaxConcurrency),
		},
	}
}

func (h *Hub) startLimit(app App) int {
	if app.SessionStarts > 0 {
		return app.SessionStarts
	}
	return h.cfg.SessionStarts
}
