package rest

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"usher/sandbox/internal/form"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/witness"
	"usher/sandbox/internal/world"
)

// readBody takes JSON as it is, and payload_json and files[n] out of a multipart body (reference "Uploading Files").
func (c *call) readBody() error {
	kind, params, _ := mime.ParseMediaType(c.req.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		if c.route.body != nil && len(c.raw) > 0 && kind != "application/json" {
			return refusal.Field("", "CONTENT_TYPE_INVALID", "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.")
		}
		return nil
	}
	c.body = nil
	reader := multipart.NewReader(bytes.NewReader(c.raw), params["boundary"])
	for {
		part, err := reader.NextPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return refusal.Field("", "MULTIPART_INVALID", "The multipart body could not be read: "+err.Error())
		}
		if err := c.readPart(part); err != nil {
			return err
		}
	}
}

func (c *call) readPart(part *multipart.Part) error {
	data, err := io.ReadAll(part)
	if err != nil {
		return refusal.Field("", "MULTIPART_INVALID", "The multipart body could not be read: "+err.Error())
	}
	name := part.FormName()
	switch {
	case name == "payload_json":
		c.body = data
	case part.FileName() != "":
		number, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "files["), "]"))
		if err != nil {
			number = len(c.files)
		}
		c.files = append(c.files, world.File{Number: number, Name: part.FileName(), ContentType: part.Header.Get("Content-Type"), Data: data})
	default:
		c.api.find("warning", witness.UnknownField, c, "the multipart field "+strconv.Quote(name)+" is not known")
	}
	return nil
}

// checkBody judges the body by the route's shape and by Discord's description.
func (c *call) checkBody() error {
	shape := c.route.body
	if shape == nil {
		return nil
	}
	if len(bytes.TrimSpace(c.body)) == 0 {
		c.body = []byte("{}")
	}
	v, err := form.Parse(c.body)
	if err != nil {
		return err
	}
	c.parsed = true
	unknown, err := form.Check(shape, v)
	for _, name := range unknown {
		c.api.find("warning", witness.UnknownField, c, "the field "+strconv.Quote(name)+" is not known")
	}
	if err != nil {
		return err
	}
	return c.judge()
}

// judge asks Discord's own description of the route, when it is there.
func (c *call) judge() error {
	if c.api.cfg.Judge == nil {
		return nil
	}
	problems := c.api.cfg.Judge.CheckRequest(c.req.Method, c.route.template, c.req.Header.Get("Content-Type"), c.raw)
	if len(problems) == 0 {
		return nil
	}
	var t refusal.Tree
	for _, p := range problems {
		c.api.find("error", witness.SchemaRequest, c, p.String())
		t.Add(p.Path, p.Code, p.Message)
	}
	return refusal.Form(&t)
}

// decode reads the checked body into a request.
func (c *call) decode(into any) error {
	if err := json.Unmarshal(c.body, into); err != nil {
		return refusal.Field("", "MODEL_TYPE_CONVERT", "The body could not be read: "+err.Error())
	}
	return nil
}

// message reads the checked body as a message with its files.
func (c *call) message() (world.MessageRequest, error) {
	var r world.MessageRequest
	err := c.decode(&r)
	if string(r.Nonce) == "null" {
		r.Nonce = nil
	}
	r.Files = c.files
	return r, err
}

// id gives a path parameter that is a snowflake; "@me" is the caller.
func (c *call) id(name string) wire.ID {
	id, err := wire.ParseID(c.params[name])
	if err != nil {
		return 0
	}
	return id
}

// checkPath refuses parameters that should be snowflakes and are none, such as the "undefined" of JavaScript.
func (c *call) checkPath() error {
	var t refusal.Tree
	for _, name := range slices.Sorted(maps.Keys(c.params)) {
		if v := c.params[name]; isID(name) && badID(v) {
			t.Add([]string{name}, "NUMBER_TYPE_COERCE", "Value \""+v+"\" is not snowflake.")
		}
	}
	if t.Empty() {
		return nil
	}
	return refusal.Form(&t)
}

// query gives a query parameter that is a number in a range; absent is other.
func (c *call) query(name string, low, high, other int) (int, error) {
	s := c.req.URL.Query().Get(name)
	if s == "" {
		return other, nil
	}
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		return 0, refusal.Field(name, "NUMBER_TYPE_COERCE", "Value \""+s+"\" is not int.")
	case n < low:
		return 0, refusal.Field(name, "NUMBER_TYPE_MIN", "int value should be greater than or equal to "+strconv.Itoa(low)+".")
	case n > high:
		return 0, refusal.Field(name, "NUMBER_TYPE_MAX", "int value should be less than or equal to "+strconv.Itoa(high)+".")
	}
	return n, nil
}

// queryID gives a query parameter that is a snowflake; absent is 0.
func (c *call) queryID(name string) (wire.ID, error) {
	s := c.req.URL.Query().Get(name)
	if s == "" || s == "0" {
		return 0, nil
	}
	id, err := wire.ParseID(s)
	if err != nil {
		return 0, refusal.Field(name, "NUMBER_TYPE_COERCE", "Value \""+s+"\" is not snowflake.")
	}
	return id, nil
}

func (c *call) queryBool(name string) bool {
	s := strings.ToLower(c.req.URL.Query().Get(name))
	return s == "true" || s == "1"
}

// auditReason is X-Audit-Log-Reason, percent-encoded as Discord wants it.
func auditReason(r *http.Request) string {
	s := r.Header.Get("X-Audit-Log-Reason")
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
