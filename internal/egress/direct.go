package egress

import "context"

// direct is the back end that dials from this machine.
type direct struct {
	dialer  *dialer
	speaker speaker
}

var _ backEnd = (*direct)(nil)

func newDirect(cfg Config, g guard) *direct {
	return &direct{dialer: newDialer(g, cfg.Resolver, cfg.ConnectTimeout), speaker: newSpeaker(cfg)}
}

// exchange implements backEnd with one connection for one call.
func (d *direct) exchange(ctx context.Context, c call) (Response, error) {
	conn, err := d.dialer.dial(ctx, c.URL.origin, c.allowedOnly)
	if err != nil {
		return Response{}, err
	}
	return d.speaker.speak(ctx, conn, c)
}
