package rest

import (
	"cmp"
	"encoding/json"
	"html"
	"net/http"
	"strconv"
	"time"

	"usher/sandbox/internal/fault"
	"usher/sandbox/internal/ratelimit"
	"usher/sandbox/internal/refusal"
)

// faultPause is what a rate limit on demand tells the bot to wait.
const faultPause = time.Second

// strikes asks which faults hit the call.
func (a *API) strikes(c *call) []fault.Strike {
	if a.cfg.Faults.Empty() {
		return nil
	}
	bot := ""
	if c.login.App != 0 {
		bot = c.login.App.String()
	}
	list := a.cfg.Faults.Hit(fault.Call{Method: c.req.Method, Route: c.route.template, Bot: bot, Path: c.record.Path, Body: c.raw})
	for _, s := range list {
		c.struck = append(c.struck, s.ID)
	}
	return list
}

// strike lets the faults of one side of the call happen; over tells that the answer is decided by a fault. An answer
// of status 0 means that the connection is to be closed.
func (a *API) strike(c *call, list []fault.Strike, after bool) (out answer, over bool) {
	for _, s := range list {
		if s.After() != after {
			continue
		}
		if s.Wait(c.req.Context()) != nil {
			return answer{}, true
		}
		d := s.Do
		switch {
		case d.Drop:
			return answer{}, true
		case d.RateLimit != "":
			return a.limitedByFault(c, d), true
		case d.Status != 0:
			return faultAnswer(c, d), true
		}
	}
	return answer{}, false
}

func (a *API) limitedByFault(c *call, d fault.Do) answer {
	decision, err := a.cfg.Limits.Refuse(c.limit(), d.RateLimit, faultPause)
	if err != nil {
		return refused(refusal.Status(http.StatusInternalServerError))
	}
	c.header, c.bucket = decision.Header.Clone(), decision.Bucket
	addHeaders(c, d)
	return answer{status: decision.Status, body: decision.Body, html: d.RateLimit == ratelimit.ScopeBan}
}

// faultAnswer is Discord's error body with what the fault names, or a page.
func faultAnswer(c *call, d fault.Do) answer {
	addHeaders(c, d)
	if d.HTML {
		return answer{status: d.Status, html: true, body: []byte("<html><head><title>" + strconv.Itoa(d.Status) + "</title></head><body><h1>" +
			html.EscapeString(cmp.Or(d.Message, http.StatusText(d.Status))) + "</h1></body></html>\n")}
	}
	e := refusal.Status(d.Status)
	if d.Code != 0 {
		e.Code, e.Message = d.Code, refusal.Code(d.Code).Message
	}
	if d.Message != "" {
		e.Message = d.Message
	}
	body, err := json.Marshal(e.Body())
	if err != nil {
		return refused(refusal.Status(http.StatusInternalServerError))
	}
	return answer{status: d.Status, body: body, code: d.Code}
}

func addHeaders(c *call, d fault.Do) {
	if c.header == nil {
		c.header = http.Header{}
	}
	for name, value := range d.Headers {
		c.header.Set(name, value)
	}
}
