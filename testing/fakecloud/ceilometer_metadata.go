package fakecloud

import (
	"maps"
	"slices"
	"strings"
)

// parsed is metadata out of the JSON that it is given in.
func parsed(text string) object {
	if text == "" {
		return nil
	}
	v, err := loads([]byte(text))
	metadata, ok := v.(object)
	if err != nil || !ok {
		panic("fakecloud: Sample.Metadata is no JSON object: " + text)
	}
	return metadata
}

// flatMetadata is metadata as answers show it: nested names joined, every value a text.
func flatMetadata(metadata object) object {
	flat := object{}
	walkMetadata("", metadata, func(name string, value any) {
		top, rest, nested := strings.Cut(name, ".")
		if nested {
			name = top + "." + strings.ReplaceAll(rest, ".", ":")
		}
		flat = append(flat, member{name, metadataText(value)})
	})
	slices.SortStableFunc(flat, func(a, b member) int { return strings.Compare(a.key, b.key) })
	return flat
}

// typedMetadata is metadata as conditions find it: names with dots, values with their types.
func typedMetadata(metadata object) map[string]any {
	typed := map[string]any{}
	walkMetadata("", metadata, func(name string, value any) {
		switch v := value.(type) {
		case number:
			if value = int64(v.value); v.float {
				value = v.value
			}
		case []any:
			return
		}
		typed[name] = value
	})
	return typed
}

func walkMetadata(prefix string, metadata object, see func(name string, value any)) {
	for _, m := range metadata {
		if nested, ok := m.value.(object); ok {
			walkMetadata(prefix+m.key+".", nested, see)
			continue
		}
		see(prefix+m.key, m.value)
	}
}

// metadataText is str() of a value; texts in lists are bytes.
func metadataText(v any) string {
	list, ok := v.([]any)
	if !ok {
		return pyStr(v)
	}
	parts := make([]string, len(list))
	for i, e := range list {
		parts[i] = metadataItem(e)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func metadataItem(v any) string {
	switch v := v.(type) {
	case string:
		return "b'" + v + "'"
	case object:
		parts := make([]string, len(v))
		for i, m := range v {
			parts[i] = "b'" + m.key + "': " + metadataItem(m.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return metadataText(v)
}

// nestedMetadata undoes dots in names, as Ceilometer does with what is posted.
func nestedMetadata(flat map[string]string) object {
	out := object{}
	for _, name := range slices.Sorted(maps.Keys(flat)) {
		out = nest(out, strings.Split(name, "."), flat[name])
	}
	return out
}

func nest(into object, path []string, value string) object {
	if len(path) == 1 {
		return into.set(path[0], value)
	}
	inner, _ := into.get(path[0])
	nested, _ := inner.(object)
	return into.set(path[0], nest(nested, path[1:], value))
}
