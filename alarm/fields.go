package alarm

// Field is a field of alarms or changes in complex queries and sort keys.
//
// Source: Aodh and Ceilometer, storage/models.py.
type Field string

// Fields of alarms. A complex query takes them all; [AlarmsOptions.Sort] takes all but description, state_reason
// and evaluate_timestamp.
const (
	FieldAlarmID           Field = "alarm_id"
	FieldType              Field = "type" // also of changes: their own
	FieldEnabled           Field = "enabled"
	FieldName              Field = "name"
	FieldDescription       Field = "description"
	FieldTimestamp         Field = "timestamp"  // also of changes
	FieldUserID            Field = "user_id"    // also of changes: who made it
	FieldProjectID         Field = "project_id" // also of changes: from where
	FieldState             Field = "state"
	FieldStateTimestamp    Field = "state_timestamp"
	FieldStateReason       Field = "state_reason" // Aodh only
	FieldRepeatActions     Field = "repeat_actions"
	FieldSeverity          Field = "severity"           // also of changes
	FieldEvaluateTimestamp Field = "evaluate_timestamp" // Aodh only
)

// Fields of changes alone.
const (
	FieldEventID    Field = "event_id"
	FieldDetail     Field = "detail" // JSON in a text
	FieldOnBehalfOf Field = "on_behalf_of"
)
