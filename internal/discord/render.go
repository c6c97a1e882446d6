package discord

import (
	"github.com/disgoorg/disgo/discord"

	"usher/internal/core/message"
	"usher/internal/core/panel"
)

// Custom ids of our components. What they act on is told by the channel they are in, or by the part after the colon.
const (
	openPrefix  = "usher:open:" // and the panel's id
	closeID     = "usher:close"
	reasonID    = "usher:close-reason"
	reasonForm  = "usher:close-reason-form"
	reasonInput = "reason"
	formPrefix  = "usher:form:" // and what formID adds
)

// nobody is allowed to be pinged: an explicit empty list, for an absent or null one means everybody to disgo and Discord.
func nobody() *discord.AllowedMentions {
	return &discord.AllowedMentions{Parse: []discord.AllowedMentionType{}, Roles: nil, Users: nil}
}

// ticketButtons stand below the welcome message.
func ticketButtons() []discord.LayoutComponent {
	return []discord.LayoutComponent{discord.NewActionRow(
		discord.NewDangerButton("Close", closeID),
		discord.NewSecondaryButton("Close with reason", reasonID),
	)}
}

// panelButton opens a ticket of a panel.
func panelButton(p panel.Panel) []discord.LayoutComponent {
	styles := map[panel.Style]discord.ButtonStyle{
		panel.Secondary: discord.ButtonStyleSecondary, panel.Success: discord.ButtonStyleSuccess, panel.Danger: discord.ButtonStyleDanger,
	}
	style, ok := styles[p.Button.Style]
	if !ok {
		style = discord.ButtonStylePrimary
	}
	button := discord.NewButton(style, p.Button.Label, openPrefix+string(p.ID), "", 0)
	if p.Button.Emoji != "" {
		button.Emoji = &discord.ComponentEmoji{Name: p.Button.Emoji}
	}
	return []discord.LayoutComponent{discord.NewActionRow(button)}
}

// embeds translates a message's embeds; none gives an empty list, which in an edit removes what was there.
func embeds(m message.Message) []discord.Embed {
	all := []discord.Embed{}
	for _, e := range []*message.Embed{m.Embed, m.Below} {
		if e != nil {
			all = append(all, embed(e))
		}
	}
	return all
}

func embed(e *message.Embed) discord.Embed {
	out := discord.Embed{Title: e.Title, Description: e.Description, URL: e.URL, Color: e.Colour}
	if e.Author != "" {
		out.Author = &discord.EmbedAuthor{Name: e.Author, IconURL: e.AuthorIcon}
	}
	if e.Footer != "" {
		out.Footer = &discord.EmbedFooter{Text: e.Footer, IconURL: e.FooterIcon}
	}
	if e.Image != "" {
		out.Image = &discord.EmbedResource{URL: e.Image}
	}
	if e.Thumbnail != "" {
		out.Thumbnail = &discord.EmbedResource{URL: e.Thumbnail}
	}
	for _, f := range e.Fields {
		inline := f.Inline
		out.Fields = append(out.Fields, discord.EmbedField{Name: f.Name, Value: f.Value, Inline: &inline})
	}
	return out
}
