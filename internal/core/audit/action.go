package audit

// Action is a noun and a verb: what was done. The nouns' packages write them; the list stands here so that whoever shows the record can be
// sure to know every one. An entry of an older or newer program may hold another.
type Action string

// The actions.
const (
	GuildChanged Action = "guild.changed" // its settings

	PanelCreated Action = "panel.created"
	PanelChanged Action = "panel.changed"
	PanelPosted  Action = "panel.posted"
	PanelDeleted Action = "panel.deleted"

	FormCreated Action = "form.created"
	FormChanged Action = "form.changed"
	FormDeleted Action = "form.deleted"

	TagCreated Action = "tag.created"
	TagChanged Action = "tag.changed"
	TagDeleted Action = "tag.deleted"

	BloxlinkKeySet     Action = "bloxlink.key_set"
	BloxlinkKeyRemoved Action = "bloxlink.key_removed"

	IntegrationCreated              Action = "integration.created"
	IntegrationChanged              Action = "integration.changed"
	IntegrationUpdated              Action = "integration.updated" // a guild went over to a newer revision
	IntegrationDeleted              Action = "integration.deleted"
	IntegrationActivated            Action = "integration.activated"
	IntegrationSecretsReplaced      Action = "integration.secrets_replaced"
	IntegrationDeactivated          Action = "integration.deactivated"
	IntegrationKeyRotated           Action = "integration.key_rotated"
	IntegrationKeyRotationEnded     Action = "integration.key_rotation_ended"
	IntegrationPublicationRequested Action = "integration.publication_requested"
	IntegrationPublicationWithdrawn Action = "integration.publication_withdrawn"
	IntegrationUnpublished          Action = "integration.unpublished"
	IntegrationApproved             Action = "integration.approved"
	IntegrationRejected             Action = "integration.rejected"
	IntegrationRevoked              Action = "integration.revoked"

	APIKeyCreated Action = "api_key.created"
	APIKeyRevoked Action = "api_key.revoked"
)

// Actions lists them all.
func Actions() []Action {
	return []Action{
		GuildChanged, PanelCreated, PanelChanged, PanelPosted, PanelDeleted, FormCreated, FormChanged, FormDeleted, TagCreated, TagChanged, TagDeleted,
		BloxlinkKeySet, BloxlinkKeyRemoved, IntegrationCreated, IntegrationChanged, IntegrationUpdated, IntegrationDeleted, IntegrationActivated,
		IntegrationSecretsReplaced, IntegrationDeactivated, IntegrationKeyRotated, IntegrationKeyRotationEnded, IntegrationPublicationRequested,
		IntegrationPublicationWithdrawn, IntegrationUnpublished, IntegrationApproved, IntegrationRejected, IntegrationRevoked, APIKeyCreated, APIKeyRevoked,
	}
}
