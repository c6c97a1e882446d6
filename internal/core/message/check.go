package message

import (
	"fmt"
	"net/url"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
)

// Check adds to c all that keeps the template from being saved; path is where the template stands in the caller's input.
// Texts are measured as typed: their placeholders are shortened when they are filled.
func (t Template) Check(path string, c *fault.Checks) {
	checkLength(c, path+".content", t.Content, MaxContent)
	e := t.Embed
	if e == nil {
		c.Require(solid(t.Content) != "", path, "Write a text, or an embed with a title, a description or a field.")
		return
	}
	at := path + ".embed"
	c.Require(solid(t.Content+e.Title+e.Description+e.Author+e.Footer) != "" || e.Image != "" || e.Thumbnail != "" || len(e.Fields) > 0,
		at, "Write a title, a description or a field: Discord refuses an empty embed.")
	checkLength(c, at+".title", e.Title, MaxTitle)
	checkLength(c, at+".description", e.Description, MaxDescription)
	checkLength(c, at+".author", e.Author, MaxAuthor)
	checkLength(c, at+".footer", e.Footer, MaxFooter)
	c.Require(e.Colour >= 0 && e.Colour <= 0xffffff, at+".colour", "Give a colour from 0 to 16777215 (#ffffff).")
	for name, address := range map[string]string{"url": e.URL, "author_icon": e.AuthorIcon, "footer_icon": e.FooterIcon, "image": e.Image, "thumbnail": e.Thumbnail} {
		checkAddress(c, at+"."+name, address)
	}
	e.checkFields(c, at)
}

func (e *EmbedTemplate) checkFields(c *fault.Checks, at string) {
	c.Require(len(e.Fields) <= MaxFields, at+".fields", fmt.Sprintf("Discord shows at most %d fields.", MaxFields))
	for i, f := range e.Fields {
		field := fmt.Sprintf("%s.fields[%d]", at, i)
		c.Require(solid(f.Name) != "", field+".name", "Give the field a name.")
		c.Require(solid(f.Value) != "", field+".value", "Give the field a text.")
		checkLength(c, field+".name", f.Name, MaxFieldName)
		checkLength(c, field+".value", f.Value, MaxFieldValue)
	}
	sum := e.units()
	c.Require(sum <= MaxEmbed, at, fmt.Sprintf("All texts of the embed together have %d characters; Discord takes %d.", sum, MaxEmbed))
}

// units is how long the embed is as typed.
func (e *EmbedTemplate) units() int {
	sum := placeholder.Units(e.Title) + placeholder.Units(e.Description) + placeholder.Units(e.Author) + placeholder.Units(e.Footer)
	for _, f := range e.Fields {
		sum += placeholder.Units(f.Name) + placeholder.Units(f.Value)
	}
	return sum
}

// CheckRoom adds to c that the embed as typed is longer than room, which leaves the rest of MaxEmbed to another embed.
func (t Template) CheckRoom(path string, c *fault.Checks, room int, rest string) {
	if t.Embed == nil {
		return
	}
	if n := t.Embed.units(); n > room {
		c.Add(path+".embed", fmt.Sprintf("All texts of the embed together have %d characters; %d are left beside %s.", n, room, rest))
	}
}

func checkLength(c *fault.Checks, path, text string, limit int) {
	if n := placeholder.Units(text); n > limit {
		c.Add(path, fmt.Sprintf("This has %d characters; Discord takes %d.", n, limit))
	}
}

// checkAddress accepts an empty address, a http or https one, and one that is a placeholder alone.
func checkAddress(c *fault.Checks, path, text string) {
	if text == "" || placeholder.Parse(text).IsSingle() {
		return
	}
	u, err := url.Parse(placeholder.Parse(text).Blanked())
	c.Require(err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "", path, "Give a whole address that begins with https://, or a placeholder that holds one.")
}
