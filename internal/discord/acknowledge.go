package discord

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"

	"usher/internal/core/fault"
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
		err := answerFirst(ctx, r, i, discord.InteractionResponse{
			Type: discord.InteractionResponseTypeDeferredCreateMessage, Data: discord.MessageCreate{Flags: discord.MessageFlagEphemeral},
		})
		if err != nil {
			log.LogAttrs(ctx, slog.LevelWarn, "interaction could not be acknowledged", slog.String("interaction", i.ID().String()), slog.Any("error", err))
		}
		a.mu.Lock()
		delete(a.going, i.Token())
		a.mu.Unlock()
		close(done)
	}()
}

// acknowledgePause is between two tries of a first answer.
const acknowledgePause = 200 * time.Millisecond

// answerFirst gives an interaction its first answer, again and again within its time while Discord fails: a second try of one that was
// carried out after all is told (40060), and so is one that was delivered twice.
func answerFirst(ctx context.Context, r rest.Rest, i discord.Interaction, answer discord.InteractionResponse) error {
	ctx, cancel := context.WithTimeout(ctx, acknowledgeTime)
	defer cancel()
	for {
		err := r.CreateInteractionResponse(i.ID(), i.Token(), answer, rest.WithCtx(ctx))
		if err == nil || hasCode(err, codeAlreadyAcknowledged) {
			return nil
		}
		if err = asFault("answering an interaction", err); fault.KindOf(err) != fault.Unavailable {
			return err
		}
		timer := time.NewTimer(acknowledgePause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
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
