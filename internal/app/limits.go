package app

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"usher/internal/config"
	"usher/internal/core/account"
	"usher/internal/core/integration"
	"usher/internal/egress"
	"usher/internal/httpapi"
	"usher/internal/logo"
)

// instanceSettings are all settings as they hold, and the limits that none changes, by group.
func instanceSettings(c config.Config) httpapi.InstanceSettings {
	out := httpapi.InstanceSettings{File: c.File}
	for _, d := range c.Describe() {
		out.Settings = append(out.Settings, httpapi.InstanceSetting{
			Variable: d.Variable, Group: string(d.Group), About: d.About, Secret: d.Secret, Set: d.Set, Value: d.Value, Default: d.Default,
			Otherwise: d.Otherwise, Unit: d.Unit, From: string(d.From),
		})
	}
	out.Settings = append(out.Settings, fixedLimits()...)
	order := []config.Group{config.OfIntegrations, config.OfRequests, config.OfEgress, config.OfWeb, config.OfDiscord, config.OfStorage, config.OfLog}
	slices.SortStableFunc(out.Settings, func(a, b httpapi.InstanceSetting) int {
		return cmp.Compare(slices.Index(order, config.Group(a.Group)), slices.Index(order, config.Group(b.Group)))
	})
	return out
}

// fixedLimits are what holds without a setting (I-11, I-15, I-43, and how long people stay signed in), each from where it is enforced.
func fixedLimits() []httpapi.InstanceSetting {
	var all []httpapi.InstanceSetting
	fixed := func(group config.Group, value any, unit, about string) {
		all = append(all, httpapi.InstanceSetting{Group: string(group), About: about, Set: true, Value: fmt.Sprint(value), Unit: unit, From: "fixed"})
	}
	const day24 = 24 * time.Hour
	way, tuning := egress.Defaults(), integration.DefaultTuning()
	fixed(config.OfRequests, integration.MaxDepth, "levels", "How deep the JSON of an answer may nest.")
	fixed(config.OfRequests, way.Limits.Total, "requests", "How many requests may be under way at one moment in all.")
	fixed(config.OfRequests, way.Limits.PerGuild, "requests", "How many requests of one server may be under way at one moment.")
	fixed(config.OfRequests, way.Limits.PerIntegration, "requests", "How many requests to one integration may be under way at one moment.")
	fixed(config.OfRequests, way.Limits.PerHost, "requests", "How many requests to one host and port may be under way at one moment.")
	fixed(config.OfRequests, tuning.BreakAfter, "failures", "After how many failures one after another an integration is paused in a server.")
	fixed(config.OfRequests, fmt.Sprintf("%g to %g", tuning.BreakFirst.Seconds(), tuning.BreakMost.Seconds()), "seconds", "How long a failing integration is paused: twice as long after each try that fails.")
	fixed(config.OfRequests, tuning.TrialRate.PerMinute, "requests a minute", "How many test requests one person may send in one server.")
	fixed(config.OfIntegrations, logo.MaxFile>>20, "MiB", "How large a logo may be.")
	fixed(config.OfWeb, int(account.SessionLife/day24), "days", "After how long people have to sign in again.")
	fixed(config.OfWeb, int(account.SessionIdle/day24), "days", "After how long without a visit they have to.")
	return all
}
