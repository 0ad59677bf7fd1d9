package message_test

import (
	"iter"
	"regexp"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

// pairs yields keys and values in turn.
func pairs(texts ...string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i := 0; i+1 < len(texts); i += 2 {
			if !yield(texts[i], texts[i+1]) {
				return
			}
		}
	}
}

func TestTemplate(t *testing.T) {
	for _, v := range readVectors(t, "template.txt") {
		t.Run(v.name(), func(t *testing.T) {
			var set, names, captures []string
			for _, s := range v.all("set") {
				key, value, _ := strings.Cut(s, " = ")
				set = append(set, key, value)
			}
			for _, c := range v.all("capture") {
				name, text, _ := strings.Cut(c, "=")
				names = append(names, name)
				captures = append(captures, text)
			}
			template := message.NewTemplate(pairs(set...), names)
			if v.get("literal") != "" {
				template = message.NewLiteralTemplate(pairs(set...))
			}
			before := v.get("json")
			if before == "" {
				before = "{}"
			}
			var buf []byte
			for range 2 { // the second time with the buffer of the first behind it
				m := fromJSON(t, before)
				var err error
				if buf, err = template.Apply(m, captures, buf); err != nil {
					same(t, "error", err.Error(), v.get("error"))
				} else {
					same(t, "error", "", v.get("error"))
				}
				same(t, "message", toJSON(m), toJSON(fromJSON(t, v.get("out"))))
			}
		})
	}
}

// Texts are views of the buffer, which may grow and be given to the next message
// without changing the first.
func TestTemplateAppendsToTheBuffer(t *testing.T) {
	template := message.NewTemplate(pairs("Type", "<%a%>", "f", "%a%%a%", "Payload", "%a%"), []string{"a"})
	first, second := message.New(), message.New()
	buf := make([]byte, 0, 8)
	buf, err := template.Apply(first, []string{"one"}, buf)
	if err != nil {
		t.Fatal(err)
	}
	buf, err = template.Apply(second, []string{"two"}, buf)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "buffer", string(buf), "<one>oneone<two>twotwo")
	same(t, "first type", first.Type(), "<one>")
	same(t, "first payload", first.Payload(), "one")
	same(t, "second type", second.Type(), "<two>")
	field, _ := first.FindField("f", 0).Text(0)
	same(t, "first field", field, "oneone")
}

func TestPattern(t *testing.T) {
	known := func(dst []byte, name string) ([]byte, bool) {
		switch name {
		case "a":
			return append(dst, "A"...), true
		case "empty":
			return dst, true
		}
		return append(dst, "must not be kept"...), false
	}
	f := func(text, want string, wantComplete bool) {
		t.Helper()
		got, complete := message.NewPattern(text).Append([]byte("+"), known)
		if string(got) != "+"+want || complete != wantComplete {
			t.Errorf("%q: %q, %v", text, got, complete)
		}
	}
	f("", "", true)
	f("plain", "plain", true)
	f("%a%", "A", true)
	f("x%a%y%empty%z", "xAyz", true)
	f("%a%%b%", "A<b>", false)
	f("%b%%a%", "<b>A", false)
	f("100%", "100%", true)
}

// A pattern splits as the regular expression %\w+% does.
func FuzzPattern(f *testing.F) {
	placeholder := regexp.MustCompile(`%\w+%`)
	for _, v := range readVectors(f, "template.txt") {
		for _, s := range v.all("set") {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		want := placeholder.ReplaceAllStringFunc(text, func(s string) string { return "<" + s[1:len(s)-1] + ">" })
		got, complete := message.NewPattern(text).Append(nil, func(dst []byte, _ string) ([]byte, bool) { return dst, false })
		same(t, "text", string(got), want)
		same(t, "complete", complete, !placeholder.MatchString(text))
	})
}
