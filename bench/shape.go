//go:build linux

package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// mixed is the tree that has every shape.
const mixed = "mixed"

// shape is one way in which session files are written in the field. What it does
// not say is as 4D's engine writes it: compact, on iOS, accepted, with a token in
// the standard alphabet without padding.
type shape struct {
	name     string
	share    int // files of a hundred in the mixed tree
	token    tokenForm
	layout   fileLayout
	platform platform
	userInfo int  // how many members it has; -1 for an empty object, 0 for none at all
	escapes  bool // \/ and \u
	extra    bool // members that 4D code attached
	push     bool // device.token in every file, not in one of ten
	pending  bool // without a token
}

type (
	tokenForm  int
	fileLayout int
	platform   int
)

const (
	unpadded tokenForm = iota
	padded
	urlAlphabet
	otherClaims // claims in another order, with white space
)

const (
	compact fileLayout = iota
	pretty
	prettyCR   // with a byte-order mark
	prettyCRLF // with a byte-order mark
)

const (
	iOS          platform = iota
	android               // no team at all, numbers for versions
	androidEmpty          // an empty team, versions as strings
)

// shapes returns every shape. The shares follow who writes files (what the field
// is known to have, not a census): the engine writes each first, compact, and the
// activation link writes it so again; so nine of ten are compact. What an app
// attaches makes most of the difference between them: nothing, an empty object, a
// few members, seldom many. Files that the management window or a person saved
// are pretty-printed; those of projects older than 19 R2 have a mark and, as most
// servers run Windows, rather CRLF than CR. Tokens of other forms come from
// people's own tools. Few wait for approval. The platform goes by app folder
// ([tree.platform]), and one file of ten has a push token, whatever its shape.
func shapes() []shape {
	return []shape{
		{name: "compact", share: 33},
		{name: "userinfo-0", share: 12, userInfo: -1},
		{name: "userinfo-5", share: 20, userInfo: 5},
		{name: "userinfo-40", share: 2, userInfo: 40},
		{name: "extra", share: 5, extra: true},
		{name: "escapes", share: 9, escapes: true},
		{name: "pretty", share: 5, layout: pretty},
		{name: "bom-cr", share: 2, layout: prettyCR},
		{name: "bom-crlf", share: 4, layout: prettyCRLF},
		{name: "padded", share: 2, token: padded},
		{name: "url", share: 1, token: urlAlphabet},
		{name: "claims", share: 1, token: otherClaims},
		{name: "pending", share: 4, pending: true},
		{name: "push", push: true},
		{name: "android", platform: android},
		{name: "android-empty", platform: androidEmpty},
	}
}

func shapeNames() []string {
	var names []string
	for _, s := range shapes() {
		names = append(names, s.name)
	}
	return names
}

// only returns the shape of all files of a tree, where there is one.
func (y layout) only() (shape, bool) {
	for _, s := range shapes() {
		if s.name == y.shape {
			return s, true
		}
	}
	return shape{}, false
}

// platform returns what the app of a folder runs on. In the mixed tree three of
// ten are on Android: two as it is now, one with an empty team.
func (y layout) platform(folder int) platform {
	if s, ok := y.only(); ok {
		return s.platform
	}
	switch folder % 10 {
	case 3, 6:
		return android
	case 9:
		return androidEmpty
	}
	return iOS
}

// shapeOf returns the shape of one file.
func (y layout) shapeOf(p person) shape {
	if s, ok := y.only(); ok {
		return s
	}
	at := p.random.IntN(100)
	for _, s := range shapes() {
		if at -= s.share; at < 0 {
			return s
		}
	}
	return shape{}
}

// content returns the file.
func (s shape) content(p person) []byte {
	var b bytes.Buffer
	s.application(&b, p)
	s.device(&b, p)
	fmt.Fprintf(&b, `,"session":{"id":%q,"ip":"203.0.113.%d"},"email":%q`, p.id, p.random.IntN(256), p.email)
	s.attached(&b, p)
	if s.pending {
		b.WriteString(`,"status":"pending"}`)
	} else {
		fmt.Fprintf(&b, `,"token":%q,"status":"accepted"}`, s.bearer(p))
	}
	return s.laidOut(b.Bytes())
}

func (s shape) application(b *bytes.Buffer, p person) {
	version := fmt.Sprintf("%q", p.pick("1.0.0", "1.1.0", "2.0.3"))
	if p.platform == android {
		version = p.pick("1", "1.1", "12")
	}
	fmt.Fprintf(b, `{"application":{"id":%q,"name":%q,"version":%s}`, p.application, p.name, version)
	if p.platform != android {
		fmt.Fprintf(b, `,"team":{"id":%q}`, p.team)
	}
	language := p.pick("en", "fr", "de", "nl", "ja")
	fmt.Fprintf(b, `,"language":{"id":"%s_%s"}`, language, strings.ToUpper(language))
}

func (s shape) device(b *bytes.Buffer, p person) {
	system, model := "iOS", p.pick("iPhone 15 Pro", "iPhone 14", "iPhone SE", "iPhone 12 mini", "iPad Air")
	version := fmt.Sprintf("%q", p.pick("16.7", "17.1", "17.4.1", "18.0"))
	if p.platform != iOS {
		system, model = "Android", p.pick("Pixel 8", "Galaxy S23", "Galaxy A54", "Fairphone 5")
	}
	if p.platform == android {
		version = p.pick("12", "13", "14")
	}
	if s.escapes {
		model = `Ren\u00e9e\u2019s ` + model
	}
	fmt.Fprintf(b, `,"device":{"os":%q,"version":%s,"id":%q,"description":"%s","simulator":false`, system, version, p.device, model)
	if p.random.IntN(10) == 0 || s.push {
		fmt.Fprintf(b, `,"token":"%016x%016x%016x%016x"`, p.random.Uint64(), p.random.Uint64(), p.random.Uint64(), p.random.Uint64())
	}
	b.WriteByte('}')
}

// attached writes what the app and 4D code attached to the session.
func (s shape) attached(b *bytes.Buffer, p person) {
	if s.extra {
		fmt.Fprintf(b, `,"send":"link","licence":{"until":"20%d-12-31","seats":[1,2.5,%d],"note":null},"lastSync":%d`,
			26+p.random.IntN(4), p.random.IntN(100), 1_700_000_000+p.random.IntN(90_000_000))
	}
	switch {
	case s.escapes:
		fmt.Fprintf(b, `,"userInfo":{"photo":"https:\/\/example.com\/photos\/%d.png","city":"Z\u00fcrich"}`, p.random.IntN(100_000))
	case s.userInfo != 0:
		b.WriteString(`,"userInfo":{`)
		for n := range max(s.userInfo, 0) {
			if n > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(b, `"field%02d":"%s"`, n, p.pick("north", "south", "east", "west"))
		}
		b.WriteByte('}')
	}
}

// bearer returns the token of the session.
func (s shape) bearer(p person) string {
	claims := fmt.Sprintf(`{"appNameID":%q,"id":%q,"teamID":%q}`, p.application, p.id, p.team)
	if p.platform == android {
		claims = fmt.Sprintf(`{"appNameID":%q,"id":%q}`, p.application, p.id)
	}
	switch s.token {
	case padded:
		return base64.StdEncoding.EncodeToString([]byte(claims))
	case urlAlphabet:
		// The alphabets differ in two letters, which ids never lead to: one more claim does.
		return base64.RawURLEncoding.EncodeToString([]byte(claims[:len(claims)-1] + `,"by":">>>???"}`))
	case otherClaims:
		claims = fmt.Sprintf("{\n  \"teamID\": %q,\n  \"id\": %q,\n  \"appNameID\": %q\n}", p.team, p.id, p.application)
	}
	return base64.RawStdEncoding.EncodeToString([]byte(claims))
}

// laidOut gives a compact file the white space of the shape.
func (s shape) laidOut(file []byte) []byte {
	if s.layout == compact {
		return file
	}
	value := jsontext.Value(file)
	if err := value.Indent(jsontext.WithIndent("\t")); err != nil {
		panic(fmt.Sprintf("the generator wrote %s: %v", file, err))
	}
	const mark = "\xef\xbb\xbf"
	switch s.layout {
	case prettyCR:
		return append([]byte(mark), bytes.ReplaceAll(value, []byte("\n"), []byte("\r"))...)
	case prettyCRLF:
		return append([]byte(mark), bytes.ReplaceAll(value, []byte("\n"), []byte("\r\n"))...)
	}
	return value
}
