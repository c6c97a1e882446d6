package rest

import "usher/sandbox/internal/form"

// Shapes of messages and what is in them (resources/message, components/reference).

func embedShape() form.Type {
	media := form.Object(
		form.Opt("url", form.URL(2048)), form.Opt("proxy_url", form.Any()), form.Opt("width", form.Any()), form.Opt("height", form.Any()),
		form.Opt("description", form.Text(0, 4096)), form.Opt("placeholder", form.Any()), form.Opt("placeholder_version", form.Any()),
		form.Opt("content_type", form.Any()), form.Opt("flags", form.Any()),
	)
	return form.Object(
		form.Opt("type", form.Text(0, 0)), form.Opt("title", form.Text(0, 256)), form.Opt("description", form.Text(0, 4096)),
		form.Opt("url", form.URL(2048)), form.Opt("timestamp", form.Moment()), form.Opt("color", form.Int(0, 0xFFFFFF)),
		form.Opt("footer", form.Object(
			form.Opt("text", form.Text(0, 2048)), form.Opt("icon_url", form.URL(2048)), form.Opt("proxy_icon_url", form.Any()))),
		form.Opt("image", media), form.Opt("thumbnail", media), form.Opt("video", form.Any()), form.Opt("provider", form.Any()),
		form.Opt("author", form.Object(
			form.Opt("name", form.Text(0, 256)), form.Opt("url", form.URL(2048)), form.Opt("icon_url", form.URL(2048)),
			form.Opt("proxy_icon_url", form.Any()))),
		form.Opt("fields", form.List(0, 25, form.Object(
			form.Req("name", form.Text(0, 256)), form.Req("value", form.Text(0, 1024)), form.Opt("inline", form.Bool())))),
		form.Opt("flags", form.Any()),
	)
}

func mentionsShape() form.Type {
	return form.Object(
		form.Opt("parse", form.Words("users", "roles", "everyone")), form.Opt("users", form.List(0, 100, form.ID())),
		form.Opt("roles", form.List(0, 100, form.ID())), form.Opt("replied_user", form.Bool()),
	)
}

func attachmentShape() form.Type {
	return form.Object(
		form.Req("id", form.ID()), form.Opt("filename", form.Text(0, 1024)), form.Opt("description", form.Text(0, 1024)),
		form.Opt("title", form.Text(0, 1024)), form.Opt("duration_secs", form.Number()), form.Opt("waveform", form.Text(0, 400)),
		form.Opt("is_spoiler", form.Bool()), form.Opt("is_remix", form.Bool()), form.Opt("size", form.Any()), form.Opt("url", form.Any()),
		form.Opt("proxy_url", form.Any()), form.Opt("content_type", form.Any()), form.Opt("width", form.Any()),
		form.Opt("height", form.Any()), form.Opt("ephemeral", form.Any()), form.Opt("flags", form.Any()), form.Opt("uploaded_filename", form.Any()),
	)
}

// messageShape is a new or changed message; limit is 2000 for bots everywhere.
func messageShape(more ...form.Field) form.Type {
	fields := []form.Field{
		form.Opt("content", form.Text(0, 2000)), form.Opt("embeds", form.List(0, 10, embedShape())),
		form.Opt("allowed_mentions", mentionsShape()), form.Opt("components", form.List(0, 40, messageComponent())),
		form.Opt("flags", form.Flags()), form.Opt("attachments", form.List(0, 10, attachmentShape())), form.Opt("tts", form.Bool()),
		form.Opt("poll", form.Any()), form.Opt("sticker_ids", form.List(0, 3, form.ID())),
		form.Opt("nonce", form.Text(0, 25)),
		// It counts only where a message is made; discord.js sends it everywhere.
		form.Opt("enforce_nonce", form.Bool()),
	}
	return form.Object(append(fields, more...)...)
}

func createMessageShape() form.Type {
	return messageShape(
		form.Opt("message_reference", form.Object(
			form.Opt("type", form.Choice(0, 1)), form.Opt("message_id", form.ID()), form.Opt("channel_id", form.ID()),
			form.Opt("guild_id", form.ID()), form.Opt("fail_if_not_exists", form.Bool()))),
		form.Opt("shared_client_theme", form.Any()),
	)
}

func webhookMessageShape() form.Type {
	return messageShape(
		form.Opt("username", form.Text(1, 80)), form.Opt("avatar_url", form.URL(2048)), form.Opt("thread_name", form.Text(0, 100)),
		form.Opt("applied_tags", form.List(0, 5, form.ID())),
	)
}

func emojiShape() form.Type {
	return form.Object(form.Opt("id", form.ID()), form.Opt("name", form.Text(0, 32)), form.Opt("animated", form.Bool()))
}

func buttonShape() form.Type {
	return form.Object(
		form.Req("type", form.Any()), form.Opt("id", form.Int(0, 1<<31-1)), form.Opt("custom_id", form.Text(1, 100)),
		form.Req("style", form.Choice(1, 2, 3, 4, 5, 6)), form.Opt("label", form.Text(0, 80)), form.Opt("disabled", form.Bool()),
		form.Opt("url", form.URL(512)), form.Opt("sku_id", form.ID()), form.Opt("emoji", emojiShape()),
	)
}

func optionShape() form.Type {
	return form.Object(
		form.Req("label", form.Text(1, 100)), form.Req("value", form.Text(1, 100)), form.Opt("description", form.Text(0, 100)),
		form.Opt("default", form.Bool()), form.Opt("emoji", emojiShape()),
	)
}

func selectShape(more ...form.Field) form.Type {
	fields := []form.Field{
		form.Req("type", form.Any()), form.Opt("id", form.Int(0, 1<<31-1)), form.Req("custom_id", form.Text(1, 100)),
		form.Opt("placeholder", form.Text(0, 150)), form.Opt("min_values", form.Int(0, 25)), form.Opt("max_values", form.Int(1, 25)),
		form.Opt("disabled", form.Bool()), form.Opt("required", form.Bool()),
	}
	return form.Object(append(fields, more...)...)
}

func selectCases() []form.Case {
	defaults := func(kinds ...string) form.Field {
		return form.Opt("default_values", form.List(0, 25, form.Object(form.Req("id", form.ID()), form.Req("type", form.Word(kinds...)))))
	}
	return []form.Case{
		{Number: 3, Is: selectShape(form.Req("options", form.List(1, 25, optionShape())))},
		{Number: 5, Is: selectShape(defaults("user"))},
		{Number: 6, Is: selectShape(defaults("role"))},
		{Number: 7, Is: selectShape(defaults("user", "role"))},
		{Number: 8, Is: selectShape(defaults("channel"), form.Opt("channel_types", form.List(0, 0, form.Int(0, 20))))},
	}
}

func rowShape(cases ...form.Case) form.Case {
	return form.Case{Number: 1, Is: form.Object(
		form.Req("type", form.Any()), form.Opt("id", form.Int(0, 1<<31-1)), form.Req("components", form.List(1, 5, form.ByType(cases...))))}
}

func display(number int64, fields ...form.Field) form.Case {
	return form.Case{Number: number, Is: form.Object(append([]form.Field{form.Req("type", form.Any()), form.Opt("id", form.Int(0, 1<<31-1))}, fields...)...)}
}

func mediaShape() form.Type {
	return form.Object(
		form.Req("url", form.URL(2048)), form.Opt("proxy_url", form.Any()), form.Opt("width", form.Any()), form.Opt("height", form.Any()),
		form.Opt("content_type", form.Any()), form.Opt("attachment_id", form.Any()), form.Opt("id", form.Any()),
		form.Opt("flags", form.Any()), form.Opt("placeholder", form.Any()), form.Opt("placeholder_version", form.Any()),
		form.Opt("loading_state", form.Any()))
}

func displayCases() []form.Case {
	text := display(10, form.Req("content", form.Text(1, 4000)))
	thumbnail := display(11, form.Req("media", mediaShape()), form.Opt("description", form.Text(0, 1024)), form.Opt("spoiler", form.Bool()))
	item := form.Object(form.Req("media", mediaShape()), form.Opt("description", form.Text(0, 1024)), form.Opt("spoiler", form.Bool()))
	return []form.Case{
		display(9, form.Req("components", form.List(1, 3, form.ByType(text))),
			form.Req("accessory", form.ByType(form.Case{Number: 2, Is: buttonShape()}, thumbnail))),
		text,
		display(12, form.Req("items", form.List(1, 10, item))),
		display(13, form.Req("file", mediaShape()), form.Opt("spoiler", form.Bool()), form.Opt("name", form.Any()), form.Opt("size", form.Any())),
		display(14, form.Opt("divider", form.Bool()), form.Opt("spacing", form.Choice(1, 2))),
	}
}

// messageComponent is any component at the top of a message.
func messageComponent() form.Type {
	row := rowShape(append([]form.Case{{Number: 2, Is: buttonShape()}}, selectCases()...)...)
	inner := append([]form.Case{row}, displayCases()...)
	container := display(17, form.Req("components", form.List(1, 40, form.ByType(inner...))),
		form.Opt("accent_color", form.Int(0, 0xFFFFFF)), form.Opt("spoiler", form.Bool()))
	return form.ByType(append(inner, container)...)
}

func inputShape() form.Case {
	return form.Case{Number: 4, Is: form.Object(
		form.Req("type", form.Any()), form.Opt("id", form.Int(0, 1<<31-1)), form.Req("custom_id", form.Text(1, 100)),
		form.Req("style", form.Choice(1, 2)), form.Opt("label", form.Text(1, 45)), form.Opt("value", form.Text(0, 4000)),
		form.Opt("placeholder", form.Text(0, 100)), form.Opt("required", form.Bool()), form.Opt("min_length", form.Int(0, 4000)),
		form.Opt("max_length", form.Int(1, 4000)))}
}

// modalComponent is any component at the top of a modal.
func modalComponent() form.Type {
	group := func(number int64, low, high int, more ...form.Field) form.Case {
		return display(number, append(more, form.Req("custom_id", form.Text(1, 100)), form.Opt("required", form.Bool()),
			form.Req("options", form.List(low, high, optionShape())))...)
	}
	bounds := []form.Field{form.Opt("min_values", form.Int(0, 10)), form.Opt("max_values", form.Int(1, 10))}
	upload := display(19, append(bounds, form.Req("custom_id", form.Text(1, 100)), form.Opt("required", form.Bool()),
		form.Opt("file_types", form.Any()))...)
	inside := append(selectCases(), inputShape(), upload, group(21, 2, 10), group(22, 1, 10, bounds...),
		display(23, form.Req("custom_id", form.Text(1, 100)), form.Opt("default", form.Bool()), form.Opt("value", form.Any())))
	label := display(18, form.Req("label", form.Text(1, 45)), form.Opt("description", form.Text(0, 100)),
		form.Req("component", form.ByType(inside...)))
	return form.ByType(rowShape(inputShape()), display(10, form.Req("content", form.Text(1, 4000))), label)
}
