package sandbox_test

import (
	"fmt"
	"testing"
)

const (
	rowDoc     = "components/reference.mdx: Action Row"
	buttonDoc  = "components/reference.mdx: Button"
	selectDoc  = "components/reference.mdx: String Select"
	anatomyDoc = "components/reference.mdx: Anatomy of a Component"
)

// options is n options of a select.
func options(n int) []object {
	out := make([]object, n)
	for i := range out {
		out[i] = object{"label": "l", "value": fmt.Sprint(i)}
	}
	return out
}

// choosing is a string select with two options.
func choosing(more object) object {
	out := object{"type": 3, "custom_id": "s", "options": options(2)}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// showing makes a row of a message with components only.
func showing(doc, name string, components ...object) rule {
	return writing(doc, name, object{"components": components})
}

// showingV2 is showing, with the flag that makes components the whole of a message.
func showingV2(doc, name string, components ...object) rule {
	return writing(doc, name, object{"flags": 1 << 15, "components": components})
}

func buttonRules() []rule {
	one := func(name string, b object) rule { return showing(buttonDoc, name, row(b)) }
	plain := button("x")
	link := object{"type": 2, "style": 5, "label": "x", "url": "https://example.com"}
	premium := object{"type": 2, "style": 6, "sku_id": "1"}
	const at, length = "components.0.components.0.", "BASE_TYPE_BAD_LENGTH"
	return []rule{
		one("a button's label of 80", with(plain, "label", letters(80))).allowed(),
		one("a button's label of 81", with(plain, "label", letters(81))).complains(at+"label", "BASE_TYPE_MAX_LENGTH"),
		one("a button without label or emoji", object{"type": 2, "style": 1, "custom_id": "x"}).complains(at+"label", "BUTTON_COMPONENT_LABEL_REQUIRED"),
		one("a button of an emoji", object{"type": 2, "style": 1, "custom_id": "x", "emoji": object{"name": "🎫"}}).allowed(),
		one("an emoji that is none", object{"type": 2, "style": 1, "custom_id": "x", "emoji": object{"name": "ticket"}}).complains(at+"emoji.name", "COMPONENT_INVALID_EMOJI"),
		one("custom_id of 100", button(letters(100))).allowed(),
		one("custom_id of 101", button(letters(101))).complains(at+"custom_id", length),
		one("empty custom_id", button("")).complains(at+"custom_id", "BASE_TYPE_REQUIRED"),
		one("a button without custom_id", object{"type": 2, "style": 1, "label": "x"}).complains(at+"custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED"),
		one("a button with url", with(plain, "url", "https://example.com")).complains(at+"url", "BUTTON_COMPONENT_URL_NOT_ALLOWED"),
		one("a button with sku_id", with(plain, "sku_id", "1")).complains(at+"sku_id", "BUTTON_COMPONENT_SKU_ID_NOT_ALLOWED"),
		one("style 9", with(plain, "style", 9)).complains(at+"style", "BASE_TYPE_CHOICES"),
		one("a link", link).allowed(),
		one("a link without url", object{"type": 2, "style": 5, "label": "x"}).complains(at+"url", "BASE_TYPE_REQUIRED"),
		one("a link with custom_id", with(link, "custom_id", "x")).complains(at+"custom_id", "BUTTON_COMPONENT_CUSTOM_ID_AND_URL"),
		one("a link of 513", with(link, "url", "https://example.com/"+letters(493))).complains(at+"url", "BASE_TYPE_MAX_LENGTH"),
		one("a link by javascript", with(link, "url", "javascript:alert(1)")).complains(at+"url", "URL_TYPE_INVALID_SCHEME"),
		one("a premium button without sku_id", object{"type": 2, "style": 6}).complains(at+"sku_id", "BASE_TYPE_REQUIRED"),
		one("a premium button with label", with(premium, "label", "x")).complains(at+"label", "BUTTON_COMPONENT_PREMIUM_FIELD_NOT_ALLOWED"),
		one("a premium button with custom_id", with(premium, "custom_id", "x")).complains(at+"custom_id", "BUTTON_COMPONENT_PREMIUM_FIELD_NOT_ALLOWED"),
	}
}

func selectRules() []rule {
	one := func(name string, more object) rule { return showing(selectDoc, name, row(choosing(more))) }
	option := func(more object) object {
		o := object{"label": "l", "value": "v"}
		for k, v := range more {
			o[k] = v
		}
		return object{"options": []object{o}}
	}
	user := func(name string, more object) rule {
		o := object{"type": 5, "custom_id": "u"}
		for k, v := range more {
			o[k] = v
		}
		return showing("components/reference.mdx: User Select", name, row(o))
	}
	const at = "components.0.components.0."
	defaults := func(n int) []object {
		out := make([]object, n)
		for i := range out {
			out[i] = object{"id": fmt.Sprint(100 + i), "type": "user"}
		}
		return out
	}
	return []rule{
		one("25 options", object{"options": options(25)}).allowed(),
		one("26 options", object{"options": options(26)}).complains(at+"options", "BASE_TYPE_BAD_LENGTH"),
		one("no options", object{"options": []object{}}).complains(at+"options", "BASE_TYPE_BAD_LENGTH"),
		one("an option's label of 100", option(object{"label": letters(100)})).allowed(),
		one("an option's label of 101", option(object{"label": letters(101)})).complains(at+"options.0.label", "BASE_TYPE_BAD_LENGTH"),
		one("an option's value of 101", option(object{"value": letters(101)})).complains(at+"options.0.value", "BASE_TYPE_BAD_LENGTH"),
		one("an option's description of 101", option(object{"description": letters(101)})).complains(at+"options.0.description", "BASE_TYPE_MAX_LENGTH"),
		one("an option's emoji that is none", option(object{"emoji": object{"name": "x"}})).complains(at+"options.0.emoji.name", "COMPONENT_INVALID_EMOJI"),
		one("an option's value twice", object{"options": []object{{"label": "a", "value": "v"}, {"label": "b", "value": "v"}}}).complains(at+"options.1.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED"),
		one("placeholder of 150", object{"placeholder": letters(150)}).allowed(),
		one("placeholder of 151", object{"placeholder": letters(151)}).complains(at+"placeholder", "BASE_TYPE_MAX_LENGTH"),
		one("min_values of 26", object{"min_values": 26}).complains(at+"min_values", "NUMBER_TYPE_MAX"),
		one("max_values of 26", object{"max_values": 26}).complains(at+"max_values", "NUMBER_TYPE_MAX"),
		one("max_values above the options", object{"max_values": 3}).complains(at+"max_values", "SELECT_COMPONENT_MAX_VALUES_TOO_LARGE"),
		one("min_values above max_values", object{"min_values": 2, "max_values": 1}).complains(at+"min_values", "SELECT_COMPONENT_MIN_VALUES_TOO_LARGE"),
		one("min_values above the default of max_values", object{"min_values": 2}).complains(at+"min_values", "SELECT_COMPONENT_MIN_VALUES_TOO_LARGE"),
		one("two defaults of one", object{"options": []object{{"label": "a", "value": "a", "default": true}, {"label": "b", "value": "b", "default": true}}}).complains(at+"options", "SELECT_COMPONENT_TOO_MANY_DEFAULTS"),
		one("a disabled select", object{"disabled": true}).allowed(),
		user("two default users of one", object{"default_values": defaults(2)}).complains(at+"default_values", "SELECT_COMPONENT_DEFAULT_VALUES_OUT_OF_RANGE"),
		user("two default users of two", object{"default_values": defaults(2), "max_values": 2}).allowed(),
		user("a default role in a select of users", object{"default_values": []object{{"id": "100", "type": "role"}}}).complains(at+"default_values.0.type", "BASE_TYPE_CHOICES"),
		showing("components/reference.mdx: Channel Select", "a channel type of 99", row(object{"type": 8, "custom_id": "c", "channel_types": []int{99}})).complains(at+"channel_types.0", "NUMBER_TYPE_MAX"),
	}
}

func layoutRules() []rule {
	text := object{"type": 10, "content": "y"}
	picture := object{"media": object{"url": "https://example.com/a.png"}}
	section := func(texts int) object {
		return object{"type": 9, "components": many(texts, text), "accessory": button("s")}
	}
	const v2 = "components/reference.mdx"
	return []rule{
		showing("components/reference.mdx: Legacy Message Component Behavior", "five rows", rows(5, 1)...).allowed(),
		showing("components/reference.mdx: Legacy Message Component Behavior", "six rows", rows(6, 1)...).complains("components", "BASE_TYPE_BAD_LENGTH"),
		showing("components/reference.mdx: Legacy Message Component Behavior", "a text display without the flag", text).complains("components.0.type", "UNION_TYPE_CHOICES"),
		showing(rowDoc, "five buttons in a row", row(buttons("x", 5)...)).allowed(),
		showing(rowDoc, "six buttons in a row", row(buttons("x", 6)...)).complains("components.0.components", "BASE_TYPE_BAD_LENGTH"),
		showing(rowDoc, "no button in a row", object{"type": 1, "components": []object{}}).complains("components.0.components", "BASE_TYPE_BAD_LENGTH"),
		showing(rowDoc, "a select and a button in a row", row(button("x"), object{"type": 5, "custom_id": "u"})).complains("components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
		showing(rowDoc, "two selects in a row", row(object{"type": 6, "custom_id": "r"}, object{"type": 5, "custom_id": "u"})).complains("components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
		showing(rowDoc, "a row in a row", row(row(button("x")))).complains("components.0.components.0.type", "UNION_TYPE_CHOICES"),
		showing(buttonDoc, "a button at the top", button("x")).complains("components.0.type", "UNION_TYPE_CHOICES"),
		showing("components/reference.mdx: Text Input", "a text input in a message", row(object{"type": 4, "custom_id": "x", "style": 1, "label": "l"})).complains("components.0.components.0.type", "UNION_TYPE_CHOICES"),
		showing("components/reference.mdx: Component Types", "an unknown type", object{"type": 99}).complains("components.0.type", "UNION_TYPE_CHOICES"),
		showing("components/reference.mdx: Component Types", "no type", object{}).complains("components.0.type", "BASE_TYPE_REQUIRED"),
		showing(anatomyDoc, "the same custom_id twice", row(button("x"), button("x"))).complains("components.0.components.1.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
		showing(anatomyDoc, "the same custom_id in two rows", row(button("x")), row(button("x"))).complains("components.1.components.0.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
		showing(anatomyDoc, "the same id twice", with(row(button("x")), "id", 7), with(row(button("y")), "id", 7)).complains("components.1.id", "COMPONENT_ID_DUPLICATED"),
		showing(anatomyDoc, "an id of 0 twice", with(row(button("x")), "id", 0), with(row(button("y")), "id", 0)).allowed(),
		showingV2(v2+": Component Reference (40 components in total)", "40 components", append(rows(6, 5), text, text, text, text)...).allowed(),
		showingV2(v2+": Component Reference (40 components in total)", "41 components", append(rows(6, 5), text, text, text, text, text)...).complains("components", "BASE_TYPE_MAX_LENGTH"),
		showingV2(v2+": Component Reference (40 components in total)", "41 components within containers", object{"type": 17, "components": rows(6, 5)}, object{"type": 17, "components": many(3, text)}).complains("components", "BASE_TYPE_MAX_LENGTH"),
		showingV2(v2+": Text Display", "4000 characters in all", object{"type": 10, "content": letters(2000)}, object{"type": 17, "components": []object{{"type": 10, "content": letters(2000)}}}).allowed(),
		showingV2(v2+": Text Display", "4001 characters in all", object{"type": 10, "content": letters(2000)}, object{"type": 17, "components": []object{{"type": 10, "content": letters(2001)}}}).complains("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
		showingV2(v2+": Text Display", "a text display of nothing", object{"type": 10, "content": ""}).complains("components.0.content", "BASE_TYPE_REQUIRED"),
		showingV2(v2+": Section", "three texts", section(3)).allowed(),
		showingV2(v2+": Section", "four texts", section(4)).complains("components.0.components", "BASE_TYPE_BAD_LENGTH"),
		showingV2(v2+": Section", "no accessory", object{"type": 9, "components": many(1, text)}).complains("components.0.accessory", "BASE_TYPE_REQUIRED"),
		showingV2(v2+": Section", "a select as accessory", with(section(1), "accessory", choosing(nil))).complains("components.0.accessory.type", "UNION_TYPE_CHOICES"),
		showingV2(v2+": Media Gallery", "ten pictures", object{"type": 12, "items": many(10, picture)}).allowed(),
		showingV2(v2+": Media Gallery", "eleven pictures", object{"type": 12, "items": many(11, picture)}).complains("components.0.items", "BASE_TYPE_BAD_LENGTH"),
		showingV2(v2+": Media Gallery", "a description of 1025", object{"type": 12, "items": many(1, with(picture, "description", letters(1025)))}).complains("components.0.items.0.description", "BASE_TYPE_MAX_LENGTH"),
		showingV2(v2+": File", "a file that was not sent", object{"type": 13, "file": object{"url": "attachment://missing.txt"}}).complains("components.0.file.url", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"),
		showingV2(v2+": File", "a file elsewhere", object{"type": 13, "file": object{"url": "https://example.com/a.txt"}}).complains("components.0.file.url", "URL_TYPE_INVALID_SCHEME"),
		showingV2(v2+": Separator", "spacing of 3", object{"type": 14, "spacing": 3}).complains("components.0.spacing", "BASE_TYPE_CHOICES"),
		showingV2(v2+": Container", "a container in a container", object{"type": 17, "components": []object{{"type": 17, "components": many(1, text)}}}).complains("components.0.components.0.type", "UNION_TYPE_CHOICES"),
		showingV2(v2+": Container", "an accent colour above white", object{"type": 17, "accent_color": 0x1000000, "components": many(1, text)}).complains("components.0.accent_color", "NUMBER_TYPE_MAX"),
		showingV2(v2+": Label", "a label in a message", object{"type": 18, "label": "l", "component": choosing(nil)}).complains("components.0.type", "UNION_TYPE_CHOICES"),
	}
}

// TestS7ComponentRules: what components a message may have.
func TestS7ComponentRules(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	hold(t, b, buttonRules())
	hold(t, b, selectRules())
	hold(t, b, layoutRules())
}
