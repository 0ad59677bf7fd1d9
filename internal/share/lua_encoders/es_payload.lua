--[[
Puts the line of Elasticsearch's bulk interface before payloads that are documents
already.

Config:

- index (string, optional, default "heka-%{%Y.%m.%d}")
    Index; %{name} is replaced by headers, fields and dates.
- type_name (string, optional, default "message")
    Type of the documents; %{name} is replaced.
- id (string, optional, default nil)
    Id of the document; %{name} is replaced. Without it Elasticsearch makes one.
- es_index_from_timestamp (bool, optional, default false)
    Takes dates from the message instead of the clock.
--]]

local es = require "elasticsearch"

local index = read_config("index") or "heka-%{%Y.%m.%d}"
local type_name = read_config("type_name") or "message"
local id = read_config("id")
local from_timestamp = read_config("es_index_from_timestamp")

function process_message()
    local ns = from_timestamp and read_message("Timestamp") or nil
    local payload = read_message("Payload")
    add_to_payload(es.bulkapi_index_json(index, type_name, id, ns), "\n", payload)
    if payload:sub(-1) ~= "\n" then add_to_payload("\n") end
    inject_payload()
    return 0
end
