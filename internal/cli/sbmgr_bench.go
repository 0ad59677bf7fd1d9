package cli

// benchConfig is the configuration of a built-in filter.
const benchConfig = `[NAME]
type = "SandboxFilter"
message_matcher = "Type == 'hekabench'"
ticker_interval = 1
filename = ""
preserve_data = true
`

// benchScript counts messages. Every second in which there were some it tells
// their rate, and after ten rates their least, largest and mean.
const benchScript = `require "string"

count = 0
since = 0
rates = 0
least = 0
most = 0
total = 0

function process_message()
    count = count + 1
    return 0
end

function timer_event(ns)
    if count == 0 then
        since = ns
        return
    end
    local rate = count
    if since > 0 and ns > since then rate = count * 1e9 / (ns - since) end
    inject_payload("txt", "rate", string.format("Got %d messages. %0.2f msg/sec", count, rate))
    count = 0
    since = ns
    if rates == 0 or rate < least then least = rate end
    if rate > most then most = rate end
    rates = rates + 1
    total = total + rate
    if rates == 10 then
        inject_payload("txt", "summary",
            string.format("AGG Sum. Min: %0.2f Max: %0.2f Mean: %0.2f", least, most, total / rates))
        rates, least, most, total = 0, 0, 0, 0
    end
end
`
