package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"usher/sandbox"
)

const (
	modalDoc    = "interactions/receiving-and-responding.mdx: Modal"
	callbackDoc = "interactions/receiving-and-responding.mdx: Interaction Callback Type"
	suggestDoc  = "interactions/receiving-and-responding.mdx: Autocomplete"
	inputDoc    = "components/reference.mdx: Text Input"
	labelDoc    = "components/reference.mdx: Label"
)

// answering makes a row of an answer to an interaction; its path is not known yet.
func answering(doc, name string, kind int, data any) rule {
	return on(doc, name, "POST", "", object{"type": kind, "data": data})
}

// form is a modal with these components.
func form(components ...object) object {
	return object{"custom_id": "form", "title": "Title", "components": components}
}

func labelled(component object) object {
	return object{"type": 18, "label": "l", "component": component}
}

// input is a text input.
func input(more object) object {
	out := object{"type": 4, "custom_id": "i", "style": 1}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func opening(doc, name string, modal any) rule { return answering(doc, name, 9, modal) }

// inputs is n labels with a text input each.
func inputs(n int) []object {
	out := make([]object, n)
	for i := range out {
		out[i] = labelled(input(object{"custom_id": fmt.Sprint("i", i)}))
	}
	return out
}

func modalRules() []rule {
	const at, inner, length = "data.components.0.", "data.components.0.component.", "BASE_TYPE_BAD_LENGTH"
	const most, least = "BASE_TYPE_MAX_LENGTH", "NUMBER_TYPE_MIN"
	one := func(name string, c object) rule { return opening(inputDoc, name, form(labelled(c))) }
	group := func(kind, n int, more object) object {
		out := object{"type": kind, "custom_id": "g", "options": options(n)}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	const groupDoc, radioDoc, fileDoc = "components/reference.mdx: Checkbox Group", "components/reference.mdx: Radio Group", "components/reference.mdx: File Upload"
	in := func(doc, name string, c object) rule { return opening(doc, name, form(labelled(c))) }
	return []rule{
		opening(modalDoc, "title of 45", with(form(inputs(1)...), "title", letters(45))).allowed(),
		opening(modalDoc, "title of 46", with(form(inputs(1)...), "title", letters(46))).complains("data.title", length),
		opening(modalDoc, "no title", with(form(inputs(1)...), "title", nil)).complains("data.title", "BASE_TYPE_REQUIRED"),
		opening(modalDoc, "custom_id of 101", with(form(inputs(1)...), "custom_id", letters(101))).complains("data.custom_id", length),
		opening(modalDoc, "five components", form(inputs(5)...)).allowed(),
		opening(modalDoc, "six components", form(inputs(6)...)).complains("data.components", length),
		opening(modalDoc, "no components", form()).complains("data.components", "BASE_TYPE_REQUIRED"),
		opening(modalDoc, "a button", form(row(button("x")))).complains(at+"components.0.type", "UNION_TYPE_CHOICES"),
		opening(modalDoc, "two inputs in a row", form(row(input(object{"label": "l"}), input(object{"label": "l", "custom_id": "j"})))).complains(at+"components", length),
		opening(modalDoc, "an input outside a label without its own", form(row(input(nil)))).complains(at+"components.0.label", "BASE_TYPE_REQUIRED"),
		opening(anatomyDoc, "the same custom_id twice", form(labelled(input(nil)), labelled(input(nil)))).complains("data.components.1.component.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"),
		opening(labelDoc, "label of 45", form(with(labelled(input(nil)), "label", letters(45)))).allowed(),
		opening(labelDoc, "label of 46", form(with(labelled(input(nil)), "label", letters(46)))).complains(at+"label", length),
		opening(labelDoc, "description of 101", form(with(labelled(input(nil)), "description", letters(101)))).complains(at+"description", most),
		opening(labelDoc, "no component", form(object{"type": 18, "label": "l"})).complains(at+"component", "BASE_TYPE_REQUIRED"),
		opening(labelDoc, "a label in a label", form(labelled(labelled(input(nil))))).complains(inner+"type", "UNION_TYPE_CHOICES"),
		one("style 3", input(object{"style": 3})).complains(inner+"style", "BASE_TYPE_CHOICES"),
		one("value of 4000", input(object{"value": letters(4000)})).allowed(),
		one("value of 4001", input(object{"value": letters(4001)})).complains(inner+"value", most),
		one("placeholder of 101", input(object{"placeholder": letters(101)})).complains(inner+"placeholder", most),
		one("max_length of 4001", input(object{"max_length": 4001})).complains(inner+"max_length", "NUMBER_TYPE_MAX"),
		one("max_length of 0", input(object{"max_length": 0})).complains(inner+"max_length", least),
		one("min_length above max_length", input(object{"min_length": 3, "max_length": 2})).complains(inner+"min_length", "TEXT_INPUT_MIN_LENGTH_TOO_LARGE"),
		one("a value shorter than min_length", input(object{"min_length": 3, "value": "ab"})).complains(inner+"value", length),
		in(selectDoc, "a disabled select", choosing(object{"disabled": true})).complains(inner+"disabled", "COMPONENT_DISABLED_IN_MODAL"),
		in(selectDoc, "a required select of none", choosing(object{"min_values": 0})).complains(inner+"min_values", "COMPONENT_REQUIRED_MIN_VALUES"),
		in(selectDoc, "a select of none that is not required", choosing(object{"min_values": 0, "required": false})).allowed(),
		in(radioDoc, "two radio buttons", group(21, 2, nil)).allowed(),
		in(radioDoc, "one radio button", group(21, 1, nil)).complains(inner+"options", length),
		in(radioDoc, "eleven radio buttons", group(21, 11, nil)).complains(inner+"options", length),
		in(groupDoc, "ten checkboxes", group(22, 10, object{"max_values": 10})).allowed(),
		in(groupDoc, "eleven checkboxes", group(22, 11, nil)).complains(inner+"options", length),
		in(groupDoc, "at most eleven of them", group(22, 10, object{"max_values": 11})).complains(inner+"max_values", "NUMBER_TYPE_MAX"),
		in(groupDoc, "a required group of none", group(22, 2, object{"min_values": 0})).complains(inner+"min_values", "COMPONENT_REQUIRED_MIN_VALUES"),
		in(groupDoc, "at least two of two", group(22, 2, object{"min_values": 2})).allowed(),
		in(fileDoc, "ten files", object{"type": 19, "custom_id": "f", "max_values": 10}).allowed(),
		in(fileDoc, "eleven files", object{"type": 19, "custom_id": "f", "max_values": 11}).complains(inner+"max_values", "NUMBER_TYPE_MAX"),
		in("components/reference.mdx: Checkbox", "a checkbox", object{"type": 23, "custom_id": "c"}).allowed(),
	}
}

func answerRules() []rule {
	const misfit = "INTERACTION_APPLICATION_COMMAND_CALLBACK_TYPE_INVALID"
	return []rule{
		answering(callbackDoc, "type 3", 3, object{}).complains("type", "UNION_TYPE_CHOICES"),
		answering(callbackDoc, "PONG to a button", 1, nil).complains("type", misfit),
		answering(callbackDoc, "suggestions to a button", 8, object{"choices": []object{}}).complains("type", misfit),
		answering(callbackDoc, "a message of nothing", 4, object{}).refused(http.StatusBadRequest, 50006),
		answering(callbackDoc, "no message at all", 4, nil).complains("data", "BASE_TYPE_REQUIRED"),
		answering(callbackDoc, "content of 2001", 4, object{"content": letters(2001)}).complains("data.content", "BASE_TYPE_MAX_LENGTH"),
		answering(callbackDoc, "6001 characters of embeds", 4, object{"embeds": []object{{"description": letters(4000)}, {"description": letters(2001)}}}).complains("data.embeds", "MAX_EMBED_SIZE_EXCEEDED"),
		answering(callbackDoc, "an update of 2001", 7, object{"content": letters(2001)}).complains("data.content", "BASE_TYPE_MAX_LENGTH"),
		answering(callbackDoc, "a deferred answer", 5, object{"flags": 64}).allowed(),
		answering(callbackDoc, "a deferred update", 6, nil).allowed(),
		answering(callbackDoc, "an update of nothing", 7, object{}).allowed(),
	}
}

// TestS7AnswerRules: what may be answered to a button, each time to a new press.
func TestS7AnswerRules(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	for _, r := range append(answerRules(), modalRules()...) {
		i := k.press("open")
		t.Run(r.name, func(t *testing.T) { r.judge(t, k.call("POST", callbackPath(i), r.body)) })
	}
}

// TestS7AnswersByKind: commands have nothing to update, modals open no modals, autocompletes take suggestions alone.
func TestS7AnswersByKind(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	k.must("PUT", commandsPath, []object{command("go", object{"options": []object{param(3, object{"autocomplete": true})}})})
	typing := sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "go", Options: []sandbox.CommandOption{{Name: "o", Type: 3, Value: "x", Focused: true}}}
	running := sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "go"}
	ran := func() answer {
		go func() { _, _ = k.ryan.Command(t.Context(), running) }()
		return k.gw.next("INTERACTION_CREATE")
	}
	typed := func() answer {
		go func() { _, _ = k.ryan.Autocomplete(t.Context(), typing) }()
		return k.gw.next("INTERACTION_CREATE")
	}
	submitted := func() answer {
		opened := ran()
		k.must("POST", callbackPath(opened), object{"type": 9, "data": form(inputs(1)...)})
		id := must(parse(opened.text("id")))
		modal := must(k.ryan.Interaction(t.Context(), id)).Modal
		go func() { _, _ = k.ryan.Submit(t.Context(), modal, map[string]any{"i0": "x"}) }()
		return k.gw.next("INTERACTION_CREATE")
	}
	const misfit = "INTERACTION_APPLICATION_COMMAND_CALLBACK_TYPE_INVALID"
	choice := func(more object) object {
		out := object{"name": "n", "value": "v"}
		for key, v := range more {
			out[key] = v
		}
		return out
	}
	for _, c := range []struct {
		to func() answer
		rule
	}{
		{ran, answering(callbackDoc, "a command's update", 7, object{"content": "x"}).complains("type", misfit)},
		{ran, answering(callbackDoc, "a command's deferred update", 6, nil).complains("type", misfit)},
		{ran, answering(callbackDoc, "a command's suggestions", 8, object{"choices": []object{}}).complains("type", misfit)},
		{ran, answering(callbackDoc, "a command's modal", 9, form(inputs(1)...)).allowed()},
		{submitted, answering(callbackDoc, "a modal to a modal", 9, form(inputs(1)...)).complains("type", misfit)},
		{submitted, answering(callbackDoc, "an update to a command's modal", 7, object{"content": "x"}).complains("type", misfit)},
		{submitted, answering(callbackDoc, "a message to a modal", 4, object{"content": "x"}).allowed()},
		{typed, answering(callbackDoc, "a message to an autocomplete", 4, object{"content": "x"}).complains("type", misfit)},
		{typed, answering(callbackDoc, "a deferred answer to an autocomplete", 5, nil).complains("type", misfit)},
		{typed, answering(suggestDoc, "25 suggestions", 8, object{"choices": many(25, choice(nil))}).allowed()},
		{typed, answering(suggestDoc, "26 suggestions", 8, object{"choices": many(26, choice(nil))}).complains("data.choices", "BASE_TYPE_MAX_LENGTH")},
		{typed, answering(suggestDoc, "a suggestion of 101", 8, object{"choices": many(1, choice(object{"name": letters(101)}))}).complains("data.choices.0.name", "BASE_TYPE_BAD_LENGTH")},
		{typed, answering(suggestDoc, "a suggestion's value of 101", 8, object{"choices": many(1, choice(object{"value": letters(101)}))}).complains("data.choices.0.value", "BASE_TYPE_BAD_LENGTH")},
		{typed, answering(suggestDoc, "a number suggested for a word", 8, object{"choices": many(1, choice(object{"value": 1}))}).complains("data.choices.0.value", "STRING_TYPE_CONVERT")},
	} {
		i := c.to()
		t.Run(c.name, func(t *testing.T) { c.judge(t, k.call("POST", callbackPath(i), c.body)) })
	}
}

// TestS7InteractionTimes: three seconds to answer, fifteen minutes to follow up, to the second
// (interactions/receiving-and-responding.mdx: Responding to an Interaction; topics/opcodes 10062, 40060, 50027, 10015).
func TestS7InteractionTimes(t *testing.T) {
	t.Parallel()
	k := newBench(t)
	i := k.press("open")
	hook := hookPath(i)
	k.call("POST", hook, object{"content": "early"}).refused(t, http.StatusNotFound, 10015)
	k.call("DELETE", hook+"/messages/@original", nil).refused(t, http.StatusNotFound, 10015)
	k.must("POST", callbackPath(i), object{"type": 4, "data": object{"content": "x"}})
	for _, kind := range []int{4, 5, 6, 7} {
		k.call("POST", callbackPath(i), object{"type": kind, "data": object{"content": "x"}}).refused(t, http.StatusBadRequest, 40060)
	}
	k.call("GET", hook+"/messages/1", nil).refused(t, http.StatusNotFound, 10008)
	k.call("GET", "/webhooks/"+i.text("application_id")+"/wrong/messages/@original", nil).refused(t, http.StatusUnauthorized, 50027)
	k.call("POST", "/interactions/1/"+i.text("token")+"/callback", object{"type": 5}).refused(t, http.StatusNotFound, 10062)
	k.advance(15*time.Minute - 10*time.Second)
	k.must("PATCH", hook+"/messages/@original", object{"content": "in time"})
	k.advance(11 * time.Second)
	for _, call := range [][2]string{{"GET", "/messages/@original"}, {"PATCH", "/messages/@original"}, {"DELETE", "/messages/@original"}, {"POST", ""}} {
		k.call(call[0], hook+call[1], object{"content": "late"}).refused(t, http.StatusUnauthorized, 50027)
	}
	deleted := k.press("open")
	k.must("POST", callbackPath(deleted), object{"type": 4, "data": object{"content": "x"}})
	k.must("DELETE", hookPath(deleted)+"/messages/@original", nil)
	k.call("PATCH", hookPath(deleted)+"/messages/@original", object{"content": "gone"}).refused(t, http.StatusNotFound, 10008)
}
