package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// Usable is a placeholder that a message of a server may use.
type Usable struct {
	Name        string             `json:"name" doc:"As it is written between percent signs." example:"high_score"`
	Long        string             `json:"long,omitempty" doc:"The name that is always this one, whatever else is active." example:"game-lookup.high_score"`
	Description string             `json:"description,omitempty"`
	Sample      string             `json:"sample" doc:"How a value may look, in its format."`
	Format      placeholder.Format `json:"format,omitempty" enum:"text,markdown,url,timestamp" doc:"How the value is written into a message; text unless set."`
	Source      string             `json:"source" doc:"The integration's name, or what built-in ones are called." example:"Game lookup"`
	Plain       bool               `json:"plain" doc:"Whether the name means this one; else write the long one."`
}

// PreviewRequest is a message to be tried.
type PreviewRequest struct {
	Message message.Template `json:"message"`
	Member  snowflake.User   `json:"member" doc:"As whose ticket it is filled."`
	Place   string           `json:"place,omitempty" enum:"welcome,tag,close" doc:"What the message is; a welcome message unless set. A close message is filled as if you closed the ticket."`
	Form    form.ID          `json:"form,omitempty" doc:"Whose answers a welcome message may use; each is the question's label then. Tags and close messages may use those of all forms."`
}

// PreviewField is one field of a filled embed.
type PreviewField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

// PreviewEmbed is an embed as it would be sent.
type PreviewEmbed struct {
	Title       string         `json:"title,omitempty"`
	Description string         `json:"description,omitempty"`
	URL         string         `json:"url,omitempty"`
	Colour      int            `json:"colour,omitempty"`
	Author      string         `json:"author,omitempty"`
	AuthorIcon  string         `json:"author_icon,omitempty"`
	Footer      string         `json:"footer,omitempty"`
	FooterIcon  string         `json:"footer_icon,omitempty"`
	Image       string         `json:"image,omitempty"`
	Thumbnail   string         `json:"thumbnail,omitempty"`
	Fields      []PreviewField `json:"fields"`
}

// PreviewLack is a placeholder without a value.
type PreviewLack struct {
	Name   string `json:"name"`
	Source string `json:"source,omitempty" doc:"Who should have given it."`
	Class  string `json:"class,omitempty" doc:"Why not, as in the delivery log; late: it was still awaited; absent: the answer has no such value."`
}

// Preview is a message as it would be sent, within Discord's limits.
type Preview struct {
	Content string        `json:"content,omitempty"`
	Embed   *PreviewEmbed `json:"embed,omitempty"`
	Member  Member        `json:"member"`
	Missing []PreviewLack `json:"missing"`
}

// previewTime is how long a preview waits for values: somewhat longer than the slowest integration may take.
const previewTime = 12 * time.Second

// previewOperations help those who write messages.
func (a *api) previewOperations() {
	add(a, access{who: guildManager, scope: account.Read}, huma.Operation{
		OperationID: "list-placeholders", Method: http.MethodGet, Path: guildPath + "/placeholders", Tags: []string{tagPanels},
		Summary:     "List the placeholders that a server's messages may use",
		Description: "Those of active integrations in the order in which they win a name, then what is built in.",
	}, a.placeholders)
	add(a, access{who: guildManager, scope: account.Write}, huma.Operation{
		OperationID: "preview-message", Method: http.MethodPost, Path: guildPath + "/preview", Tags: []string{tagPanels},
		Summary: "Fill a message for a member", Description: "With real values: the integrations are asked, as for a test. 30 times a minute at most.",
	}, func(ctx context.Context, in *struct {
		InGuild
		Body PreviewRequest
	},
	) (*answer[Preview], error) {
		return a.preview(ctx, in.id(), in.Body)
	})
}

// Where a text with placeholders stands, if not in a welcome message: each place knows others.
const (
	inTag         = "tag"
	inClose       = "close"
	inChannelName = "channel_name"
)

func (a *api) placeholders(ctx context.Context, in *struct {
	InGuild

	Place string  `query:"place" enum:"welcome,tag,close,channel_name" default:"welcome" doc:"Where the text stands. A channel's name knows no integration, for it waits for none; closed_by and reason are of close messages alone."`
	Form  form.ID `query:"form" maxLength:"32" doc:"Of the welcome message or the channel's name: also the answers to this form. Tags and close messages know those of all forms."`
},
) (*answer[[]Usable], error) {
	asked, err := a.askedAt(ctx, in.id(), in.Place, in.Form)
	if err != nil {
		return nil, err
	}
	if in.Place == inChannelName {
		return body(usableInChannelName(asked)), nil
	}
	named, err := a.Catalog.Placeholders(ctx, in.id())
	if err != nil {
		return nil, err
	}
	taken, all := map[string]bool{}, []Usable{}
	for _, n := range named {
		taken[placeholder.Fold(n.Name)] = true
		all = append(all, Usable{
			Name: n.Name, Long: n.Slug + "." + placeholder.Fold(n.Name), Sample: n.Example(), Format: n.Format, Source: n.Source, Plain: n.Plain,
		})
	}
	all = append(all, usableAnswers(asked)...)
	for _, k := range ticket.BuiltInKnown() {
		if !k.Closing || in.Place == inClose {
			all = append(all, builtIn(k.Name, "ticket", k.Description, k.Sample, sourceTicket))
		}
	}
	for _, k := range bloxlink.Describe() {
		all = append(all, builtIn(k.Name, bloxlink.Slug, k.Description, k.Sample, "Bloxlink"))
	}
	for n, u := range all[len(named):] {
		all[len(named)+n].Plain = !taken[u.Name]
	}
	return body(all), nil
}

const sourceTicket = "Ticket"

// builtIn is a placeholder that no integration gives.
func builtIn(name, prefix, description, sample, source string) Usable {
	return Usable{Name: name, Long: prefix + "." + name, Description: description, Sample: sample, Source: source, Plain: true}
}

// usableAnswers are those of forms; questions of one id are one placeholder, told by the first.
func usableAnswers(asked []form.Form) []Usable {
	seen, all := map[string]bool{}, []Usable{}
	for _, f := range asked {
		for _, q := range f.Questions {
			if !seen[q.ID] {
				all = append(all, builtIn(panel.AnswerPrefix+q.ID, "ticket", "The answer to: "+q.Label, q.Label, f.Name))
			}
			seen[q.ID] = true
		}
	}
	return all
}

// usableInChannelName are those that are known before the channel is made, whatever an integration calls its own.
func usableInChannelName(asked []form.Form) []Usable {
	all := []Usable{}
	for _, k := range ticket.BuiltInKnown() {
		if slices.Contains(panel.ChannelPlaceholders(), k.Name) {
			all = append(all, builtIn(k.Name, "ticket", k.Description, k.Sample, sourceTicket))
		}
	}
	return append(all, usableAnswers(asked)...)
}

// askedAt gives the forms whose answers a text may hold: any, where it is for tickets of every panel.
func (a *api) askedAt(ctx context.Context, g snowflake.Guild, place string, id form.ID) ([]form.Form, error) {
	if place == inTag || place == inClose {
		return a.Forms.Store.Forms(ctx, g)
	}
	asked, err := a.asked(ctx, g, id)
	return []form.Form{asked}, err
}

// asked gives a form; none where none is named.
func (a *api) asked(ctx context.Context, g snowflake.Guild, id form.ID) (form.Form, error) {
	if id == "" {
		return form.Form{}, nil
	}
	return a.Forms.Store.Form(ctx, g, id)
}

func (a *api) preview(ctx context.Context, g snowflake.Guild, r PreviewRequest) (*answer[Preview], error) {
	var c fault.Checks
	r.Message.Check("message", &c)
	c.Require(!r.Member.IsZero(), "member", "Choose a member.")
	if err := c.Err("preview_invalid", "This message cannot be shown."); err != nil {
		return nil, err
	}
	asked, err := a.askedAt(ctx, g, r.Place, r.Form)
	if err != nil {
		return nil, err
	}
	member, err := a.Directory.Member(ctx, g, r.Member)
	if err != nil {
		return nil, err
	}
	if err := a.Resolver.TakePreview(g, callerOf(ctx).Person.ID); err != nil {
		return nil, err
	}
	rehearsal := ticket.Rehearsal{
		Guild: g, Member: ticket.Member{ID: member.ID, Name: member.Name, Shown: member.Shown}, Message: r.Message, Forms: asked, Patience: previewTime,
	}
	if r.Place == inClose {
		rehearsal.ClosedBy = callerOf(ctx).Person.ID
	}
	filled := ticket.Rehearse(ctx, a.Values, rehearsal, a.Now())
	out := Preview{
		Content: filled.Message.Content, Member: a.member(member),
		Missing: each(filled.Lacking, func(l ticket.Lacking) PreviewLack { return PreviewLack(l) }),
	}
	if e := filled.Message.Embed; e != nil {
		out.Embed = &PreviewEmbed{
			Title: e.Title, Description: e.Description, URL: e.URL, Colour: e.Colour, Author: e.Author, AuthorIcon: e.AuthorIcon, Footer: e.Footer,
			FooterIcon: e.FooterIcon, Image: e.Image, Thumbnail: e.Thumbnail, Fields: each(e.Fields, func(f message.Field) PreviewField { return PreviewField(f) }),
		}
	}
	return body(out), nil
}
