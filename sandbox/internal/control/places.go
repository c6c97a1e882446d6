package control

import (
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// placeRoutes are about finding places and making them: servers, threads, pins, search.
func (a *API) placeRoutes() {
	w := a.cfg.World
	a.handle("GET /_sandbox/guilds", a.guilds)
	a.handle("GET "+person+"/search", a.search)
	a.handle("GET "+person+"/channels/{channel}/pins", a.pins)
	a.handle("GET "+person+"/channels/{channel}/threads", a.oldThreads)
	a.handle("GET "+person+"/channels/{channel}", a.channel)
	a.handle("POST "+person+"/threads", act(a, a.startThread))
	a.handle("POST "+person+"/thread", act(a, a.editThread))
	a.handle("POST "+person+"/follow", act(a, func(u wire.ID, b following) (any, error) {
		who := u
		if b.UserID != 0 {
			who = b.UserID
		}
		if b.Remove {
			return nil, w.LeaveThread(world.Actor{User: u}, b.ChannelID, who)
		}
		return nil, w.JoinThread(world.Actor{User: u}, b.ChannelID, who)
	}))
	a.handle("POST "+person+"/pin", act(a, func(u wire.ID, b target) (any, error) {
		return nil, w.Pin(world.Actor{User: u}, b.ChannelID, b.MessageID, !b.Remove)
	}))
}

// mostFound is how many entries a list of servers or messages holds at most.
const mostFound = 100

func (a *API) guilds(r *http.Request) (any, error) {
	limit, err := queryInt(r, "limit", mostFound)
	if err != nil {
		return nil, err
	}
	return a.cfg.World.FindGuilds(r.URL.Query().Get("text"), min(max(limit, 1), mostFound)), nil
}

func (a *API) search(r *http.Request) (any, error) {
	user, err := pathID(r, "user")
	if err != nil {
		return nil, err
	}
	q := world.SearchQuery{Text: r.URL.Query().Get("text")}
	for name, into := range map[string]*wire.ID{"guild_id": &q.GuildID, "channel_id": &q.ChannelID, "author_id": &q.AuthorID, "before": &q.Before} {
		if *into, err = queryID(r, name); err != nil {
			return nil, err
		}
	}
	limit, err := queryInt(r, "limit", 25)
	if err != nil {
		return nil, err
	}
	q.Limit = min(max(limit, 1), mostFound)
	return a.cfg.World.Search(user, q)
}

// queryID reads an id of the query; 0 where there is none.
func queryID(r *http.Request, name string) (wire.ID, error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return 0, nil
	}
	id, err := wire.ParseID(s)
	if err != nil {
		return 0, &world.Denied{Status: http.StatusBadRequest, Field: name, Text: strconv.Quote(s) + " is no id"}
	}
	return id, nil
}

func (a *API) pins(r *http.Request) (any, error) {
	user, channel, err := userAndChannel(r)
	if err != nil {
		return nil, err
	}
	if err := a.cfg.World.IsPerson(user); err != nil {
		return nil, err
	}
	list, _, err := a.cfg.World.Pins(world.Actor{User: user}, channel, time.Time{}, 250)
	return list, err
}

func (a *API) oldThreads(r *http.Request) (any, error) {
	user, channel, err := userAndChannel(r)
	if err != nil {
		return nil, err
	}
	return a.cfg.World.OldThreads(user, channel)
}

// seen is a channel, or none where the user sees no such: an address may be older than what it leads to.
type seen struct {
	Channel *wire.Channel `json:"channel"`
}

func (a *API) channel(r *http.Request) (any, error) {
	user, channel, err := userAndChannel(r)
	if err != nil {
		return nil, err
	}
	found, err := a.cfg.World.SeenChannel(user, channel)
	return seen{Channel: found}, err
}

// beginning is a thread or forum post that a person starts.
type beginning struct {
	ChannelID wire.ID `json:"channel_id"`
	// MessageID is the message that the thread grows from, 0 for none.
	MessageID wire.ID `json:"message_id"`
	Name      string  `json:"name"`
	Private   bool    `json:"private"`
	// Content, Attachments and Tags are a forum post's first message and tags.
	Content     string    `json:"content"`
	Attachments []upload  `json:"attachments"`
	Tags        []wire.ID `json:"applied_tags"`
}

func (a *API) startThread(user wire.ID, b beginning) (any, error) {
	if err := threadName(b.Name); err != nil {
		return nil, err
	}
	r := world.ChannelRequest{Name: wire.Some(b.Name), Type: wire.Some(wire.ChannelPublicThread), AppliedTags: wire.Some(b.Tags)}
	if b.Private {
		r.Type = wire.Some(wire.ChannelPrivateThread)
	}
	if b.Content != "" || len(b.Attachments) > 0 {
		files, err := readFiles(b.Attachments)
		if err != nil {
			return nil, err
		}
		r.Message = &world.MessageRequest{Content: wire.Some(b.Content), Files: files}
	}
	return a.cfg.World.StartThread(world.Actor{User: user}, b.ChannelID, b.MessageID, r)
}

// threadName holds the bounds of a thread's name (resources/channel "Start Thread").
func threadName(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > 100 {
		return &world.Denied{Status: http.StatusBadRequest, Field: "name", Text: "must have between 1 and 100 characters"}
	}
	return nil
}

// turning is what a person changes of a thread; what is absent stays.
type turning struct {
	ChannelID wire.ID             `json:"channel_id"`
	Name      wire.Opt[string]    `json:"name"`
	Archived  wire.Opt[bool]      `json:"archived"`
	Locked    wire.Opt[bool]      `json:"locked"`
	Tags      wire.Opt[[]wire.ID] `json:"applied_tags"`
}

func (a *API) editThread(user wire.ID, b turning) (any, error) {
	if b.Name.Has() {
		if err := threadName(b.Name.V); err != nil {
			return nil, err
		}
	}
	return a.cfg.World.EditThread(world.Actor{User: user}, b.ChannelID, world.ChannelRequest{
		Name: b.Name, Archived: b.Archived, Locked: b.Locked, AppliedTags: b.Tags,
	})
}

// following is a person who joins a thread or leaves it, or lets another in.
type following struct {
	ChannelID wire.ID `json:"channel_id"`
	UserID    wire.ID `json:"user_id"`
	Remove    bool    `json:"remove"`
}
