package rest

import (
	"encoding/json"
	"net/http"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

func interactionRoutes() []*route {
	return []*route{
		{method: "POST", template: "/interactions/{interaction_id}/{token}/callback", by: byToken, body: callbackShape(), handle: callback},
	}
}

// callback answers an interaction.
func callback(c *call) (int, any, error) {
	var envelope struct {
		Type int             `json:"type"`
		Data json.RawMessage `json:"data"`
	}
	if err := c.decode(&envelope); err != nil {
		return 0, nil, err
	}
	cb, err := c.callback(envelope.Type, envelope.Data)
	if err != nil {
		return 0, nil, err
	}
	out, err := c.api.cfg.World.Answer(c.id("interaction_id"), c.params["token"], cb)
	if err == nil && c.queryBool("with_response") {
		return ok(out, nil)
	}
	return empty(err)
}

func (c *call) callback(kind int, data json.RawMessage) (world.Callback, error) {
	cb := world.Callback{Type: kind}
	if len(data) == 0 || string(data) == "null" {
		return cb, nil
	}
	var err error
	switch kind {
	case wire.CallbackModal:
		err = json.Unmarshal(data, &cb.Modal)
	case wire.CallbackAutocomplete:
		var list struct {
			Choices []wire.CommandChoice `json:"choices"`
		}
		err = json.Unmarshal(data, &list)
		cb.Choices = list.Choices
	case wire.CallbackMessage, wire.CallbackDefer, wire.CallbackUpdate:
		err = json.Unmarshal(data, &cb.Message)
		cb.Message.Files = c.files
	}
	if err != nil {
		return cb, refusal.Field("data", "MODEL_TYPE_CONVERT", "The data could not be read: "+err.Error())
	}
	return cb, nil
}

func webhookRoutes() []*route {
	base := "/webhooks/{webhook_id}/{token}"
	return []*route{
		{method: "POST", template: "/channels/{channel_id}/webhooks", body: webhookShape(true), handle: createWebhook},
		{method: "GET", template: "/channels/{channel_id}/webhooks", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Webhooks(c.actor, 0, c.id("channel_id")))
		}},
		{method: "GET", template: "/guilds/{guild_id}/webhooks", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Webhooks(c.actor, c.id("guild_id"), 0))
		}},
		{method: "GET", template: "/webhooks/{webhook_id}", handle: getWebhook},
		{method: "PATCH", template: "/webhooks/{webhook_id}", body: webhookShape(false), handle: editWebhook},
		{method: "DELETE", template: "/webhooks/{webhook_id}", handle: deleteWebhook},
		{method: "GET", template: base, by: byToken, handle: getWebhook},
		{method: "PATCH", template: base, by: byToken, body: webhookShape(false), handle: editWebhook},
		{method: "DELETE", template: base, by: byToken, handle: deleteWebhook},
		{method: "POST", template: base, by: byToken, body: webhookMessageShape(), handle: execute},
		{method: "GET", template: base + "/messages/@original", by: byToken, handle: getResponse},
		{method: "PATCH", template: base + "/messages/@original", by: byToken, body: webhookMessageShape(), handle: editResponse},
		{method: "DELETE", template: base + "/messages/@original", by: byToken, handle: deleteResponse},
		{method: "GET", template: base + "/messages/{message_id}", by: byToken, handle: getResponse},
		{method: "PATCH", template: base + "/messages/{message_id}", by: byToken, body: webhookMessageShape(), handle: editResponse},
		{method: "DELETE", template: base + "/messages/{message_id}", by: byToken, handle: deleteResponse},
	}
}

func createWebhook(c *call) (int, any, error) {
	return read(c, func(r world.WebhookRequest) (int, any, error) {
		return ok(c.api.cfg.World.CreateWebhook(c.actor, c.id("channel_id"), r))
	})
}

func getWebhook(c *call) (int, any, error) {
	return ok(c.api.cfg.World.Webhook(c.actor, c.id("webhook_id"), c.params["token"]))
}

func editWebhook(c *call) (int, any, error) {
	return read(c, func(r world.WebhookRequest) (int, any, error) {
		return ok(c.api.cfg.World.EditWebhook(c.actor, c.id("webhook_id"), c.params["token"], r))
	})
}

func deleteWebhook(c *call) (int, any, error) {
	return empty(c.api.cfg.World.DeleteWebhook(c.actor, c.id("webhook_id"), c.params["token"]))
}

// execute follows up an interaction or writes by a webhook: both have the same route.
func execute(c *call) (int, any, error) {
	r, err := c.message()
	if err != nil {
		return 0, nil, err
	}
	id, token := c.id("webhook_id"), c.params["token"]
	if c.api.cfg.World.IsInteraction(id) {
		return ok(c.api.cfg.World.FollowUp(id, token, r))
	}
	thread, err := c.queryID("thread_id")
	if err != nil {
		return 0, nil, err
	}
	m, err := c.api.cfg.World.ExecuteWebhook(id, token, thread, r)
	if err == nil && !c.queryBool("wait") {
		return http.StatusNoContent, nil, nil
	}
	return ok(m, err)
}

// original tells that the route speaks of @original, which only interactions have.
func (c *call) original() bool { return c.params["message_id"] == "" }

func (c *call) webhookTarget() (world.WebhookTarget, error) {
	thread, err := c.queryID("thread_id")
	return world.WebhookTarget{ID: c.id("webhook_id"), Token: c.params["token"], MessageID: c.id("message_id"), ThreadID: thread}, err
}

func getResponse(c *call) (int, any, error) {
	id, token := c.id("webhook_id"), c.params["token"]
	if c.api.cfg.World.IsInteraction(id) || c.original() {
		return ok(c.api.cfg.World.Response(id, token, c.id("message_id")))
	}
	target, err := c.webhookTarget()
	if err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.WebhookMessage(target))
}

func editResponse(c *call) (int, any, error) {
	r, err := c.message()
	if err != nil {
		return 0, nil, err
	}
	id, token := c.id("webhook_id"), c.params["token"]
	if c.api.cfg.World.IsInteraction(id) || c.original() {
		return ok(c.api.cfg.World.EditResponse(id, token, c.id("message_id"), r))
	}
	target, err := c.webhookTarget()
	if err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.EditWebhookMessage(target, r))
}

func deleteResponse(c *call) (int, any, error) {
	id, token := c.id("webhook_id"), c.params["token"]
	if c.api.cfg.World.IsInteraction(id) || c.original() {
		return empty(c.api.cfg.World.DeleteResponse(id, token, c.id("message_id")))
	}
	target, err := c.webhookTarget()
	if err != nil {
		return 0, nil, err
	}
	return empty(c.api.cfg.World.DeleteWebhookMessage(target))
}
