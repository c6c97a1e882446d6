package wire

import "encoding/json"

// Message flags (resources/message "Message Flags").
const (
	FlagSuppressEmbeds        = 1 << 2
	FlagHasThread             = 1 << 5
	FlagEphemeral             = 1 << 6
	FlagLoading               = 1 << 7
	FlagSuppressNotifications = 1 << 12
	FlagHasSnapshot           = 1 << 14
	FlagComponentsV2          = 1 << 15
)

// Message types the sandbox makes (resources/message "Message Types").
const (
	MessageDefault         = 0
	MessageRecipientAdd    = 1
	MessageRecipientRemove = 2
	MessageNameChange      = 4
	MessagePinned          = 6
	MessageMemberJoin      = 7
	MessageThreadCreated   = 18
	MessageReply           = 19
	MessageChatCommand     = 20
	MessageThreadStarter   = 21
	MessageContextMenu     = 23
)

// Attachment is a file of a message.
type Attachment struct {
	ID          ID       `json:"id"`
	Filename    string   `json:"filename"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	ContentType string   `json:"content_type,omitempty"`
	Size        int      `json:"size"`
	URL         string   `json:"url"`
	ProxyURL    string   `json:"proxy_url"`
	Width       Opt[int] `json:"width,omitzero"`
	Height      Opt[int] `json:"height,omitzero"`
	Ephemeral   bool     `json:"ephemeral,omitempty"`
	Flags       int      `json:"flags,omitempty"`
}

// AttachmentSpoiler is the flag of an attachment that is hidden until it is clicked (resources/message "Attachment Flags").
const AttachmentSpoiler = 1 << 3

// EmbedField is a field of an embed.
type EmbedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// EmbedAuthor is the author line of an embed.
type EmbedAuthor struct {
	Name         string `json:"name"`
	URL          string `json:"url,omitempty"`
	IconURL      string `json:"icon_url,omitempty"`
	ProxyIconURL string `json:"proxy_icon_url,omitempty"`
}

// EmbedFooter is the footer of an embed.
type EmbedFooter struct {
	Text         string `json:"text"`
	IconURL      string `json:"icon_url,omitempty"`
	ProxyIconURL string `json:"proxy_icon_url,omitempty"`
}

// EmbedMedia is an image or thumbnail of an embed.
type EmbedMedia struct {
	URL         string `json:"url,omitempty"`
	ProxyURL    string `json:"proxy_url,omitempty"`
	Width       int    `json:"width,omitempty"`
	Height      int    `json:"height,omitempty"`
	Description string `json:"description,omitempty"`
}

// Embed is a rich embed (resources/message "Embed Object").
type Embed struct {
	Type        string       `json:"type"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Color       Opt[int]     `json:"color,omitzero"`
	Footer      *EmbedFooter `json:"footer,omitempty"`
	Image       *EmbedMedia  `json:"image,omitempty"`
	Thumbnail   *EmbedMedia  `json:"thumbnail,omitempty"`
	Author      *EmbedAuthor `json:"author,omitempty"`
	Fields      []EmbedField `json:"fields,omitempty"`
}

// Emoji is a partial emoji; ID is null for a Unicode one.
type Emoji struct {
	ID       *ID     `json:"id"`
	Name     *string `json:"name"`
	Animated bool    `json:"animated,omitempty"`
}

// Reaction is one emoji under a message with its count.
type Reaction struct {
	Emoji        Emoji          `json:"emoji"`
	Count        int            `json:"count"`
	CountDetails map[string]int `json:"count_details"`
	BurstColors  []string       `json:"burst_colors"`
	Me           bool           `json:"me"`
	MeBurst      bool           `json:"me_burst"`
}

// Reference points from a reply to its message.
type Reference struct {
	Type      int `json:"type"`
	MessageID ID  `json:"message_id,omitzero"`
	ChannelID ID  `json:"channel_id"`
	GuildID   ID  `json:"guild_id,omitzero"`
}

// InteractionMetadata tells which interaction made a message.
type InteractionMetadata struct {
	ID                ID                   `json:"id"`
	Type              int                  `json:"type"`
	User              User                 `json:"user"`
	Owners            map[string]ID        `json:"authorizing_integration_owners"`
	OriginalResponse  ID                   `json:"original_response_message_id,omitzero"`
	InteractedMessage ID                   `json:"interacted_message_id,omitzero"`
	TargetUser        *User                `json:"target_user,omitempty"`
	TargetMessage     ID                   `json:"target_message_id,omitzero"`
	Triggering        *InteractionMetadata `json:"triggering_interaction_metadata,omitempty"`
}

// LegacyInteraction is the old twin of InteractionMetadata, still sent for commands.
type LegacyInteraction struct {
	ID   ID     `json:"id"`
	Type int    `json:"type"`
	Name string `json:"name"`
	User User   `json:"user"`
}

// Snapshot is the copy that a forward carries (resources/message "Message Snapshot Object").
type Snapshot struct {
	Message SnapshotMessage `json:"message"`
}

// SnapshotMessage has the fields of a message that a snapshot keeps.
type SnapshotMessage struct {
	Type            int          `json:"type"`
	Content         string       `json:"content"`
	Embeds          []Embed      `json:"embeds"`
	Attachments     []Attachment `json:"attachments"`
	Timestamp       Time         `json:"timestamp"`
	EditedTimestamp *Time        `json:"edited_timestamp"`
	Flags           int          `json:"flags"`
	Mentions        []User       `json:"mentions"`
	MentionRoles    []ID         `json:"mention_roles"`
	Components      []Component  `json:"components"`
}

// Message is a message object; GuildID, ChannelType and Member are present in gateway events only.
type Message struct {
	ID                  ID                   `json:"id"`
	ChannelID           ID                   `json:"channel_id"`
	GuildID             ID                   `json:"guild_id,omitzero"`
	ChannelType         Opt[int]             `json:"channel_type,omitzero"`
	Type                int                  `json:"type"`
	Content             string               `json:"content"`
	Author              User                 `json:"author"`
	Member              *Member              `json:"member,omitempty"`
	Timestamp           Time                 `json:"timestamp"`
	EditedTimestamp     *Time                `json:"edited_timestamp"`
	TTS                 bool                 `json:"tts"`
	MentionEveryone     bool                 `json:"mention_everyone"`
	Mentions            []User               `json:"mentions"`
	MentionRoles        []ID                 `json:"mention_roles"`
	Attachments         []Attachment         `json:"attachments"`
	Embeds              []Embed              `json:"embeds"`
	Components          []Component          `json:"components"`
	Reactions           []Reaction           `json:"reactions,omitempty"`
	Nonce               json.RawMessage      `json:"nonce,omitempty"`
	Pinned              bool                 `json:"pinned"`
	Flags               int                  `json:"flags"`
	ApplicationID       ID                   `json:"application_id,omitzero"`
	WebhookID           ID                   `json:"webhook_id,omitzero"`
	Position            Opt[int]             `json:"position,omitzero"`
	MessageReference    *Reference           `json:"message_reference,omitempty"`
	ReferencedMessage   Opt[*Message]        `json:"referenced_message,omitzero"`
	InteractionMetadata *InteractionMetadata `json:"interaction_metadata,omitempty"`
	Interaction         *LegacyInteraction   `json:"interaction,omitempty"`
	Thread              *Channel             `json:"thread,omitempty"`
	Snapshots           []Snapshot           `json:"message_snapshots,omitempty"`
}

// Ephemeral tells that only one user may see the message.
func (m Message) Ephemeral() bool { return m.Flags&FlagEphemeral != 0 }

// Component finds the interactive component with this custom id, nil when there is none.
func (m *Message) Component(customID string) *Component {
	var found *Component
	Walk(m.Components, func(c *Component) {
		if c.CustomID == customID && customID != "" {
			found = c
		}
	})
	return found
}

// Button finds the first button with this label, nil when there is none.
func (m *Message) Button(label string) *Component {
	var found *Component
	Walk(m.Components, func(c *Component) {
		if found == nil && c.Type == ComponentButton && c.Label == label {
			found = c
		}
	})
	return found
}
