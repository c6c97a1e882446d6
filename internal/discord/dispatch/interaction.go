package dispatch

import (
	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
)

// asInteraction is the interaction that an event of disgo carries.
func asInteraction(event bot.Event) (discord.Interaction, bool) {
	switch e := event.(type) {
	case *events.InteractionCreate:
		return e.Interaction, true
	case *events.ApplicationCommandInteractionCreate:
		return e.ApplicationCommandInteraction, true
	case *events.ComponentInteractionCreate:
		return e.ComponentInteraction, true
	case *events.AutocompleteInteractionCreate:
		return e.AutocompleteInteraction, true
	case *events.ModalSubmitInteractionCreate:
		return e.ModalSubmitInteraction, true
	default:
		return nil, false
	}
}
