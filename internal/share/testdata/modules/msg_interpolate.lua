require "os"
local interpolate = require "msg_interpolate".interpolate_from_msg

function process_message()
    local function f(text, want, matches, secs)
        local got, n = interpolate(text, secs)
        equal(text, got, want)
        equal("matches of " .. text, n, matches)
    end
    f("%{Logger}-%{Type}-%{Severity}", "GoSpec-TEST-6", 3)
    f("%{foo}-%{int}-%{bool}-%{false}-%{double}", "bar-999-true-false-99.9", 5)
    f("%{Payload} %{Timestamp} %{Pid} %{missing}", "%{Payload} %{Timestamp} %{Pid} %{missing}", 4)
    f("%{%Y.%m.%d} %{%b %d, %Y}", "1986.03.27 Mar 27, 1986", 2, 512345678.9)
    f("%{%Y}", os.date("%Y"), 1)
    f("no placeholder", "no placeholder", 0)
    raises("invalid conversion", interpolate, "%{%Q}")
    return 0
end
