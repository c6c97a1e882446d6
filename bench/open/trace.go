package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"usher/sandbox"
)

// press is a member's press of the panel's button, with what the witness saw of its consequences. Times are the sandbox's own: of the
// press, when it was received; of a call, when it was answered.
type press struct {
	member  sandbox.ID
	id      sandbox.ID // of the interaction
	pressed time.Time
	acked   time.Time     // "thinking…" is seen
	made    time.Time     // the channel exists
	welcome time.Time     // the welcome message is posted
	told    time.Time     // the member reads where the ticket is
	inside  time.Duration // of the four calls together, from received to answered
	channel sandbox.ID
	live    bool // the first post had the live values already
	right   bool // the message has them now
	doubled bool // more than one channel or welcome message
}

// body is what is looked at in the body of a call.
type body struct {
	Topic   string `json:"topic"`
	Nonce   string `json:"nonce"`
	Content string `json:"content"`
	Embeds  []struct {
		Description string `json:"description"`
	} `json:"embeds"`
}

func (b body) says(text string) bool {
	for _, e := range b.Embeds {
		if e.Description == text {
			return true
		}
	}
	return false
}

// call is a call that Discord carried out, with its body.
type call struct {
	sandbox.Call
	body body
}

// took is the time that the sandbox had the call, a REST delay included.
func (c call) took() time.Duration { return time.Duration(c.DurationUS) * time.Microsecond }

// carriedOut leaves out what was refused, and reads the bodies.
func carriedOut(all []sandbox.Call) []call {
	var done []call
	for _, c := range all {
		if c.Status < 200 || c.Status > 299 {
			continue
		}
		one := call{Call: c}
		_ = json.Unmarshal(c.Body, &one.body) // a body of another form says nothing that is looked for
		done = append(done, one)
	}
	return done
}

// read takes over from the witness what belongs to this press: the acknowledgement has the interaction's id in its path, the channel's
// topic and the message's nonce have it in base 36.
func (p *press) read(calls []call) {
	*p = press{member: p.member, id: p.id, pressed: p.pressed}
	ref := strconv.FormatUint(uint64(p.id), 36)
	for _, c := range calls {
		switch {
		case c.Method != http.MethodPost:
		case strings.Contains(c.Path, "/interactions/"+p.id.String()+"/"):
			p.acked = c.AnsweredAt
			p.inside += c.took()
		case strings.HasSuffix(c.Path, "/channels") && strings.HasSuffix(c.body.Topic, " "+ref):
			p.doubled = p.doubled || !p.made.IsZero()
			p.made = c.AnsweredAt
			p.inside += c.took()
		case strings.HasSuffix(c.Path, "/messages") && c.body.Nonce == "w"+ref:
			p.doubled = p.doubled || !p.welcome.IsZero()
			p.welcome, p.channel = c.AnsweredAt, channelOf(c.Path)
			p.inside += c.took()
			p.live = c.body.says(expected(p.member))
		}
	}
	p.right = p.live
	if p.channel != 0 {
		p.readEdits(calls)
	}
}

// readEdits looks for what is known by the channel: the answer to the member, which mentions it and may have come before the welcome
// message, and an edit that brings late values.
func (p *press) readEdits(calls []call) {
	for _, c := range calls {
		switch {
		case c.Method != http.MethodPatch:
		case strings.HasSuffix(c.Path, "/messages/@original") && strings.Contains(c.body.Content, "<#"+p.channel.String()+">"):
			p.told = c.AnsweredAt
			p.inside += c.took()
		case channelOf(c.Path) == p.channel && c.body.says(expected(p.member)):
			p.right = true
		}
	}
}

// channelOf is the channel in the path of a call about its messages, or 0.
func channelOf(path string) sandbox.ID {
	_, rest, _ := strings.Cut(path, "/channels/")
	id, of, _ := strings.Cut(rest, "/")
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil || !strings.HasPrefix(of, "messages") {
		return 0
	}
	return sandbox.ID(n)
}

// missing says what has not happened yet.
func (p *press) missing() []string {
	var all []string
	for _, step := range []struct {
		done bool
		name string
	}{
		{!p.acked.IsZero(), "no acknowledgement"},
		{!p.made.IsZero(), "no channel"},
		{!p.welcome.IsZero(), "no welcome message"},
		{!p.told.IsZero(), "the member was not told where the ticket is"},
		{p.right, "the welcome message does not say " + strconv.Quote(expected(p.member))},
	} {
		if !step.done {
			all = append(all, step.name)
		}
	}
	return all
}

// check is an error when a ticket opened twice.
func (p *press) check() error {
	if p.doubled {
		return fmt.Errorf("interaction %s made more than one channel or welcome message", p.id)
	}
	return nil
}
