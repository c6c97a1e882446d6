package wire

// User is a user object (resources/user).
type User struct {
	ID            ID          `json:"id"`
	Username      string      `json:"username"`
	Discriminator string      `json:"discriminator"`
	GlobalName    *string     `json:"global_name"`
	Avatar        *string     `json:"avatar"`
	Bot           bool        `json:"bot,omitempty"`
	PublicFlags   int         `json:"public_flags"`
	Flags         int         `json:"flags"`
	PrimaryGuild  *struct{}   `json:"primary_guild"`
	Locale        string      `json:"locale,omitempty"`
	MFAEnabled    Opt[bool]   `json:"mfa_enabled,omitzero"`
	Verified      Opt[bool]   `json:"verified,omitzero"`
	Email         Opt[string] `json:"email,omitzero"`
}

// Name is what people see: the global name, else the username.
func (u User) Name() string {
	if u.GlobalName != nil && *u.GlobalName != "" {
		return *u.GlobalName
	}
	return u.Username
}

// Member is a guild member object (resources/guild). User is absent inside messages.
type Member struct {
	User                       *User   `json:"user,omitempty"`
	Nick                       *string `json:"nick"`
	Avatar                     *string `json:"avatar"`
	Banner                     *string `json:"banner"`
	Roles                      []ID    `json:"roles"`
	JoinedAt                   Time    `json:"joined_at"`
	PremiumSince               *Time   `json:"premium_since"`
	Deaf                       bool    `json:"deaf"`
	Mute                       bool    `json:"mute"`
	Flags                      int     `json:"flags"`
	Pending                    bool    `json:"pending"`
	CommunicationDisabledUntil *Time   `json:"communication_disabled_until"`
	// Permissions is present in interactions only.
	Permissions string `json:"permissions,omitempty"`
	// GuildID is present in gateway events only.
	GuildID ID `json:"guild_id,omitzero"`
}

// RoleColors is the colors object of a role.
type RoleColors struct {
	Primary   int  `json:"primary_color"`
	Secondary *int `json:"secondary_color"`
	Tertiary  *int `json:"tertiary_color"`
}

// RoleTags tells whose managed role it is.
type RoleTags struct {
	BotID ID `json:"bot_id,omitzero"`
}

// Role is a role object (topics/permissions).
type Role struct {
	ID           ID         `json:"id"`
	Name         string     `json:"name"`
	Color        int        `json:"color"`
	Colors       RoleColors `json:"colors"`
	Hoist        bool       `json:"hoist"`
	Icon         *string    `json:"icon"`
	UnicodeEmoji *string    `json:"unicode_emoji"`
	Position     int        `json:"position"`
	Permissions  string     `json:"permissions"`
	Managed      bool       `json:"managed"`
	Mentionable  bool       `json:"mentionable"`
	Flags        int        `json:"flags"`
	Tags         *RoleTags  `json:"tags,omitempty"`
}

// Guild is a guild object (resources/guild), with what GUILD_CREATE adds at its end.
type Guild struct {
	ID                       ID        `json:"id"`
	Name                     string    `json:"name"`
	Icon                     *string   `json:"icon"`
	Description              *string   `json:"description"`
	HomeHeader               *string   `json:"home_header"`
	Splash                   *string   `json:"splash"`
	DiscoverySplash          *string   `json:"discovery_splash"`
	Features                 []string  `json:"features"`
	Banner                   *string   `json:"banner"`
	OwnerID                  ID        `json:"owner_id"`
	ApplicationID            *ID       `json:"application_id"`
	Region                   string    `json:"region"`
	AFKChannelID             *ID       `json:"afk_channel_id"`
	AFKTimeout               int       `json:"afk_timeout"`
	SystemChannelID          *ID       `json:"system_channel_id"`
	SystemChannelFlags       int       `json:"system_channel_flags"`
	WidgetEnabled            bool      `json:"widget_enabled"`
	WidgetChannelID          *ID       `json:"widget_channel_id"`
	VerificationLevel        int       `json:"verification_level"`
	Roles                    []Role    `json:"roles"`
	DefaultNotifications     int       `json:"default_message_notifications"`
	MFALevel                 int       `json:"mfa_level"`
	ExplicitContentFilter    int       `json:"explicit_content_filter"`
	MaxPresences             *int      `json:"max_presences"`
	MaxMembers               int       `json:"max_members"`
	MaxStageVideoUsers       int       `json:"max_stage_video_channel_users"`
	MaxVideoUsers            int       `json:"max_video_channel_users"`
	VanityURLCode            *string   `json:"vanity_url_code"`
	PremiumTier              int       `json:"premium_tier"`
	PremiumSubscriptionCount int       `json:"premium_subscription_count"`
	PreferredLocale          string    `json:"preferred_locale"`
	RulesChannelID           *ID       `json:"rules_channel_id"`
	SafetyAlertsChannelID    *ID       `json:"safety_alerts_channel_id"`
	PublicUpdatesChannelID   *ID       `json:"public_updates_channel_id"`
	PremiumProgressBar       bool      `json:"premium_progress_bar_enabled"`
	NSFW                     bool      `json:"nsfw"`
	NSFWLevel                int       `json:"nsfw_level"`
	Emojis                   []any     `json:"emojis"`
	Stickers                 []any     `json:"stickers"`
	IncidentsData            *struct{} `json:"incidents_data"`
	ApproximateMemberCount   Opt[int]  `json:"approximate_member_count,omitzero"`
	ApproximatePresenceCount Opt[int]  `json:"approximate_presence_count,omitzero"`
	*GuildCreate
}

// GuildCreate is what the gateway's GUILD_CREATE says beyond the guild object (events/gateway-events).
type GuildCreate struct {
	JoinedAt             Time      `json:"joined_at"`
	Large                bool      `json:"large"`
	Unavailable          bool      `json:"unavailable"`
	MemberCount          int       `json:"member_count"`
	VoiceStates          []any     `json:"voice_states"`
	Members              []Member  `json:"members"`
	Channels             []Channel `json:"channels"`
	Threads              []Channel `json:"threads"`
	Presences            []any     `json:"presences"`
	StageInstances       []any     `json:"stage_instances"`
	GuildScheduledEvents []any     `json:"guild_scheduled_events"`
	SoundboardSounds     []any     `json:"soundboard_sounds"`
}

// PartialGuild is a guild of GET /users/@me/guilds.
type PartialGuild struct {
	ID          ID       `json:"id"`
	Name        string   `json:"name"`
	Icon        *string  `json:"icon"`
	Banner      *string  `json:"banner"`
	Owner       bool     `json:"owner"`
	Permissions string   `json:"permissions"`
	Features    []string `json:"features"`
	Members     Opt[int] `json:"approximate_member_count,omitzero"`
	Presences   Opt[int] `json:"approximate_presence_count,omitzero"`
}

// Types of channels (resources/channel "Channel Types").
const (
	ChannelText          = 0
	ChannelDM            = 1
	ChannelVoice         = 2
	ChannelCategory      = 4
	ChannelNews          = 5
	ChannelNewsThread    = 10
	ChannelPublicThread  = 11
	ChannelPrivateThread = 12
	ChannelStage         = 13
	ChannelForum         = 15
	ChannelMedia         = 16
)

// Overwrite is a permission overwrite; Type is 0 for a role and 1 for a member.
type Overwrite struct {
	ID    ID     `json:"id"`
	Type  int    `json:"type"`
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

// ThreadMetadata is what a thread has beyond a channel.
type ThreadMetadata struct {
	Archived            bool      `json:"archived"`
	AutoArchiveDuration int       `json:"auto_archive_duration"`
	ArchiveTimestamp    Time      `json:"archive_timestamp"`
	Locked              bool      `json:"locked"`
	Invitable           Opt[bool] `json:"invitable,omitzero"`
	CreateTimestamp     Opt[Time] `json:"create_timestamp,omitzero"`
}

// ThreadMember is a member of a thread.
type ThreadMember struct {
	ID            ID      `json:"id"`
	UserID        ID      `json:"user_id"`
	JoinTimestamp Time    `json:"join_timestamp"`
	Flags         int     `json:"flags"`
	Member        *Member `json:"member,omitempty"`
}

// ForumTag is a tag that posts of a forum can have (resources/channel "Forum Tag Object").
type ForumTag struct {
	ID        ID      `json:"id"`
	Name      string  `json:"name"`
	Moderated bool    `json:"moderated"`
	EmojiID   *ID     `json:"emoji_id"`
	EmojiName *string `json:"emoji_name"`
}

// ForumEmoji is the reaction that a forum offers for its posts (resources/channel "Default Reaction Object").
type ForumEmoji struct {
	EmojiID   *ID     `json:"emoji_id"`
	EmojiName *string `json:"emoji_name"`
}

// Channel is any channel: guild channel, thread or direct message (resources/channel).
type Channel struct {
	ID                     ID               `json:"id"`
	Type                   int              `json:"type"`
	GuildID                ID               `json:"guild_id,omitzero"`
	Name                   Opt[string]      `json:"name,omitzero"`
	Topic                  Opt[string]      `json:"topic,omitzero"`
	Position               Opt[int]         `json:"position,omitzero"`
	ParentID               Opt[ID]          `json:"parent_id,omitzero"`
	NSFW                   Opt[bool]        `json:"nsfw,omitzero"`
	RateLimitPerUser       Opt[int]         `json:"rate_limit_per_user,omitzero"`
	Bitrate                Opt[int]         `json:"bitrate,omitzero"`
	UserLimit              Opt[int]         `json:"user_limit,omitzero"`
	RTCRegion              Opt[string]      `json:"rtc_region,omitzero"`
	LastMessageID          Opt[ID]          `json:"last_message_id,omitzero"`
	LastPinTimestamp       Opt[Time]        `json:"last_pin_timestamp,omitzero"`
	PermissionOverwrites   Opt[[]Overwrite] `json:"permission_overwrites,omitzero"`
	Flags                  int              `json:"flags"`
	DefaultAutoArchive     Opt[int]         `json:"default_auto_archive_duration,omitzero"`
	DefaultThreadRateLimit Opt[int]         `json:"default_thread_rate_limit_per_user,omitzero"`
	AvailableTags          Opt[[]ForumTag]  `json:"available_tags,omitzero"`
	DefaultReaction        Opt[ForumEmoji]  `json:"default_reaction_emoji,omitzero"`
	DefaultSortOrder       Opt[int]         `json:"default_sort_order,omitzero"`
	DefaultForumLayout     Opt[int]         `json:"default_forum_layout,omitzero"`
	DefaultTagSetting      string           `json:"default_tag_setting,omitempty"`
	VideoQuality           Opt[int]         `json:"video_quality_mode,omitzero"`
	AppliedTags            Opt[[]ID]        `json:"applied_tags,omitzero"`
	Recipients             Opt[[]User]      `json:"recipients,omitzero"`
	OwnerID                ID               `json:"owner_id,omitzero"`
	ThreadMetadata         *ThreadMetadata  `json:"thread_metadata,omitempty"`
	MessageCount           Opt[int]         `json:"message_count,omitzero"`
	MemberCount            Opt[int]         `json:"member_count,omitzero"`
	TotalMessageSent       Opt[int]         `json:"total_message_sent,omitzero"`
	Member                 *ThreadMember    `json:"member,omitempty"`
	NewlyCreated           bool             `json:"newly_created,omitempty"`
	// Permissions are the computed ones: of the invoking user in an interaction, of the viewer in the control API.
	Permissions string `json:"permissions,omitempty"`
	// Private is present in the control API only: not everyone of the guild may view the channel.
	Private bool `json:"private,omitempty"`
}
