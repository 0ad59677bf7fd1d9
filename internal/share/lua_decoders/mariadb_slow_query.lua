--[[
Decodes the slow query log of MariaDB. The SQL becomes the payload. The splitter has to
cut before lines that begin with "# User@Host:".

Config:

- truncate_sql (int, optional, default nil)
    Bytes of longer SQL that are kept; a negative number leaves out so many at the end.
--]]

local string = require "string"

local grammar = require "mysql".mariadb_slow_query_grammar
local truncate_sql = read_config("truncate_sql")

function process_message()
    local msg = grammar:match(read_message("Payload"))
    if not msg then return -1 end
    msg.Type = "mariadb.slow-query"
    if truncate_sql and #msg.Payload > truncate_sql then
        msg.Payload = string.sub(msg.Payload, 1, truncate_sql < 0 and truncate_sql - 1 or truncate_sql) .. "..."
    end
    inject_message(msg)
    return 0
end
