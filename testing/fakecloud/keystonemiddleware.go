package fakecloud

import "net/http"

// tokenRefused is how keystonemiddleware, in front of every service but Keystone, answers a request whose token is missing,
// expired, revoked or unknown.
func (c *Cloud) tokenRefused(r call) answer {
	a := answer{status: http.StatusUnauthorized, body: dumps(object{{"error", object{
		{"code", http.StatusUnauthorized}, {"title", "Unauthorized"}, {"message", authenticationRequired}}}})}
	setHeader(&a, "Content-Type", "application/json")
	setHeader(&a, "Www-Authenticate", `Keystone uri="http://`+r.Host+part[*identity](c).about().prefix+`"`)
	return a
}
