package config

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"address", "net", "splitter", "decoder", "ticker_interval", "tls"}
	for word, want := range map[string]string{
		"adress": "address", "ADDRES": "address", "nett": "net", "nte": "net", "tckr_interval": "ticker_interval",
		"decodre": "decoder", "slitter": "splitter", "x": "", "": "", "message_matcher": "", "tsl": "tls", "nope": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestMaskURL(t *testing.T) {
	for in, want := range map[string]string{
		"amqp://guest:secret@rabbit/":       "amqp://guest:********@rabbit/",
		"http://u:p@h:80/x?y=a@b":           "http://u:********@h:80/x?y=a@b",
		"http://host:80/a:b@c":              "http://host:80/a:b@c",
		"a://u:p@h,b://u:p@ss@h":            "a://u:********@h,b://u:********@h",
		"no url: a@b":                       "no url: a@b",
		"redis://:p@h":                      "redis://:********@h",
		"http://user@host":                  "http://user@host",
		"text with http://u:p@h and a tail": "text with http://u:********@h and a tail",
	} {
		if got := maskURL(in); got != want {
			t.Errorf("maskURL(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	if got := DidYouMean("TcpInptu", []string{"UdpInput", "TcpInput"}); got != `did you mean "TcpInput"?` {
		t.Error(got)
	}
	if got := DidYouMean("Nothing", []string{"UdpInput"}); got != "" {
		t.Error(got)
	}
}
