package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
)

// TagDraft is a tag as it is written.
type TagDraft struct {
	Name     string           `json:"name" doc:"By which /tag calls it: 1 to 32 characters, unique in the server." example:"account"`
	Message  message.Template `json:"message" doc:"With placeholders as %name%."`
	Everyone bool             `json:"everyone,omitempty" doc:"Whether everybody may post it; else staff alone."`
}

// TagChange is a whole tag as it shall be.
type TagChange struct {
	TagDraft

	Revision int64 `json:"revision" minimum:"1" doc:"The revision that you read. Where it is another one by now you are told (409), and nothing is changed."`
}

// Tag is a prepared answer.
type Tag struct {
	ID tag.ID `json:"id"`
	TagDraft

	Revision int64 `json:"revision" doc:"1, 2, 3… with each change. Give it back with a change."`
}

// OneTag is the part of an operation's input that names a tag.
type OneTag struct {
	Tag tag.ID `path:"tag" maxLength:"32"`
}

// tagOperations are about prepared answers.
func (a *api) tagOperations() {
	read, write := access{who: guildManager, scope: account.Read}, access{who: guildManager, scope: account.Write}
	all, one := guildPath+"/tags", guildPath+"/tags/{tag}"
	add(a, read, huma.Operation{
		OperationID: "list-tags", Method: http.MethodGet, Path: all, Tags: []string{tagTags}, Summary: "List a server's tags", Description: "By name.",
	}, func(ctx context.Context, in *InGuild) (*answer[[]Tag], error) {
		found, err := a.Tags.Store.Tags(ctx, in.id())
		return body(each(found, tagOf)), err
	})
	add(a, write, huma.Operation{
		OperationID: "create-tag", Method: http.MethodPost, Path: all, Tags: []string{tagTags}, DefaultStatus: http.StatusCreated, Summary: "Make a tag",
	}, func(ctx context.Context, in *struct {
		InGuild
		Body TagDraft
	},
	) (*made[Tag], error) {
		out, err := a.saveTag(ctx, in.Body.tag(in.id(), "", 0))
		return madeAt(out, err, func(m Tag) string { return in.path("tags", string(m.ID)) })
	})
	add(a, read, huma.Operation{
		OperationID: "get-tag", Method: http.MethodGet, Path: one, Tags: []string{tagTags}, Summary: "Look at a tag",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneTag
	},
	) (*answer[Tag], error) {
		found, err := a.Tags.Store.Tag(ctx, in.id(), in.Tag)
		return body(tagOf(found)), err
	})
	add(a, write, huma.Operation{
		OperationID: "change-tag", Method: http.MethodPut, Path: one, Tags: []string{tagTags}, Summary: "Change a tag",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneTag
		Body TagChange
	},
	) (*answer[Tag], error) {
		return a.saveTag(ctx, in.Body.tag(in.id(), in.Tag, in.Body.Revision))
	})
	add(a, write, huma.Operation{
		OperationID: "delete-tag", Method: http.MethodDelete, Path: one, Tags: []string{tagTags}, DefaultStatus: http.StatusNoContent, Summary: "Delete a tag",
	}, func(ctx context.Context, in *struct {
		InGuild
		OneTag
	},
	) (*nothing, error) {
		return nil, a.Tags.Delete(ctx, callerOf(ctx).Actor(), in.id(), in.Tag)
	})
}

func (a *api) saveTag(ctx context.Context, t tag.Tag) (*answer[Tag], error) {
	saved, err := a.Tags.Save(ctx, callerOf(ctx).Actor(), t)
	return body(tagOf(saved)), err
}

func tagOf(t tag.Tag) Tag {
	return Tag{ID: t.ID, Revision: t.Revision, TagDraft: TagDraft{Name: t.Name, Message: t.Message, Everyone: t.Everyone}}
}

func (d TagDraft) tag(g snowflake.Guild, id tag.ID, revision int64) tag.Tag {
	return tag.Tag{ID: id, Guild: g, Name: d.Name, Message: d.Message, Everyone: d.Everyone, Revision: revision}
}
