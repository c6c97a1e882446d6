package sandbox

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// Acting is a person in the sandbox, as whom the client acts.
type Acting struct {
	c  *Client
	id ID
}

// User gives the person with this id.
func (c *Client) User(id ID) *Acting { return &Acting{c: c, id: id} }

// ID is the person's id.
func (u *Acting) ID() ID { return u.id }

func (u *Acting) path(rest string) string { return "/users/" + u.id.String() + rest }

// answerWait is how long an act waits for the bot's first answer: a little longer than Discord does.
const answerWait = 4 * time.Second

// interact acts and waits for the bot's first answer.
func (u *Acting) interact(ctx context.Context, what string, body any) (Interaction, error) {
	var out Interaction
	err := u.c.do(ctx, http.MethodPost, u.path("/"+what+"?wait="+answerWait.String()), body, &out)
	return out, err
}

// Press clicks the button of a message and waits for the bot's first answer.
func (u *Acting) Press(ctx context.Context, m Message, customID string) (Interaction, error) {
	return u.interact(ctx, "press", world.Press{ChannelID: m.ChannelID, MessageID: m.ID, CustomID: customID})
}

// PressNow clicks and does not wait.
func (u *Acting) PressNow(ctx context.Context, m Message, customID string) (Interaction, error) {
	var out Interaction
	err := u.c.do(ctx, http.MethodPost, u.path("/press"), world.Press{ChannelID: m.ChannelID, MessageID: m.ID, CustomID: customID}, &out)
	return out, err
}

// Interaction tells how far an interaction of this person has come.
func (u *Acting) Interaction(ctx context.Context, id ID) (Interaction, error) {
	return get[Interaction](ctx, u.c, u.path("/interactions/"+id.String()))
}

// Select chooses values in a select and waits for the bot's first answer.
func (u *Acting) Select(ctx context.Context, m Message, customID string, values ...string) (Interaction, error) {
	return u.interact(ctx, "select", world.Press{ChannelID: m.ChannelID, MessageID: m.ID, CustomID: customID, Values: values})
}

// Submit sends a modal, a text, a list of texts, a truth value or []Upload for each custom id, and waits for the bot's
// answer.
func (u *Acting) Submit(ctx context.Context, modal *Modal, values map[string]any) (Interaction, error) {
	if modal == nil {
		return Interaction{}, fmt.Errorf("submitting a modal: the bot opened none")
	}
	return u.interact(ctx, "submit", world.Submission{ModalID: modal.ID, Values: values})
}

// CommandOption is an option with what was typed.
type CommandOption = wire.CommandOption

// CommandUse is a command with what was typed.
type CommandUse = world.CommandUse

// Command runs a command and waits for the bot's first answer.
func (u *Acting) Command(ctx context.Context, use CommandUse) (Interaction, error) {
	return u.interact(ctx, "command", use)
}

// Choice is a suggestion of an autocomplete.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Autocomplete asks for suggestions; the option that is being typed is Focused.
func (u *Acting) Autocomplete(ctx context.Context, use CommandUse) ([]Choice, error) {
	var out struct {
		Choices []Choice `json:"choices"`
	}
	err := u.c.do(ctx, http.MethodPost, u.path("/autocomplete"), use, &out)
	return out.Choices, err
}

// Upload is a file to send, in a message, in a modal's file upload ([]Upload) or as a command's attachment option.
type Upload struct {
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	// Data goes over the line in base64.
	Data []byte `json:"data"`
}

// Send writes a message.
func (u *Acting) Send(ctx context.Context, channel ID, content string, files ...Upload) (Message, error) {
	return u.write(ctx, channel, content, 0, files)
}

// Reply writes a reply.
func (u *Acting) Reply(ctx context.Context, to Message, content string) (Message, error) {
	return u.write(ctx, to.ChannelID, content, to.ID, nil)
}

// Forward sends a copy of a message to a channel.
func (u *Acting) Forward(ctx context.Context, channel ID, m Message) (Message, error) {
	var out Message
	body := map[string]any{"channel_id": channel, "forward": map[string]any{"channel_id": m.ChannelID, "message_id": m.ID}}
	return out, u.c.do(ctx, http.MethodPost, u.path("/messages"), body, &out)
}

func (u *Acting) write(ctx context.Context, channel ID, content string, replyTo ID, files []Upload) (Message, error) {
	body := map[string]any{"channel_id": channel, "content": content}
	if replyTo != 0 {
		body["reply_to"] = replyTo
	}
	if len(files) > 0 {
		body["attachments"] = files
	}
	var out Message
	err := u.c.do(ctx, http.MethodPost, u.path("/messages"), body, &out)
	return out, err
}

// Edit changes a message of one's own.
func (u *Acting) Edit(ctx context.Context, m Message, content string) (Message, error) {
	var out Message
	err := u.c.do(ctx, http.MethodPost, u.path("/edit"), map[string]any{"channel_id": m.ChannelID, "message_id": m.ID, "content": content}, &out)
	return out, err
}

// Delete removes a message.
func (u *Acting) Delete(ctx context.Context, m Message) error {
	return u.c.do(ctx, http.MethodPost, u.path("/delete"), map[string]any{"channel_id": m.ChannelID, "message_id": m.ID}, nil)
}

// React adds a reaction.
func (u *Acting) React(ctx context.Context, m Message, emoji string) error {
	return u.c.do(ctx, http.MethodPost, u.path("/react"), map[string]any{"channel_id": m.ChannelID, "message_id": m.ID, "emoji": emoji}, nil)
}

// Typing tells that the person is writing.
func (u *Acting) Typing(ctx context.Context, channel ID) error {
	return u.c.do(ctx, http.MethodPost, u.path("/typing"), map[string]any{"channel_id": channel}, nil)
}

// OpenDM gives the direct message channel with another user.
func (u *Acting) OpenDM(ctx context.Context, with ID) (Channel, error) {
	var out Channel
	err := u.c.do(ctx, http.MethodPost, u.path("/dm"), map[string]any{"user_id": with}, &out)
	return out, err
}

// Join joins a guild, Leave leaves it.
func (u *Acting) Join(ctx context.Context, guild ID) error {
	return u.c.do(ctx, http.MethodPost, u.path("/join"), map[string]any{"guild_id": guild}, nil)
}

// Leave leaves a guild.
func (u *Acting) Leave(ctx context.Context, guild ID) error {
	return u.c.do(ctx, http.MethodPost, u.path("/leave"), map[string]any{"guild_id": guild}, nil)
}

// GiveRole gets a role, or loses it, by the hand of an omnipotent administrator.
func (u *Acting) GiveRole(ctx context.Context, guild, role ID, remove bool) error {
	return u.c.do(ctx, http.MethodPost, u.path("/roles"), map[string]any{"guild_id": guild, "role_id": role, "remove": remove}, nil)
}

// View is all that the person sees now.
func (u *Acting) View(ctx context.Context) (View, error) { return get[View](ctx, u.c, u.path("/view")) }

// Sees tells whether the person sees a channel.
func (u *Acting) Sees(ctx context.Context, channel ID) (bool, error) {
	_, err := u.Messages(ctx, channel, 1)
	if IsRefused(err, http.StatusForbidden) {
		return false, nil
	}
	return err == nil, err
}

// Messages lists a channel's newest messages, newest first, with the person's own ephemeral ones.
func (u *Acting) Messages(ctx context.Context, channel ID, limit int) ([]Message, error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	return get[[]Message](ctx, u.c, u.path("/channels/"+channel.String()+"/messages?"+q.Encode()))
}

// WaitMessage waits for a message of the channel, old or new, that fits.
func (u *Acting) WaitMessage(ctx context.Context, channel ID, fits func(Message) bool) (Message, error) {
	var found Message
	err := poll(ctx, "a message in channel "+channel.String(), func() (bool, error) {
		list, err := u.Messages(ctx, channel, 50)
		for _, m := range list {
			if fits(m) {
				found = m
				return true, nil
			}
		}
		return false, err
	})
	return found, err
}

// WaitChannel waits until the person sees a channel of the guild that fits.
func (u *Acting) WaitChannel(ctx context.Context, guild ID, fits func(Channel) bool) (Channel, error) {
	var found Channel
	err := poll(ctx, "a channel in guild "+guild.String(), func() (bool, error) {
		view, err := u.View(ctx)
		for _, g := range view.Guilds {
			for _, c := range append(g.Channels, g.Threads...) {
				if g.ID == guild && fits(c) {
					found = c
					return true, nil
				}
			}
		}
		return false, err
	})
	return found, err
}

// Event is something that a person saw; Data is as control-api.md describes it.
type Event struct {
	ID   uint64
	Name string
	Data json.RawMessage
}

// Message reads the data of a message event.
func (e Event) Message() (Message, error) {
	var m Message
	err := json.Unmarshal(e.Data, &m)
	return m, err
}

// Stream gives what the person sees from now on, until ctx ends or the sandbox stops; then the channel is closed.
// It must be read.
func (u *Acting) Stream(ctx context.Context) (<-chan Event, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.c.base+u.path("/stream"), nil)
	if err != nil {
		return nil, fmt.Errorf("opening a stream: %w", err)
	}
	res, err := u.c.http.Do(req) //nolint:bodyclose // the reading goroutine closes it
	if err != nil {
		return nil, fmt.Errorf("opening a stream: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, &Refused{Status: res.StatusCode, Text: "the stream was refused"}
	}
	events := make(chan Event, 64)
	go func() {
		defer close(events)
		defer func() { _ = res.Body.Close() }()
		readEvents(ctx, bufio.NewReader(res.Body), events)
	}()
	return events, nil
}

// readEvents reads server-sent events.
func readEvents(ctx context.Context, in *bufio.Reader, out chan<- Event) {
	var e Event
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "id":
			e.ID, _ = strconv.ParseUint(value, 10, 64)
		case "event":
			e.Name = value
		case "data":
			e.Data = json.RawMessage(value)
		case "":
			if e.Name == "" {
				continue
			}
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
			e = Event{}
		}
	}
}
