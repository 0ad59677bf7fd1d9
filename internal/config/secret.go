package config

import (
	"regexp"
	"strings"
)

// masked stands for a secret wherever settings are printed.
const masked = "********"

// userInfo matches the password in a URL such as amqp://user:password@host/.
var userInfo = regexp.MustCompile(`(://[^/?#@:\s]*:)[^/?#\s]*@`)

// maskURL masks the passwords of URLs in s.
func maskURL(s string) string {
	if !strings.Contains(s, "://") {
		return s
	}
	return userInfo.ReplaceAllString(s, "${1}"+masked+"@")
}

// speaksOfSecret reports whether a key that no option declares, such as one
// of a script's config, is likely to hold a secret.
func speaksOfSecret(key string) bool {
	key = strings.ToLower(key)
	for _, word := range [...]string{"passw", "passphrase", "secret", "token", "credential", "authorization",
		"api_key", "apikey", "api-key", "access_key", "private_key", "hmac_key", "cookie"} {
		if strings.Contains(key, word) {
			return true
		}
	}
	return false
}
