package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

func TestEncoder(t *testing.T) {
	for body, want := range map[string]string{
		`inject_payload("txt","","Prefixed "..read_message("Payload")) return 0`: "head Prefixed P",
		`inject_payload("txt","","one") inject_payload("txt","","two") return 0`: "head two",
		`return -2`:         "skip",
		`return -1, "bad"`:  "Failed serializing: bad",
		`return 1, "worse"`: "FATAL: worse",
	} {
		b := newBed(t, "out-enc", "function process_message() "+body+" end")
		e := running[EncoderConfig](b, "SandboxEncoder", nil).(plugin.Encoder)
		got, err := e.Append([]byte("head "), vectorPack())
		switch {
		case want == "skip":
			if !errors.Is(err, plugin.ErrSkip) || string(got) != "head " {
				t.Errorf("%s: %q %v", body, got, err)
			}
		case err != nil:
			if err.Error() != want || string(got) != "head " {
				t.Errorf("%s: %q %v", body, got, err)
			}
		case string(got) != want:
			t.Errorf("%s: %q", body, got)
		}
	}
}

func TestEncoderWritesProtobuf(t *testing.T) {
	b := newBed(t, "out-enc", `function process_message() write_message("Payload", "mutated payload") return 0 end`)
	p := vectorPack()
	got, err := running[EncoderConfig](b, "SandboxEncoder", nil).(plugin.Encoder).Append(nil, p)
	m := message.New()
	if err != nil || m.Parse(got) != nil || m.Payload() != "mutated payload" || m.Logger() != "GoSpec" || p.Message.Payload() != "P" {
		t.Errorf("%q %v, original %q", got, err, p.Message.Payload())
	}
}

// Options that an encoder only accepts; a zone must be one all the same.
func TestEncoderAcceptsProfileAndZone(t *testing.T) {
	b := newBed(t, "out-enc", `function process_message() inject_payload("txt", "", "fine") return 0 end`)
	options := func(zone string) func(*EncoderConfig) {
		return func(c *EncoderConfig) { c.Profile, c.Config = true, map[string]any{"tz": zone} }
	}
	if _, err := build(b, "SandboxEncoder", options("Nowhere/Land")); err == nil || err.Error() != "config.tz: unknown time zone Nowhere/Land" {
		t.Error(err)
	}
	got, err := running(b, "SandboxEncoder", options("Europe/Berlin")).(plugin.Encoder).Append(nil, vectorPack())
	if err != nil || string(got) != "fine" {
		t.Errorf("%q %v", got, err)
	}
}

func TestEncoderThatFailedStaysAway(t *testing.T) {
	b := newBed(t, "out-enc", `function process_message() error("x") end`)
	e := running[EncoderConfig](b, "SandboxEncoder", nil).(plugin.Encoder)
	for _, fatal := range []bool{true, false} {
		if _, err := e.Append(nil, vectorPack()); err == nil || (err.Error() == "No sandbox.") == fatal {
			t.Error(err)
		}
	}
}

// Every kind of script looks for modules where module_directory says.
func TestModuleDirectory(t *testing.T) {
	modules := t.TempDir()
	if err := os.WriteFile(filepath.Join(modules, "far.lua"), []byte("return {}"), 0o644); err != nil {
		t.Fatal(err)
	}
	b := newBed(t, "x", "require 'far' function process_message() return 0 end")
	for _, directory := range []string{"", modules, "/nowhere;" + modules} {
		for kind, build := range map[string]func() (any, error){
			"input": func() (any, error) {
				return build(b, "SandboxInput", func(c *InputConfig) { c.ModuleDirectory = directory })
			},
			"decoder": func() (any, error) {
				return build(b, "SandboxDecoder", func(c *DecoderConfig) { c.ModuleDirectory = directory })
			},
			"filter": func() (any, error) {
				return build(b, "SandboxFilter", func(c *FilterConfig) { c.ModuleDirectory = directory })
			},
			"encoder": func() (any, error) {
				return build(b, "SandboxEncoder", func(c *EncoderConfig) { c.ModuleDirectory = directory })
			},
			"output": func() (any, error) {
				return build(b, "SandboxOutput", func(c *OutputConfig) { c.ModuleDirectory = directory })
			},
		} {
			inst, err := build()
			if err != nil {
				t.Fatal(err)
			}
			err = inst.(plugin.Preparer).Prepare(t.Context())
			if (err == nil) != (directory != "") || err != nil && !strings.Contains(err.Error(), "module 'far' not found") {
				t.Errorf("%s, module_directory %q: %v", kind, directory, err)
			}
			inst.(plugin.Closer).Close()
		}
	}
}
