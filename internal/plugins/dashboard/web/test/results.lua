-- Writes results of all kinds, some with what would harm a careless page.
require "circular_buffer"
require "cjson"

local requests = circular_buffer.new(60, 2, 1, true)
requests:set_header(1, "Requests")
requests:set_header(2, "Bytes", "B")
local hits = 0

function process_message()
    hits = hits + 1
    requests:add(read_message("Timestamp"), 1, 1)
    requests:add(read_message("Timestamp"), 2, read_message("Fields[body_bytes_sent]") or 0)
    return 0
end

function timer_event(ns)
    inject_payload("cbufd", "Changes", requests:format("cbufd"))
    inject_payload("cbuf", "Traffic", requests:format("cbuf"))
    inject_payload("json", "Summary", cjson.encode({hits = hits, nested = {list = {1, 2, 3}, text = "<b>bold</b>"}}))
    inject_payload("tsv", "Top pages", "page\thits\n/\t" .. hits .. "\n/<img src=x onerror=alert(1)>\t1\n")
    inject_payload("txt", "", "<script>document.title = 'harmed'</script>\nhits: " .. hits .. "\n")
end
