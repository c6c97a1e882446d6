package oauth

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// page renders what people see: choosing who one is, the consent, and its end. It needs no script.
type page struct {
	templates *template.Template
	policy    string
}

func newPage() *page {
	sum := sha256.Sum256([]byte(pageCSS))
	return &page{
		templates: template.Must(template.New("").Parse(pageHTML)),
		policy: "default-src 'none'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'",
	}
}

// Parameters and the cookie of the page itself, which Discord's page has not: they tell which sandbox user one is.
const (
	paramPerson  = "sandbox_user"
	cookiePerson = "sandbox_user"
)

// Handler serves /oauth2/authorize: GET is the page, POST is an answer to it. A form of another site is refused.
func (s *Server) Handler() http.Handler {
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			s.ask(w, r)
		case http.MethodPost:
			s.answer(w, r)
		default:
			w.Header().Set("Allow", "GET, HEAD, POST")
			s.fail(w, &Problem{Status: http.StatusMethodNotAllowed, Code: "invalid_request", Description: "This page is opened or its form is sent."})
		}
	}))
}

// query is the request without what belongs to the page alone.
func query(r *http.Request) url.Values {
	q := r.URL.Query()
	q.Del(paramPerson)
	return q
}

// ask shows the page, or goes straight back with prompt=none when the person agreed to all of it before.
func (s *Server) ask(w http.ResponseWriter, r *http.Request) {
	q := query(r)
	req, p := s.read(q)
	if p != nil {
		s.fail(w, p)
		return
	}
	who, chosen := s.who(w, r)
	switch {
	case !chosen:
		s.showPeople(w, req, q)
	case req.silent && s.allowed(pair{client: req.client.ID, user: who.User.ID}, req.scopes):
		s.decide(w, r, req, decision{user: who.User.ID})
	default:
		s.showConsent(w, req, q, who)
	}
}

// answer carries out the form.
func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	req, p := s.read(query(r))
	if p != nil {
		s.fail(w, p)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := r.ParseForm(); err != nil {
		s.fail(w, problem("invalid_request", "The form cannot be read."))
		return
	}
	person, ok := s.person(r.PostForm.Get("user"))
	if !ok {
		s.fail(w, problem("invalid_request", "user is missing: choose who you are."))
		return
	}
	switch r.PostForm.Get("action") {
	case "authorize":
		d := decision{user: person.User.ID}
		d.guild, _ = wire.ParseID(r.PostForm.Get("guild_id"))
		for _, text := range r.PostForm["permission"] {
			bit, _ := strconv.ParseUint(text, 10, 64)
			d.grant |= permission.Bits(bit)
		}
		s.decide(w, r, req, d)
	case "cancel":
		if address := req.refuse(); address != "" {
			http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // a registered address
			return
		}
		s.render(w, http.StatusOK, "end", map[string]any{"Title": "Cancelled", "Text": "Nothing was changed. You can close this page."})
	default:
		s.fail(w, problem("invalid_request", "action is authorize or cancel."))
	}
}

func (s *Server) decide(w http.ResponseWriter, r *http.Request, req *request, d decision) {
	address, p := s.approve(req, d)
	switch {
	case p != nil:
		s.fail(w, p)
	case address == "":
		s.render(w, http.StatusOK, "end", map[string]any{"Title": "Authorized", "Text": req.client.Name + " was added. You can close this page."})
	default:
		http.Redirect(w, r, address, http.StatusSeeOther) //nolint:gosec // a registered address
	}
}

// who tells which person the browser acts as, and remembers a new choice. A choice of nobody asks again.
func (s *Server) who(w http.ResponseWriter, r *http.Request) (world.Person, bool) {
	choice := r.URL.Query().Get(paramPerson)
	if choice == "" {
		cookie, err := r.Cookie(cookiePerson)
		if err != nil {
			return world.Person{}, false
		}
		choice = cookie.Value
	}
	p, ok := s.person(choice)
	if ok {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // plain http on loopback; it names a person and opens nothing
			Name: cookiePerson, Value: choice, Path: "/oauth2/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		})
	}
	return p, ok
}

func (s *Server) person(text string) (world.Person, bool) {
	for _, p := range s.cfg.World.People() {
		if p.User.ID.String() == text {
			return p, true
		}
	}
	return world.Person{}, false
}

// address is the page again, as another person.
func address(q url.Values, person string) string {
	next := url.Values{}
	for name, values := range q {
		next[name] = values
	}
	next.Set(paramPerson, person)
	return "?" + next.Encode()
}

// face is the address of a picture.
func face(u wire.User) string {
	if u.Avatar != nil {
		return "/avatars/" + u.ID.String() + "/" + *u.Avatar + ".png"
	}
	// Of Discord's six default pictures many people have the same; here each is told apart by one of their own.
	return "/avatars/" + u.ID.String() + "/default.png"
}

type shownPerson struct{ ID, Name, Username, Note, Face, Address string }

func (s *Server) showPeople(w http.ResponseWriter, req *request, q url.Values) {
	people := []shownPerson{}
	for _, p := range s.cfg.World.People() {
		people = append(people, shownPerson{
			Name: p.User.Name(), Username: p.User.Username, Note: p.Note, Face: face(p.User), Address: address(q, p.User.ID.String()),
		})
	}
	s.render(w, http.StatusOK, "people", map[string]any{
		"Title": "Who are you?", "Client": req.client, "Face": face(req.client.Bot), "People": people,
	})
}

type (
	shownScope struct{ Name, Text string }
	shownRight struct{ Bit, Name string }
	shownGuild struct {
		ID, Name          string
		Installed, Chosen bool
	}
)

func (s *Server) showConsent(w http.ResponseWriter, req *request, q url.Values, who world.Person) {
	scopes, texts := []shownScope{}, offered()
	for _, name := range req.scopes {
		scopes = append(scopes, shownScope{Name: name, Text: texts[name]})
	}
	guilds, rights := []shownGuild{}, []shownRight{}
	if installs(req.scopes) {
		guilds, rights = s.shownGuilds(req, who), shownRights(req.grant)
	}
	s.render(w, http.StatusOK, "consent", map[string]any{
		"Title": "Authorize " + req.client.Name, "Client": req.client, "Face": face(req.client.Bot),
		"Person": shownPerson{ID: who.User.ID.String(), Name: who.User.Name(), Username: who.User.Username},
		"Others": address(q, "0"), "Action": "?" + q.Encode(), "Scopes": scopes, "Installs": installs(req.scopes), "Guilds": guilds,
		"Fixed": req.fixed, "Rights": rights, "CanAuthorize": !installs(req.scopes) || len(guilds) > 0, "Target": host(req.redirect),
	})
}

// shownGuilds lists the servers to which the person may add the bot; a fixed one alone.
func (s *Server) shownGuilds(req *request, who world.Person) []shownGuild {
	out := []shownGuild{}
	for _, t := range s.cfg.World.InstallTargets(who.User.ID, req.client.ID) {
		if !req.fixed || t.ID == req.guild {
			out = append(out, shownGuild{ID: t.ID.String(), Name: t.Name, Installed: t.Installed, Chosen: t.ID == req.guild})
		}
	}
	return out
}

func shownRights(grant permission.Bits) []shownRight {
	out := []shownRight{}
	for bit := permission.Bits(1); bit != 0; bit <<= 1 {
		if names := (grant & bit).Names(); len(names) == 1 {
			words := strings.ToLower(strings.ReplaceAll(names[0], "_", " "))
			out = append(out, shownRight{Bit: bit.String(), Name: strings.ToUpper(words[:1]) + words[1:]})
		}
	}
	return out
}

func host(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// fail shows what is wrong; the browser stays here.
func (s *Server) fail(w http.ResponseWriter, p *Problem) {
	s.cfg.Logger.Warn("authorization refused", slog.String("error", p.Code), slog.String("description", p.Description))
	s.render(w, p.Status, "end", map[string]any{"Title": "This cannot be authorized", "Text": p.Description, "Code": p.Code})
}

func (s *Server) render(w http.ResponseWriter, status int, name string, data map[string]any) {
	data["Style"] = template.CSS(pageCSS) //nolint:gosec // our own file
	var b bytes.Buffer
	if err := s.page.templates.ExecuteTemplate(&b, name, data); err != nil {
		s.cfg.Logger.Error("rendering the authorize page", slog.String("page", name), slog.Any("error", err))
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", s.page.policy)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
