package pyscripts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/internal/errs"
	"github.com/gophermeter/gophermeter/internal/wire"
)

// ScriptCreate is a new script.
type ScriptCreate struct {
	// Name is required.
	Name string
	// Data is the program, in UTF-8. The service does not look whether it is one.
	Data string

	// What follows needs release 23.0 (2025.2); an older one gives ErrUnsupported.

	// Description of at most 256 characters.
	Description string
	// Start is from when on the script runs; zero is since the service's process began.
	Start time.Time
	// End is until when the script runs; zero is for good. Needs a Start.
	End time.Time
	// Force allows a Start in the past.
	Force bool
}

// ScriptUpdate is what is changed of a script. What is left empty stays as it is.
//
// From release 23.0 on the service lets only little be changed: of a script that runs already only the end may be
// set, once, to a time in the future; of one that does not yet, all but the name.
type ScriptUpdate struct {
	// Name, until release 22.
	Name string
	// Data is the program; nil stays.
	Data *string
	// Start, from 23.0 on.
	Start time.Time
	// End, from 23.0 on; a pointer to the zero time makes it run for good.
	End *time.Time
	// Description, from 23.0 on; a pointer to "" removes it.
	Description *string
}

type scriptWire struct {
	Name        string  `json:"name"`
	Data        *string `json:"data,omitempty"`
	Description string  `json:"description,omitempty"`
	Start       string  `json:"start,omitempty"`
	End         string  `json:"end,omitempty"`
}

// CreateScript adds a script. Where there is one of that name, the error is [gophermeter.ErrConflict], with the id in
// its text. After a failure that leaves open whether the script was made, it is not made again.
//
// API: POST /v1/rating/module_config/pyscripts/scripts
func (c *Client) CreateScript(ctx context.Context, create ScriptCreate) (Script, error) {
	switch {
	case create.Name == "":
		return Script{}, errs.Invalid("ScriptCreate.Name", "is empty")
	case !create.End.IsZero() && create.Start.IsZero():
		return Script{}, errs.Invalid("ScriptCreate.End", "needs a Start")
	}
	if err := sendable("ScriptCreate", create.Data, create.Description); err != nil {
		return Script{}, err
	}
	r := request("CreateScript", http.MethodPost)
	r.Query = url.Values{}
	wire.SetTrue(r.Query, "force", create.Force)
	r.Body = body(scriptWire{
		Name: create.Name, Data: &create.Data, Description: create.Description, Start: c.stamp(create.Start),
		End: c.stamp(create.End),
	})
	return fetch(ctx, c, r, c.readScript)
}

// UpdateScript changes a script. It is read first: the service replaces all of it, so what stays as it is has to be
// sent again, and another program's change in that moment is lost.
//
// API: PUT /v1/rating/module_config/pyscripts/scripts/{script_id}
//
// API: GET /v1/rating/module_config/pyscripts/scripts/{script_id}
func (c *Client) UpdateScript(ctx context.Context, scriptID string, u ScriptUpdate) (Script, error) {
	const op = "UpdateScript"
	if err := u.check(); err != nil {
		return Script{}, err
	}
	before, err := c.getScript(ctx, op, scriptID)
	if err != nil {
		return Script{}, err
	}
	if err := u.supported(before); err != nil {
		return Script{}, err
	}
	r := request(op, http.MethodPut, scriptID)
	r.Body = body(c.changed(before, u))
	after, refusal := fetch(ctx, c, r, c.readScript)
	switch {
	case refusal == nil && before.dated() && !u.shows(after):
		return Script{}, fmt.Errorf("%w: CloudKitty took the change of script %s and did not make all of it, as with an empty text for "+
			"a script that runs already", errs.ErrUnsupported, scriptID)
	case !errors.Is(refusal, gophermeter.ErrBadRequest):
		return after, refusal
	}
	// An earlier attempt may have done it: what has an end cannot be changed again.
	if after, err = c.getScript(ctx, op, scriptID); err == nil && u.shows(after) {
		return after, nil
	}
	return Script{}, refusal
}

func (u ScriptUpdate) check() error {
	if u == (ScriptUpdate{}) {
		return errs.Invalid("ScriptUpdate", "changes nothing")
	}
	var data, description string
	if u.Data != nil {
		data = *u.Data
	}
	if u.Description != nil {
		description = *u.Description
	}
	return sendable("ScriptUpdate", data, description)
}

func (u ScriptUpdate) supported(before Script) error {
	switch dated := before.dated(); {
	case !dated && (!u.Start.IsZero() || u.End != nil || u.Description != nil):
		return fmt.Errorf("%w: scripts have no dates and descriptions before CloudKitty 23.0", errs.ErrUnsupported)
	case dated && u.Name != "" && u.Name != before.Name:
		return fmt.Errorf("%w: CloudKitty 23.0 and later give no script another name", errs.ErrUnsupported)
	}
	return nil
}

// changed is the body of an update: all that is to be, but of a script that runs no more than was asked for, because
// to name its program is to change it.
func (c *Client) changed(before Script, u ScriptUpdate) scriptWire {
	w := scriptWire{Name: before.Name, Data: u.Data, Start: c.stamp(u.Start)}
	if u.Name != "" {
		w.Name = u.Name
	}
	runs := before.dated() && !before.Start.After(time.Now())
	if w.Data == nil && !runs {
		w.Data = &before.Data
	}
	if !before.dated() {
		return w
	}
	w.Description = before.Description
	if u.Description != nil {
		w.Description = *u.Description
	}
	if before.End != nil {
		w.End = c.stamp(*before.End)
	}
	if u.End != nil {
		w.End = c.stamp(*u.End)
	}
	return w
}

// shows tells whether a script is as the update wants it. The service keeps microseconds or seconds of a date.
func (u ScriptUpdate) shows(s Script) bool {
	within := func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second }
	switch {
	case u.Name != "" && u.Name != s.Name, u.Data != nil && *u.Data != s.Data, !u.Start.IsZero() && !within(u.Start, s.Start),
		u.Description != nil && *u.Description != s.Description:
		return false
	case u.End == nil:
		return true
	case s.End == nil || u.End.IsZero():
		return s.End == nil && u.End.IsZero()
	}
	return within(*u.End, *s.End)
}

// sendable refuses what would be stored as something else, or fail in the service's database.
func sendable(in, data, description string) error {
	const longest = 256
	switch {
	case !utf8.ValidString(data):
		return errs.Invalid(in+".Data", "is not UTF-8")
	case utf8.RuneCountInString(description) > longest:
		return errs.Invalid(in+".Description", "has more than %d characters", longest)
	}
	return nil
}

func body(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic("pyscripts: " + err.Error()) // of texts
	}
	return text
}
