--[[
Writes alerts as text: time, host, plugin and what it says.
--]]

local os = require "os"

function process_message()
    add_to_payload(
        "Timestamp: ", os.date("%Y-%m-%dT%H:%M:%SZ", read_message("Timestamp") / 1e9),
        "\nHostname: ", read_message("Hostname"),
        "\nPlugin: ", read_message("Logger"),
        "\nAlert: ", read_message("Payload"), "\n")
    inject_payload()
    return 0
end
