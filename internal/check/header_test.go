package check

import (
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"sessiond/internal/session"
)

// Published tokens, in every spelling that a client may send, are of their sessions.
func TestPublishedTokens(t *testing.T) {
	for _, want := range []struct {
		key   session.Key
		token string
	}{
		{key(), published},
		{
			session.Key{App: "FAKETEAMID.org.example.Stock", ID: "04f8f7ac2ac66d984ca58c33f24f3a919484dcf6"},
			"eyJhcHBOYW1lSUQiOiJvcmcuZXhhbXBsZS5TdG9jayIsImlkIjoiMDRmOGY3YWMyYWM2NmQ5ODRjYTU4YzMzZjI0ZjNhOTE5NDg0ZGNmNiIsInRlYW1JRCI6IkZBS0VURUFNSUQifQ==",
		},
		{ // Android: no team
			session.Key{App: "com.example.orders", ID: "001e6759bd5a13f31035aa61e6b08e135a3353dc"},
			"eyJhcHBOYW1lSUQiOiJjb20uZXhhbXBsZS5vcmRlcnMiLCJpZCI6IjAwMWU2NzU5YmQ1YTEzZjMxMDM1YWE2MWU2YjA4ZTEzNWEzMzUzZGMiLCJ0ZWFtSUQiOiIifQ==",
		},
		{ // with characters that the two alphabets write differently
			session.Key{App: "T1.a.b", ID: "???>>>"},
			tokenOf("a.b", "???>>>", "T1"),
		},
	} {
		text, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(want.token, "="))
		if err != nil {
			t.Fatal(err)
		}
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
			for _, scheme := range []string{"Bearer ", "bearer ", "BEARER   "} {
				_, got, err := claimsOf(http.Header{"Authorization": {scheme + encoding.EncodeToString(text)}})
				if err != nil || got != want.key {
					t.Errorf("%s%s is of %q, %v; want %q", scheme, encoding.EncodeToString(text), got, err, want.key)
				}
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	for name, test := range map[string]struct {
		values []string
		want   error
	}{
		"none":                   {nil, errNoToken},
		"empty":                  {[]string{""}, errNoToken},
		"another scheme":         {[]string{"Basic YTpi"}, errNoToken},
		"another scheme alone":   {[]string{"Negotiate"}, errNoToken},
		"a token without scheme": {[]string{published}, errNoToken},
		"no token":               {[]string{"Bearer"}, errMalformed},
		"two headers":            {[]string{"Bearer " + published, "Bearer " + published}, errMalformed},
		"two in one":             {[]string{"Bearer " + published + ", Bearer " + published}, errMalformed},
		"a tab":                  {[]string{"Bearer\t" + published}, errNoToken},
		"more after it":          {[]string{"Bearer " + published + " x"}, errMalformed},
		"a line end":             {[]string{"Bearer " + published + "\n"}, errMalformed},
		"mixed alphabets":        {[]string{"Bearer " + tokenOf("a.b", "???>>>", "T1") + "-_"}, errMalformed},
		"no JSON":                {[]string{"Bearer AAAA"}, errMalformed},
		"a slash in the id":      {[]string{"Bearer " + tokenOf("a.b", "x/y", "")}, errMalformed},
		"a slash in the app":     {[]string{"Bearer " + tokenOf("a.b/x", "y", "")}, errMalformed},
		"the folder above":       {[]string{"Bearer " + tokenOf("..", "y", "")}, errMalformed},
		"no app folder":          {[]string{"Bearer " + tokenOf("a", "y", "")}, errMalformed},
		"an extension":           {[]string{"Bearer " + tokenOf("a.b", "manifest.json", "")}, errMalformed},
		"a long id":              {[]string{"Bearer " + tokenOf("a.b", strings.Repeat("x", 256), "")}, errMalformed},
		"a long app":             {[]string{"Bearer " + tokenOf("a."+strings.Repeat("x", 254), "x", "")}, errMalformed},
		"the longest names":      {[]string{"Bearer " + tokenOf("a."+strings.Repeat("x", 253), strings.Repeat("x", 255), "")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if _, key, err := claimsOf(http.Header{"Authorization": test.values}); !errors.Is(err, test.want) {
				t.Errorf("got %q, %v, want %v", key, err, test.want)
			}
		})
	}
}

// Whatever the header, the answer is one that gateways understand, and 200 only for the
// three ids of the session.
func FuzzHeader(f *testing.F) {
	for _, seed := range []string{
		"Bearer " + published, "bearer  " + published, "Bearer " + tokenOf("contactApp.Contact", id, team+".com"), "Basic x", "Bearer", "",
		"Bearer " + tokenOf("a.b", "x/y", ""), "Bearer \x00",
	} {
		f.Add(seed)
	}
	w := newWorld(typical(session.StatusAccepted))
	f.Fuzz(func(t *testing.T, header string) {
		answer := w.ask(t, header)
		defer answer.Body.Close()
		if statuses := []int{http.StatusOK, http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable}; !slices.Contains(statuses, answer.StatusCode) {
			t.Fatalf("the status is %d", answer.StatusCode)
		}
		claims, named, err := claimsOf(http.Header{"Authorization": {header}})
		is := err == nil && named == key() && claims.Team == team && claims.Application == application
		if is != (answer.StatusCode == http.StatusOK) {
			t.Fatalf("the status is %d for %+v", answer.StatusCode, claims)
		}
	})
}

func BenchmarkAccepted(b *testing.B) {
	w := newWorld(typical(session.StatusAccepted))
	r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, http.NoBody)
	r.Header.Set("Authorization", "Bearer "+published)
	for b.Loop() {
		if got := w.answer(discard{}, r); got != Accepted {
			b.Fatal(got)
		}
	}
	b.ReportAllocs()
}

// discard is a ResponseWriter of an answer that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
