package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/health"
)

// HealthReport is how this instance is at one moment, as the process that answers sees it.
type HealthReport struct {
	At       time.Time       `json:"at"`
	Version  string          `json:"version" doc:"Of Usher."`
	Started  time.Time       `json:"started" doc:"Since when this process serves."`
	Findings []HealthFinding `json:"findings" doc:"Always in one order."`
	Shards   []Shard         `json:"shards" doc:"This process's connections to Discord, by number."`
}

// HealthFinding is the result of one check.
type HealthFinding struct {
	Name    string         `json:"name" doc:"What was looked at." example:"database"`
	Verdict health.Verdict `json:"verdict" enum:"ok,look,wrong" doc:"look: it works, but should be looked at, or it could not be found out."`
	Text    string         `json:"text" doc:"What was found."`
	Advice  string         `json:"advice,omitempty" doc:"What to do; absent: nothing."`
	At      time.Time      `json:"at" doc:"When it was found: what is dear to find out is not looked at each time."`
}

// Shard is one connection to Discord.
type Shard struct {
	ID      int               `json:"id" doc:"From 0."`
	Count   int               `json:"count" doc:"How many the bot has in all processes."`
	State   health.ShardState `json:"state" enum:"ready,connecting,resuming,disconnected"`
	Since   *time.Time        `json:"since,omitempty" doc:"Since when it is in this state; absent: it was never opened."`
	Millis  *float64          `json:"millis,omitempty" doc:"Between the last heartbeat and its answer; absent: none was answered yet."`
	Guilds  int               `json:"guilds" doc:"Servers that it brought."`
	Logins  int               `json:"logins" doc:"New sessions since this process began."`
	Resumes int               `json:"resumes" doc:"Lost connections after which the session went on."`
	Losses  int               `json:"losses" doc:"Connections that ended by themselves."`
}

// InstanceSetting is a setting of this instance, or a limit that no setting changes. A secret's value is never told.
type InstanceSetting struct {
	Variable  string `json:"variable,omitempty" doc:"The environment variable that changes it, also in the settings file; absent: nothing does." example:"USHER_GRACE"`
	Group     string `json:"group" enum:"integrations,requests,egress,web,discord,storage,log"`
	About     string `json:"about" doc:"What it does."`
	Secret    bool   `json:"secret" doc:"Whether its value is told to nobody."`
	Set       bool   `json:"set" doc:"Whether it has a value."`
	Value     string `json:"value,omitempty" doc:"As one would write it."`
	Default   string `json:"default,omitempty"`
	Otherwise string `json:"otherwise,omitempty" doc:"What holds where it has no value."`
	Unit      string `json:"unit,omitempty" example:"bytes"`
	From      string `json:"from" enum:"default,environment,settings file,program,fixed" doc:"Where its value came from."`
}

// InstanceSettings are all of them.
type InstanceSettings struct {
	File     string            `json:"file,omitempty" doc:"The settings file, there or not; absent: the program was started without one."`
	Settings []InstanceSetting `json:"settings"`
}

// Waits says how much waits for an operator.
type Waits struct {
	Reviews int64 `json:"reviews" doc:"Integrations that wait for approval."`
}

// operatorOperations are about the instance as a whole.
func (a *api) operatorOperations() {
	may := access{who: operator, scope: account.Operate}
	add(a, may, huma.Operation{
		OperationID: "get-health-report", Method: http.MethodGet, Path: basePath + "/operator/health", Tags: []string{tagOperator}, Summary: "See how this instance is",
		Description: "Of the process that answers. It takes some seconds at most, whatever does not answer; In a terminal, usher doctor looks at an installation, running or not.",
	}, func(ctx context.Context, _ *nothing) (*answer[HealthReport], error) {
		return body(healthReport(a.Health.Report(ctx))), nil
	})
	add(a, may, huma.Operation{
		OperationID: "list-instance-settings", Method: http.MethodGet, Path: basePath + "/operator/settings", Tags: []string{tagOperator}, Summary: "List the settings and limits that hold",
		Description: "They are read when the program starts. Of secrets it is told whether they are set.",
	}, func(context.Context, *nothing) (*answer[InstanceSettings], error) {
		return body(a.Settings), nil
	})
	add(a, may, huma.Operation{
		OperationID: "count-waiting", Method: http.MethodGet, Path: basePath + "/operator/waiting", Tags: []string{tagOperator}, Summary: "Count what waits for an operator",
	}, func(ctx context.Context, _ *nothing) (*answer[Waits], error) {
		n, err := a.Catalog.Waiting(ctx)
		return body(Waits{Reviews: n}), err
	})
}

func healthReport(r health.Report) HealthReport {
	return HealthReport{
		At: r.At, Version: r.Version, Started: r.Started,
		Findings: each(r.Findings, func(f health.Finding) HealthFinding { return HealthFinding(f) }),
		Shards: each(r.Shards, func(s health.Shard) Shard {
			out := Shard{ID: s.ID, Count: s.Count, State: s.State, Since: optional(s.Since), Guilds: s.Guilds, Logins: s.Logins, Resumes: s.Resumes, Losses: s.Losses}
			if s.Latency > 0 {
				millis := float64(s.Latency.Microseconds()) / 1000
				out.Millis = &millis
			}
			return out
		}),
	}
}
