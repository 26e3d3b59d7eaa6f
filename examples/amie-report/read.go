package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/amie/bridge"
	"github.com/gophermeter/gophermeter/examples/internal/progress"
	"github.com/gophermeter/gophermeter/rating"
	"github.com/gophermeter/gophermeter/tenantusage"
)

// reading is what was used in a window, all of it.
type reading struct {
	slices   []bridge.Slice
	volumes  []bridge.Volume
	idle     int  // instances that are in another state than active now, and are charged all the same
	hasUsers bool // the rating service was asked for the users of instances
	settled  bool // the rating service said that it is done with the window
}

// reader reads them.
type reader struct {
	conn     *gophermeter.Connection
	config   bridge.Config
	window   gophermeter.Window
	progress *progress.Line
	users    map[string]string // by instance
	reading
}

func (r *reader) read(ctx context.Context) (*reading, error) {
	storage := len(r.config.Storage) > 0
	if storage && !r.conn.Has("rating") {
		return nil, errors.New("the mapping names storage resources, and the cloud has no rating service that tells of volumes")
	}
	if storage || len(r.config.Users) > 0 && r.conn.Has("rating") {
		if err := r.readRated(ctx); err != nil {
			return nil, err
		}
	}
	if len(r.config.Compute) > 0 {
		if err := r.readServers(ctx); err != nil {
			return nil, err
		}
	}
	return &r.reading, nil
}

func (r *reader) readServers(ctx context.Context) error {
	client, err := tenantusage.New(r.conn)
	if err != nil {
		return err
	}
	r.progress.Stage("reading instances", "tenantusage.")
	for s, err := range client.Servers(r.window).All(ctx) {
		if err != nil {
			return err
		}
		_, mapped := r.config.Projects[s.ProjectID]
		if mapped && s.State != tenantusage.StateActive && s.State != tenantusage.StateTerminated {
			r.idle++
		}
		r.slices = append(r.slices, sliceOf(&s, r.users[s.InstanceID], r.window.End))
	}
	return nil
}

// readRated reads volumes, and who the users of instances are.
func (r *reader) readRated(ctx context.Context) error {
	client, err := rating.New(r.conn)
	if err != nil {
		return err
	}
	r.progress.Stage("reading volumes and users", "rating.")
	r.hasUsers, r.users = true, map[string]string{}
	scopes, err := r.scopes(ctx, client) // before the frames, which may grow meanwhile
	if err != nil {
		return err
	}
	period := time.Hour
	for f, err := range client.Frames(rating.FrameOptions{Window: r.window}).All(ctx) {
		if err != nil {
			return err
		}
		period = f.Period.Duration()
		if f.Metric == instanceMetric {
			if err := r.owned(f.Attributes.Get(idAttribute), f.Attributes.Get(userAttribute)); err != nil {
				return err
			}
		}
		if r.config.Stores(f.Metric) {
			v, err := volumeOf(&f)
			if err != nil {
				return err
			}
			r.volumes = append(r.volumes, v)
		}
	}
	return r.checkSettled(scopes, period)
}

func (r *reader) owned(instance, user string) error {
	if known := r.users[instance]; known != "" && user != "" && known != user {
		return fmt.Errorf("the rating service says that instance %s is of both users %s and %s", instance, known, user)
	}
	if user != "" {
		r.users[instance] = user
	}
	return nil
}

// scopes are how far the rating service has come with the projects that are reported. Old releases and those of
// storage v1 do not say.
func (r *reader) scopes(ctx context.Context, client *rating.Client) ([]rating.Scope, error) {
	all, err := client.Scopes(rating.ScopeOptions{}).Collect(ctx)
	if errors.Is(err, gophermeter.ErrUnsupported) || errors.Is(err, gophermeter.ErrForbidden) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.settled = true
	return slices.DeleteFunc(all, func(s rating.Scope) bool {
		_, mapped := r.config.Projects[s.ID]
		return !mapped || !s.Active
	}), nil
}

// checkSettled refuses days that the rating service is not done with: their storage would be reported too small.
func (r *reader) checkSettled(scopes []rating.Scope, period time.Duration) error {
	for _, s := range scopes {
		if until := s.LastProcessed.Add(period); len(r.config.Storage) > 0 && until.Before(r.window.End) {
			return fmt.Errorf("the rating service has come to %s with project %s, so the storage of %s is not known yet",
				until.UTC().Format("2006-01-02 15:04 MST"), s.ID, r.window.End.AddDate(0, 0, -1).Format(time.DateOnly))
		}
	}
	return nil
}
