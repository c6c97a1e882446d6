package discord

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
)

// acknowledgements knows which interactions are being acknowledged now, so that a reply is edited only after it exists. The first
// answer has to come within three seconds, so it flies beside all other work.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback
type acknowledgements struct {
	mu    sync.Mutex
	going map[string]chan struct{} // by token
}

func newAcknowledgements() *acknowledgements {
	return &acknowledgements{going: map[string]chan struct{}{}}
}

// acknowledgeTime bounds the first answer: after three seconds Discord has given the interaction up.
const acknowledgeTime = 3 * time.Second

// start sends the deferred, ephemeral answer ("thinking…") without waiting for it.
func (a *acknowledgements) start(ctx context.Context, r rest.Rest, i discord.Interaction, log *slog.Logger) {
	done := make(chan struct{})
	a.mu.Lock()
	a.going[i.Token()] = done
	a.mu.Unlock()
	go func() {
		ctx, cancel := context.WithTimeout(ctx, acknowledgeTime)
		defer cancel()
		err := r.CreateInteractionResponse(i.ID(), i.Token(), discord.InteractionResponse{
			Type: discord.InteractionResponseTypeDeferredCreateMessage, Data: discord.MessageCreate{Flags: discord.MessageFlagEphemeral},
		}, rest.WithCtx(ctx))
		if err != nil && !hasCode(err, codeAlreadyAcknowledged) { // delivered twice: the first delivery did it
			log.LogAttrs(ctx, slog.LevelWarn, "interaction could not be acknowledged", slog.String("interaction", i.ID().String()), slog.Any("error", asFault("acknowledging", err)))
		}
		a.mu.Lock()
		delete(a.going, i.Token())
		a.mu.Unlock()
		close(done)
	}()
}

// wait returns when the interaction of this token is acknowledged or has failed to be; at once when none is under way.
func (a *acknowledgements) wait(ctx context.Context, token string) error {
	a.mu.Lock()
	done := a.going[token]
	a.mu.Unlock()
	if done == nil {
		return nil
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
