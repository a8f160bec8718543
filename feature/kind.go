package feature

import "isobar/field"

// TypeOf is the type of a property's value as Queryable names it; "" for null, lists and objects.
func TypeOf(value any) string {
	switch value.(type) {
	case bool:
		return "boolean"
	case float32, float64:
		return "number"
	case int64, int:
		return "integer"
	case string:
		return "string"
	case field.Time:
		return "date-time"
	}
	return ""
}
