package wire

// Types of interactions (interactions/receiving-and-responding "Interaction Type").
const (
	InteractionCommand      = 2
	InteractionComponent    = 3
	InteractionAutocomplete = 4
	InteractionModal        = 5
)

// Types of callbacks (interactions/receiving-and-responding "Interaction Callback Type").
const (
	CallbackPong         = 1
	CallbackMessage      = 4
	CallbackDefer        = 5
	CallbackDeferUpdate  = 6
	CallbackUpdate       = 7
	CallbackAutocomplete = 8
	CallbackModal        = 9
)

// Resolved carries the objects behind the ids of an interaction.
type Resolved struct {
	Users       map[ID]User       `json:"users,omitempty"`
	Members     map[ID]Member     `json:"members,omitempty"`
	Roles       map[ID]Role       `json:"roles,omitempty"`
	Channels    map[ID]Channel    `json:"channels,omitempty"`
	Messages    map[ID]Message    `json:"messages,omitempty"`
	Attachments map[ID]Attachment `json:"attachments,omitempty"`
}

// Empty tells that nothing was resolved.
func (r *Resolved) Empty() bool {
	return r == nil || len(r.Users)+len(r.Members)+len(r.Roles)+len(r.Channels)+len(r.Messages)+len(r.Attachments) == 0
}

// CommandOption is an option that a user filled in, with its sub-options when it is a subcommand.
type CommandOption struct {
	Name    string          `json:"name"`
	Type    int             `json:"type"`
	Value   any             `json:"value,omitempty"`
	Options []CommandOption `json:"options,omitempty"`
	Focused bool            `json:"focused,omitempty"`
}

// InteractionData is the data object of an interaction; which fields count depends on the interaction's type.
type InteractionData struct {
	// ID is a command's snowflake or a component's number.
	ID            any             `json:"id,omitempty"`
	Name          string          `json:"name,omitempty"`
	Type          Opt[int]        `json:"type,omitzero"`
	GuildID       ID              `json:"guild_id,omitzero"`
	TargetID      ID              `json:"target_id,omitzero"`
	Options       []CommandOption `json:"options,omitempty"`
	CustomID      string          `json:"custom_id,omitempty"`
	ComponentType int             `json:"component_type,omitempty"`
	Values        Opt[[]string]   `json:"values,omitzero"`
	Components    Opt[[]any]      `json:"components,omitzero"`
	Resolved      *Resolved       `json:"resolved,omitempty"`
}

// PartialGuildInfo is the guild object of an interaction.
type PartialGuildInfo struct {
	ID       ID       `json:"id"`
	Locale   string   `json:"locale"`
	Features []string `json:"features"`
}

// Interaction is the payload of INTERACTION_CREATE.
type Interaction struct {
	ID              ID                `json:"id"`
	ApplicationID   ID                `json:"application_id"`
	Type            int               `json:"type"`
	Data            InteractionData   `json:"data"`
	Guild           *PartialGuildInfo `json:"guild,omitempty"`
	GuildID         ID                `json:"guild_id,omitzero"`
	Channel         *Channel          `json:"channel,omitempty"`
	ChannelID       ID                `json:"channel_id,omitzero"`
	Member          *Member           `json:"member,omitempty"`
	User            *User             `json:"user,omitempty"`
	Token           string            `json:"token"`
	Version         int               `json:"version"`
	Message         *Message          `json:"message,omitempty"`
	AppPermissions  string            `json:"app_permissions"`
	Locale          string            `json:"locale"`
	GuildLocale     string            `json:"guild_locale,omitempty"`
	Entitlements    []any             `json:"entitlements"`
	Owners          map[string]ID     `json:"authorizing_integration_owners"`
	Context         int               `json:"context"`
	AttachmentLimit int               `json:"attachment_size_limit"`
}

// CommandChoice is one fixed or suggested value of an option.
type CommandChoice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}

// CommandParameter is an option as its command declares it.
type CommandParameter struct {
	Type                     int                `json:"type"`
	Name                     string             `json:"name"`
	NameLocalizations        map[string]string  `json:"name_localizations,omitempty"`
	Description              string             `json:"description"`
	DescriptionLocalizations map[string]string  `json:"description_localizations,omitempty"`
	Required                 bool               `json:"required,omitempty"`
	Choices                  []CommandChoice    `json:"choices,omitempty"`
	Options                  []CommandParameter `json:"options,omitempty"`
	ChannelTypes             []int              `json:"channel_types,omitempty"`
	MinValue                 *float64           `json:"min_value,omitempty"`
	MaxValue                 *float64           `json:"max_value,omitempty"`
	MinLength                *int               `json:"min_length,omitempty"`
	MaxLength                *int               `json:"max_length,omitempty"`
	Autocomplete             bool               `json:"autocomplete,omitempty"`
}

// Command is an application command as Discord answers it.
type Command struct {
	ID                       ID                 `json:"id"`
	ApplicationID            ID                 `json:"application_id"`
	GuildID                  ID                 `json:"guild_id,omitzero"`
	Version                  ID                 `json:"version"`
	Type                     int                `json:"type"`
	Name                     string             `json:"name"`
	NameLocalizations        map[string]string  `json:"name_localizations"`
	Description              string             `json:"description"`
	DescriptionLocalizations map[string]string  `json:"description_localizations"`
	Options                  []CommandParameter `json:"options,omitempty"`
	DefaultMemberPermissions *string            `json:"default_member_permissions"`
	DMPermission             Opt[bool]          `json:"dm_permission,omitzero"`
	Contexts                 []int              `json:"contexts"`
	IntegrationTypes         []int              `json:"integration_types,omitempty"`
	NSFW                     bool               `json:"nsfw"`
}

// Webhook is an incoming webhook.
type Webhook struct {
	ID            ID      `json:"id"`
	Type          int     `json:"type"`
	GuildID       ID      `json:"guild_id,omitzero"`
	ChannelID     ID      `json:"channel_id"`
	User          *User   `json:"user,omitempty"`
	Name          string  `json:"name"`
	Avatar        *string `json:"avatar"`
	Token         string  `json:"token,omitempty"`
	ApplicationID *ID     `json:"application_id"`
	URL           string  `json:"url,omitempty"`
}
