package sandbox_test

// notOffered lists the routes of Discord that the sandbox has not, by the reason why a bot that runs tickets can do
// without them.
func notOffered() map[string][]string {
	return map[string][]string{
		"Announcement channels: a message is crossposted to other servers": {
			"POST /channels/{channel_id}/followers", "POST /channels/{channel_id}/messages/{message_id}/crosspost",
		},
		"Activities: games inside Discord": {
			"GET /applications/{application_id}/activity-instances/{instance_id}", "POST /applications/{application_id}/attachment",
		},
		"Auto moderation": {
			"GET /guilds/{guild_id}/auto-moderation/rules", "POST /guilds/{guild_id}/auto-moderation/rules",
			"GET /guilds/{guild_id}/auto-moderation/rules/{rule_id}", "DELETE /guilds/{guild_id}/auto-moderation/rules/{rule_id}",
			"PATCH /guilds/{guild_id}/auto-moderation/rules/{rule_id}",
		},
		"Custom emojis: the sandbox lists none, so that none can be made or named": {
			"POST /applications/{application_id}/emojis", "GET /applications/{application_id}/emojis/{emoji_id}",
			"DELETE /applications/{application_id}/emojis/{emoji_id}", "PATCH /applications/{application_id}/emojis/{emoji_id}",
			"POST /guilds/{guild_id}/emojis", "GET /guilds/{guild_id}/emojis/{emoji_id}", "DELETE /guilds/{guild_id}/emojis/{emoji_id}",
			"PATCH /guilds/{guild_id}/emojis/{emoji_id}",
		},
		"Game SDK: lobbies and provisional accounts": {
			"PUT /lobbies", "POST /lobbies", "GET /lobbies/{lobby_id}", "DELETE /lobbies/{lobby_id}", "PATCH /lobbies/{lobby_id}",
			"PATCH /lobbies/{lobby_id}/channel-linking", "DELETE /lobbies/{lobby_id}/members/@me", "POST /lobbies/{lobby_id}/members/@me/invites",
			"POST /lobbies/{lobby_id}/members/bulk", "PUT /lobbies/{lobby_id}/members/{user_id}", "DELETE /lobbies/{lobby_id}/members/{user_id}",
			"POST /lobbies/{lobby_id}/members/{user_id}/invites", "GET /lobbies/{lobby_id}/messages", "POST /lobbies/{lobby_id}/messages",
			"PUT /lobbies/{lobby_id}/messages/{message_id}/moderation-metadata",
			"PUT /partner-sdk/dms/{user_id_1}/{user_id_2}/messages/{message_id}/moderation-metadata",
			"POST /partner-sdk/provisional-accounts/unmerge", "POST /partner-sdk/provisional-accounts/unmerge/bot", "POST /partner-sdk/token",
			"POST /partner-sdk/token/bot",
		},
		"Group direct messages: no bot can be in one": {
			"PUT /channels/{channel_id}/recipients/{user_id}", "DELETE /channels/{channel_id}/recipients/{user_id}",
		},
		"Integrations of a server with other services": {
			"GET /guilds/{guild_id}/integrations", "DELETE /guilds/{guild_id}/integrations/{integration_id}",
		},
		"Invites: people join by the control API": {
			"GET /channels/{channel_id}/invites", "POST /channels/{channel_id}/invites", "DELETE /invites/{code}", "GET /invites/{code}/target-users",
			"PUT /invites/{code}/target-users", "GET /invites/{code}/target-users/job-status", "GET /guilds/{guild_id}/vanity-url",
		},
		"Linked roles": {
			"GET /applications/{application_id}/role-connections/metadata", "PUT /applications/{application_id}/role-connections/metadata",
			"GET /users/@me/applications/{application_id}/role-connection", "PUT /users/@me/applications/{application_id}/role-connection",
			"DELETE /users/@me/applications/{application_id}/role-connection",
		},
		"Member pruning and security actions": {
			"GET /guilds/{guild_id}/prune", "POST /guilds/{guild_id}/prune", "PUT /guilds/{guild_id}/incident-actions",
		},
		"Monetisation: the sandbox sells nothing": {
			"POST /applications/{application_id}/entitlements", "GET /applications/{application_id}/entitlements/{entitlement_id}",
			"DELETE /applications/{application_id}/entitlements/{entitlement_id}",
			"POST /applications/{application_id}/entitlements/{entitlement_id}/consume", "GET /skus/{sku_id}/subscriptions",
			"GET /skus/{sku_id}/subscriptions/{subscription_id}", "GET /users/@me/applications/{application_id}/entitlements",
		},
		"Onboarding: welcome screens and requests to join": {
			"GET /guilds/{guild_id}/new-member-welcome", "GET /guilds/{guild_id}/onboarding", "PUT /guilds/{guild_id}/onboarding",
			"GET /guilds/{guild_id}/requests", "PATCH /guilds/{guild_id}/requests/{request_id}", "GET /guilds/{guild_id}/welcome-screen",
			"PATCH /guilds/{guild_id}/welcome-screen",
		},
		"OpenID keys: the sandbox signs no identity tokens": {"GET /oauth2/keys"},
		"Polls": {
			"GET /channels/{channel_id}/polls/{message_id}/answers/{answer_id}", "POST /channels/{channel_id}/polls/{message_id}/expire",
		},
		"Scheduled events": {
			"GET /guilds/{guild_id}/scheduled-events", "POST /guilds/{guild_id}/scheduled-events",
			"GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}", "DELETE /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}",
			"PATCH /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}",
			"POST /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions",
			"DELETE /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions/{exception_id}",
			"PATCH /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/exceptions/{exception_id}",
			"GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users",
			"GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/users/counts",
			"GET /guilds/{guild_id}/scheduled-events/{guild_scheduled_event_id}/{guild_scheduled_event_exception_id}/users",
		},
		"Server templates": {
			"GET /guilds/templates/{code}", "GET /guilds/{guild_id}/templates", "POST /guilds/{guild_id}/templates",
			"PUT /guilds/{guild_id}/templates/{code}", "DELETE /guilds/{guild_id}/templates/{code}", "PATCH /guilds/{guild_id}/templates/{code}",
		},
		"Soundboard": {
			"POST /channels/{channel_id}/send-soundboard-sound", "GET /guilds/{guild_id}/soundboard-sounds", "POST /guilds/{guild_id}/soundboard-sounds",
			"GET /guilds/{guild_id}/soundboard-sounds/{sound_id}", "DELETE /guilds/{guild_id}/soundboard-sounds/{sound_id}",
			"PATCH /guilds/{guild_id}/soundboard-sounds/{sound_id}", "GET /soundboard-default-sounds",
		},
		"Stages": {
			"POST /stage-instances", "GET /stage-instances/{channel_id}", "DELETE /stage-instances/{channel_id}", "PATCH /stage-instances/{channel_id}",
		},
		"Stickers: the sandbox lists none, so that none can be made or sent": {
			"POST /guilds/{guild_id}/stickers", "GET /guilds/{guild_id}/stickers/{sticker_id}", "DELETE /guilds/{guild_id}/stickers/{sticker_id}",
			"PATCH /guilds/{guild_id}/stickers/{sticker_id}", "GET /sticker-packs", "GET /sticker-packs/{pack_id}", "GET /stickers/{sticker_id}",
		},
		"Voice": {
			"PUT /channels/{channel_id}/voice-status", "GET /guilds/{guild_id}/voice-states/@me", "PATCH /guilds/{guild_id}/voice-states/@me",
			"GET /guilds/{guild_id}/voice-states/{user_id}", "PATCH /guilds/{guild_id}/voice-states/{user_id}",
		},
		"Webhooks in the formats of GitHub and Slack": {
			"POST /webhooks/{webhook_id}/{webhook_token}/github", "POST /webhooks/{webhook_id}/{webhook_token}/slack",
		},
		"Widgets for web pages": {
			"GET /guilds/{guild_id}/widget", "PATCH /guilds/{guild_id}/widget", "GET /guilds/{guild_id}/widget.json", "GET /guilds/{guild_id}/widget.png",
		},
	}
}
