package gophermeter

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// secrets are what must stand in no error of this service.
func (s *service) secrets(token string) *strings.Replacer {
	hidden := []string{token}
	for _, values := range s.secret {
		for _, v := range values {
			hidden = append(hidden, v)
			hidden = append(hidden, credential(v)...)
		}
	}
	hidden = append(hidden, inURL(s.base)...)
	if s.session != nil {
		hidden = append(hidden, s.session.hidden...)
	}
	return replacer(hidden)
}

// credential is what follows the scheme in an Authorization header: "Bearer x", "Basic x".
func credential(header string) []string {
	_, value, found := strings.Cut(header, " ")
	if !found {
		return nil
	}
	plain, _ := base64.StdEncoding.DecodeString(value)
	_, password, _ := strings.Cut(string(plain), ":")
	return []string{value, password}
}

// inURL is the password of a URL, and the user with it as net/http sends the two.
func inURL(u *url.URL) []string {
	password, _ := u.User.Password()
	if password == "" {
		return nil
	}
	return []string{password, base64.StdEncoding.EncodeToString([]byte(u.User.Username() + ":" + password))}
}

// shortest is the least that is worth hiding: fewer letters stand in every text.
const shortest = 3

// replacer takes secrets out of a text, as they are and as JSON, HTML and URLs write them.
func replacer(hidden []string) *strings.Replacer {
	var forms []string
	for _, secret := range hidden {
		if len(secret) < shortest {
			continue
		}
		quoted, _ := json.Marshal(secret)
		forms = append(forms, secret, strings.Trim(string(quoted), `"`), strings.Trim(strconv.QuoteToASCII(secret), `"`),
			html.EscapeString(secret), url.QueryEscape(secret), url.PathEscape(secret))
	}
	// A secret that contains another goes first, lest its rest be left standing.
	slices.SortStableFunc(forms, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, "[redacted]")
	}
	return strings.NewReplacer(pairs...)
}

// veiled keeps a value from every verb of fmt, which shows what a pointer points to when the verb does not
// suit it: a function is printed as an address.
type veiled[T any] func() *T

func veil[T any](v *T) veiled[T] { return func() *T { return v } }
