package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/form"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

// Option is one thing to choose in answer to a question.
type Option struct {
	Label       string `json:"label" doc:"1 to 100 characters." example:"It crashes"`
	Value       string `json:"value,omitempty" doc:"What an integration is told, unique in the question; the label unless set."`
	Description string `json:"description,omitempty" doc:"Below the label; at most 100 characters."`
	Emoji       string `json:"emoji,omitempty" doc:"A unicode emoji; of select alone."`
	Default     bool   `json:"default,omitempty" doc:"Whether it is chosen at first."`
}

// Question is one question of a form.
type Question struct {
	ID          string    `json:"id,omitempty" doc:"%form.ID% stands for the answer: 1 to 32 of a-z 0-9 _ -, unique in the form; made of the label unless set." example:"what_happened"`
	Label       string    `json:"label" doc:"What is asked: 1 to 45 characters, unique in the form." example:"What happened?"`
	Description string    `json:"description,omitempty" doc:"Below the label; at most 100 characters."`
	Kind        form.Kind `json:"kind" enum:"short,paragraph,select,user,role,channel,radio,checkboxes,checkbox" doc:"How it is answered. Discord cannot demand a checkbox."`
	Required    bool      `json:"required,omitempty"`
	Placeholder string    `json:"placeholder,omitempty" doc:"In the empty field; at most 100 characters. Of short, paragraph, select, user, role and channel."`
	Default     string    `json:"default,omitempty" doc:"What the field holds at first; of short and paragraph."`
	MinLength   int       `json:"min_length,omitempty" doc:"In characters; of short and paragraph."`
	MaxLength   int       `json:"max_length,omitempty" doc:"In characters, 0: 4000; of short and paragraph."`
	MinValues   int       `json:"min_values,omitempty" doc:"How many are chosen at least, 0: 1; of select, user, role, channel and checkboxes."`
	MaxValues   int       `json:"max_values,omitempty" doc:"How many are chosen at most, 0: 1, of checkboxes all."`
	Options     []Option  `json:"options,omitempty" doc:"Of select (1 to 25), radio (2 to 10) and checkboxes (1 to 10)."`
}

// FormDraft is a form as it is written.
type FormDraft struct {
	Name      string     `json:"name" doc:"How you call it: 1 to 80 characters, unique in the server." example:"Report"`
	Title     string     `json:"title" doc:"Above the questions: 1 to 45 characters." example:"Report a problem"`
	Questions []Question `json:"questions" doc:"1 to 5, in the order in which they are asked."`
}

// FormChange is a whole form as it shall be.
type FormChange struct {
	FormDraft

	Revision int64 `json:"revision" minimum:"1" doc:"The revision that you read. Where it is another one by now you are told (409), and nothing is changed."`
}

// PanelName is a panel by its name.
type PanelName struct {
	ID   panel.ID `json:"id"`
	Name string   `json:"name"`
}

// Form is the questions that panels ask before a ticket opens.
type Form struct {
	ID form.ID `json:"id"`
	FormDraft

	Revision int64       `json:"revision" doc:"1, 2, 3… with each change. Give it back with a change."`
	Panels   []PanelName `json:"panels" doc:"The panels that ask it."`
}

// OneForm is the part of an operation's input that names a form.
type OneForm struct {
	Form form.ID `path:"form" maxLength:"32"`
}

// formOperations are about the questions that panels ask.
func (a *api) formOperations() {
	read, write := access{who: guildManager, scope: account.Read}, access{who: guildManager, scope: account.Write}
	all, one := guildPath+"/forms", guildPath+"/forms/{form}"
	add(a, read, huma.Operation{
		OperationID: "list-forms", Method: http.MethodGet, Path: all, Tags: []string{tagForms}, Summary: "List a server's forms", Description: "By name, with the panels that ask them.",
	}, a.listForms)
	add(a, write, huma.Operation{
		OperationID: "create-form", Method: http.MethodPost, Path: all, Tags: []string{tagForms}, DefaultStatus: http.StatusCreated, Summary: "Make a form",
		Description: "Give it to a panel to have it asked.",
	}, func(ctx context.Context, in *struct {
		InGuild
		Body FormDraft
	},
	) (*made[Form], error) {
		out, err := a.saveForm(ctx, in.Body.form(in.id(), "", 0))
		return madeAt(out, err, func(m Form) string { return in.path("forms", string(m.ID)) })
	})
	add(a, read, huma.Operation{
		OperationID: "get-form", Method: http.MethodGet, Path: one, Tags: []string{tagForms}, Summary: "Look at a form",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneForm
	},
	) (*answer[Form], error) {
		found, err := a.Forms.Store.Form(ctx, in.id(), in.Form)
		if err != nil {
			return nil, err
		}
		return a.formWithPanels(ctx, found)
	})
	add(a, write, huma.Operation{
		OperationID: "change-form", Method: http.MethodPut, Path: one, Tags: []string{tagForms}, Summary: "Change a form",
		Description: "Answers that members give to what they were shown before are still taken.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneForm
		Body FormChange
	},
	) (*answer[Form], error) {
		return a.saveForm(ctx, in.Body.form(in.id(), in.Form, in.Body.Revision))
	})
	add(a, write, huma.Operation{
		OperationID: "delete-form", Method: http.MethodDelete, Path: one, Tags: []string{tagForms}, DefaultStatus: http.StatusNoContent, Summary: "Delete a form",
		Description: "Not while panels ask it: the problem form_in_use names them. Answers that were given stay with their tickets.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneForm
	},
	) (*nothing, error) {
		return nil, a.Forms.Delete(ctx, callerOf(ctx).Actor(), in.id(), in.Form)
	})
}

func (a *api) listForms(ctx context.Context, in *InGuild) (*answer[[]Form], error) {
	found, err := a.Forms.Store.Forms(ctx, in.id())
	if err != nil {
		return nil, err
	}
	panels, err := a.Panels.Panels(ctx, in.id())
	if err != nil {
		return nil, err
	}
	return body(each(found, func(f form.Form) Form { return formOf(f, panels) })), nil
}

func (a *api) saveForm(ctx context.Context, f form.Form) (*answer[Form], error) {
	saved, err := a.Forms.Save(ctx, callerOf(ctx).Actor(), f)
	if err != nil {
		return nil, err
	}
	return a.formWithPanels(ctx, saved)
}

func (a *api) formWithPanels(ctx context.Context, f form.Form) (*answer[Form], error) {
	panels, err := a.Panels.Panels(ctx, f.Guild)
	return body(formOf(f, panels)), err
}

func formOf(f form.Form, panels []panel.Panel) Form {
	out := Form{ID: f.ID, Revision: f.Revision, Panels: []PanelName{}, FormDraft: FormDraft{
		Name: f.Name, Title: f.Title, Questions: each(f.Questions, questionOf),
	}}
	for _, p := range panels {
		if p.Form == f.ID {
			out.Panels = append(out.Panels, PanelName{ID: p.ID, Name: p.Name})
		}
	}
	return out
}

func questionOf(q form.Question) Question {
	return Question{
		ID: q.ID, Label: q.Label, Description: q.Description, Kind: q.Kind, Required: q.Required, Placeholder: q.Placeholder, Default: q.Default,
		MinLength: q.MinLength, MaxLength: q.MaxLength, MinValues: q.MinValues, MaxValues: q.MaxValues,
		Options: each(q.Options, func(o form.Option) Option { return Option(o) }),
	}
}

func (d FormDraft) form(g snowflake.Guild, id form.ID, revision int64) form.Form {
	return form.Form{ID: id, Guild: g, Name: d.Name, Title: d.Title, Revision: revision, Questions: each(d.Questions, func(q Question) form.Question {
		return form.Question{
			ID: q.ID, Label: q.Label, Description: q.Description, Kind: q.Kind, Required: q.Required, Placeholder: q.Placeholder, Default: q.Default,
			MinLength: q.MinLength, MaxLength: q.MaxLength, MinValues: q.MinValues, MaxValues: q.MaxValues,
			Options: each(q.Options, func(o Option) form.Option { return form.Option(o) }),
		}
	})}
}
