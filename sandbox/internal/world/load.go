package world

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/seed"
	"usher/sandbox/internal/wire"
)

// defaultEveryone is what @everyone may do in a new guild.
const defaultEveryone permission.Bits = permission.ViewChannel | permission.SendMessages | permission.EmbedLinks |
	permission.AttachFiles | permission.ReadMessageHistory | permission.AddReactions | permission.UseExternalEmojis |
	permission.ChangeNickname | permission.UseCommands | permission.CreatePublicThreads | permission.CreatePrivateThreads |
	permission.SendMessagesInThreads | 1<<0 | 1<<9 | 1<<20 | 1<<21 | 1<<25

// loader turns a seed into state; its errors name the place in the seed.
type loader struct {
	w     *World
	users map[string]*user
	apps  map[string]*app
}

// Load replaces everything by what the seed says. On an error the world is left empty.
func (w *World) Load(s seed.Seed) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range w.interactions {
		i.timer.Stop()
	}
	w.clear()
	l := &loader{w: w, users: map[string]*user{}, apps: map[string]*app{}}
	if err := l.load(s); err != nil {
		w.clear()
		return fmt.Errorf("loading the seed: %w", err)
	}
	return nil
}

func (l *loader) load(s seed.Seed) error {
	for i, u := range s.Users {
		if err := l.user(u); err != nil {
			return fmt.Errorf("users[%d]: %w", i, err)
		}
	}
	for i, a := range s.Applications {
		if err := l.application(a); err != nil {
			return fmt.Errorf("applications[%d]: %w", i, err)
		}
	}
	for i := range s.Guilds {
		if err := l.guild(&s.Guilds[i]); err != nil {
			return fmt.Errorf("guilds[%d]: %w", i, err)
		}
	}
	return nil
}

func (l *loader) id(given ID) ID {
	if given != 0 {
		return given
	}
	return l.w.newID()
}

func (l *loader) user(u seed.User) error {
	if u.Username == "" {
		return fmt.Errorf("username is missing")
	}
	made := &user{note: u.Note, locale: u.Locale, email: u.Email, refusesDMs: u.RefusesDMs}
	made.User = wire.User{ID: l.id(u.ID), Username: u.Username, GlobalName: orNil(u.GlobalName), Discriminator: "0"}
	if made.locale == "" {
		made.locale = "en-US"
	}
	if made.email == "" {
		made.email = u.Username + "@example.com"
	}
	return l.addUser(made)
}

func (l *loader) addUser(u *user) error {
	if l.w.users[u.ID] != nil {
		return fmt.Errorf("id %s is used twice", u.ID)
	}
	l.w.users[u.ID] = u
	l.users[u.ID.String()] = u
	l.users[u.Username] = u
	if u.GlobalName != nil && l.users[*u.GlobalName] == nil {
		l.users[*u.GlobalName] = u
	}
	return nil
}

func (l *loader) application(s seed.Application) error {
	if s.Name == "" {
		return fmt.Errorf("name is missing")
	}
	w := l.w
	a := &app{
		id: l.id(s.ID), name: s.Name, token: s.BotToken, secret: s.ClientSecret, redirects: s.RedirectURIs,
		description: s.Description, maxConcurrency: max(s.MaxConcurrency, 1), shards: max(s.Shards, 1),
		guilds: map[ID]bool{}, commands: map[ID]*wire.Command{}, creates: map[ID]daily{},
	}
	a.verifyKey = hex.EncodeToString([]byte(w.secret(32)))
	if err := l.token(a); err != nil {
		return err
	}
	var err error
	if a.privileged, err = privileged(s.PrivilegedIntents); err != nil {
		return err
	}
	a.owner = l.users[s.Owner]
	if a.owner == nil && s.Owner != "" {
		return fmt.Errorf("owner: there is no user %q", s.Owner)
	}
	if a.owner == nil {
		a.owner = l.anyone()
	}
	if a.owner == nil {
		return fmt.Errorf("owner: the seed has no user who could own the application")
	}
	a.bot = &user{app: a, locale: "en-US"}
	a.bot.User = wire.User{ID: a.id, Username: s.Name, Discriminator: discriminator(a.id), Bot: true}
	w.apps[a.id], w.tokens[a.token] = a, a
	l.apps[a.id.String()], l.apps[a.name] = a, a
	return l.addUser(a.bot)
}

// token makes the token or checks the given one: libraries read the application's id from its first part.
func (l *loader) token(a *app) error {
	first := base64.RawStdEncoding.EncodeToString([]byte(a.id.String()))
	if a.token == "" {
		a.token = first + "." + l.w.secret(6) + "." + l.w.secret(38)
	}
	if parts := strings.Split(a.token, "."); len(parts) != 3 || strings.TrimRight(parts[0], "=") != first {
		return fmt.Errorf("bot_token: must have the form %s.X.Y", first)
	}
	if l.w.tokens[a.token] != nil {
		return fmt.Errorf("bot_token: is used twice")
	}
	return nil
}

// privileged reads the names of intents; bits are those of events/gateway "List of Intents".
func privileged(names *[]string) (uint64, error) {
	bits := map[string]uint64{"PRESENCE": 1 << 8, "MEMBERS": 1 << 1, "MESSAGE_CONTENT": 1 << 15}
	var mask uint64
	if names == nil {
		return 1<<8 | 1<<1 | 1<<15, nil
	}
	for _, name := range *names {
		if bits[name] == 0 {
			return 0, fmt.Errorf("privileged_intents: %q is none of PRESENCE, MEMBERS, MESSAGE_CONTENT", name)
		}
		mask |= bits[name]
	}
	return mask, nil
}

func discriminator(id ID) string { return fmt.Sprintf("%04d", uint64(id)%10000) }

// anyone is the person with the lowest id.
func (l *loader) anyone() *user {
	var first *user
	for _, u := range l.w.users {
		if u.app == nil && (first == nil || u.ID < first.ID) {
			first = u
		}
	}
	return first
}

// guildLoader is the loader within one guild.
type guildLoader struct {
	*loader
	g        *guild
	roles    map[string]*role
	channels map[string]*channel
}

func (l *loader) guild(s *seed.Guild) error {
	if s.Name == "" {
		return fmt.Errorf("name is missing")
	}
	owner := l.users[s.Owner]
	if owner == nil {
		return fmt.Errorf("owner: there is no user %q", s.Owner)
	}
	g := &guild{
		id: l.id(s.ID), name: s.Name, owner: owner.ID, locale: s.Locale, features: s.Features, roles: map[ID]*role{},
		members: map[ID]*member{}, channels: map[ID]*channel{}, bans: map[ID]string{}, commands: map[ID]*wire.Command{},
		settings: newSettings(), rights: map[ID][]CommandRight{},
	}
	if g.locale == "" {
		g.locale = "en-US"
	}
	if l.w.guilds[g.id] != nil {
		return fmt.Errorf("id %s is used twice", g.id)
	}
	l.w.guilds[g.id] = g
	l.w.order = append(l.w.order, g.id)
	gl := &guildLoader{loader: l, g: g, roles: map[string]*role{}, channels: map[string]*channel{}}
	return gl.fill(s, owner)
}

func (l *guildLoader) fill(s *seed.Guild, owner *user) error {
	everyone := &role{id: l.g.id, name: "@everyone", grant: defaultEveryone}
	if s.Everyone != nil {
		everyone.grant = permission.Bits(*s.Everyone)
	}
	l.addRole(everyone)
	for i, r := range s.Roles {
		if r.Name == "" {
			return fmt.Errorf("roles[%d]: name is missing", i)
		}
		l.addRole(&role{
			id: l.id(r.ID), name: r.Name, grant: permission.Bits(r.Permissions), color: r.Color, hoist: r.Hoist,
			mentionable: r.Mentionable, position: i + 1,
		})
	}
	l.addMember(owner)
	for i, m := range s.Members {
		if err := l.member(m); err != nil {
			return fmt.Errorf("members[%d]: %w", i, err)
		}
	}
	for i, b := range s.Bots {
		if err := l.bot(b); err != nil {
			return fmt.Errorf("bots[%d]: %w", i, err)
		}
	}
	for i, c := range s.Channels {
		if err := l.channel(c); err != nil {
			return fmt.Errorf("channels[%d]: %w", i, err)
		}
	}
	return nil
}

func (l *guildLoader) addRole(r *role) {
	l.g.roles[r.id] = r
	l.roles[r.id.String()] = r
	if l.roles[r.name] == nil {
		l.roles[r.name] = r
	}
}

func (l *guildLoader) addMember(u *user) *member {
	if m := l.g.members[u.ID]; m != nil {
		return m
	}
	m := &member{user: u, joined: l.w.now()}
	l.g.enter(m)
	return m
}

func (l *guildLoader) member(s seed.Member) error {
	u := l.users[s.User]
	if u == nil {
		return fmt.Errorf("user: there is no user %q", s.User)
	}
	m := l.addMember(u)
	m.nick = s.Nick
	return l.grant(m, s.Roles)
}

func (l *guildLoader) grant(m *member, roles []string) error {
	for i, name := range roles {
		r := l.roles[name]
		if r == nil {
			return fmt.Errorf("roles[%d]: the guild has no role %q", i, name)
		}
		if !slices.Contains(m.roles, r.id) {
			m.roles = append(m.roles, r.id)
		}
	}
	return nil
}

func (l *guildLoader) bot(s seed.Bot) error {
	a := l.apps[s.Application]
	if a == nil {
		return fmt.Errorf("application: there is no application %q", s.Application)
	}
	r := l.roles[s.Role]
	switch {
	case s.Role == "":
		r = &role{id: l.w.newID(), name: a.name, position: len(l.g.roles)}
		l.addRole(r)
	case r == nil:
		return fmt.Errorf("role: the guild has no role %q", s.Role)
	}
	r.managed, r.bot = true, a.id
	r.grant |= permission.Bits(s.Permissions)
	m := l.addMember(a.bot)
	m.roles = append(m.roles, r.id)
	a.guilds[l.g.id] = true
	l.g.bots = append(l.g.bots, a)
	return l.grant(m, s.Roles)
}

func (l *guildLoader) channel(s seed.Channel) error {
	kinds := map[string]int{
		"": wire.ChannelText, "text": wire.ChannelText, "category": wire.ChannelCategory, "voice": wire.ChannelVoice,
		"news": wire.ChannelNews, "forum": wire.ChannelForum,
	}
	kind, ok := kinds[s.Type]
	if !ok {
		return fmt.Errorf("type: %q is none of text, category, voice, news, forum", s.Type)
	}
	c := &channel{id: l.id(s.ID), kind: kind, guild: l.g, name: s.Name, topic: s.Topic, position: len(l.g.channels), bitrate: 64000}
	if s.Name == "" {
		return fmt.Errorf("name is missing")
	}
	if l.w.channels[c.id] != nil {
		return fmt.Errorf("id %s is used twice", c.id)
	}
	if s.Parent != "" {
		parent := l.channels[s.Parent]
		if parent == nil || parent.kind != wire.ChannelCategory {
			return fmt.Errorf("parent: no category %q stands before this channel", s.Parent)
		}
		c.parent = parent.id
		c.overwrites = slices.Clone(parent.overwrites)
	}
	if err := l.tags(c, s.Tags); err != nil {
		return err
	}
	if err := l.overwrites(c, s.Overwrites); err != nil {
		return err
	}
	l.g.channels[c.id], l.w.channels[c.id] = c, c
	l.w.lookAt(c)
	l.channels[c.id.String()] = c
	if l.channels[c.name] == nil || c.kind == wire.ChannelCategory {
		l.channels[c.name] = c
	}
	return l.writings(c, s.Messages)
}

func (l *guildLoader) tags(c *channel, names []string) error {
	if len(names) > 0 && !c.isForum() {
		return fmt.Errorf("tags: only a forum has them")
	}
	list := make([]wire.ForumTag, len(names))
	for i, name := range names {
		list[i].Name = name
	}
	if err := l.w.setTags(c, list); err != nil {
		return fmt.Errorf("tags: %w", err)
	}
	return nil
}

func (l *guildLoader) overwrites(c *channel, list []seed.Overwrite) error {
	for i, s := range list {
		o := overwrite{Allow: permission.Bits(s.Allow), Deny: permission.Bits(s.Deny)}
		r, u := l.roles[s.Role], l.users[s.User]
		switch {
		case r != nil && s.User == "":
			o.ID = uint64(r.id)
		case u != nil && s.Role == "":
			o.ID, o.Member = uint64(u.ID), true
		default:
			return fmt.Errorf("overwrites[%d]: name one role of the guild or one user", i)
		}
		c.overwrites = slices.DeleteFunc(c.overwrites, func(old overwrite) bool { return old.ID == o.ID })
		c.overwrites = append(c.overwrites, o)
	}
	return nil
}

func (l *guildLoader) writings(c *channel, list []seed.Message) error {
	for i, s := range list {
		author := l.users[s.Author]
		if author == nil {
			return fmt.Errorf("messages[%d]: author: there is no user %q", i, s.Author)
		}
		m := &message{id: l.w.newID(), channel: c, author: author.User, content: s.Content, at: l.w.now()}
		c.messages = append(c.messages, m)
		l.w.messages[m.id] = m
	}
	return nil
}
