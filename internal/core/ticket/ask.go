package ticket

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
)

// Ask gives the questions to put to a member before Open; false where the panel asks none. Nobody is asked in vain: a member who may
// not open a ticket gets the error that Open would have. Errors: NotFound "panel_deleted"; Conflict "ticket_limit".
func (d *Desk) Ask(ctx context.Context, o OpenRequest) (form.Form, bool, error) {
	snapshot, p, err := d.panel(ctx, o.Guild, o.Panel)
	if err != nil || p.Form == "" {
		return form.Form{}, false, err
	}
	held, err := d.Holdings.Held(ctx, o.Guild, p.ID, o.By.ID)
	if err != nil {
		return form.Form{}, false, fmt.Errorf("counting a member's tickets: %w", err)
	}
	for len(held) >= p.MaxOpen && d.isGone(ctx, held[0]) {
		held = held[1:]
	}
	if len(held) >= p.MaxOpen {
		return form.Form{}, false, limitReached(held[0], p)
	}
	f, ok := snapshot.form(p.Form)
	if !ok {
		return form.Form{}, false, fmt.Errorf("panel %s of guild %s asks the form %s, which is not there", p.ID, o.Guild, p.Form)
	}
	return f, true, nil
}

// answers checks what was sent off against what was asked, also where panel or form were changed in the meantime.
func (d *Desk) answers(ctx context.Context, o OpenRequest, snapshot Snapshot, p panel.Panel) ([]form.Answer, error) {
	s := o.Submission
	if s == nil {
		if p.Form != "" {
			return nil, fault.New(fault.Conflict, "form_unanswered", "This panel asks a few questions first. Please press the button again.")
		}
		return nil, nil
	}
	f, ok := snapshot.form(s.Form)
	if !ok || f.Revision != s.Revision {
		var err error
		if f, err = d.Forms.FormRevision(ctx, o.Guild, s.Form, s.Revision); fault.KindOf(err) == fault.NotFound {
			return nil, form.Outdated()
		} else if err != nil {
			return nil, fmt.Errorf("reading what was asked: %w", err)
		}
	}
	return f.Read(*s)
}

// besideAnswers fills a message with the answers in an embed below it. Both share Discord's limit: answers have panel.AnswersRoom of it
// for themselves, and what else the message leaves.
func (t Ticket) besideAnswers(text message.Template, lookup placeholder.Lookup) message.Message {
	m := text.Fill(lookup)
	if len(t.Answers) == 0 {
		return m
	}
	below, values := t.answerTemplate(text)
	room := max(message.MaxEmbed-m.Embed.Units(), panel.AnswersRoom)
	embed := below.FillWithin(values, room).Embed
	if m.Embed.Units()+embed.Units() > message.MaxEmbed {
		m = text.FillWithin(lookup, message.MaxEmbed-embed.Units())
	}
	m.Below = embed
	return m
}

// answerTemplate is the labels with a placeholder for each answer, so that long answers are shortened as long values are: the longest
// first. It has the colour of the message that it stands below.
func (t Ticket) answerTemplate(above message.Template) (message.Template, placeholder.Lookup) {
	var parts []string
	values := make(map[string]placeholder.Value, len(t.Answers))
	for n, a := range t.Answers {
		name := strconv.Itoa(n)
		values[name] = a.Value()
		label := strings.ReplaceAll(placeholder.EscapeMarkdown(placeholder.Clean(a.Label)), "%", `\%`)
		parts = append(parts, "**"+label+"**\n%"+name+"%")
	}
	e := &message.EmbedTemplate{Description: strings.Join(parts, "\n\n")}
	if above.Embed != nil {
		e.Colour = above.Embed.Colour
	}
	return message.Template{Embed: e}, func(name string) (placeholder.Value, bool) { v, ok := values[name]; return v, ok }
}
