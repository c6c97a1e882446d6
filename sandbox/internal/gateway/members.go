package gateway

import (
	"encoding/json"
	"log/slog"
	"strconv"
	"strings"
)

// chunkSize is how many members a GUILD_MEMBERS_CHUNK carries at most.
const chunkSize = 1000

// maxNamed is how many members op 8 gives by name or by id.
const maxNamed = 100

// maxNonce is how many bytes the nonce of op 8 may have.
const maxNonce = 32

// MembersRequest is op 8, Request Guild Members
// (https://docs.discord.com/developers/events/gateway-events#request-guild-members).
type MembersRequest struct {
	Guild uint64
	// Query is the beginning of the name; with Users it is unused.
	Query string
	// Limit is at most 100 with a Query; 0 (with an empty Query) is everybody.
	Limit int
	// Users asks for these members, at most 100.
	Users []uint64
}

// Member is one found member: its id and Discord's guild member object.
type Member struct {
	ID     uint64
	Object json.RawMessage
}

// membersData is op 8 as it is sent; user_ids is one id or a list.
type membersData struct {
	GuildID   *string         `json:"guild_id"`
	Query     *string         `json:"query"`
	Limit     int             `json:"limit"`
	Presences bool            `json:"presences"`
	UserIDs   json.RawMessage `json:"user_ids"`
	Nonce     string          `json:"nonce"`
}

type membersChunk struct {
	GuildID    string            `json:"guild_id"`
	Members    []json.RawMessage `json:"members"`
	ChunkIndex int               `json:"chunk_index"`
	ChunkCount int               `json:"chunk_count"`
	NotFound   []string          `json:"not_found,omitempty"`
	Presences  []json.RawMessage `json:"presences,omitempty"`
	Nonce      string            `json:"nonce,omitempty"`
}

// requestMembers answers op 8 with chunks. A request that lacks an intent is
// logged and gets no answer.
func (c *conn) requestMembers(s *session, data json.RawMessage) *closing {
	in, r, bad := decodeMembers(data)
	if bad != nil {
		return bad
	}
	everybody := in.Query != nil && r.Query == ""
	if everybody && s.intents&IntentGuildMembers == 0 {
		c.hub.log.Warn("bot requested members without the intent for it", slog.Uint64("app", s.key.app), slog.Uint64("guild", r.Guild))
		return nil
	}
	if !s.inGuild(r.Guild) {
		c.hub.log.Warn("bot requested members of a guild not on its shard", slog.Uint64("app", s.key.app), slog.Uint64("guild", r.Guild))
		return nil
	}
	var found []Member
	if lister, ok := c.hub.cfg.Directory.(MemberLister); ok {
		found = lister.Members(s.key.app, r)
	}
	c.sendChunks(s, in, r, found)
	return nil
}

func decodeMembers(data json.RawMessage) (membersData, MembersRequest, *closing) {
	var in membersData
	var r MembersRequest
	refuse := func(reason string) (membersData, MembersRequest, *closing) {
		return in, r, &closing{code: closeDecode, reason: reason}
	}
	if err := json.Unmarshal(data, &in); err != nil || in.GuildID == nil {
		return refuse("Request Guild Members needs guild_id.")
	}
	guild, err := strconv.ParseUint(*in.GuildID, 10, 64)
	if err != nil {
		return refuse("guild_id must be a snowflake.")
	}
	users, err := decodeIDs(in.UserIDs)
	if err != nil {
		return refuse("user_ids must be snowflakes.")
	}
	r = MembersRequest{Guild: guild, Limit: in.Limit, Users: users}
	switch {
	case in.Query == nil && users == nil:
		return refuse("Request Guild Members needs query or user_ids.")
	case in.Query != nil && users != nil:
		return refuse("query and user_ids exclude each other.")
	case in.Limit < 0:
		return refuse("limit must not be negative.")
	}
	// More are not returned, says the page.
	r.Users = users[:min(len(users), maxNamed)]
	if in.Query != nil && *in.Query != "" && (r.Limit == 0 || r.Limit > maxNamed) {
		r.Limit = maxNamed
	}
	if len(in.Nonce) > maxNonce {
		in.Nonce = "" // it is ignored, says the same page
	}
	if in.Query != nil {
		r.Query = *in.Query
	}
	return in, r, nil
}

// decodeIDs reads one snowflake or a list of them; nil if there is none.
func decodeIDs(data json.RawMessage) ([]uint64, error) {
	if len(data) == 0 || string(data) == "null" {
		return nil, nil
	}
	var texts []string
	if strings.HasPrefix(string(data), "[") {
		if err := json.Unmarshal(data, &texts); err != nil {
			return nil, err
		}
	} else {
		texts = make([]string, 1)
		if err := json.Unmarshal(data, &texts[0]); err != nil {
			return nil, err
		}
	}
	ids := make([]uint64, 0, len(texts))
	for _, t := range texts {
		id, err := strconv.ParseUint(t, 10, 64)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// sendChunks appends the chunks to the session's events.
func (c *conn) sendChunks(s *session, in membersData, r MembersRequest, found []Member) {
	missing := map[uint64]bool{}
	for _, u := range r.Users {
		missing[u] = true
	}
	count := max(1, (len(found)+chunkSize-1)/chunkSize)
	for i := range count {
		part := found[min(len(found), i*chunkSize):min(len(found), (i+1)*chunkSize)]
		chunk := membersChunk{
			GuildID: *in.GuildID, Members: make([]json.RawMessage, 0, len(part)),
			ChunkIndex: i, ChunkCount: count, Nonce: in.Nonce,
		}
		for _, m := range part {
			chunk.Members = append(chunk.Members, m.Object)
			delete(missing, m.ID)
		}
		if i == count-1 {
			for _, u := range r.Users {
				if missing[u] {
					chunk.NotFound = append(chunk.NotFound, strconv.FormatUint(u, 10))
				}
			}
		}
		data, err := json.Marshal(chunk)
		if err != nil {
			c.hub.log.Error("the world's members are not JSON", slog.Any("error", err))
			return
		}
		s.offer(delivery{kind: "GUILD_MEMBERS_CHUNK", guild: r.Guild, data: data})
	}
}
