package meter

import (
	"github.com/gophermeter/gophermeter"
	"github.com/gophermeter/gophermeter/alarm"
)

// Alarm is a client of the alarms that belong to the meters: of Aodh where the catalogue has an alarm or alarming
// service, else of the metering service itself. [WithDialect] overrides it: with [K5] and [Ceilometer] the metering
// service is asked. It is openstacksdk's meter.alarm.
func (c *Client) Alarm() *alarm.Client { return c.alarm }

// newAlarm is that client; chosen is the dialect that the caller named, found the one that the service has.
func newAlarm(conn *gophermeter.Connection, chosen, found Dialect) (*alarm.Client, error) {
	switch {
	case found == K5:
		return alarm.New(conn, alarm.WithDialect(alarm.K5))
	case chosen == Ceilometer:
		return alarm.New(conn, alarm.WithDialect(alarm.Ceilometer))
	}
	return alarm.New(conn)
}
