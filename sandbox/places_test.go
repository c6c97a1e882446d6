package sandbox_test

import (
	"net/http"
	"slices"
	"testing"

	"usher/sandbox"
)

// TestS5PeopleStartThreads: a thread grows from a message or stands alone, and goes away and comes back as on Discord.
func TestS5PeopleStartThreads(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	gw := b.connect(allIntents)
	ryan, mia := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoMiaID)
	m, err := mia.Send(t.Context(), sandbox.DemoGeneralID, "about pinball")
	if err != nil {
		t.Fatal(err)
	}
	grown, err := ryan.StartThread(t.Context(), sandbox.NewThread{ChannelID: sandbox.DemoGeneralID, MessageID: m.ID, Name: "Pinball"})
	if err != nil || grown.ID != m.ID || grown.OwnerID != sandbox.DemoRyanID {
		t.Errorf("from a message: %+v, %v", grown, err)
	}
	if e := gw.next("THREAD_CREATE"); e.text("name") != "Pinball" {
		t.Errorf("the bot received %s", e.raw)
	}
	private, err := ryan.StartThread(t.Context(), sandbox.NewThread{ChannelID: sandbox.DemoGeneralID, Name: "Hush", Private: true})
	if err != nil || private.Type != 12 {
		t.Errorf("a private one: %+v, %v", private, err)
	}
	if sees, err := mia.Sees(t.Context(), private.ID); sees || err != nil {
		t.Errorf("Mia sees the private thread: %v, %v", sees, err)
	}
	if err := mia.Archive(t.Context(), grown.ID, true); !sandbox.IsRefused(err, http.StatusForbidden) {
		t.Errorf("Mia puts away what is not hers: %v", err)
	}
	if err := ryan.Archive(t.Context(), grown.ID, true); err != nil {
		t.Fatalf("archiving: %v", err)
	}
	if old, err := mia.OldThreads(t.Context(), sandbox.DemoGeneralID); err != nil || len(old) != 1 || old[0].ID != grown.ID || !old[0].ThreadMetadata.Archived {
		t.Errorf("old threads are %+v, %v", old, err)
	}
	if one, err := mia.Channel(t.Context(), grown.ID); err != nil || one == nil || one.Name.Or("") != "Pinball" || !one.ThreadMetadata.Archived {
		t.Errorf("the archived thread by its id is %+v, %v", one, err)
	}
	for what, id := range map[string]sandbox.ID{"a private thread of others": private.ID, "nothing": 1} {
		if one, err := mia.Channel(t.Context(), id); err != nil || one != nil {
			t.Errorf("%s by its id is %+v, %v", what, one, err)
		}
	}
	if err := mia.Archive(t.Context(), grown.ID, false); err != nil {
		t.Errorf("anybody who may write there takes it out again: %v", err)
	}
	if err := ryan.Archive(t.Context(), sandbox.DemoGeneralID, true); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("a channel is archived: %v", err)
	}
	if _, err := ryan.StartThread(t.Context(), sandbox.NewThread{ChannelID: sandbox.DemoGeneralID}); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("a thread without a name: %v", err)
	}
}

// TestS5ForumPosts: a post has a first message and tags that its forum offers.
func TestS5ForumPosts(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	ryan := s.Client().User(sandbox.DemoRyanID)
	made := b.must("POST", guildPath+"/channels", object{"name": "ideas", "type": 15, "available_tags": []object{
		{"name": "Game"}, {"name": "Staff pick", "moderated": true, "emoji_name": "⭐"},
	}})
	forum, _ := parse(made.text("id"))
	game, _ := parse(made.text("available_tags.0.id"))
	pick, _ := parse(made.text("available_tags.1.id"))
	if game == 0 || made.at("available_tags.1.moderated") != true {
		t.Fatalf("the forum is %s", made.raw)
	}
	post, err := ryan.StartThread(t.Context(), sandbox.NewThread{ChannelID: forum, Name: "More pinball", Content: "Please.", Tags: []sandbox.ID{game}})
	if err != nil || !slices.Equal(post.AppliedTags.V, []sandbox.ID{game}) {
		t.Errorf("the post is %+v, %v", post, err)
	}
	if list, err := ryan.Messages(t.Context(), post.ID, 5); err != nil || len(list) != 1 || list[0].Content != "Please." {
		t.Errorf("its messages are %+v, %v", list, err)
	}
	for name, bad := range map[string]sandbox.NewThread{
		"no first message": {ChannelID: forum, Name: "x"},
		"an unknown tag":   {ChannelID: forum, Name: "x", Content: "x", Tags: []sandbox.ID{1}},
		"a moderated tag":  {ChannelID: forum, Name: "x", Content: "x", Tags: []sandbox.ID{pick}},
	} {
		if _, err := ryan.StartThread(t.Context(), bad); !sandbox.IsRefused(err, 0) {
			t.Errorf("%s: %v", name, err)
		}
	}
	path := "/channels/" + made.text("id")
	b.call("PATCH", path, object{"available_tags": []object{{"name": "a"}, {"name": "A"}}}).refused(t, http.StatusBadRequest, 40061)
	b.must("PATCH", path, object{"flags": 1 << 4, "available_tags": []object{{"id": made.text("available_tags.0.id"), "name": "Games"}}})
	b.call("POST", path+"/threads", object{"name": "untagged", "message": object{"content": "x"}}).refused(t, http.StatusBadRequest, 40067)
	if tagged := b.must("POST", path+"/threads", object{"name": "tagged", "message": object{"content": "x"}, "applied_tags": []string{made.text("available_tags.0.id")}}); tagged.text("applied_tags.0") != game.String() {
		t.Errorf("a tag that was renamed kept its id: %s", tagged.raw)
	}
}

// TestS5PinsAndSearch: people find what was said, where they may read it.
func TestS5PinsAndSearch(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	ryan, olga := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoOlgaID)
	m, err := ryan.Send(t.Context(), sandbox.DemoGeneralID, "The Silver sword is lost")
	if err != nil {
		t.Fatal(err)
	}
	secret := b.must("POST", guildPath+"/channels", object{"name": "secret", "permission_overwrites": []object{
		{"id": "1400000000000000001", "type": 0, "deny": "1024"}, {"id": "1400000000000000201", "type": 1, "allow": "1024"},
	}})
	b.must("POST", "/channels/"+secret.text("id")+"/messages", object{"embeds": []object{{"description": "a SILVER spoon"}}})
	for _, c := range []struct {
		who   *sandbox.Acting
		text  string
		total int
	}{{ryan, "silver", 1}, {olga, "silver", 2}, {ryan, "lost silver", 1}, {ryan, "gold", 0}} {
		if found, err := c.who.Search(t.Context(), sandbox.DemoGuildID, c.text, 25); err != nil || found.Total != c.total || len(found.Messages) != c.total {
			t.Errorf("%s finds %+v, %v for %q; want %d", c.who.ID(), found, err, c.text, c.total)
		}
	}
	if _, err := ryan.Search(t.Context(), sandbox.DemoGuildID, " ", 25); !sandbox.IsRefused(err, http.StatusBadRequest) {
		t.Errorf("a search for nothing: %v", err)
	}
	if err := ryan.Pin(t.Context(), m, false); !sandbox.IsRefused(err, http.StatusForbidden) {
		t.Errorf("Ryan pins without the right: %v", err)
	}
	if err := olga.Pin(t.Context(), m, false); err != nil {
		t.Fatalf("pinning: %v", err)
	}
	if pins, err := ryan.Pins(t.Context(), sandbox.DemoGeneralID); err != nil || len(pins) != 1 || pins[0].Message.ID != m.ID || !pins[0].Message.Pinned {
		t.Errorf("the pins are %+v, %v", pins, err)
	}
	if err := olga.Pin(t.Context(), m, true); err != nil {
		t.Errorf("taking the pin away: %v", err)
	}
	if pins, err := ryan.Pins(t.Context(), sandbox.DemoGeneralID); err != nil || len(pins) != 0 {
		t.Errorf("the pins are %+v, %v", pins, err)
	}
}

// TestS5GuildsAreFound: whoever is in no guild finds it by name and joins.
func TestS5GuildsAreFound(t *testing.T) {
	t.Parallel()
	s, _ := quick(t)
	c := s.Client()
	if err := c.User(sandbox.DemoNoorID).Leave(t.Context(), sandbox.DemoGuildID); err != nil {
		t.Fatal(err)
	}
	list, err := c.Guilds(t.Context(), "arcade")
	if err != nil || len(list) != 1 || list[0].Name != "Ryan's Arcade" || list[0].MemberCount != 4 {
		t.Fatalf("found %+v, %v", list, err)
	}
	if none, err := c.Guilds(t.Context(), "bowling"); err != nil || len(none) != 0 {
		t.Errorf("found %+v, %v", none, err)
	}
	ryan := c.User(sandbox.DemoRyanID)
	if _, err := ryan.OpenDM(t.Context(), sandbox.DemoNoorID); err != nil {
		t.Fatal(err)
	}
	if view, err := ryan.View(t.Context()); err != nil || len(view.Users) != 1 || view.Users[0].ID != sandbox.DemoNoorID {
		t.Errorf("of those in no server with Ryan the view tells %+v, %v", view.Users, err)
	}
	if err := c.User(sandbox.DemoNoorID).Join(t.Context(), list[0].ID); err != nil {
		t.Errorf("joining: %v", err)
	}
	if view, err := ryan.View(t.Context()); err != nil || len(view.Users) != 0 {
		t.Errorf("members are told twice: %+v, %v", view.Users, err)
	}
}

// TestS5Uploads: files of a modal and of a command reach the bot as resolved attachments that can be fetched.
func TestS5Uploads(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	gw := b.connect(allIntents)
	ryan := s.Client().User(sandbox.DemoRyanID)
	b.must("PUT", appPath+"/commands", []object{{"name": "report", "description": "d", "options": []object{
		{"type": 11, "name": "log", "description": "d", "required": true},
	}}})
	log := sandbox.Upload{Filename: "log file.txt", ContentType: "text/plain", Data: []byte("It broke.")}
	go func() {
		_, _ = ryan.Command(t.Context(), sandbox.CommandUse{ChannelID: sandbox.DemoGeneralID, Name: "report", Options: []sandbox.CommandOption{
			{Name: "log", Type: 11, Value: log},
		}})
	}()
	ran := gw.next("INTERACTION_CREATE")
	fetched(t, ran, ran.text("data.options.0.value"))
	modal := make(chan sandbox.Interaction, 1)
	message := b.must("POST", supportPath+"/messages", object{"content": "x", "components": []object{row(button("form"))}})
	m, err := ryan.WaitMessage(t.Context(), sandbox.DemoSupportID, func(m sandbox.Message) bool { return m.ID.String() == message.text("id") })
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		out, _ := ryan.Press(t.Context(), m, "form")
		modal <- out
	}()
	b.must("POST", callbackPath(gw.next("INTERACTION_CREATE")), object{"type": 9, "data": object{"custom_id": "f", "title": "Files", "components": []object{
		{"type": 18, "label": "Logs", "component": object{"type": 19, "custom_id": "logs", "max_values": 2}},
	}}})
	opened := <-modal
	for name, bad := range map[string]any{
		"none": []sandbox.Upload{}, "too many": []sandbox.Upload{log, log, log}, "no name": []sandbox.Upload{{Data: []byte("x")}}, "text": "x",
	} {
		if _, err := ryan.Submit(t.Context(), opened.Modal, map[string]any{"logs": bad}); !sandbox.IsRefused(err, http.StatusBadRequest) {
			t.Errorf("%s: %v", name, err)
		}
	}
	go func() {
		_, _ = ryan.Submit(t.Context(), opened.Modal, map[string]any{"logs": []sandbox.Upload{log, log}})
	}()
	sent := gw.next("INTERACTION_CREATE")
	fetched(t, sent, sent.text("data.components.0.component.values.0"))
	fetched(t, sent, sent.text("data.components.0.component.values.1"))
}

// fetched holds that the interaction resolves the attachment, and that it can be fetched.
func fetched(t *testing.T, i answer, id string) {
	t.Helper()
	at := "data.resolved.attachments." + id
	if i.text(at+".filename") != "log_file.txt" || i.at(at+".size") != 9.0 || i.at(at+".ephemeral") != true {
		t.Errorf("the bot received %s", i.raw)
		return
	}
	res, err := http.Get(i.text(at + ".url"))
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("fetching the file: %v, %v", res, err)
		return
	}
	_ = res.Body.Close()
}

// TestS12ForumTagsInSeed: a seed gives a forum its tags, and nothing else may have any.
func TestS12ForumTagsInSeed(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	forum := sandbox.SeedChannel{Name: "ideas", Type: "forum", Tags: []string{"Game", "Web"}}
	seed.Guilds[0].Channels = append(seed.Guilds[0].Channels, forum)
	s := start(t, sandbox.Config{Seed: seed})
	made, err := s.Client().User(sandbox.DemoRyanID).WaitChannel(t.Context(), sandbox.DemoGuildID, func(c sandbox.Channel) bool { return c.Name.V == "ideas" })
	if err != nil || len(made.AvailableTags.V) != 2 || made.AvailableTags.V[1].Name != "Web" || made.AvailableTags.V[0].ID == 0 {
		t.Errorf("the forum is %+v, %v", made, err)
	}
	for _, bad := range []sandbox.SeedChannel{{Name: "talk", Tags: []string{"Game"}}, {Name: "twice", Type: "forum", Tags: []string{"a", "A"}}} {
		seed := sandbox.DefaultSeed()
		seed.Guilds[0].Channels = append(seed.Guilds[0].Channels, bad)
		if s, err := sandbox.Start(t.Context(), sandbox.Config{Seed: seed}); err == nil {
			_ = s.Close(t.Context())
			t.Errorf("a seed with %+v was taken", bad)
		}
	}
}
