package world

import (
	"encoding/json"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// MessageRequest is the body that makes or changes a message, on any of the routes that do.
type MessageRequest struct {
	Content         wire.Opt[string]           `json:"content"`
	Embeds          wire.Opt[[]wire.Embed]     `json:"embeds"`
	Components      wire.Opt[[]wire.Component] `json:"components"`
	Attachments     wire.Opt[[]AttachmentRef]  `json:"attachments"`
	AllowedMentions *AllowedMentions           `json:"allowed_mentions"`
	Flags           wire.Opt[int]              `json:"flags"`
	TTS             bool                       `json:"tts"`
	Reference       *ReferenceRequest          `json:"message_reference"`
	Nonce           json.RawMessage            `json:"nonce"`
	EnforceNonce    bool                       `json:"enforce_nonce"`
	Username        string                     `json:"username"`
	ThreadName      string                     `json:"thread_name"`
	AppliedTags     []ID                       `json:"applied_tags"`
	Poll            json.RawMessage            `json:"poll"`
	StickerIDs      []ID                       `json:"sticker_ids"`
	// Files came by multipart; an AttachmentRef describes each by its number.
	Files []File `json:"-"`
}

// unavailable refuses what the sandbox does not have, rather than losing it: a sticker is unknown, since none can be made,
// and polls are not offered.
func (r *MessageRequest) unavailable() error {
	if len(r.StickerIDs) > 0 {
		return refusal.Code(10060)
	}
	if len(r.Poll) > 0 && string(r.Poll) != "null" {
		return refusal.Field("poll", "SANDBOX_HAS_NO_POLLS", "The sandbox has no polls; Discord would take a valid one")
	}
	return nil
}

// File is an uploaded file.
type File struct {
	// Number is the n of files[n].
	Number      int
	Name        string
	ContentType string
	Data        []byte
}

// AttachmentRef describes a new file by its number, or keeps an old one by its id.
type AttachmentRef struct {
	ID          ID     `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description"`
	Title       string `json:"title"`
	IsSpoiler   bool   `json:"is_spoiler"`
}

// AllowedMentions decides who is notified (resources/message "Allowed Mentions Object").
type AllowedMentions struct {
	Parse       []string       `json:"parse"`
	Users       []ID           `json:"users"`
	Roles       []ID           `json:"roles"`
	RepliedUser wire.Opt[bool] `json:"replied_user"`
}

// ReferenceRequest makes a reply.
type ReferenceRequest struct {
	Type            int            `json:"type"`
	MessageID       ID             `json:"message_id"`
	ChannelID       ID             `json:"channel_id"`
	GuildID         ID             `json:"guild_id"`
	FailIfNotExists wire.Opt[bool] `json:"fail_if_not_exists"`
}

// ChannelRequest is the body that makes or changes a channel or thread.
type ChannelRequest struct {
	Type                 wire.Opt[int]              `json:"type"`
	Name                 wire.Opt[string]           `json:"name"`
	Topic                wire.Opt[string]           `json:"topic"`
	Position             wire.Opt[int]              `json:"position"`
	ParentID             wire.Opt[ID]               `json:"parent_id"`
	NSFW                 wire.Opt[bool]             `json:"nsfw"`
	RateLimitPerUser     wire.Opt[int]              `json:"rate_limit_per_user"`
	Bitrate              wire.Opt[int]              `json:"bitrate"`
	UserLimit            wire.Opt[int]              `json:"user_limit"`
	PermissionOverwrites wire.Opt[[]OverwriteInput] `json:"permission_overwrites"`
	DefaultAutoArchive   wire.Opt[int]              `json:"default_auto_archive_duration"`
	DefaultThreadSlow    wire.Opt[int]              `json:"default_thread_rate_limit_per_user"`
	AvailableTags        wire.Opt[[]wire.ForumTag]  `json:"available_tags"`
	DefaultReaction      wire.Opt[wire.ForumEmoji]  `json:"default_reaction_emoji"`
	DefaultSortOrder     wire.Opt[int]              `json:"default_sort_order"`
	DefaultForumLayout   wire.Opt[int]              `json:"default_forum_layout"`
	DefaultTagSetting    wire.Opt[string]           `json:"default_tag_setting"`
	RTCRegion            wire.Opt[string]           `json:"rtc_region"`
	VideoQuality         wire.Opt[int]              `json:"video_quality_mode"`
	AppliedTags          wire.Opt[[]ID]             `json:"applied_tags"`
	Flags                wire.Opt[int]              `json:"flags"`
	Archived             wire.Opt[bool]             `json:"archived"`
	Locked               wire.Opt[bool]             `json:"locked"`
	Invitable            wire.Opt[bool]             `json:"invitable"`
	AutoArchive          wire.Opt[int]              `json:"auto_archive_duration"`
	Message              *MessageRequest            `json:"message"`
}

// OverwriteInput is an overwrite in a request; permissions come as strings or numbers.
type OverwriteInput struct {
	ID    ID           `json:"id"`
	Type  int          `json:"type"`
	Allow wire.Opt[ID] `json:"allow"`
	Deny  wire.Opt[ID] `json:"deny"`
}
