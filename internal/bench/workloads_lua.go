package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// luaWorkloads are the rows about scripts.
var luaWorkloads = []workload{
	{name: "W1-lua", what: "W1 with nginx_access.lua in SandboxDecoder", run: w1Lua(`"ESJsonEncoder"`, "", 2),
		goal: func(r, _ result) string { return below(r, result{}, 100_000, 0, 16, 0) }},
	{name: "W1-payload", what: "W1-lua with PayloadEncoder", run: w1Lua("\"PayloadEncoder\"\nappend_newlines = false", "payload_keep = true", 1),
		goal: func(r, _ result) string { return below(r, result{}, 0, 0, 14, 0) }},
	{name: "W3", what: "framed protobuf over TCP → Lua: 4 fields, circular buffer", run: w3,
		goal: func(r, _ result) string { return below(r, result{}, 450_000, 0, 2.5, 0) }},
	{name: "idle-lua", what: "1,000 SandboxFilters, nothing to do", run: idleLua,
		goal: func(r, _ result) string { return below(r, result{}, 0, 0, 0, 150) }},
}

// idleLua runs many small filters that get no message.
func idleLua(b *bench) (result, error) {
	script := b.file("idle.lua")
	const text = "local count = 0\nfunction process_message() count = count + 1 return 0 end\nfunction timer_event() end\n"
	if err := os.WriteFile(script, []byte(text), 0o644); err != nil {
		return result{}, err
	}
	var toml strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&toml, "[idle%d]\ntype=\"SandboxFilter\"\nfilename=%q\nticker_interval=60\nmessage_matcher=\"Type == 'x%d'\"\n", i, script, i)
	}
	return b.idle(toml.String())
}

// w1Lua is W1 with a script as decoder, which has a further option, on a tenth of
// the lines, and with an encoder that writes that many lines for each.
func w1Lua(encoder, option string, lines int) func(b *bench) (result, error) {
	return func(b *bench) (result, error) {
		small := *b
		small.n = b.n / 10
		if err := small.generate(); err != nil {
			return result{}, err
		}
		toml := strings.NewReplacer(
			`"ESJsonEncoder"`, encoder,
			`type = "AccessLogDecoder"
log_format = '`+nginxCombined+`'
`, `type = "SandboxDecoder"
filename = "lua_decoders/nginx_access.lua"
  [nginx.config]
  `+option+`
  log_format = '`+nginxCombined+`'
`).Replace(w1Config(&small, small.data("access")))
		args, err := b.config("w1-lua", toml)
		if err != nil {
			return result{}, err
		}
		r, err := b.measure(small.n, nil, b.heka, args...)
		if err == nil {
			err = wantLines(filepath.Join(b.dir, "w1.out"), lines*small.n)
		}
		return r, err
	}
}

// w3Script reads four fields and the time of each message. At the end it tells how
// many messages it has added up.
const w3Script = `require "circular_buffer"
local read, requests = read_message, 0
local perMinute = circular_buffer.new(1440, 1, 60)

function process_message()
    local at, status, bytes = read("Timestamp"), read("Fields[status]"), read("Fields[bytes]")
    local seconds, path = read("Fields[request_time]"), read("Fields[path]")
    if path and seconds and status then
        requests = requests + 1
        perMinute:add(at, 1, bytes)
    end
    return 0
end

function timer_event()
    inject_payload("txt", "requests", requests, "\n")
end
`

func w3(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	script, out := filepath.Join(b.dir, "w3.lua"), b.file("w3.out")
	if err := os.WriteFile(script, []byte(w3Script), 0o644); err != nil {
		return result{}, err
	}
	args, err := b.config("w3", fmt.Sprintf(`
[in]
type = "TcpInput"
address = %q
[sums]
type = "SandboxFilter"
filename = %q
message_matcher = "Fields[status] != NIL"
timer_event_on_shutdown = true
[plain]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
path = %q
message_matcher = "Fields[payload_name] == 'requests'"
encoder = "plain"
`, addr, script, out))
	if err != nil {
		return result{}, err
	}
	r, err := b.measure(b.n, func() error { return send(addr, b.data("messages.hpb")) }, b.heka, args...)
	if err != nil {
		return r, err
	}
	if sum, err := os.ReadFile(out); err != nil || string(sum) != fmt.Sprintln(b.n) {
		return r, fmt.Errorf("the script says %q, want %d: %w", sum, b.n, err)
	}
	return r.served(), nil
}
