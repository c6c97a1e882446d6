package rest

import (
	"math"

	"usher/sandbox/internal/form"
)

// Shapes of all other bodies (resources/channel, resources/guild, interactions/*).

func overwriteShape() form.Type {
	return form.Object(
		form.Req("id", form.ID()), form.Opt("type", form.Choice(0, 1)), form.Opt("allow", form.ID()), form.Opt("deny", form.ID()))
}

func channelFields() []form.Field {
	return []form.Field{
		form.Opt("topic", form.Text(0, 4096)), form.Opt("position", form.Int(0, math.MaxInt32)), form.Opt("bitrate", form.Int(8000, 384000)),
		form.Opt("user_limit", form.Int(0, 10000)), form.Opt("nsfw", form.Bool()), form.Opt("rate_limit_per_user", form.Int(0, 21600)),
		form.Opt("parent_id", form.ID()), form.Opt("permission_overwrites", form.List(0, 100, overwriteShape())),
		form.Opt("rtc_region", form.Text(0, 100)), form.Opt("video_quality_mode", form.Choice(1, 2)),
		form.Opt("default_auto_archive_duration", form.Choice(60, 1440, 4320, 10080)), form.Opt("default_reaction_emoji", form.Object(
			form.Opt("emoji_id", form.ID()), form.Opt("emoji_name", form.Text(0, 100)))),
		form.Opt("default_thread_rate_limit_per_user", form.Int(0, 21600)), form.Opt("default_sort_order", form.Choice(0, 1)),
		form.Opt("default_forum_layout", form.Choice(0, 1, 2)), form.Opt("default_tag_setting", form.Word("match_some", "match_all")),
		form.Opt("available_tags", form.List(0, 20, tagShape())),
	}
}

func tagShape() form.Type {
	return form.Object(form.Req("name", form.Text(0, 50)), form.Opt("id", form.ID()), form.Opt("moderated", form.Bool()),
		form.Opt("emoji_id", form.ID()), form.Opt("emoji_name", form.Text(0, 100)))
}

func createChannelShape() form.Type {
	return form.Object(append(channelFields(), form.Req("name", form.Text(1, 100)), form.Opt("type", form.Choice(0, 2, 4, 5, 13, 14, 15, 16)))...)
}

// editChannelShape is for channels and threads: which fields count depends on what is edited.
func editChannelShape() form.Type {
	return form.Object(append(channelFields(),
		form.Maybe("name", form.Text(1, 100)), form.Opt("type", form.Choice(0, 5)), form.Opt("flags", form.Flags()),
		form.Opt("archived", form.Bool()), form.Opt("auto_archive_duration", form.Choice(60, 1440, 4320, 10080)),
		form.Opt("locked", form.Bool()), form.Opt("invitable", form.Bool()), form.Opt("applied_tags", form.List(0, 5, form.ID())))...)
}

func startThreadShape() form.Type {
	return form.Object(
		form.Req("name", form.Text(1, 100)), form.Opt("auto_archive_duration", form.Choice(60, 1440, 4320, 10080)),
		form.Opt("rate_limit_per_user", form.Int(0, 21600)), form.Opt("type", form.Choice(10, 11, 12)), form.Opt("invitable", form.Bool()),
		form.Opt("message", messageShape()), form.Opt("applied_tags", form.List(0, 5, form.ID())))
}

func roleShape() form.Type {
	return form.Object(
		form.Opt("name", form.Text(0, 100)), form.Opt("permissions", form.ID()), form.Opt("color", form.Int(0, 0xFFFFFF)),
		form.Opt("colors", form.Object(form.Opt("primary_color", form.Int(0, 0xFFFFFF)), form.Opt("secondary_color", form.Any()), form.Opt("tertiary_color", form.Any()))),
		form.Opt("hoist", form.Bool()), form.Opt("icon", form.Any()), form.Opt("unicode_emoji", form.Text(0, 100)), form.Opt("mentionable", form.Bool()))
}

func memberShape() form.Type {
	return form.Object(
		form.Opt("nick", form.Text(0, 32)), form.Opt("roles", form.List(0, 0, form.ID())), form.Opt("mute", form.Bool()),
		form.Opt("deaf", form.Bool()), form.Opt("channel_id", form.ID()), form.Opt("communication_disabled_until", form.Moment()),
		form.Opt("flags", form.Flags()))
}

// Types of options: what stands at the top of a command, in a group and in a subcommand
// (interactions/application-commands "Subcommands and Subcommand Groups").
func topOptions() []int64        { return []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11} }
func groupOptions() []int64      { return []int64{1} }
func subcommandOptions() []int64 { return []int64{3, 4, 5, 6, 7, 8, 9, 10, 11} }

// parameterShape is an option of one of these types.
func parameterShape(kinds []int64) form.Type {
	cases := make([]form.Case, len(kinds))
	for i, kind := range kinds {
		inner := form.Opt("options", form.Any())
		switch kind {
		case 1:
			inner = form.Opt("options", form.List(0, 25, parameterShape(subcommandOptions())))
		case 2:
			inner = form.Opt("options", form.List(0, 25, parameterShape(groupOptions())))
		}
		cases[i] = form.Case{Number: kind, Is: form.Object(
			form.Req("type", form.Any()), form.Req("name", form.Text(1, 32)), form.Opt("name_localizations", form.Map(form.Text(1, 32))),
			form.Req("description", form.Text(1, 100)), form.Opt("description_localizations", form.Map(form.Text(1, 100))),
			form.Opt("required", form.Bool()), form.Opt("choices", form.List(0, 25, choiceShape(kind))), inner,
			form.Opt("channel_types", form.List(0, 0, form.Int(0, 20))), form.Opt("min_value", form.Number()), form.Opt("max_value", form.Number()),
			form.Opt("min_length", form.Int(0, 6000)), form.Opt("max_length", form.Int(1, 6000)), form.Opt("autocomplete", form.Bool()))}
	}
	return form.ByType(cases...)
}

// maxSafe is the largest whole number that JSON carries exactly; options take no larger one.
const maxSafe = 1 << 53

// choiceShape is a choice of an option of this type.
func choiceShape(kind int64) form.Type {
	value := form.Any()
	switch kind {
	case 3:
		value = form.Text(1, 100)
	case 4:
		value = form.Int(-maxSafe, maxSafe)
	case 10:
		value = form.Number()
	}
	return form.Object(form.Req("name", form.Text(1, 100)), form.Req("value", value), form.Opt("name_localizations", form.Map(form.Text(1, 100))))
}

func commandShape() form.Type {
	return form.Object(
		form.Opt("id", form.ID()), form.Opt("application_id", form.Any()), form.Opt("guild_id", form.Any()), form.Opt("version", form.Any()),
		form.Opt("type", form.Choice(1, 2, 3, 4)), form.Maybe("name", form.Text(1, 32)), form.Opt("name_localizations", form.Map(form.Text(1, 32))),
		form.Opt("description", form.Text(0, 100)), form.Opt("description_localizations", form.Map(form.Text(1, 100))),
		form.Opt("options", form.List(0, 25, parameterShape(topOptions()))), form.Opt("default_member_permissions", form.ID()),
		form.Opt("dm_permission", form.Bool()), form.Opt("default_permission", form.Bool()), form.Opt("contexts", form.List(0, 0, form.Choice(0, 1, 2))),
		form.Opt("integration_types", form.List(0, 0, form.Choice(0, 1))), form.Opt("nsfw", form.Bool()), form.Opt("handler", form.Any()))
}

// callbackShape is the answer to an interaction: its data has another shape for each type
// (interactions/receiving-and-responding).
func callbackShape() form.Type {
	choice := form.Object(form.Req("name", form.Text(1, 100)), form.Req("value", form.Any()), form.Opt("name_localizations", form.Any()))
	of := func(fields ...form.Field) form.Type {
		return form.Object(append(fields, form.Req("type", form.Any()))...)
	}
	message := webhookMessageShape()
	return form.ByType(
		form.Case{Number: 1, Is: of(form.Opt("data", form.Any()))},
		form.Case{Number: 4, Is: of(form.Req("data", message))},
		form.Case{Number: 5, Is: of(form.Opt("data", message))},
		form.Case{Number: 6, Is: of(form.Opt("data", form.Any()))},
		form.Case{Number: 7, Is: of(form.Opt("data", message))},
		form.Case{Number: 8, Is: of(form.Req("data", form.Object(form.Req("choices", form.List(0, 25, choice)))))},
		form.Case{Number: 9, Is: of(form.Req("data", form.Object(
			form.Req("custom_id", form.Text(1, 100)), form.Req("title", form.Text(1, 45)),
			form.Req("components", form.List(1, 5, modalComponent())))))},
	)
}

func webhookShape(required bool) form.Type {
	name := form.Opt("name", form.Text(1, 80))
	if required {
		name = form.Req("name", form.Text(1, 80))
	}
	return form.Object(name, form.Opt("avatar", form.Any()), form.Opt("channel_id", form.ID()))
}

func positionsShape() form.Type {
	return form.List(0, 0, form.Object(
		form.Req("id", form.ID()), form.Opt("position", form.Int(0, math.MaxInt32)), form.Opt("parent_id", form.ID()),
		form.Opt("lock_permissions", form.Bool())))
}
