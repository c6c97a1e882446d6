package control

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

const person = "/_sandbox/users/{user}"

func (a *API) peopleRoutes() {
	w := a.cfg.World
	a.handle("GET /_sandbox/users", func(*http.Request) (any, error) { return w.People(), nil })
	a.handle("GET "+person+"/view", a.view)
	a.mux.HandleFunc("GET "+person+"/stream", a.stream)
	a.handle("GET "+person+"/channels/{channel}/messages", a.messages)
	a.handle("GET "+person+"/channels/{channel}/viewers", a.viewers)
	a.handle("GET "+person+"/interactions/{interaction}", a.interaction)
	a.handle("POST "+person+"/press", interact(a, w.Press))
	a.handle("POST "+person+"/select", interact(a, w.Select))
	a.handle("POST "+person+"/submit", interact(a, w.Submit))
	a.handle("POST "+person+"/command", interact(a, w.Run))
	a.handle("POST "+person+"/autocomplete", a.autocomplete)
	a.handle("POST "+person+"/messages", act(a, a.send))
	a.handle("POST "+person+"/edit", act(a, a.edit))
	a.handle("POST "+person+"/delete", act(a, func(u wire.ID, b target) (any, error) {
		return nil, w.DeleteMessage(world.Actor{User: u}, b.ChannelID, b.MessageID)
	}))
	a.handle("POST "+person+"/react", act(a, a.react))
	a.handle("POST "+person+"/typing", act(a, func(u wire.ID, b target) (any, error) {
		return nil, w.Typing(world.Actor{User: u}, b.ChannelID)
	}))
	a.handle("POST "+person+"/dm", act(a, func(u wire.ID, b membership) (any, error) { return w.PersonDM(u, b.UserID) }))
	a.handle("POST "+person+"/join", act(a, func(u wire.ID, b membership) (any, error) { return nil, w.Join(u, b.GuildID) }))
	a.handle("POST "+person+"/leave", act(a, func(u wire.ID, b membership) (any, error) { return nil, w.Leave(u, b.GuildID) }))
	a.handle("POST "+person+"/roles", act(a, func(u wire.ID, b membership) (any, error) {
		return nil, w.Assign(u, b.GuildID, b.RoleID, b.Remove)
	}))
}

// target names a message or channel.
type target struct {
	ChannelID wire.ID `json:"channel_id"`
	MessageID wire.ID `json:"message_id"`
	Content   string  `json:"content"`
	Emoji     string  `json:"emoji"`
	Remove    bool    `json:"remove"`
}

// membership names a guild, a role or another user.
type membership struct {
	GuildID wire.ID `json:"guild_id"`
	RoleID  wire.ID `json:"role_id"`
	UserID  wire.ID `json:"user_id"`
	Remove  bool    `json:"remove"`
}

// act reads who acts, a person, and the body.
func act[T any](a *API, do func(wire.ID, T) (any, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		user, err := pathID(r, "user")
		if err != nil {
			return nil, err
		}
		if err := a.cfg.World.IsPerson(user); err != nil {
			return nil, err
		}
		body, err := decode[T](r)
		if err != nil {
			return nil, err
		}
		return do(user, body)
	}
}

// interact begins an interaction and, when asked to, waits for the bot's first answer.
func interact[T any](a *API, begin func(wire.ID, T) (world.Outcome, error)) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		wait, err := waitFor(r, 0)
		if err != nil {
			return nil, err
		}
		return act(a, func(user wire.ID, body T) (any, error) {
			out, err := begin(user, body)
			if err != nil || wait == 0 {
				return out, err
			}
			ctx, cancel := context.WithTimeout(r.Context(), wait)
			defer cancel()
			reached, _ := a.cfg.World.Wait(ctx, out.ID)
			return reached, nil
		})(r)
	}
}

// interaction tells how far an interaction has come.
func (a *API) interaction(r *http.Request) (any, error) {
	user, err := pathID(r, "user")
	if err != nil {
		return nil, err
	}
	id, err := pathID(r, "interaction")
	if err != nil {
		return nil, err
	}
	return a.cfg.World.Outcome(user, id)
}

// maxWait is how long a call may wait for a bot.
const maxWait = time.Minute

func waitFor(r *http.Request, other time.Duration) (time.Duration, error) {
	s := r.URL.Query().Get("wait")
	if s == "" {
		return other, nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > maxWait {
		return 0, &world.Denied{Status: http.StatusBadRequest, Field: "wait", Text: "is a duration up to 1m, such as 3s"}
	}
	return d, nil
}

func (a *API) autocomplete(r *http.Request) (any, error) {
	// Discord's client gives up when the bot does not answer in time; the list stays empty then.
	wait, err := waitFor(r, 3500*time.Millisecond)
	if err != nil {
		return nil, err
	}
	return act(a, func(user wire.ID, body world.CommandUse) (any, error) {
		out, err := a.cfg.World.Type(user, body)
		if err != nil {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(r.Context(), wait)
		defer cancel()
		a.cfg.World.Wait(ctx, out.ID)
		return map[string]any{"choices": a.cfg.World.Choices(out.ID)}, nil
	})(r)
}

func (a *API) view(r *http.Request) (any, error) {
	user, err := pathID(r, "user")
	if err != nil {
		return nil, err
	}
	return a.cfg.World.View(user, func() string { return a.cfg.Streams.Watch(user) })
}

func (a *API) messages(r *http.Request) (any, error) {
	user, channel, err := userAndChannel(r)
	if err != nil {
		return nil, err
	}
	limit, err := queryInt(r, "limit", 50)
	if err != nil {
		return nil, err
	}
	before, err := queryInt(r, "before", 0)
	if err != nil {
		return nil, err
	}
	return a.cfg.World.Seen(user, channel, wire.ID(before), min(max(limit, 1), 200))
}

func (a *API) viewers(r *http.Request) (any, error) {
	user, channel, err := userAndChannel(r)
	if err != nil {
		return nil, err
	}
	users, everyone, err := a.cfg.World.Viewers(user, channel)
	return map[string]any{"users": users, "everyone": everyone}, err
}

func userAndChannel(r *http.Request) (user, channel wire.ID, err error) {
	if user, err = pathID(r, "user"); err != nil {
		return 0, 0, err
	}
	channel, err = pathID(r, "channel")
	return user, channel, err
}

// writing is a message that a person sends.
type writing struct {
	ChannelID   wire.ID  `json:"channel_id"`
	Content     string   `json:"content"`
	ReplyTo     wire.ID  `json:"reply_to"`
	Forward     *target  `json:"forward"`
	Attachments []upload `json:"attachments"`
}

// upload is a file in JSON.
type upload struct {
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	// Data is base64.
	Data string `json:"data"`
}

// readFiles turns the files of a body into those of a message.
func readFiles(list []upload) ([]world.File, error) {
	var out []world.File
	for i, f := range list {
		data, err := base64.StdEncoding.DecodeString(f.Data)
		if err != nil {
			return nil, &world.Denied{Status: http.StatusBadRequest, Field: fmt.Sprintf("attachments[%d].data", i), Text: "is not base64"}
		}
		out = append(out, world.File{Number: i, Name: f.Filename, ContentType: f.ContentType, Data: data})
	}
	return out, nil
}

func (a *API) send(user wire.ID, b writing) (any, error) {
	files, err := readFiles(b.Attachments)
	if err != nil {
		return nil, err
	}
	r := world.MessageRequest{Files: files, Content: wire.Some(b.Content)}
	if b.ReplyTo != 0 {
		r.Reference = &world.ReferenceRequest{MessageID: b.ReplyTo}
	}
	if b.Forward != nil {
		if b.ReplyTo != 0 {
			return nil, &world.Denied{Status: http.StatusBadRequest, Field: "forward", Text: "a message is a reply or a forward, not both"}
		}
		r.Reference = &world.ReferenceRequest{Type: world.ReferenceForward, MessageID: b.Forward.MessageID, ChannelID: b.Forward.ChannelID}
	}
	return a.cfg.World.SendMessage(world.Actor{User: user}, b.ChannelID, r)
}

func (a *API) edit(user wire.ID, b target) (any, error) {
	return a.cfg.World.EditMessage(world.Actor{User: user}, b.ChannelID, b.MessageID, world.MessageRequest{Content: wire.Some(b.Content)})
}

func (a *API) react(user wire.ID, b target) (any, error) {
	return nil, a.cfg.World.React(world.Actor{User: user}, b.ChannelID, b.MessageID, b.Emoji, user, b.Remove)
}
