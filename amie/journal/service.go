package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/gophermeter/gophermeter/amie"
	"github.com/gophermeter/gophermeter/internal/errs"
)

// serviceOf is whose books a client writes into: its site, and the server without scheme and port.
func serviceOf(c *amie.UsageClient) string {
	text := c.String()
	at := strings.LastIndex(text, " ")
	u, err := url.Parse(text[at+1:])
	if err != nil {
		return text
	}
	return text[:at+1] + u.Hostname() + strings.TrimRight(u.Path, "/")
}

// service is what the journal belongs to; empty before the first Deliver.
func (s *store) service() (string, error) {
	b := s.facts.Get(keyService)
	if b == nil {
		return "", nil
	}
	if len(b) < 4 || sumOf(b) != checksum(keyService, b[:len(b)-4]) {
		return "", errors.New("the name of the service is damaged")
	}
	return string(b[:len(b)-4]), nil
}

// belongsTo refuses a client of another service than the one that the records were sent to: what that one has says
// nothing of what this one was told, and its numbers of failures are of other records.
func (s *store) belongsTo(c *amie.UsageClient) error {
	mine, err := s.service()
	if theirs := serviceOf(c); err == nil && mine != "" && mine != theirs {
		err = fmt.Errorf("journal: %w", errs.Invalid("client", "is of %s, and the journal of %s: each has a journal of its own", theirs, mine))
	}
	return err
}

// belongTo is belongsTo, and makes a new journal the client's.
func (s *store) belongTo(c *amie.UsageClient) error {
	if mine, err := s.service(); err != nil || mine != "" {
		return s.belongsTo(c)
	}
	b := []byte(serviceOf(c))
	return s.facts.Put(keyService, binary.BigEndian.AppendUint32(b, checksum(keyService, b)))
}
