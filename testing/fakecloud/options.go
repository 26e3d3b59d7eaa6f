package fakecloud

import (
	"fmt"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophermeter/gophermeter"
)

// Options connect as admin: gophermeter.Connect(ctx, cloud.Options()...). Retries pause for milliseconds; an option that
// follows, such as WithRetry, wins.
func (c *Cloud) Options() []gophermeter.Option { return c.OptionsFor("admin") }

// OptionsFor connect as one of the cloud's users, by name, in the user's default project or the first, by name, in which there
// is a role; a user without any gets an unscoped token. It panics if there is no such user.
func (c *Cloud) OptionsFor(user string) []gophermeter.Option {
	k := part[*identity](c)
	k.mu.Lock()
	defer k.mu.Unlock()
	u, ok := k.user(func(u User) bool { return u.Name == user })
	if !ok {
		panic(fmt.Sprintf("fakecloud: no user %q", user))
	}
	auth := gophercloud.AuthOptions{
		IdentityEndpoint: c.authURL(), Username: u.Name, Password: u.Password, DomainName: "Default", AllowReauth: true,
	}
	if p, ok := k.home(u); ok {
		auth.TenantName = p.Name
	}
	return []gophermeter.Option{gophermeter.WithAuth(auth), gophermeter.WithRegion(Region), impatient}
}

// impatient makes retries pause for a moment only: the cloud's faults are over as soon as the test says so.
var impatient = gophermeter.WithRetry(gophermeter.Retry{Base: time.Millisecond, Cap: 10 * time.Millisecond})
