package gateway

import "encoding/json"

// resumeData is op 6
// (https://docs.discord.com/developers/events/gateway-events#resume).
type resumeData struct {
	Token     *string `json:"token"`
	SessionID *string `json:"session_id"`
	Seq       *uint64 `json:"seq"`
}

// resume handles op 6: the events missed are replayed in order, then RESUMED.
func (c *conn) resume(data json.RawMessage) *closing {
	if c.current() != nil {
		return &closing{code: closeAlreadyAuth, reason: "Already authenticated."}
	}
	var in resumeData
	if err := json.Unmarshal(data, &in); err != nil || in.Token == nil || in.SessionID == nil || in.Seq == nil {
		return &closing{code: closeDecode, reason: "RESUME needs token, session_id and seq."}
	}
	app, known := c.hub.cfg.Directory.App(*in.Token)
	if !known {
		return &closing{code: closeAuthFailed, reason: "Authentication failed."}
	}
	s := c.hub.session(*in.SessionID)
	if s == nil || s.key.app != app.ID {
		c.send(control(opInvalidSession, "false"))
		return nil
	}
	ok, ahead := s.resume(c, *in.Seq)
	switch {
	case ahead:
		c.hub.endSession(s, closeInvalidSeq)
		return &closing{code: closeInvalidSeq, reason: "Invalid seq."}
	case !ok:
		c.hub.endSession(s, 0)
		c.send(control(opInvalidSession, "false"))
		return nil
	}
	return nil
}
