package app

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Setup describes a guild as a file: what `usher apply` brings about. Integrations, forms, tags and panels are known by their names: those that are
// there are changed, the others made; nothing is removed.
type Setup struct {
	Guild            snowflake.Guild    `json:"guild"`
	Administrator    snowflake.User     `json:"administrator"` // who owns the integrations and activates them
	StaffRoles       []snowflake.Role   `json:"staff_roles,omitempty"`
	Category         snowflake.Channel  `json:"category,omitempty"`
	OverflowCategory snowflake.Channel  `json:"overflow_category,omitempty"`
	Integrations     []IntegrationSetup `json:"integrations,omitempty"`
	CloseMessage     message.Template   `json:"close_message,omitzero"`
	Forms            []FormSetup        `json:"forms,omitempty"`
	Tags             []TagSetup         `json:"tags,omitempty"`
	Panels           []PanelSetup       `json:"panels,omitempty"`
}

// IntegrationSetup is one integration, active in the guild.
type IntegrationSetup struct {
	Name         string                    `json:"name"`
	Description  string                    `json:"description"`
	Logo         string                    `json:"logo,omitempty"`
	Privacy      string                    `json:"privacy,omitempty"`
	Method       integration.Method        `json:"method"`
	URL          string                    `json:"url"`
	Validation   string                    `json:"validation,omitempty"`
	Headers      []HeaderSetup             `json:"headers,omitempty"`
	Secrets      []integration.Secret      `json:"secrets,omitempty"`
	Values       map[string]secret.Value   `json:"secret_values,omitempty"`
	Placeholders []integration.Placeholder `json:"placeholders"`
	CacheSeconds int                       `json:"cache_seconds,omitempty"`
}

// HeaderSetup is one header of an integration's request.
type HeaderSetup struct {
	Name  string       `json:"name"`
	Value secret.Value `json:"value"`
}

// PanelSetup is one panel, posted to a channel.
type PanelSetup struct {
	Name       string            `json:"name"`
	Channel    snowflake.Channel `json:"channel"`
	Post       message.Template  `json:"post"`
	Button     panel.Button      `json:"button"`
	Welcome    message.Template  `json:"welcome"`
	Form       string            `json:"form,omitempty"`         // the name of a form, of this file or of the server
	RoomName   string            `json:"channel_name,omitempty"` // empty: ticket-%ticket_id%
	Category   snowflake.Channel `json:"category,omitempty"`
	StaffRoles []snowflake.Role  `json:"staff_roles,omitempty"`
	MaxOpen    int               `json:"max_open,omitempty"` // 0: 1
}

// ReadSetup reads a set-up file. A key that nobody knows is an error that names it: it is most often a slip of the pen.
func ReadSetup(text []byte) (Setup, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var s Setup
	if err := decoder.Decode(&s); err != nil {
		return Setup{}, fmt.Errorf("the set-up file cannot be read: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Setup{}, errors.New("the set-up file goes on after its end: leave one JSON object in it")
	}
	return s, nil
}

// Apply brings a guild to what the set-up says, by the same calls as every other door. All of it is checked before anything is written.
// It writes a line for each thing done.
func (a *App) Apply(ctx context.Context, s Setup, out io.Writer) error {
	if err := a.checkSetup(ctx, s); err != nil {
		return err
	}
	if err := a.applySettings(ctx, s); err != nil {
		return err
	}
	say(out, "server %s: settings saved", s.Guild)
	defer a.keepJournal(ctx)() // of validations
	for _, i := range s.Integrations {
		if err := a.applyIntegration(ctx, s, i, out); err != nil {
			return fmt.Errorf("integration %q: %w", i.Name, err)
		}
	}
	for _, f := range s.Forms {
		if err := a.applyForm(ctx, s, f, out); err != nil {
			return fmt.Errorf("form %q: %w", f.Name, err)
		}
	}
	for _, t := range s.Tags {
		if err := a.applyTag(ctx, s, t, out); err != nil {
			return fmt.Errorf("tag %q: %w", t.Name, err)
		}
	}
	forms, err := a.formIDs(ctx, s.Guild)
	if err != nil {
		return err
	}
	for _, p := range s.Panels {
		if err := a.applyPanel(ctx, bySetup(s), p.describe(s.Guild, forms), p.Channel, out); err != nil {
			return fmt.Errorf("panel %q: %w", p.Name, err)
		}
	}
	return nil
}

func (s Setup) settings() guild.Settings {
	return guild.Settings{ID: s.Guild, StaffRoles: s.StaffRoles, Category: s.Category, OverflowCategory: s.OverflowCategory, CloseMessage: s.CloseMessage}
}

func say(out io.Writer, format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }

// checkSetup collects what is wrong in the whole file, with the path of each field, also what only the database and Discord know.
func (a *App) checkSetup(ctx context.Context, s Setup) error {
	var c fault.Checks
	gather(&c, "", s.settings().Check())
	c.Require(len(s.Integrations) == 0 || !s.Administrator.IsZero(), "administrator", "Give the user id of the one who owns the integrations.")
	var names []string
	for n, i := range s.Integrations {
		at := fmt.Sprintf("integrations[%d].", n)
		gather(&c, at, i.describe(s.Administrator).Check(a.limits, a.wayOut))
		gather(&c, at+"secret_values.", i.checkValues())
		c.Require(!slices.Contains(names, placeholder.Fold(i.Name)), at+"name", "Another integration in this file has the same name.")
		names = append(names, placeholder.Fold(i.Name))
	}
	if err := a.checkRoom(ctx, &c, s, names); err != nil {
		return err
	}
	if err := a.checkTags(ctx, &c, s); err != nil {
		return err
	}
	forms, err := a.checkForms(ctx, &c, s)
	if err != nil {
		return err
	}
	names = nil
	for n, p := range s.Panels {
		at := fmt.Sprintf("panels[%d].", n)
		gather(&c, at, p.describe(s.Guild, forms).Check())
		c.Require(!slices.Contains(names, placeholder.Fold(p.Name)), at+"name", "Another panel in this file has the same name.")
		names = append(names, placeholder.Fold(p.Name))
		if err := a.checkChannel(ctx, &c, s.Guild, at+"channel", p.Channel); err != nil {
			return err
		}
	}
	return c.Err("setup_invalid", "The set-up file cannot be applied; nothing was changed.")
}

// checkValues wants a value for each secret, and for nothing else.
func (i IntegrationSetup) checkValues() error {
	var c fault.Checks
	for _, declared := range i.Secrets {
		c.Require(!i.Values[declared.Name].Empty(), declared.Name, "Give the value of this secret.")
	}
	for _, name := range slices.Sorted(maps.Keys(i.Values)) {
		known := slices.ContainsFunc(i.Secrets, func(s integration.Secret) bool { return s.Name == name })
		c.Require(known, name, "The integration declares no secret of this name.")
	}
	return c.Err("values_invalid", "The secret values cannot be saved.")
}

// checkRoom wants that the new ones among the integrations of these names fit into the limits of owner and server.
func (a *App) checkRoom(ctx context.Context, c *fault.Checks, s Setup, names []string) error {
	if len(names) == 0 {
		return nil
	}
	owned, err := a.catalog.Owned(ctx, s.Administrator)
	if err != nil {
		return err
	}
	active, err := a.store.Integrations().Active(ctx, s.Guild)
	if err != nil {
		return err
	}
	own, on := len(names), len(names)
	for _, i := range owned {
		if !slices.Contains(names, placeholder.Fold(i.Name)) {
			own++
		}
	}
	for _, act := range active {
		if act.Record.Owner != s.Administrator || !slices.Contains(names, placeholder.Fold(act.Record.Name)) {
			on++
		}
	}
	c.Require(own <= a.limits.Owned, "integrations", fmt.Sprintf("The administrator would own %d integrations; at most %d are allowed.", own, a.limits.Owned))
	c.Require(on <= a.limits.Active, "integrations", fmt.Sprintf("The server would have %d active integrations; at most %d are allowed.", on, a.limits.Active))
	return nil
}

func (a *App) checkChannel(ctx context.Context, c *fault.Checks, g snowflake.Guild, path string, channel snowflake.Channel) error {
	if channel.IsZero() || g.IsZero() {
		c.Require(!channel.IsZero(), path, "Give the id of the channel to post the panel in.")
		return nil
	}
	ok, err := a.bot.Rooms().InGuild(ctx, g, channel)
	if err != nil {
		return err
	}
	c.Require(ok, path, "There is no such channel in this server that the bot can see: check the id, and the bot's permission View Channels.")
	return nil
}

// gather adds an error's fields under a prefix.
func gather(c *fault.Checks, prefix string, err error) {
	var wrong *fault.Error
	if !errors.As(err, &wrong) {
		return
	}
	for _, f := range wrong.Fields {
		c.Add(prefix+f.Path, f.Text)
	}
}

func (i IntegrationSetup) describe(owner snowflake.User) integration.Integration {
	d := integration.Integration{
		Owner: owner, Name: i.Name, Description: i.Description, Logo: i.Logo, Privacy: i.Privacy, Method: i.Method, URL: i.URL,
		Validation: i.Validation, Secrets: i.Secrets, Placeholders: i.Placeholders, CacheSeconds: i.CacheSeconds,
	}
	for _, h := range i.Headers {
		d.Headers = append(d.Headers, integration.Header(h))
	}
	return d
}

func (p PanelSetup) describe(g snowflake.Guild, forms map[string]form.ID) panel.Panel {
	return panel.Panel{
		Guild: g, Name: p.Name, Post: p.Post, Button: p.Button, Welcome: p.Welcome, Category: p.Category, StaffRoles: p.StaffRoles, MaxOpen: cmp.Or(p.MaxOpen, 1),
		Form: forms[placeholder.Fold(p.Form)], ChannelName: p.RoomName,
	}
}

// applyIntegration makes, changes and activates an integration, of that only what is not so already.
func (a *App) applyIntegration(ctx context.Context, s Setup, i IntegrationSetup, out io.Writer) error {
	by := audit.Actor{User: s.Administrator, Via: audit.SetupFile}
	described := i.describe(s.Administrator)
	owned, err := a.catalog.Owned(ctx, s.Administrator)
	if err != nil {
		return err
	}
	save, done := a.catalog.Create, "made and activated"
	for _, o := range owned {
		if placeholder.Fold(o.Name) == placeholder.Fold(i.Name) {
			described.ID, described.Version = o.ID, o.Version
			save, done = a.catalog.Update, "brought up to date and activated"
		}
	}
	saved, err := save(ctx, by, described)
	if err != nil {
		return err
	}
	held, err := a.catalog.Holds(ctx, s.Guild, saved.ID, i.Values)
	if err != nil {
		return err
	}
	if !held {
		if err := a.catalog.Activate(ctx, by, s.Guild, saved.ID, saved.Live, i.Values); err != nil {
			return err
		}
	}
	if saved.Live != saved.Revision.Number {
		done += "; its new request waits for approval, until then the approved one is used"
	}
	say(out, "integration %q: %s", i.Name, done)
	return nil
}

func (a *App) applySettings(ctx context.Context, s Setup) error {
	before, err := a.guilds.Settings(ctx, s.Guild)
	if err != nil {
		return err
	}
	settings := s.settings()
	settings.Revision = before.Revision
	_, err = a.guilds.Save(ctx, bySetup(s), settings)
	return err
}

func (a *App) applyPanel(ctx context.Context, by audit.Actor, described panel.Panel, channel snowflake.Channel, out io.Writer) error {
	all, err := a.store.Panels().Panels(ctx, described.Guild)
	if err != nil {
		return err
	}
	for _, old := range all {
		if placeholder.Fold(old.Name) == placeholder.Fold(described.Name) {
			described.ID, described.Revision = old.ID, old.Revision
		}
	}
	saved, err := a.board.Save(ctx, by, described)
	if err != nil {
		return err
	}
	if _, err := a.board.Post(ctx, by, saved.Guild, saved.ID, channel); err != nil {
		return err
	}
	say(out, "panel %q: posted", saved.Name)
	return nil
}
