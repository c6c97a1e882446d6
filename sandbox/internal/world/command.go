package world

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// CommandRequest is the body that makes or changes a command.
type CommandRequest struct {
	ID                       ID                                `json:"id"`
	Type                     wire.Opt[int]                     `json:"type"`
	Name                     wire.Opt[string]                  `json:"name"`
	NameLocalizations        wire.Opt[map[string]string]       `json:"name_localizations"`
	Description              wire.Opt[string]                  `json:"description"`
	DescriptionLocalizations wire.Opt[map[string]string]       `json:"description_localizations"`
	Options                  wire.Opt[[]wire.CommandParameter] `json:"options"`
	DefaultMemberPermissions wire.Opt[ID]                      `json:"default_member_permissions"`
	DMPermission             wire.Opt[bool]                    `json:"dm_permission"`
	Contexts                 wire.Opt[[]int]                   `json:"contexts"`
	IntegrationTypes         wire.Opt[[]int]                   `json:"integration_types"`
	NSFW                     wire.Opt[bool]                    `json:"nsfw"`
}

// scope is where commands live: globally (guild 0) or in one guild.
func (w *World) scope(a Actor, appID, guildID ID) (*app, map[ID]*wire.Command, error) {
	application := w.apps[appID]
	if application == nil {
		return nil, nil, refusal.Code(10002)
	}
	if a.App != appID {
		return nil, nil, refusal.Code(20012)
	}
	if guildID == 0 {
		return application, application.commands, nil
	}
	g := w.guilds[guildID]
	if g == nil || !application.guilds[guildID] {
		return nil, nil, refusal.Code(50001)
	}
	return application, g.commands, nil
}

func sortedCommands(all map[ID]*wire.Command, appID ID) []wire.Command {
	out := []wire.Command{}
	for _, c := range all {
		if c.ApplicationID == appID {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(x, y wire.Command) int { return cmp.Compare(x.ID, y.ID) })
	return out
}

// Commands lists the application's commands; localizations only when asked for.
func (w *World) Commands(a Actor, appID, guildID ID, localizations bool) ([]wire.Command, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, all, err := w.scope(a, appID, guildID)
	if err != nil {
		return nil, err
	}
	out := sortedCommands(all, appID)
	for i := range out {
		if !localizations {
			out[i].NameLocalizations, out[i].DescriptionLocalizations = nil, nil
		}
	}
	return out, nil
}

// Command gives one command.
func (w *World) Command(a Actor, appID, guildID, id ID) (wire.Command, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, all, err := w.scope(a, appID, guildID)
	if err != nil {
		return wire.Command{}, err
	}
	c := all[id]
	if c == nil || c.ApplicationID != appID {
		return wire.Command{}, refusal.Code(10063)
	}
	return *c, nil
}

// CreateCommand makes a command, or replaces the one of the same name and type; created tells which.
func (w *World) CreateCommand(a Actor, appID, guildID ID, r CommandRequest) (c wire.Command, created bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	application, all, err := w.scope(a, appID, guildID)
	if err != nil {
		return wire.Command{}, false, err
	}
	made := w.newCommand(appID, guildID, &r)
	if err := checkCommand(made, ""); err != nil {
		return wire.Command{}, false, err
	}
	if old := sameCommand(all, made); old != nil {
		made.ID = old.ID
	} else if err := w.roomFor(application, guildID, all, made); err != nil {
		return wire.Command{}, false, err
	} else {
		created = true
	}
	all[made.ID] = made
	w.commandsChanged(appID, guildID)
	return *made, created, nil
}

func (w *World) roomFor(application *app, guildID ID, all map[ID]*wire.Command, made *wire.Command) error {
	count := 0
	for _, c := range all {
		if c.ApplicationID == application.id && c.Type == made.Type {
			count++
		}
	}
	limit := maxMenuCommands
	if made.Type == 1 {
		limit = maxChatCommands
	}
	if count >= limit {
		e := refusal.Code(30032)
		e.Message = fmt.Sprintf("Maximum number of application commands reached (%d)", limit)
		return e
	}
	return application.create(guildID, w.now())
}

func sameCommand(all map[ID]*wire.Command, made *wire.Command) *wire.Command {
	for _, c := range all {
		if c.Name == made.Name && c.Type == made.Type && c.ApplicationID == made.ApplicationID {
			return c
		}
	}
	return nil
}

func (w *World) newCommand(appID, guildID ID, r *CommandRequest) *wire.Command {
	c := &wire.Command{
		ID: w.newID(), ApplicationID: appID, GuildID: guildID, Type: r.Type.Or(1), Version: w.newID(),
	}
	if guildID == 0 {
		c.IntegrationTypes = []int{0}
		c.DMPermission = wire.Some(true)
	}
	apply(c, r)
	return c
}

func apply(c *wire.Command, r *CommandRequest) {
	c.Name, c.Description = r.Name.Or(c.Name), r.Description.Or(c.Description)
	if r.NameLocalizations.Set {
		c.NameLocalizations = r.NameLocalizations.V
	}
	if r.DescriptionLocalizations.Set {
		c.DescriptionLocalizations = r.DescriptionLocalizations.V
	}
	if r.Options.Set {
		c.Options = r.Options.V
	}
	if r.DefaultMemberPermissions.Set {
		c.DefaultMemberPermissions = nil
		if r.DefaultMemberPermissions.Has() {
			c.DefaultMemberPermissions = ptr(r.DefaultMemberPermissions.V.String())
		}
	}
	if r.Contexts.Set && c.GuildID == 0 {
		c.Contexts = r.Contexts.V
	}
	if r.IntegrationTypes.Has() && c.GuildID == 0 {
		c.IntegrationTypes = r.IntegrationTypes.V
	}
	if r.DMPermission.Has() && c.GuildID == 0 {
		c.DMPermission = wire.Some(r.DMPermission.V)
	}
	c.NSFW = r.NSFW.Or(c.NSFW)
}

// EditCommand changes a command.
func (w *World) EditCommand(a Actor, appID, guildID, id ID, r CommandRequest) (wire.Command, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, all, err := w.scope(a, appID, guildID)
	if err != nil {
		return wire.Command{}, err
	}
	old := all[id]
	if old == nil || old.ApplicationID != appID {
		return wire.Command{}, refusal.Code(10063)
	}
	next := *old
	apply(&next, &r)
	if err := checkCommand(&next, ""); err != nil {
		return wire.Command{}, err
	}
	if other := sameCommand(all, &next); other != nil && other.ID != id {
		return wire.Command{}, refusal.Field("name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
	}
	next.Version = w.newID()
	all[id] = &next
	w.commandsChanged(appID, guildID)
	return next, nil
}

// DeleteCommand removes a command.
func (w *World) DeleteCommand(a Actor, appID, guildID, id ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, all, err := w.scope(a, appID, guildID)
	if err != nil {
		return err
	}
	if c := all[id]; c == nil || c.ApplicationID != appID {
		return refusal.Code(10063)
	}
	delete(all, id)
	w.commandsChanged(appID, guildID)
	return nil
}

// OverwriteCommands replaces all commands of the scope; those of the same name keep their id.
func (w *World) OverwriteCommands(a Actor, appID, guildID ID, list []CommandRequest) ([]wire.Command, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, all, err := w.scope(a, appID, guildID)
	if err != nil {
		return nil, err
	}
	next := map[ID]*wire.Command{}
	count := map[int]int{}
	for i := range list {
		c := w.newCommand(appID, guildID, &list[i])
		if err := checkCommand(c, itoa(i)+"."); err != nil {
			return nil, err
		}
		if sameCommand(next, c) != nil {
			return nil, refusal.Field(itoa(i)+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		if old := sameCommand(all, c); old != nil {
			c.ID = old.ID
		}
		count[c.Type]++
		next[c.ID] = c
	}
	if count[1] > maxChatCommands || count[2] > maxMenuCommands || count[3] > maxMenuCommands {
		return nil, refusal.Code(30032)
	}
	for id, c := range all {
		if c.ApplicationID == appID {
			delete(all, id)
		}
	}
	for id, c := range next {
		all[id] = c
	}
	w.commandsChanged(appID, guildID)
	return sortedCommands(all, appID), nil
}

// commandsFor lists the commands that the person may use in the guild: global and guild ones, default permissions held.
func (w *World) commandsFor(g *guild, user ID) []wire.Command {
	out := []wire.Command{}
	may := w.inGuild(g, user)
	add := func(c *wire.Command) {
		if w.mayCommand(g, c, user, may) && !slices.ContainsFunc(out, func(o wire.Command) bool {
			return o.Name == c.Name && o.Type == c.Type && o.ApplicationID == c.ApplicationID
		}) {
			out = append(out, *c)
		}
	}
	for _, c := range g.commands {
		add(c)
	}
	for _, a := range g.bots {
		for _, c := range a.commands {
			if c.Contexts == nil || slices.Contains(c.Contexts, contextGuild) {
				add(c)
			}
		}
	}
	slices.SortFunc(out, func(x, y wire.Command) int { return cmp.Or(strings.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	return out
}

// mayUse: default_member_permissions; "0" is for administrators alone.
func mayUse(c *wire.Command, may permission.Bits) bool {
	if c.DefaultMemberPermissions == nil || may.Has(permission.Administrator) {
		return true
	}
	need, err := strconv.ParseUint(*c.DefaultMemberPermissions, 10, 64)
	return err == nil && need != 0 && may.Has(permission.Bits(need))
}

func (w *World) commandsChanged(appID, guildID ID) {
	for _, id := range w.cfg.Output.Watched() {
		for _, g := range w.guilds {
			if g.members[id] != nil && (g.id == guildID || guildID == 0 && w.apps[appID].guilds[g.id]) {
				w.show(id, "commands_update", map[string]any{"guild_id": g.id, "commands": w.commandsFor(g, id)})
			}
		}
	}
}

// CommandUse is a person running a command, or typing one when an option is focused.
type CommandUse struct {
	GuildID   ID                   `json:"guild_id"`
	ChannelID ID                   `json:"channel_id"`
	Name      string               `json:"name"`
	Type      int                  `json:"type"`
	TargetID  ID                   `json:"target_id"`
	Options   []wire.CommandOption `json:"options"`
	// AppID chooses among applications that have a command of this name; 0 is any.
	AppID ID `json:"application_id"`
}

// Run runs a command.
func (w *World) Run(userID ID, use CommandUse) (Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.commandInteraction(userID, use, wire.InteractionCommand)
	if err != nil {
		return Outcome{}, err
	}
	return w.begin(i).outcome(), nil
}

// Type asks for suggestions; Choices gives them when the application answered.
func (w *World) Type(userID ID, use CommandUse) (Outcome, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, err := w.commandInteraction(userID, use, wire.InteractionAutocomplete)
	if err != nil {
		return Outcome{}, err
	}
	return w.begin(i).outcome(), nil
}

// Choices gives what an autocomplete was answered with.
func (w *World) Choices(id ID) []wire.CommandChoice {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i := w.interactions[id]; i != nil {
		return append([]wire.CommandChoice{}, i.choices...)
	}
	return []wire.CommandChoice{}
}

func (w *World) commandInteraction(userID ID, use CommandUse, kind int) (*interaction, error) {
	if _, err := w.person(userID); err != nil {
		return nil, err
	}
	ch := w.channels[use.ChannelID]
	if ch == nil || !w.sees(ch, userID) {
		return nil, deny(http.StatusForbidden, "channel_id", "this user does not see channel %s", use.ChannelID)
	}
	if use.Type == 0 {
		use.Type = 1
	}
	if ch.guild != nil && !w.in(ch, userID).Has(permission.UseCommands) {
		return nil, deny(http.StatusForbidden, "channel_id", "this user may not use application commands there")
	}
	c := w.findCommand(ch, userID, use)
	if c == nil {
		return nil, deny(http.StatusNotFound, "name", "this user has no command %q of type %d there", use.Name, use.Type)
	}
	i := &interaction{kind: kind, app: w.apps[c.ApplicationID], user: userID, channel: ch, command: c.Name}
	i.data = wire.InteractionData{ID: c.ID, Name: c.Name, Type: wire.Some(c.Type), GuildID: c.GuildID}
	if c.Type != 1 {
		return i, w.target(i, c, use.TargetID)
	}
	var err error
	i.data.Options, err = w.fillOptions(i, c.Options, use.Options, "options", kind == wire.InteractionAutocomplete)
	if i.data.Resolved.Empty() {
		i.data.Resolved = nil
	}
	return i, err
}

// directCommands are those that may be used in direct messages with the bot: global ones of that context
// (interactions/application-commands "Interaction Contexts").
func (a *app) directCommands() []wire.Command {
	return slices.DeleteFunc(sortedCommands(a.commands, a.id), func(c wire.Command) bool {
		return c.Contexts != nil && !slices.Contains(c.Contexts, contextBotDM) || c.Contexts == nil && !c.DMPermission.Or(true)
	})
}

func (w *World) findCommand(ch *channel, userID ID, use CommandUse) *wire.Command {
	var list []wire.Command
	if ch.guild != nil {
		list = w.commandsFor(ch.guild, userID)
	} else {
		for _, id := range ch.recipients {
			if a := w.apps[id]; a != nil {
				list = append(list, a.directCommands()...)
			}
		}
	}
	for n := range list {
		c := &list[n]
		if !w.mayCommandIn(ch, c, w.in(ch, userID)) {
			continue
		}
		if c.Name == use.Name && c.Type == use.Type && (use.AppID == 0 || use.AppID == c.ApplicationID) {
			return c
		}
	}
	return nil
}

// target resolves what a menu command was used on.
func (w *World) target(i *interaction, c *wire.Command, id ID) error {
	i.data.TargetID = id
	if c.Type == 2 {
		if !w.resolve(i, "user", id, nil) {
			return deny(http.StatusNotFound, "target_id", "there is no user %s", id)
		}
		return nil
	}
	m, err := w.visibleMessage(i.user, i.channel.id, id)
	if err != nil {
		return deny(http.StatusNotFound, "target_id", "there is no message %s in the channel", id)
	}
	i.data.Resolved = &wire.Resolved{Messages: map[ID]wire.Message{id: w.wholeWire(m, i.app.id)}}
	return nil
}
